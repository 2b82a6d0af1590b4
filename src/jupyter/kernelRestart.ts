import type { KernelMessage } from '@jupyterlab/services';
import type { Disposable } from '../k8s/events.ts';
import type { KernelChannel } from './kernelChannel.ts';

/** How long a connection may go without the kernel's answer before another is made; ms, doubled each time up to the cap. */
const firstPatienceMs = 3000;
const longestPatienceMs = 24000;

/**
 * A kernel whose process died and that Jupyter starts again by itself. Jupyter says so before it does it, and a kernel
 * that died young gets other ports: a WebSocket opened too early leads to a process that is gone, for good and without
 * a word. So nothing but a question is sent until the new process has answered, and a connection without an answer is
 * made anew.
 */
export class KernelRestart implements Disposable {
  private patienceMs = firstPatienceMs;
  private asked: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private waiting = false;

  constructor(private readonly channel: KernelChannel) {}

  /** The new process has not answered yet. */
  get pending(): boolean {
    return this.waiting;
  }

  begin(): void {
    this.waiting = true;
    this.patienceMs = firstPatienceMs;
    this.channel.dropUnsent();
    this.channel.hold();
    this.channel.reconnect();
  }

  /** The channel is connected and asks this. */
  connected(question: KernelMessage.IMessage): void {
    if (!this.waiting) return;
    this.asked = question.header.msg_id;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.channel.reconnect(), this.patienceMs);
    this.patienceMs = Math.min(2 * this.patienceMs, longestPatienceMs);
  }

  take(message: KernelMessage.IMessage): void {
    if (!this.waiting || (message.parent_header as { msg_id?: string }).msg_id !== this.asked) return;
    this.waiting = false;
    clearTimeout(this.timer);
    this.channel.release();
  }

  dispose(): void {
    clearTimeout(this.timer);
  }
}
