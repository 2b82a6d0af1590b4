import type { KernelMessage } from '@jupyterlab/services';
import type { JupyterProblem } from './errors.ts';
import type { KernelExecution } from './kernelExecution.ts';

/** Runs whose late output still finds its cell. */
const rememberedRuns = 50;

/** The runs of one kernel: those under way, and for a while those that are over, as their threads may still print. */
export class KernelRuns {
  private readonly running = new Map<string, KernelExecution>();
  /** The oldest first. */
  private readonly past = new Map<string, KernelExecution>();

  add(run: KernelExecution): void {
    this.running.set(run.messageId, run);
    void run.done.then(() => {
      this.running.delete(run.messageId);
      this.past.set(run.messageId, run);
      if (this.past.size > rememberedRuns) this.past.delete(this.past.keys().next().value!);
    });
  }

  /** Those under way. */
  all(): KernelExecution[] {
    return [...this.running.values()];
  }

  /** Resolves when the kernel is at one of these runs, or all of them are over; after `ms` at the latest. */
  begun(runs: readonly KernelExecution[], ms: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (run: KernelExecution): void => {
        if (!this.isRunning(run) && runs.some((one) => this.isRunning(one))) return;
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(resolve, ms);
      for (const run of runs) void run.begun.then(() => look(run));
    });
  }

  isRunning(run: KernelExecution): boolean {
    return this.running.has(run.messageId);
  }

  /** The run that a message belongs to, over or not. */
  of(messageId: string | undefined): KernelExecution | undefined {
    return messageId === undefined ? undefined : (this.running.get(messageId) ?? this.past.get(messageId));
  }

  /** Ends all that are under way. */
  abandon(problem?: JupyterProblem): void {
    for (const run of this.all()) run.abandon(problem);
  }
}

/** The question asked after a reconnect: the kernel answers it after all that it was asked before. */
export class ReconnectProbe {
  private replied = false;
  private idle = false;

  constructor(
    private readonly messageId: string,
    readonly since: Date,
    /** The runs that were under way when it was asked. */
    readonly before: readonly KernelExecution[],
  ) {}

  /** True with the message that completes the answer: replies and outputs take different ways and overtake each other. */
  answeredBy(message: KernelMessage.IMessage): boolean {
    if ((message.parent_header as { msg_id?: string }).msg_id !== this.messageId) return false;
    if (message.channel === 'shell') this.replied = true;
    else this.idle ||= (message.content as { execution_state?: string }).execution_state === 'idle';
    return this.replied && this.idle;
  }
}
