import type { KernelMessage } from '@jupyterlab/services';
import type { KernelRuns } from './kernelRuns.ts';
import type { MessageMark } from './messageMark.ts';
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

  /** Somebody heard the kernel before. */
  heardBefore(at: Date, mark: MessageMark): void {
    this.numbers.heardBefore(at, mark);
  }

  /** The process that was heard last, where it numbers what it says. */
  get process(): string | undefined {
    return this.numbers.process;
  }

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
   * kernel that runs nothing at each new connection. Nor is it of a run that only begins after it.
   */
  take(message: KernelMessage.IMessage): void {
    const found = this.numbers.take(message);
    const run = this.runs.of((message.parent_header as { msg_id?: string }).msg_id);
    if (found) {
      const begun = this.runs.all().some(({ started }) => started) && run?.started !== false;
      this.gap = begun ? found : undefined;
    }
    if (!this.gap || !run?.started || !this.runs.isRunning(run)) return;
    run.handlers.output({ kind: 'lost', problem: { code: 'OutputLost', server: this.server, ...this.gap } });
    this.gap = undefined;
  }
}
