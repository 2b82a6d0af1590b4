import type { KernelMessage } from '@jupyterlab/services';

/** When the last message before a gap came, and the first one after it. */
export interface Gap {
  from: Date;
  to: Date;
}

/**
 * Finds out whether outputs got lost while the connection was cut. Jupyter keeps them from the moment on that it knows of
 * the cut, so what was on its way then is lost, and all that was sent into a dead connection. Nothing says so, but the ids
 * of kernels that use Jupyter's own library end in a number that counts the process's messages (jupyter_client, Session.msg_id).
 * Those of other kernels tell nothing.
 */
export class MessageNumbers {
  private last: { sender: string; number: number; at: Date } | undefined;
  /** Numbers behind the last output's that came another way. */
  private readonly others = new Set<number>();
  private replied = false;
  private rewired = false;

  constructor(private readonly now = () => new Date()) {}

  /** The connection is another one: the next output shows whether any are missing. */
  reconnected(): void {
    this.rewired = true;
  }

  /** @returns what is missing before this message, where that can be known */
  take(message: KernelMessage.IMessage): Gap | undefined {
    const id = /^(.+)_(\d+)$/.exec(message.header.msg_id);
    if (!id) return undefined;
    const number = Number(id[2]);
    // Each new subscriber is greeted, by another thread than the one that prints.
    if (message.channel !== 'iopub' || (message.header.msg_type as string) === 'iopub_welcome') {
      if (this.last?.sender === id[1]) this.others.add(number);
      this.replied ||= message.channel === 'shell';
      return undefined;
    }
    const before = this.last?.sender === id[1] ? this.last : undefined;
    const missing = this.rewired && before ? this.missing(before.number, number, message) : 0;
    const at = this.now();
    this.rewired = this.replied = false;
    this.last = { sender: id[1]!, number: Math.max(number, before?.number ?? 0), at };
    for (const other of this.others) if (other <= number) this.others.delete(other);
    return missing > 0 && before ? { from: before.at, to: at } : undefined;
  }

  private missing(before: number, number: number, message: KernelMessage.IMessage): number {
    const others = [...this.others].filter((other) => other > before && other < number).length;
    // The reply is counted before the status that follows it, and may come after it.
    const idle = (message.content as { execution_state?: string }).execution_state === 'idle';
    return number - before - 1 - others - (idle && !this.replied ? 1 : 0);
  }
}
