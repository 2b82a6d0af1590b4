import type { KernelChannel } from './kernelChannel.ts';
import type { KernelRuns } from './kernelRuns.ts';

export interface AskedRestartOptions {
  channel: KernelChannel;
  runs: KernelRuns;
  /** Jupyter's own restart; resolves when the new process answers. */
  post: () => Promise<void>;
  /** Something else still keeps messages waiting. */
  isHeld: () => boolean;
}

/**
 * Restarts the kernel's process: what runs in the old one ends without a problem, as somebody wanted it. What is run while
 * Jupyter is at it is meant for the new process and waits for it; when the restart fails it goes to the old one.
 * Rejects with what Jupyter's answer or the lack of one was.
 */
export async function askedRestart({ channel, runs, post, isHeld }: AskedRestartOptions): Promise<void> {
  const old = new Set(runs.all());
  channel.hold();
  try {
    await post();
    const meant = runs.all().filter((run) => !old.has(run));
    for (const run of old) run.abandon();
    channel.dropUnsent(new Set(meant.map((run) => run.messageId)));
    channel.reconnect();
  } finally {
    if (!isHeld()) channel.release();
  }
}
