import type { JupyterProblem } from '../jupyter/errors.ts';
import type { OutputEvent } from '../jupyter/kernelMessages.ts';
import type { KernelSession } from '../jupyter/kernelSession.ts';
import { uidOf } from '../jupyter/target.ts';
import type { Disposable } from '../k8s/events.ts';
import type { Connection } from './connections.ts';
import { KernelOpener, type KernelOpenerOptions } from './kernelOpener.ts';
import { showLost } from './lostNotice.ts';
import type { RunRecord } from './reattach/runRecord.ts';

export interface AttachedKernelOptions extends Omit<KernelOpenerOptions, 'opened'> {
  onDidStart: (session: KernelSession, connection: Connection) => void;
  onDidUpdateDisplay: (update: Extract<OutputEvent, { kind: 'update' }>) => void;
  onDidLoseConnection: () => void;
  /** The kernel's process is gone, and its variables with it. */
  onDidDie: (problem: JupyterProblem) => void;
}

/** The kernel that one notebook is attached to, if any: made when it is needed, anew after its end. */
export class AttachedKernel implements Disposable {
  private live: KernelSession | undefined;
  private pod: string | undefined;
  private readonly opener: KernelOpener;
  private subscriptions: Disposable[] = [];
  private lostNotice: Disposable | undefined;

  constructor(private readonly o: AttachedKernelOptions) {
    this.opener = new KernelOpener({ ...o, opened: (session, connection) => this.opened(session, connection) });
  }

  /** The kernel, while this window is attached to one that can run something; starts none. */
  get session(): KernelSession | undefined {
    return this.live?.problem ? undefined : this.live;
  }

  get isOpening(): boolean {
    return this.opener.isOpening;
  }

  /** The pod that the kernel runs in. */
  get podUid(): string | undefined {
    return this.pod;
  }

  /** The one that there is, else one that is opened. Rejects on `stopOpening` meanwhile. */
  open(note?: (problem: JupyterProblem) => void): Promise<KernelSession> {
    return this.session ? Promise.resolve(this.session) : this.opener.open(note);
  }

  /** The kernel in which a cell was left running; see KernelOpener. */
  reopen(record: RunRecord): Promise<KernelSession> {
    return this.opener.reopen(record);
  }

  stopOpening(): void {
    this.opener.stop();
  }

  /** Says in the status bar that the connection is lost, if it is, until it is back. */
  tellLost(): void {
    const lost = this.live?.lost;
    this.lostNotice?.dispose();
    this.lostNotice = this.live && lost ? showLost(this.live, this.o.words(lost)) : undefined;
  }

  /** Lets go of the kernel, which goes on at the server. */
  drop(): void {
    this.lostNotice?.dispose();
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
    this.live?.dispose();
    this.live = undefined;
  }

  /** Like `dispose`, after what is on its way from the kernel has come. */
  async leave(): Promise<void> {
    this.opener.stop();
    await this.live?.leave();
    this.drop();
  }

  dispose(): void {
    this.opener.stop();
    this.drop();
  }

  private opened(session: KernelSession, connection: Connection): void {
    this.drop();
    this.live = session;
    this.pod = uidOf(connection.tunnel.target);
    this.subscriptions = [
      session.onDidChangeConnection((problem) => problem && this.o.onDidLoseConnection()),
      session.onDidUpdateDisplay((update) => this.o.onDidUpdateDisplay(update)),
      session.onDidDie((problem) => this.o.onDidDie(problem)),
      session.onDidEnd((problem) => {
        this.o.onDidDie(problem);
        if (this.live === session) this.drop();
      }),
    ];
    this.o.onDidStart(session, connection);
  }
}
