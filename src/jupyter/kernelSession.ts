import type { KernelMessage } from '@jupyterlab/services';
import { createMessage } from '@jupyterlab/services/lib/kernel/messages';
import { Emitter, type Disposable } from '../k8s/events.ts';
import { AskedRestart } from './askedRestart.ts';
import { JupyterError, type JupyterProblem, type KernelEndReason } from './errors.ts';
import { KernelExecution, type ExecutionHandlers } from './kernelExecution.ts';
import { KernelHelp } from './kernelHelp.ts';
import { answerInput } from './kernelInput.ts';
import { KernelInterrupt } from './kernelInterrupt.ts';
import { KernelLife } from './kernelLife.ts';
import { KernelLoss } from './kernelLoss.ts';
import { KernelQuestions } from './kernelQuestions.ts';
import { KernelRestart } from './kernelRestart.ts';
import { KernelRuns } from './kernelRuns.ts';
import type { KernelSessionOptions, KernelStatus } from './kernelSessionOptions.ts';
import { outputOf, type OutputEvent } from './kernelMessages.ts';
import type { MessageMark } from './messageMark.ts';
import { MissingReply } from './missingReply.ts';

export type { KernelSessionOptions, KernelStatus } from './kernelSessionOptions.ts';

type DisplayUpdate = Extract<OutputEvent, { kind: 'update' }>;

/**
 * A kernel as one notebook uses it; outlives editors and lost connections. Disposing leaves the kernel running.
 * A lost connection ends no cell: the session reconnects and goes on. A kernel that ended ends its cells with a problem.
 */
export class KernelSession implements Disposable {
  private readonly statuses = new Emitter<KernelStatus>();
  private readonly connections = new Emitter<JupyterProblem | undefined>();
  private readonly updates = new Emitter<DisplayUpdate>();
  private readonly ends = new Emitter<JupyterProblem>();
  private readonly deaths = new Emitter<JupyterProblem>();
  readonly onDidChangeStatus = this.statuses.event;
  /** ConnectionLost when the wire is cut, undefined when it is back. */
  readonly onDidChangeConnection = this.connections.event;
  /** A display with this id, in whichever cell, has new content. */
  readonly onDidUpdateDisplay = this.updates.event;
  readonly onDidEnd = this.ends.event;
  /** The kernel's process died, and Jupyter starts another: the session goes on without its variables. */
  readonly onDidDie = this.deaths.event;
  private readonly runs = new KernelRuns();
  private readonly subscriptions: Disposable[];
  private disposed = false;
  private state: KernelStatus;
  private end: JupyterProblem | undefined;
  private readonly life: KernelLife;
  private readonly loss: KernelLoss;
  private readonly autoRestart: KernelRestart;
  private readonly askedRestart: AskedRestart;
  private readonly questions: KernelQuestions;
  private readonly missingReply: MissingReply;
  private readonly interrupts: KernelInterrupt;
  /** What the kernel tells somebody who types. */
  readonly help: KernelHelp;

  constructor(private readonly options: KernelSessionOptions) {
    const { channel, target } = options;
    this.state = options.busy ? 'busy' : 'starting';
    this.life = new KernelLife(target, (reason) => this.ended(reason));
    this.loss = new KernelLoss({
      server: target.server,
      runs: this.runs,
      waits: ({ messageId }) => channel.waits(messageId),
      died: () => this.life.died(),
    });
    this.autoRestart = new KernelRestart(channel, () => this.question());
    this.askedRestart = new AskedRestart({ channel, runs: this.runs, post: () => options.rest.restart() });
    this.questions = new KernelQuestions({
      send: (type, content) => this.sendNow(type, content),
      quiet: () => this.state === 'idle' && this.runs.all().length === 0 && !this.autoRestart.pending,
    });
    this.help = new KernelHelp(this.questions);
    this.missingReply = new MissingReply(() => this.sendNow('kernel_info_request', {})?.header.msg_id);
    const over = (): boolean => this.end !== undefined || this.askedRestart.isPending;
    this.interrupts = new KernelInterrupt({ ...options, runs: this.runs, over });
    this.subscriptions = [
      channel.onMessage((message) => this.take(message)),
      channel.onDidSend((id) => this.runs.of(id)?.handlers.sent?.(id)),
      channel.onDidConnect((connected) => this.connectionChanged(connected)),
      channel.onDidEnd((end) => this.ended(this.life.reasonOf(end))),
    ];
  }

  get kernelId(): string {
    return this.options.kernelId;
  }

  get kernelName(): string {
    return this.options.kernelName;
  }

  get clientId(): string {
    return this.options.clientId;
  }

  get path(): string {
    return this.options.path;
  }

  get found(): boolean {
    return this.options.found === true;
  }

  get status(): KernelStatus {
    return this.state;
  }

  get connected(): boolean {
    return this.options.channel.connected;
  }

  /** ConnectionLost while the wire is cut. */
  get lost(): JupyterProblem | undefined {
    const { since } = this.loss;
    return since && { code: 'ConnectionLost', server: this.options.target.server, since };
  }

  /** Why this session can run nothing more; a new one has to be opened. */
  get problem(): JupyterProblem | undefined {
    return this.end;
  }

  /**
   * Runs code; throws JupyterError KernelEnded when there is no kernel any more. Never rejects later: see `problem`.
   * @param o silent: neither counted nor in the history, and its errors are not shown
   */
  execute(code: string, handlers: ExecutionHandlers, o: { silent?: boolean } = {}): KernelExecution {
    if (this.end) throw new JupyterError(this.end);
    const message = this.message('execute_request', {
      code,
      silent: o.silent === true,
      store_history: o.silent !== true,
      user_expressions: {},
      allow_stdin: handlers.input !== undefined,
      stop_on_error: true,
    });
    const execution = this.add(message.header.msg_id, handlers);
    this.options.channel.send(message);
    return execution;
  }

