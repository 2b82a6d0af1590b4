import type { KernelMessage } from '@jupyterlab/services';
import type { KernelRuns } from './kernelRuns.ts';
import { MessageNumbers, type Gap } from './messageNumbers.ts';

/** Tells a run, in its place, that output of it was lost with a connection. */
export class MissingOutput {
  private readonly numbers = new MessageNumbers();
  /** Outputs are missing, and no run was told yet. */
  private gap: Gap | undefined;

  constructor(
    private readonly runs: KernelRuns,
    private readonly server: string,
  ) {}

  /** The connection is another one. */
  reconnected(): void {
    this.numbers.reconnected();
  }

  /** Whatever was asked before the connection was cut is over, and was told of. */
  settled(): void {
    this.gap = undefined;
  }

  /**
   * To be called before the run takes the message. Where none has begun, nothing of ours is missing: Jupyter itself asks a
   * kernel that runs nothing at each new connection.
   */
  take(message: KernelMessage.IMessage): void {
    const found = this.numbers.take(message);
    if (found) this.gap = this.runs.all().some(({ started }) => started) ? found : undefined;
    const run = this.gap && this.runs.of((message.parent_header as { msg_id?: string }).msg_id);
    if (!this.gap || !run?.started || !this.runs.isRunning(run)) return;
    run.handlers.output({ kind: 'lost', problem: { code: 'OutputLost', server: this.server, ...this.gap } });
    this.gap = undefined;
  }
}
