import type { KernelMessage } from '@jupyterlab/services';
import type { Disposable } from '../k8s/events.ts';
import type { KernelChannel } from './kernelChannel.ts';

/** How long a connection may go without the kernel's answer before another is made; ms, doubled each time up to the cap. */
const firstPatienceMs = 3000;
const longestPatienceMs = 24000;
/** Pause before the question is repeated when its answer came and the outputs did not. */
const againMs = 250;

/**
 * A kernel whose process died and that Jupyter starts again by itself. Jupyter says so before it does it, and a kernel
 * that died young gets other ports: a WebSocket opened too early leads to a process that is gone, for good and without
 * a word. And as the dead kernel counted as busy, Jupyter does not make sure that the new one's outputs arrive (its
 * "nudge"). So nothing but questions is sent until one of them was heard of on the outputs' way, and a connection
 * without an answer is made anew.
 */
export class KernelRestart implements Disposable {
  private patienceMs = firstPatienceMs;
  private readonly asked = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private againTimer: NodeJS.Timeout | undefined;
  private waiting = false;

  /** @param question makes a message that any kernel answers, and that changes nothing */
  constructor(
    private readonly channel: KernelChannel,
    private readonly question: () => KernelMessage.IMessage,
  ) {}

  /** The new process has not proven itself yet. */
  get pending(): boolean {
    return this.waiting;
  }

  begin(): void {
    this.waiting = true;
    this.patienceMs = firstPatienceMs;
    this.channel.dropUnsent();
    this.channel.hold(this);
    this.channel.reconnect();
  }

  /** The channel is connected. */
  connected(): void {
    if (!this.waiting) return;
    this.ask();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.channel.reconnect(), this.patienceMs);
    this.patienceMs = Math.min(2 * this.patienceMs, longestPatienceMs);
  }

  take(message: KernelMessage.IMessage): void {
    if (!this.waiting || !this.asked.has((message.parent_header as { msg_id?: string }).msg_id ?? '')) return;
    if (message.channel !== 'iopub') {
      clearTimeout(this.againTimer);
      this.againTimer = setTimeout(() => this.ask(), againMs);
      return;
    }
    this.waiting = false;
    this.dispose();
    this.channel.release(this);
  }

  dispose(): void {
    clearTimeout(this.timer);
    clearTimeout(this.againTimer);
    this.asked.clear();
  }

  private ask(): void {
    const message = this.question();
    if (this.channel.sendNow(message)) this.asked.add(message.header.msg_id);
  }
}
