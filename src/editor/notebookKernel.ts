import * as vscode from 'vscode';
import { JupyterError } from '../jupyter/errors.ts';
import type { KernelExecution } from '../jupyter/kernelExecution.ts';
import type { KernelSession } from '../jupyter/kernelSession.ts';
import type { OpenKernelOptions } from '../jupyter/server.ts';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import type { Connection } from './connections.ts';
import { OutputWriter, type Displays } from './outputWriter.ts';

export interface NotebookKernelOptions {
  /** Throws what is wrong with the way to the server. */
  connect: () => Promise<Connection>;
  path: string;
  /** The kernelspec that the notebook remembers. */
  kernelName: () => string | undefined;
  clientId: string;
  /** An error as one sentence for the user. */
  explain: (error: unknown) => string;
  logger: Logger;
  onDidStart: (session: KernelSession, connection: Connection) => void;
  onDidRunCell: () => void;
}

/** One notebook on one kernel: runs its cells one after the other and keeps the kernel when the editor closes. */
export class NotebookKernel implements Disposable {
  private session: Promise<KernelSession> | undefined;
  private live: KernelSession | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private running: KernelExecution | undefined;
  /** Runs asked for before this number are void: they were interrupted, or a cell before them went wrong. */
  private round = 0;
  private starting: { cancel: () => void } | undefined;
  private readonly displays: Displays = new Map();
  private subscriptions: Disposable[] = [];

  constructor(private readonly o: NotebookKernelOptions) {}

  get kernelId(): string | undefined {
    return this.live?.kernelId;
  }

  /** Runs cells in order after those asked for earlier; the first that goes wrong ends its group. */
  run(cells: readonly vscode.NotebookCell[], controller: vscode.NotebookController): Promise<void> {
    const round = this.round;
    const executions = cells.map((cell) => controller.createNotebookCellExecution(cell));
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

  /** Interrupts what runs and forgets what waits. Stops waiting for a kernel that does not come up. */
  async interrupt(): Promise<void> {
    this.round++;
    this.starting?.cancel();
    if (this.running && this.live) await this.live.interrupt();
  }

  async restart(): Promise<void> {
    this.round++;
    if (this.live) await this.live.restart();
    else this.session = undefined;
    this.displays.clear();
  }

  /** Lets go of the kernel, which goes on at the server. */
  dispose(): void {
    this.round++;
    this.starting?.cancel();
    this.drop();
  }

  private async runCell(execution: vscode.NotebookCellExecution): Promise<boolean> {
    execution.start(Date.now());
    const writer = new OutputWriter(execution, { displays: this.displays, logger: this.o.logger });
    let ok = false;
    try {
      await execution.clearOutput();
      const session = await this.start();
      const code = execution.cell.document.getText();
      const run = session.execute(code, {
        output: (event) => writer.write(event),
        input: (prompt, password) => this.ask(prompt, password),
      });
      this.running = run;
      const updates = session.onDidUpdateDisplay((update) => writer.write(update));
      const result = await run.done;
      updates.dispose();
      await writer.end();
      ok = result.ok;
      if (result.problem) await writer.text(this.o.explain(new JupyterError(result.problem)));
    } catch (error) {
      // A cell must never spin for ever: what stands in the way is said in it.
      this.o.logger.warn(`running a cell: ${String(error)}`);
      await writer.end();
      if (!(error instanceof vscode.CancellationError)) await this.say(execution, this.o.explain(error));
    } finally {
      this.running = undefined;
      execution.end(ok, Date.now());
    }
    this.o.onDidRunCell();
    return ok;
  }

  private async say(execution: vscode.NotebookCellExecution, sentence: string): Promise<void> {
    const item = vscode.NotebookCellOutputItem.error({ name: '', message: sentence, stack: '' });
    await execution.appendOutput(
      new vscode.NotebookCellOutput([item], {
        outputType: 'error',
        originalError: { output_type: 'error', ename: '', evalue: sentence, traceback: [] },
      }),
    );
  }

  /** The kernel's session; a new one when there is none or it came to its end. Rejects on `interrupt` meanwhile. */
  private async start(): Promise<KernelSession> {
    if (this.live && !this.live.problem) return this.live;
    this.session ??= this.open();
    const opening = this.session;
    const cancelled = new Promise<never>((_, reject) => {
      this.starting = { cancel: () => reject(new vscode.CancellationError()) };
    });
    try {
      return await Promise.race([opening, cancelled]);
    } finally {
      this.starting = undefined;
    }
  }

  private async open(): Promise<KernelSession> {
    try {
      const connection = await this.o.connect();
      const wanted: OpenKernelOptions = {
        path: this.o.path,
        kernelName: this.o.kernelName(),
        clientId: this.o.clientId,
      };
      const session = await connection.server.openKernel(wanted);
      this.drop();
      this.live = session;
      this.subscriptions = [
        session.onDidChangeConnection(
          (problem) => problem && this.showLost(session, this.o.explain(new JupyterError(problem))),
        ),
        session.onDidEnd(() => {
          if (this.live === session) this.drop();
        }),
      ];
      this.o.onDidStart(session, connection);
      return session;
    } finally {
      this.session = undefined;
    }
  }

  /** Only under a running cell: an idle notebook loses nothing. Gone when the connection is back. */
  private showLost(session: KernelSession, sentence: string): void {
    if (!this.running) return;
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: sentence },
      () =>
        new Promise<void>((resolve) => {
          const parts: Disposable[] = [];
          const end = () => {
            for (const part of parts) part.dispose();
            resolve();
          };
          parts.push(
            session.onDidChangeConnection((problem) => !problem && end()),
            session.onDidEnd(end),
          );
        }),
    );
  }

  private async ask(prompt: string, password: boolean): Promise<string | undefined> {
    return vscode.window.showInputBox({ prompt: prompt.trim() || undefined, password, ignoreFocusOut: true });
  }

  private drop(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
    this.live?.dispose();
    this.live = undefined;
  }
}

/** A cell that will not run: its mark of waiting goes away, nothing else changes. */
function skip(execution: vscode.NotebookCellExecution): void {
  execution.start();
  execution.end(undefined);
}
