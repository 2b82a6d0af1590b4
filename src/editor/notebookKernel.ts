import * as vscode from 'vscode';
import { isJupyterError, JupyterError, type JupyterProblem } from '../jupyter/errors.ts';
import type { KernelSession } from '../jupyter/kernelSession.ts';
import type { OpenKernelOptions } from '../jupyter/server.ts';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import type { Connection } from './connections.ts';
import { Displays } from './displays.ts';
import { showLost } from './lostNotice.ts';
import { OutputWriter } from './outputWriter.ts';
import type { WholeOutputs } from './wholeOutputs.ts';

export interface NotebookKernelOptions {
  controller: vscode.NotebookController;
  /** Throws what is wrong with the way to the server. */
  connect: () => Promise<Connection>;
  path: string;
  /** The kernelspec that the notebook remembers. */
  kernelName: () => string | undefined;
  clientId: string;
  /** An error as one sentence for the user. */
  explain: (error: unknown) => string;
  logger: Logger;
  wholeOutputs: WholeOutputs;
  onDidStart: (session: KernelSession, connection: Connection) => void;
  onDidRunCell: () => void;
}

/** How long a cell waits for a server that is starting: images of many gigabytes are pulled meanwhile. */
const startPatienceMs = 30 * 60 * 1000;
/** How long a cell waits for Jupyter in a pod that runs. */
const listenPatienceMs = 3 * 60 * 1000;
/** A server that answers at once is worth no notice. */
const noticeMs = 1000;

/** One notebook on one kernel: runs its cells one after the other and keeps the kernel when the editor closes. */
export class NotebookKernel implements Disposable {
  private opening: Promise<KernelSession> | undefined;
  private live: KernelSession | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private running: OutputWriter | undefined;
  /** Runs asked for before this number are void: they were interrupted, or a cell before them went wrong. */
  private round = 0;
  private starting: AbortController | undefined;
  private disposed = false;
  private readonly displays = new Displays();
  private readonly writers = new WeakMap<vscode.NotebookCell, OutputWriter>();
  private subscriptions: Disposable[] = [];

  constructor(private readonly o: NotebookKernelOptions) {}

  /** The kernel, while this window is attached to one that can run something; starts none. */
  get session(): KernelSession | undefined {
    return this.live?.problem ? undefined : this.live;
  }

  /** Runs cells in order after those asked for earlier; the first that goes wrong ends its group. */
  run(cells: readonly vscode.NotebookCell[]): Promise<void> {
    const round = this.round;
    const executions = this.executionsOf(cells);
    const work = this.queue.then(async () => {
      let go = round === this.round;
      for (const execution of executions) {
        if (go) go = (await this.runCell(execution)) && round === this.round;
        else skip(execution);
      }
    });
    this.queue = work.catch((error: unknown) => this.o.logger.error(`running cells: ${String(error)}`));
    return work;
  }

  /**
   * Interrupts what runs and forgets what waits. Stops waiting for a kernel that does not come up. Also when it was
   * started before this window was; false when there is no kernel.
   */
  async interrupt(): Promise<boolean> {
    this.round++;
    if (this.live) await this.live.interrupt();
    else if (this.starting) this.stopStarting();
    else {
      const { server } = await this.o.connect();
      const found = await server.findSession(this.o.path);
      if (!found) return false;
      await server.interruptKernel(found.kernelId);
    }
    return true;
  }

  /** Restarts the kernel, whoever started it; starts one when there is none. */
  async restart(): Promise<void> {
    this.round++;
    const before = this.live;
    const session = before ?? (await this.start());
    if (before || session.found) await session.restart();
    this.displays.clear();
  }

  /** Lets go of the kernel, which goes on at the server. */
  dispose(): void {
    this.disposed = true;
    this.round++;
    this.stopStarting();
    this.drop();
  }

  private executionsOf(cells: readonly vscode.NotebookCell[]): vscode.NotebookCellExecution[] {
    const made: vscode.NotebookCellExecution[] = [];
    try {
      for (const cell of cells) made.push(this.o.controller.createNotebookCellExecution(cell));
    } catch (error) {
      // One that cannot be run must not leave the others waiting for ever.
      made.forEach(skip);
      throw error;
    }
    return made;
  }

  private async runCell(execution: vscode.NotebookCellExecution): Promise<boolean> {
    const { cell } = execution;
    const { logger, wholeOutputs } = this.o;
    let ok = false;
    let writer: OutputWriter | undefined;
    try {
      execution.start(Date.now());
      this.writers.get(cell)?.retire();
      writer = new OutputWriter(execution, {
        displays: this.displays,
        logger,
        words: (problem) => this.words(problem),
        reopen: () => this.reopen(cell),
        whole: wholeOutputs.begin(cell),
        onDidCut: (cut) => wholeOutputs.cutChanged(cell, cut),
      });
      this.writers.set(cell, writer);
      this.running = writer;
      const written = writer;
      written.clear();
      const session = await this.startFor(written);
      const run = session.execute(cell.document.getText(), {
        output: (event) => written.write(event),
        input: ask,
      });
      if (session.lost) this.lost(session);
      const result = await run.done;
      ok = result.ok;
      if (result.problem) writer.text(this.words(result.problem));
    } catch (error) {
      // A cell must never spin for ever: what stands in the way is said in it.
      logger.warn(`running a cell: ${String(error)}`);
      if (!(error instanceof vscode.CancellationError)) writer?.problem(this.o.explain(error));
    } finally {
      this.running = undefined;
      writer?.end();
      this.end(execution, ok);
    }
    this.o.onDidRunCell();
    return ok;
  }

