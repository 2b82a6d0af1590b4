import * as vscode from 'vscode';
import { isJupyterError, JupyterError, type JupyterProblem, type KernelEndReason } from '../jupyter/errors.ts';
import type { KernelSession } from '../jupyter/kernelSession.ts';
import type { OpenKernelOptions } from '../jupyter/server.ts';
import type { Connection } from './connections.ts';
import type { RunRecord } from './reattach/runRecord.ts';

/** Where a notebook's session is at its server, and this window's name there. */
export interface KernelPlace {
  path: string;
  clientId: string;
}

export interface KernelOpenerOptions {
  /** Throws what is wrong with the way to the server. */
  connect: () => Promise<Connection>;
  place: () => Promise<KernelPlace>;
  /** The kernelspec that the notebook remembers. */
  kernelName: () => string | undefined;
  words: (problem: JupyterProblem) => string;
  opened: (session: KernelSession, connection: Connection) => void;
}

/** How long a cell waits for a server that is starting: images of many gigabytes are pulled meanwhile. */
const startPatienceMs = 30 * 60 * 1000;
/** How long a cell waits for Jupyter in a pod that runs. */
const listenPatienceMs = 3 * 60 * 1000;
/** A server that answers at once is worth no notice. */
const noticeMs = 1000;
/** Between two looks for a kernel that cannot be reached, where nothing tells that it may be; ms. */
const againMs = 5000;

/** Brings a notebook's kernel up, once at a time; can be told to stop. */
export class KernelOpener {
  private opening: Promise<KernelSession> | undefined;
  private abort: AbortController | undefined;

  constructor(private readonly o: KernelOpenerOptions) {}

  get isOpening(): boolean {
    return this.abort !== undefined;
  }

  /** The kernel's session: of the kernel that runs for the notebook, else of a new one. Rejects on `stop` meanwhile. */
  open(note?: (problem: JupyterProblem) => void): Promise<KernelSession> {
    return this.once((signal) => this.start(signal, note));
  }

  /**
   * The kernel in which a cell was left running. Waits for as long as it takes to reach the server; rejects with KernelEnded
   * when the kernel is not there any more.
   */
  reopen(record: RunRecord): Promise<KernelSession> {
    return this.once((signal) => this.find(record, signal));
  }

  /** The next cell starts anew: what is under way may take its time to notice. */
  stop(): void {
    const { abort } = this;
    this.abort = this.opening = undefined;
    abort?.abort();
  }

  private once(open: (signal: AbortSignal) => Promise<KernelSession>): Promise<KernelSession> {
    const abort = (this.abort ??= new AbortController());
    this.opening ??= open(abort.signal).finally(() => {
      if (this.abort === abort) this.abort = this.opening = undefined;
    });
    const cancelled = new Promise<never>((_, reject) =>
      abort.signal.addEventListener('abort', () => reject(new vscode.CancellationError()), { once: true }),
    );
    return Promise.race([this.opening, cancelled]);
  }

  private async start(signal: AbortSignal, note?: (problem: JupyterProblem) => void): Promise<KernelSession> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const connection = await this.o.connect();
      timer = setInterval(() => {
        const starting = startingOf(connection);
        if (starting) note?.(starting);
      }, noticeMs);
      return this.hand(await this.startOn(connection, signal), connection, signal);
    } finally {
      clearInterval(timer);
    }
  }

  private async startOn(connection: Connection, signal: AbortSignal): Promise<KernelSession> {
    const { server } = connection;
    const wanted: OpenKernelOptions = { ...(await this.o.place()), kernelName: this.o.kernelName() };
    try {
      return await server.openKernel(wanted);
    } catch (error) {
      const patience = patienceFor(error, connection);
      if (patience === undefined) throw error;
      await server.waitUntilAnswers(signal, patience);
      return server.openKernel(wanted);
    }
  }

  private async find(record: RunRecord, signal: AbortSignal): Promise<KernelSession> {
    const connection = await this.o.connect();
    const { server, tunnel } = connection;
    const { clientId } = await this.o.place();
    for (;;) {
      try {
        const session = await server.reopenKernel(record.kernelId, { path: record.path, clientId }, record.podUid);
        return this.hand(session, connection, signal);
      } catch (error) {
        const reason = isJupyterError(error, 'NotRunning') ? endOf(error.problem.why, connection) : undefined;
        if (reason) throw new JupyterError({ code: 'KernelEnded', server: tunnel.target.server, reason });
        const later = ['NotRunning', 'Unreachable', 'NotAnswering'].some((code) =>
          isJupyterError(error, code as never),
        );
        if (!later || signal.aborted) throw error;
      }
      await changeOf(connection, signal);
    }
  }

  /** In one go with the attaching, so that nobody misses what comes first. */
  private hand(session: KernelSession, connection: Connection, signal: AbortSignal): KernelSession {
    if (signal.aborted) {
      session.dispose();
      throw new vscode.CancellationError();
    }
    this.o.opened(session, connection);
    return session;
  }
}

/** What a server's state means for a kernel that ran in it; undefined: nothing yet. */
function endOf(why: string, { tunnel }: Connection): KernelEndReason | undefined {
  // One that starts is looked at again when it is up: its pod may be the one that it was.
  if (why === 'unknown' || why === 'starting') return undefined;
  const otherwise = why === 'stopped' || why === 'deleted' ? 'serverStopped' : 'serverRestarted';
  return tunnel.target.lastEnd?.()?.reason ?? otherwise;
}

/** Resolves when the way to the server, or what is known of it, is another one; after a while in any case. */
function changeOf({ tunnel }: Connection, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      for (const watch of watches) watch.dispose();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, againMs);
    const watches = [tunnel.onDidChange(end), tunnel.target.onDidChange(end)];
    signal.addEventListener('abort', end, { once: true });
  });
}

/** How long to wait for a server that is starting, ms; undefined for one that is not. */
function patienceFor(error: unknown, connection: Connection): number | undefined {
  if (isJupyterError(error, 'NotRunning')) return error.problem.why === 'starting' ? startPatienceMs : undefined;
  return isJupyterError(error, 'NotAnswering') && startingOf(connection) ? listenPatienceMs : undefined;
}

/** Says that the server is starting where it is: its pod is not up yet, or Jupyter in it does not listen yet. */
function startingOf({ tunnel }: Connection): JupyterProblem | undefined {
  const why = tunnel.whyNot();
  if (why.code === 'NotRunning') return why.why === 'starting' ? why : undefined;
  const refused = tunnel.state.kind === 'retrying' && tunnel.state.cause === 'refused';
  return refused ? { code: 'NotRunning', server: tunnel.target.server, why: 'starting' } : undefined;
}
