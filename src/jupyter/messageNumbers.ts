import type { KernelMessage } from '@jupyterlab/services';
import { markOf, type MessageMark } from './messageMark.ts';

/** When the last message before a gap came, and the first one after it. */
export interface Gap {
  from: Date;
  to: Date;
}

/**
 * Finds out whether outputs got lost while the connection was cut. Jupyter keeps them from the moment on that it knows of
 * the cut, so what was on its way then is lost, and all that was sent into a dead connection; and it keeps none once another
 * client is connected. Nothing says so, but many kernels number what they say: see markOf.
 */
export class MessageNumbers {
  private last: { process: string; n: number; at: Date } | undefined;
  /** Numbers behind the last output's that came another way. */
  private readonly others = new Set<number>();
  private replied = false;
  private rewired = false;

  constructor(private readonly now = () => new Date()) {}

  /** The connection is another one: the next output shows whether any are missing. */
  reconnected(): void {
    this.rewired = true;
  }

  /** Somebody heard the kernel before: what comes has to follow on that. */
  heardBefore(at: Date, mark: MessageMark): void {
    this.last = { ...mark, at };
  }

  /** The process that was heard last, where it numbers. */
  get process(): string | undefined {
    return this.last?.process;
  }

  /** @returns what is missing before this message, where that can be known */
  take(message: KernelMessage.IMessage): Gap | undefined {
    const mark = markOf(message);
    if (!mark) return undefined;
    const { process, n } = mark;
    // Each new subscriber is greeted, by another thread than the one that prints.
    if (message.channel !== 'iopub' || (message.header.msg_type as string) === 'iopub_welcome') {
      if (this.last?.process === process) this.others.add(n);
      this.replied ||= message.channel === 'shell';
      return undefined;
    }
    const before = this.last?.process === process ? this.last : undefined;
    const missing = this.rewired && before ? this.missing(before.n, n, message) : 0;
    const at = this.now();
    this.rewired = this.replied = false;
    this.last = { process, n: Math.max(n, before?.n ?? 0), at };
    for (const other of this.others) if (other <= n) this.others.delete(other);
    return missing > 0 && before ? { from: before.at, to: at } : undefined;
  }

  private missing(before: number, n: number, message: KernelMessage.IMessage): number {
    const others = [...this.others].filter((other) => other > before && other < n).length;
    // The reply is counted before the status that follows it, and may come after it.
    const idle = (message.content as { execution_state?: string }).execution_state === 'idle';
    return n - before - 1 - others - (idle && !this.replied ? 1 : 0);
  }
}
