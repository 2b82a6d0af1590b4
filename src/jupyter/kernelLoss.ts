import type { KernelMessage } from '@jupyterlab/services';
import type { JupyterProblem } from './errors.ts';
import type { KernelExecution } from './kernelExecution.ts';
import { ReconnectProbe, type KernelRuns } from './kernelRuns.ts';
import { markOf, type MessageMark } from './messageMark.ts';
import { MissingOutput } from './missingOutput.ts';

export interface KernelLossOptions {
  server: string;
  runs: KernelRuns;
  /** Whether a run was not asked of the kernel yet. */
  waits: (run: KernelExecution) => boolean;
  /** The process that the runs were in is gone. */
  died: () => JupyterProblem;
}

/**
 * What a cut wire cost. It shows in two ways: in the numbers of what comes next (MissingOutput), and in the answer to a
 * question asked after the reconnect, which comes after all that was asked before: a run without an end by then gets none.
 */
export class KernelLoss {
  private lostAt: Date | undefined;
  private probe: ReconnectProbe | undefined;
  /** The process that was heard before the wire was cut. */
  private processBefore: string | undefined;
  private readonly missing: MissingOutput;

  constructor(private readonly o: KernelLossOptions) {
    this.missing = new MissingOutput(o.runs, o.server);
  }

  /** Since when the wire is cut; undefined while it is not. */
  get since(): Date | undefined {
    return this.lostAt;
  }

  cut(): void {
    this.lostAt ??= new Date();
    this.probe = undefined;
  }

  /** Somebody heard the kernel under our session id before: what comes has to follow on that. */
  heardBefore(at: Date, mark: MessageMark | undefined): void {
    this.lostAt = at;
    if (mark) this.missing.heardBefore(at, mark);
  }

  /** The wire is back, and this question is asked next. False when it was not cut. */
  back(questionId: string): boolean {
    const since = this.lostAt;
    this.missing.reconnected();
    if (!since) return false;
    this.lostAt = undefined;
    this.probe = new ReconnectProbe(
      questionId,
      since,
      this.o.runs.all().filter((run) => !this.o.waits(run)),
    );
    this.processBefore = this.missing.process;
    return true;
  }

  /** The wire is back to another process: nothing that runs was asked of the one before. */
  backToAnother(): boolean {
    const was = this.lostAt !== undefined;
    this.missing.reconnected();
    this.lostAt = undefined;
    return was;
  }

  /** To be told each message before the run that it belongs to is. */
  take(message: KernelMessage.IMessage): void {
    this.missing.take(message);
  }

  /** To be told each message after its run was: the answer to the question ends what has no end. */
  settle(message: KernelMessage.IMessage): void {
    const { probe } = this;
    if (!probe?.answeredBy(message)) return;
    this.probe = undefined;
    this.missing.settled();
    const process = markOf(message)?.process;
    const another = process !== undefined && this.processBefore !== undefined && process !== this.processBefore;
    const problem: JupyterProblem = another
      ? this.o.died()
      : { code: 'OutputLost', server: this.o.server, from: probe.since, to: new Date() };
    for (const run of probe.before) if (this.o.runs.isRunning(run)) run.abandon(problem);
  }
}
