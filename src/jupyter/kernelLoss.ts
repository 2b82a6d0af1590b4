import type { KernelMessage } from '@jupyterlab/services';
import type { JupyterProblem } from './errors.ts';
import type { OutputLost } from './kernelMessages.ts';
import { ReconnectProbe, type KernelRuns } from './kernelRuns.ts';
import { markOf, type MessageMark } from './messageMark.ts';

export interface KernelLossOptions {
  server: string;
  runs: KernelRuns;
  /** The process that the runs were in is gone. */
  died: () => JupyterProblem;
}

/**
 * What a cut wire cost. Jupyter keeps messages for a session id from its socket's end until it comes back; not while another
 * client is connected, and not once another one has been. Whether it did shows in two ways: ipykernel numbers what it
 * says, so a number that follows on the last one heard means that nothing is missing; and a question asked after the
 * reconnect is answered after all that was asked before, so a run without an end by then gets none.
 */
export class KernelLoss {
  private lostAt: Date | undefined;
  private last: MessageMark | undefined;
  private probe: ReconnectProbe | undefined;
  /** Since when nothing was heard, and what was heard last: until the next output shows whether something is missing. */
  private gap: { since: Date; after: MessageMark } | undefined;
  /** The process that was heard before the wire was cut. */
  private processBefore: string | undefined;

  constructor(private readonly o: KernelLossOptions) {}

  /** Since when the wire is cut; undefined while it is not. */
  get since(): Date | undefined {
    return this.lostAt;
  }

  cut(): void {
    this.lostAt ??= new Date();
    this.probe = this.gap = undefined;
  }

  /** Somebody heard the kernel under our session id before: what comes has to follow on that. */
  heardBefore(at: Date, mark: MessageMark | undefined): void {
    this.lostAt = at;
    this.last = mark;
  }

  /** The wire is back, and this question is asked next. False when it was not cut. */
  back(questionId: string): boolean {
    const since = this.lostAt;
    if (!since) return false;
    this.lostAt = undefined;
    this.probe = new ReconnectProbe(questionId, since, this.o.runs.all());
    this.processBefore = this.last?.process;
    if (this.last && this.o.runs.all().length > 0) this.gap = { since, after: this.last };
    return true;
  }

  /** The wire is back to another process: nothing that runs was asked of the one before. */
  backToAnother(): boolean {
    const was = this.lostAt !== undefined;
    this.lostAt = this.last = undefined;
    return was;
  }

  /** To be told each message before the run that it belongs to is. */
  take(message: KernelMessage.IMessage): void {
    const mark = markOf(message);
    if (!mark) return;
    if (this.gap && mark.process === this.gap.after.process) this.close(this.gap, message, mark);
    if (this.last?.process !== mark.process || mark.n > this.last.n) this.last = mark;
  }

  /** To be told each message after its run was: the answer to the question ends what has no end. */
  settle(message: KernelMessage.IMessage): void {
    const { probe } = this;
    if (!probe?.answeredBy(message)) return;
    this.probe = this.gap = undefined;
    const process = markOf(message)?.process;
    const another = process !== undefined && this.processBefore !== undefined && process !== this.processBefore;
    const problem = another ? this.o.died() : this.lost(probe.since);
    for (const run of probe.before) if (this.o.runs.isRunning(run)) run.abandon(problem);
  }

  /** The first output of ours after the pause. */
  private close(gap: { since: Date; after: MessageMark }, message: KernelMessage.IMessage, { n }: MessageMark): void {
    if (message.channel !== 'iopub') return;
    const run = this.o.runs.of((message.parent_header as { msg_id?: string }).msg_id);
    if (!run) return;
    this.gap = undefined;
    const running = this.o.runs.all();
    // Replies come another way than outputs: those of the runs before this one may be behind.
    const replies = Math.max(0, running.indexOf(run));
    const begins = (message.content as { execution_state?: string }).execution_state === 'busy';
    if (!begins && n > gap.after.n + 1 + replies) run.handlers.output({ kind: 'lost', problem: this.lost(gap.since) });
  }

  private lost(from: Date): OutputLost {
    return { code: 'OutputLost', server: this.o.server, from, to: new Date() };
  }
}