  /** An editor that was closed meanwhile must not keep the next cell from running. */
  private end(execution: vscode.NotebookCellExecution, ok: boolean): void {
    try {
      execution.end(ok, Date.now());
    } catch (error) {
      this.o.logger.debug(`ending a cell: ${String(error)}`);
    }
  }

  /** Opens a cell that has run for what its threads print later, or for its displays: its number and times stay. */
  private reopen(cell: vscode.NotebookCell) {
    if (this.disposed || cell.notebook.isClosed || cell.index < 0) return undefined;
    const summary = cell.executionSummary;
    const execution = this.o.controller.createNotebookCellExecution(cell);
    execution.executionOrder = summary?.executionOrder;
    execution.start(summary?.timing?.startTime);
    return { execution, close: () => execution.end(summary?.success, summary?.timing?.endTime) };
  }

  /** The kernel for a cell, which says meanwhile that its server is starting. */
  private async startFor(writer: OutputWriter): Promise<KernelSession> {
    if (this.live && !this.live.problem) return this.live;
    let noted = false;
    const session = await this.start((sentence) => {
      if (!noted) writer.text(sentence);
      noted = true;
    });
    if (noted) writer.clear();
    return session;
  }

  /** The kernel's session; a new one when there is none or it came to its end. Rejects on `interrupt` meanwhile. */
  private async start(note?: (sentence: string) => void): Promise<KernelSession> {
    if (this.live && !this.live.problem) return this.live;
    const abort = (this.starting ??= new AbortController());
    const opening = (this.opening ??= this.open(abort.signal, note));
    const cancelled = new Promise<never>((_, reject) =>
      abort.signal.addEventListener('abort', () => reject(new vscode.CancellationError()), { once: true }),
    );
    return Promise.race([opening, cancelled]);
  }

  /** The next cell starts anew: what is under way may take its time to notice. */
  private stopStarting(): void {
    const { starting } = this;
    this.starting = this.opening = undefined;
    starting?.abort();
  }

  private async open(signal: AbortSignal, note?: (sentence: string) => void): Promise<KernelSession> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const connection = await this.o.connect();
      timer = setInterval(() => {
        const starting = startingOf(connection);
        if (starting) note?.(this.words(starting));
      }, noticeMs);
      const session = await this.openOn(connection, signal);
      if (this.disposed || signal.aborted) {
        session.dispose();
        throw new vscode.CancellationError();
      }
      this.drop();
      this.live = session;
      this.subscriptions = [
        session.onDidChangeConnection((problem) => problem && this.lost(session)),
        session.onDidUpdateDisplay((update) => {
          const cell = this.displays.cell(update.displayId);
          (this.running ?? (cell && this.writers.get(cell)))?.write(update);
        }),
        session.onDidEnd(() => {
          if (this.live === session) this.drop();
        }),
      ];
      this.o.onDidStart(session, connection);
      return session;
    } finally {
      clearInterval(timer);
      if (this.starting?.signal === signal) this.starting = this.opening = undefined;
    }
  }

  private async openOn(connection: Connection, signal: AbortSignal): Promise<KernelSession> {
    const { server } = connection;
    const { path, clientId } = this.o;
    const wanted: OpenKernelOptions = { path, clientId, kernelName: this.o.kernelName() };
    try {
      return await server.openKernel(wanted);
    } catch (error) {
      const patience = patienceFor(error, connection);
      if (patience === undefined) throw error;
      await server.waitUntilAnswers(signal, patience);
      return server.openKernel(wanted);
    }
  }

  /** Only under a running cell: an idle notebook loses nothing. Gone when the connection is back. */
  private lost(session: KernelSession): void {
    if (this.running && session.lost) this.subscriptions.push(showLost(session, this.words(session.lost)));
  }

  private words(problem: JupyterProblem): string {
    return this.o.explain(new JupyterError(problem));
  }

  private drop(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
    this.live?.dispose();
    this.live = undefined;
  }
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

async function ask(prompt: string, password: boolean): Promise<string | undefined> {
  return vscode.window.showInputBox({ prompt: prompt.trim() || undefined, password, ignoreFocusOut: true });
}

/** A cell that will not run: its mark of waiting goes away, nothing else changes. */
function skip(execution: vscode.NotebookCellExecution): void {
  execution.start();
  execution.end(undefined);
}
