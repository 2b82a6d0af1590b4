import type { KernelChannel } from './kernelChannel.ts';
import type { KernelRuns } from './kernelRuns.ts';

/** Restarts of the kernel's process that somebody asks for, one at a time. */
export class AskedRestart {
  private pending: Promise<void> | undefined;

  /** @param o.post Jupyter's own restart; resolves when the new process answers */
  constructor(private readonly o: { channel: KernelChannel; runs: KernelRuns; post: () => Promise<void> }) {}

  get isPending(): boolean {
    return this.pending !== undefined;
  }

  /**
   * What runs in the old process ends without a problem, as somebody wanted it. What is run while Jupyter is at it is meant
   * for the new process and waits for it; when the restart fails it goes to the old one. Rejects with what Jupyter's answer or
   * the lack of one was.
   */
  now(): Promise<void> {
    return (this.pending ??= this.restart().finally(() => (this.pending = undefined)));
  }

  private async restart(): Promise<void> {
    const { channel, runs, post } = this.o;
    const old = new Set(runs.all());
    channel.hold(this);
    try {
      await post();
      const meant = runs.all().filter((run) => !old.has(run));
      for (const run of old) run.abandon();
      channel.dropUnsent(new Set(meant.map((run) => run.messageId)));
      channel.reconnect();
    } finally {
      channel.release(this);
    }
  }
}
