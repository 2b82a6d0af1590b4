import type { KernelMessage } from '@jupyterlab/services';
import type { KernelRuns } from './kernelRuns.ts';
import type { KernelSessionOptions } from './kernelSessionOptions.ts';

/** An idle kernel that is not cut off begins with what it is sent within this time; ms. */
const beginMs = 1000;

export interface KernelInterruptOptions extends Pick<KernelSessionOptions, 'channel' | 'clientId' | 'rest'> {
  runs: KernelRuns;
  /** The kernel has ended, or is being started anew: there is nothing to interrupt. */
  over: () => boolean;
}

/**
 * Interrupts what one session runs, at a time when it is heard: an interrupt passes by a kernel that is not at the code yet,
 * and what is on its way would run all the same.
 */
export class KernelInterrupt {
  /** The kernel runs somebody else's code, as far as it has told. */
  private busyElsewhere = false;
  private pending: Promise<void> | undefined;

  constructor(private readonly o: KernelInterruptOptions) {}

  /** To be told each message. */
  take({ header, parent_header, content }: KernelMessage.IMessage): void {
    if (header.msg_type !== 'status') return;
    const { msg_type, session } = parent_header as Partial<KernelMessage.IHeader>;
    const isBusy = (content as { execution_state: string }).execution_state === 'busy';
    this.busyElsewhere = isBusy && msg_type === 'execute_request' && session !== this.o.clientId;
  }

  /** Resolves when the interrupt is sent, or nothing is left to interrupt. While it waits, another call is the same one. */
  now(): Promise<void> {
    this.pending ??= this.interrupt().finally(() => (this.pending = undefined));
    return this.pending;
  }

  private async interrupt(): Promise<void> {
    const { runs, channel, rest, over } = this.o;
    const all = runs.all();
    const unsent = all.filter(({ messageId }) => channel.takeBack(messageId));
    for (const run of unsent) run.abandon();
    if (unsent.length > 0 && unsent.length === all.length) return;
    const sent = all.filter((run) => !unsent.includes(run));
    if (sent.length > 0 && !this.busyElsewhere) {
      await runs.begun(sent, beginMs);
      // It was all over before, and the next code is not meant.
      if (over() || !sent.some((run) => runs.isRunning(run))) return;
    }
    await rest.interrupt();
  }
}