  /**
   * Takes up code that was sent under our client id earlier, in another window maybe; to be called before anything else.
   * What Jupyter kept of it comes as its outputs, what it did not keep is told as `lost`.
   * @param at when it was last heard of
   */
  adopt(messageId: string, handlers: ExecutionHandlers, at: Date, mark?: MessageMark): KernelExecution {
    if (this.end) throw new JupyterError(this.end);
    this.loss.heardBefore(at, mark);
    return this.add(messageId, handlers, mark !== undefined);
  }

  /** Interrupts what runs; code that still waits for a connection is not sent any more. */
  interrupt(): Promise<void> {
    return this.interrupts.now();
  }

  /** A new kernel process under the same id: variables are gone, cells that run end; those run meanwhile run in the new one. */
  async restart(): Promise<void> {
    const before = this.state;
    const restarted = this.askedRestart.now();
    this.setStatus('restarting');
    try {
      await restarted;
    } catch (error) {
      if (before !== 'restarting') this.setStatus(before);
      throw error;
    }
  }

  async shutdown(): Promise<void> {
    await this.options.rest.shutdown();
    this.ended('shutDown');
  }

  /** Disposes of it after what is on its way has come to those who run something; takes a second at most. */
  async leave(): Promise<void> {
    await this.options.channel.finish();
    this.dispose();
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    // What still runs goes on at the server, out of our sight; what is asked from now on needs another session.
    this.end ??= { code: 'ConnectionLost', server: this.options.target.server, since: new Date() };
    this.life.dispose();
    this.autoRestart.dispose();
    this.missingReply.dispose();
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
    this.options.channel.dispose();
    this.runs.abandon(this.end);
    this.options.onDispose?.();
    for (const emitter of [this.statuses, this.connections, this.updates, this.ends, this.deaths]) emitter.dispose();
  }

  private take(message: KernelMessage.IMessage): void {
    const type = message.header.msg_type;
    this.interrupts.take(message);
    if (type === 'status') this.statusTold((message.content as { execution_state: string }).execution_state);
    else if (type === 'shutdown_reply' && message.channel === 'iopub') this.shutDownTold(message);
    else if (type === 'update_display_data') {
      const update = outputOf(message);
      if (update?.kind === 'update') this.updates.fire(update);
    }
    this.loss.take(message);
    const execution = this.runs.of((message.parent_header as { msg_id?: string }).msg_id);
    execution?.take(message);
    if (execution && type === 'input_request') {
      const { runs } = this;
      const interrupt = (): Promise<void> => this.interrupt();
      const request = message as KernelMessage.IInputRequestMsg;
      void answerInput(execution, request, { ...this.options, runs, interrupt });
    }
    this.autoRestart.take(message);
    this.questions.take(message);
    this.loss.settle(message);
    this.missingReply.take(message, execution);
  }

  private statusTold(told: string): void {
    if (told === 'idle' || told === 'busy' || told === 'starting') return this.setStatus(told);
    if (told === 'dead') return this.ended('died');
    if (told !== 'restarting' || this.askedRestart.isPending) return;
    // Jupyter found the kernel's process gone and starts another: what ran is lost, the session goes on.
    const problem = this.life.died();
    this.runs.abandon(problem);
    this.setStatus('restarting');
    this.autoRestart.begin();
    this.deaths.fire(problem);
  }

  /** Somebody else (JupyterLab in a browser) restarted the kernel or shut it down, or Jupyter itself is ending. */
  private shutDownTold(message: KernelMessage.IMessage): void {
    if (this.askedRestart.isPending) return;
    if ((message.content as { restart?: boolean }).restart === true) {
      this.runs.abandon(this.life.ended('shutDown'));
      this.options.channel.reconnect();
      return;
    }
    this.life.shutDownTold();
  }

  private connectionChanged(connected: boolean): void {
    if (!connected) {
      this.loss.cut();
      if (!this.askedRestart.isPending) this.connections.fire(this.lost);
      return;
    }
    this.life.reached();
    const ask = this.question();
    // After a restart nothing that runs was asked before it.
    const another = this.autoRestart.pending;
    if (another ? this.loss.backToAnother() : this.loss.back(ask.header.msg_id)) this.connections.fire(undefined);
    if (this.autoRestart.pending) this.autoRestart.connected();
    else this.options.channel.sendNow(ask);
  }

  private ended(reason: KernelEndReason): void {
    if (this.end) return;
    this.end = this.life.ended(reason);
    this.runs.abandon(this.end);
    this.setStatus('dead');
    this.ends.fire(this.end);
    this.dispose();
  }

  private add(messageId: string, handlers: ExecutionHandlers, begun = false): KernelExecution {
    const execution = new KernelExecution(messageId, handlers, begun);
    this.runs.add(execution);
    void execution.done.then(() => this.questions.changed());
    return execution;
  }

  private question(): KernelMessage.IMessage {
    return this.message('kernel_info_request', {});
  }

  private sendNow(type: string, content: object): KernelMessage.IMessage | undefined {
    const message = this.message(type, content);
    return this.options.channel.sendNow(message) ? message : undefined;
  }

  private setStatus(status: KernelStatus): void {
    if (this.state === status || this.state === 'dead') return;
    this.state = status;
    this.statuses.fire(status);
    if (status === 'idle') this.questions.changed();
  }

  private message(msgType: string, content: object): KernelMessage.IMessage {
    return createMessage({ msgType, channel: 'shell', session: this.options.clientId, content } as never);
  }
}
