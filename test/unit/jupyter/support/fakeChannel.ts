import type { KernelMessage } from '@jupyterlab/services';
import { Emitter } from '../../../../src/k8s/events.ts';

type Message = KernelMessage.IMessage;

/** The kernel's side of a channel: says what the test has it say, about what it was asked last. */
export class FakeChannel {
  private readonly messages = new Emitter<Message>();
  private readonly connections = new Emitter<boolean>();
  private readonly ends = new Emitter<'kernelGone' | 'serverStopped'>();
  readonly onMessage = this.messages.event;
  readonly onDidConnect = this.connections.event;
  readonly onDidEnd = this.ends.event;
  private readonly sends = new Emitter<string>();
  readonly onDidSend = this.sends.event;
  readonly sent: Message[] = [];
  connected = true;
  reconnects = 0;
  waiting: Message[] | undefined;
  send(message: Message) {
    if (this.waiting) this.waiting.push(message);
    else this.sendNow(message);
  }
  sendNow(message: Message) {
    this.sent.push(message);
    this.sends.fire(message.header.msg_id);
    return true;
  }
  private readonly holders = new Set<object>();
  hold(holder: object) {
    this.holders.add(holder);
    this.waiting ??= [];
  }
  release(holder: object) {
    this.holders.delete(holder);
    if (this.holders.size > 0) return;
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    for (const message of waiting) this.sendNow(message);
  }
  waits(messageId: string) {
    return this.waiting?.some((message) => message.header.msg_id === messageId) === true;
  }
  takeBack(messageId: string) {
    const waits = this.waits(messageId);
    this.waiting = this.waiting?.filter((message) => message.header.msg_id !== messageId);
    return waits || !this.connected;
  }
  dropUnsent(keep: ReadonlySet<string> = new Set()) {
    this.waiting = this.waiting?.filter((message) => keep.has(message.header.msg_id));
  }
  reconnect() {
    this.reconnects++;
  }
  dispose() {
    this.connected = false;
  }
  asked(type: string): Message {
    return this.sent.filter((m) => m.header.msg_type === (type as never)).at(-1)!;
  }
  /** What the kernel's process numbers its messages with; undefined: not at all. */
  process: string | undefined;
  n = 0;
  say(type: string, content: object, parent = this.asked('execute_request'), channel = 'iopub') {
    this.messages.fire({
      header: {
        msg_type: type,
        msg_id: this.process ? `${this.process}_${this.n++}` : Math.random().toString(),
        session: 'kernel',
      },
      parent_header: parent.header,
      metadata: {},
      content,
      channel,
    } as unknown as Message);
  }
  reply(content: object, parent?: Message) {
    this.say('execute_reply', content, parent, 'shell');
  }
  connection(up: boolean) {
    this.connections.fire(up);
  }
  end(why: 'kernelGone' | 'serverStopped') {
    this.ends.fire(why);
  }
}
