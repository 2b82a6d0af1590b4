import type { KernelMessage } from '@jupyterlab/services';
import { outputOf, type OutputEvent } from './kernelMessages.ts';
import type { JupyterProblem } from './errors.ts';
import { markOf, type MessageMark } from './messageMark.ts';

/** From the word that the code begins until it runs: history, hooks and compiling come between; ms. */
const momentMs = 100;

/** How a run of code ended. `problem` is there when it was not the code that ended it. */
export interface ExecutionResult {
  ok: boolean;
  executionCount?: number;
  problem?: JupyterProblem;
}

export interface ExecutionHandlers {
  output(event: OutputEvent): void;
  /** What the user typed; undefined when the question was dismissed, which interrupts the code. */
  input?(prompt: string, password: boolean): Promise<string | undefined>;
  /** The code is on its way to the kernel: from now on it may run, whatever becomes of us. */
  sent?(messageId: string): void;
  /** Something came from the kernel about this code, also where it is no output; its place, where the kernel numbers. */
  heard?(mark: MessageMark | undefined): void;
}

/** One run of code: what the kernel says about it, until both its reply and its last output have come. */
export class KernelExecution {
  readonly done: Promise<ExecutionResult>;
  /** When the kernel has been at its code for a moment, or it is over: IPython may lose an interrupt that comes sooner. */
  readonly begun: Promise<void>;
  private begin!: () => void;
  private beginTimer: NodeJS.Timeout | undefined;
  private finish!: (result: ExecutionResult) => void;
  private reply: KernelMessage.IExecuteReplyMsg | undefined;
  private idle = false;
  private executionCount: number | undefined;
  private heard: boolean;

  constructor(
    readonly messageId: string,
    readonly handlers: ExecutionHandlers,
    begun = false,
  ) {
    this.heard = begun;
    this.done = new Promise((resolve) => (this.finish = resolve));
    this.begun = new Promise((resolve) => (this.begin = resolve));
    if (begun) this.begin();
    void this.done.then(() => {
      clearTimeout(this.beginTimer);
      this.begin();
    });
  }

  /** The kernel has said something about it, to us or to a window before us. */
  get started(): boolean {
    return this.heard;
  }

  /** The kernel is through with it but for the reply. */
  get lacksReply(): boolean {
    return this.idle && !this.reply;
  }

  /** A message whose parent is this run; threads that it started may print after its end. */
  take(message: KernelMessage.IMessage): void {
    this.heard = true;
    if (message.header.msg_type !== 'status') this.beginTimer ??= setTimeout(this.begin, momentMs);
    this.handlers.heard?.(markOf(message));
    if (message.channel === 'iopub') {
      const state = (message.content as { execution_state?: string }).execution_state;
      if (message.header.msg_type === 'status') this.idle ||= state === 'idle';
      const output = outputOf(message);
      if (output?.kind === 'started') this.executionCount = output.executionCount;
      // Updates concern displays of any cell and are told once, by the session.
      if (output && output.kind !== 'update') this.handlers.output(output);
    } else if (message.header.msg_type === 'execute_reply') {
      this.reply = message as KernelMessage.IExecuteReplyMsg;
      this.showPages(this.reply);
    }
    if (this.idle && this.reply) this.end();
  }

  /** Ends the run for a reason that is not the code's. */
  abandon(problem?: JupyterProblem): void {
    this.finish({ ok: false, executionCount: this.executionCount, problem });
  }

  private end(): void {
    const content = this.reply?.content;
    this.finish({ ok: content?.status === 'ok', executionCount: content?.execution_count ?? this.executionCount });
  }

  /** IPython answers `name?` with a page in the reply instead of an output. */
  private showPages(reply: KernelMessage.IExecuteReplyMsg): void {
    const payload = (reply.content as { payload?: { source?: string; data?: Record<string, unknown> }[] }).payload;
    for (const page of payload ?? [])
      if (page.source === 'page' && page.data) this.handlers.output({ kind: 'display', data: page.data, metadata: {} });
  }
}
