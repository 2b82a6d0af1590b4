import * as vscode from 'vscode';
import { isJupyterError, JupyterError, type JupyterProblem } from '../jupyter/errors.ts';
import type { KernelExecution } from '../jupyter/kernelExecution.ts';
import type { KernelSession } from '../jupyter/kernelSession.ts';
import type { Disposable } from '../k8s/events.ts';
import { AttachedKernel } from './attachedKernel.ts';
import { CellOutputs } from './cellOutputs.ts';
import type { Claim } from './reattach/claims.ts';
import { executionsOf, skip } from './executions.ts';
import type { NotebookKernelOptions } from './notebookKernelOptions.ts';
import { LeftRuns } from './reattach/leftRuns.ts';
import { RunningCell } from './reattach/runningCell.ts';

/** A kernel that begins within this time is worth no note; ms. */
const noticeMs = 1000;

/** One notebook on one kernel: runs its cells one after the other and keeps the kernel when the editor closes. */
export class NotebookKernel implements Disposable {
  private notebook: vscode.NotebookDocument;
  private queue: Promise<unknown> = Promise.resolve();
  private running: RunningCell | undefined;
  private waiting = 0;
  /** Runs asked for before this number are void: they were interrupted, or a cell before them went wrong. */
  private round = 0;
  /** How often what runs was to end: a cell that is still on its way to the kernel does not get there then. */
  private stops = 0;
  private disposed = false;
  private readonly outputs: CellOutputs;
  private readonly kernel: AttachedKernel;
  private readonly left: LeftRuns;

  constructor(private readonly o: NotebookKernelOptions) {
    this.notebook = o.notebook;
    this.left = new LeftRuns({
      claims: o.claims,
      logger: o.logger,
      key: () => o.key(this.notebook),
      onDidFindElsewhere: (elsewhere) => o.onDidFindElsewhere(this.notebook, elsewhere),
    });
    const words = (problem: JupyterProblem) => this.words(problem);
    this.outputs = new CellOutputs({ ...o, words });
    this.kernel = new AttachedKernel({
      connect: o.connect,
      place: () => this.place(),
      kernelName: () => o.kernelName(this.notebook),
      words,
      onDidStart: (session, connection) => o.onDidStart(this.notebook, session, connection),
      onDidUpdateDisplay: (update) => this.outputs.update(update, this.running),
      onDidLoseConnection: () => {
        // Only under a running cell: an idle notebook loses nothing.
        if (this.running) this.kernel.tellLost();
        // Another window that took this one's place is the one reason for which it is not to be made anew.
        this.left.check();
      },
      // A cell that runs says so itself.
      onDidDie: (problem) => !this.running && this.o.onDidDie(this.notebook, problem),
    });
    this.left.onDidLose(() => this.taken());
  }

  /** The kernel, while this window is attached to one that can run something; starts none. */
  get session(): KernelSession | undefined {
    return this.kernel.session;
  }

  /** A cell runs, and goes on when its notebook is closed. */
  get goesOn(): boolean {
    return this.running?.isKept === true;
  }

  /** Runs cells in order after those asked for earlier; the first that goes wrong ends its group. */
  run(cells: readonly vscode.NotebookCell[]): Promise<void> {
    const round = this.round;
    const executions = executionsOf(this.o.controller, cells);
    this.wait(executions.length);
    return this.enqueue(async () => {
      let go = round === this.round;
      for (const execution of executions) {
        this.wait(-1);
        if (go) go = (await this.runCell(execution)) && round === this.round;
        else skip(execution);
      }
    });
  }

  /**
   * Takes up a cell that was left running, by a window before this one or by this one under an editor that was closed: it
   * goes on in this notebook. Resolves when the cell ends, or when there is none.
   */
  async reattach(notebook: vscode.NotebookDocument): Promise<void> {
    this.notebook = notebook;
    if (this.running && !this.running.writer) return this.showAgain(notebook, this.running);
    const claim = this.running ? undefined : await this.left.find();
    if (claim && !this.disposed) await this.enqueue(() => this.pickUp(notebook, claim));
  }

  /**
   * Interrupts what runs and forgets what waits. Stops waiting for a kernel that does not come up. Also when it was
   * started before this window was; false when there is no kernel.
   */
  async interrupt(): Promise<boolean> {
    this.round++;
    this.stops++;
    const { session } = this.kernel;
    if (session) await session.interrupt();
    else if (this.kernel.isOpening && !this.goesOn) this.kernel.stopOpening();
    else
      try {
        const { server } = await this.o.connect();
        const found = await server.findSession((await this.place()).path);
        if (!found) return false;
        await server.interruptKernel(found.kernelId);
      } catch (error) {
        // The cell does not spin for as long as its kernel cannot be reached, when that is not wanted.
        this.kernel.stopOpening();
        throw error;
      }
    return true;
  }

  /** Restarts the kernel, whoever started it; starts one when there is none. */
  async restart(): Promise<void> {
    this.round++;
    this.stops++;
    const before = this.kernel.session;
    const session = before ?? (await this.kernel.open());
    if (before || session.found) await session.restart();
    this.outputs.forgetDisplays();
  }

  /** The notebook was closed; a cell that runs goes on unseen. @param over told when it has ended */
  hide(over: () => void): void {
    this.round++;
    this.running?.hide();
    void this.queue.then(() => {
      if (!this.running) over();
    });
  }

  /** The same for a window that goes away: the next one shows what is on its way here. Takes a second at most. */
  async leave(): Promise<void> {
    this.round++;
    this.running?.conceal();
    await this.kernel.leave();
    this.dispose();
  }

  /** Lets go of the kernel, which goes on at the server. */
  dispose(): void {
    this.disposed = true;
    this.round++;
    this.running?.leave();
    this.left.dispose();
    this.kernel.dispose();
    this.outputs.dispose();
  }

  private enqueue(task: () => Promise<void>): Promise<void> {
    const work = this.queue.then(task);
    this.queue = work.catch((error: unknown) => this.o.logger.error(`running cells: ${String(error)}`));
    return work;
  }

  private async runCell(execution: vscode.NotebookCellExecution): Promise<boolean> {
    const started = Date.now();
    execution.start(started);
    const running = this.begin();
    const { stops } = this;
    running.show(execution);
    return this.follow(running, async () => {
      const session = await this.kernel.open((problem) => running.note(this.words(problem)));
      running.unnote();
      const claim = await this.left.claim();
      if (stops !== this.stops) throw new vscode.CancellationError();
      const { kernelId, path } = session;
      const run = session.execute(execution.cell.document.getText(), {
        ...this.handlersOf(running),
        sent: (messageId) => {
          const { waiting } = this;
          const { podUid } = this.kernel;
          running.keep(claim, { kernelId, path, messageId, podUid, waiting, sentAt: Date.now() }, started);
        },
      });
      this.noteBusy(session, run, running);
      return run;
    });
  }

  /** The cell that was left running there. */
  private async pickUp(notebook: vscode.NotebookDocument, claim: Claim): Promise<void> {
    const found = this.left.read(notebook, claim);
    if (!found) return;
    const { record, cell } = found;
    const execution = this.o.controller.createNotebookCellExecution(cell);
    execution.start(record.startedAt);
    const running = this.begin();
    running.restore(claim, record);
    running.show(execution);
    if (record.ended) {
      running.end(record.ended.ok, record.ended.problem, record.ended.at);
      this.running = undefined;
      return;
    }
    await this.follow(running, async () => {
      const session = await this.kernel.reopen(record);
      const { at, mark } = running.heardLast();
      return session.adopt(record.messageId, this.handlersOf(running), at, mark);
    });
  }

  private showAgain(notebook: vscode.NotebookDocument, running: RunningCell): void {
    const cell = running.find(notebook);
    if (!cell) return;
    const execution = this.o.controller.createNotebookCellExecution(cell);
    execution.start(running.startedAt);
    running.show(execution);
  }

  private begin(): RunningCell {
    const { logger } = this.o;
    const writer = (execution: vscode.NotebookCellExecution) => this.outputs.begin(execution);
    return (this.running = new RunningCell({ logger, words: (problem) => this.words(problem), writer }));
  }

  private handlersOf(running: RunningCell) {
    return {
      output: running.write.bind(running),
      heard: running.heard.bind(running),
      input: ask,
    };
  }

  /** Until the cell's end, which it shows; whether it went well. */
  private async follow(running: RunningCell, begin: () => Promise<KernelExecution>): Promise<boolean> {
    let ok = false;
    try {
      const run = await begin();
      this.kernel.tellLost();
      const result = await run.done;
      ok = result.ok;
      // The end of this window's sight is not the cell's.
      if (result.problem?.code === 'ConnectionLost') running.leave(this.words(result.problem));
      // That output is missing does not say how the cell ended.
      else running.end(result.problem?.code === 'OutputLost' ? undefined : ok, result.problem);
      if (result.problem?.code === 'KernelEnded') this.o.onDidDie(this.notebook, result.problem);
    } catch (error) {
      // A cell must never spin for ever: what stands in the way is said in it.
      this.o.logger.warn(`running a cell: ${String(error)}`);
      if (isJupyterError(error, 'KernelEnded') && running.isKept) {
        running.end(false, error.problem);
        this.o.onDidDie(this.notebook, error.problem);
      } else if (running.isKept)
        running.leave(error instanceof vscode.CancellationError ? undefined : this.o.explain(error));
      else running.fail(error instanceof vscode.CancellationError ? undefined : this.o.explain(error));
    } finally {
      if (this.running === running) this.running = undefined;
    }
    this.o.onDidRunCell();
    return ok;
  }

  /** What another window or JupyterLab runs in the kernel comes first. */
  private noteBusy(session: KernelSession, run: KernelExecution, running: RunningCell): void {
    if (session.status !== 'busy') return;
    const told = vscode.l10n.t('The kernel is busy with a cell that was started elsewhere. This one runs after it.');
    const timer = setTimeout(() => session.status === 'busy' && running.noteUnheard(told), noticeMs);
    void run.done.then(() => clearTimeout(timer));
  }

  private async place() {
    const { clientId } = await this.left.claim();
    return { clientId, path: this.o.path(this.notebook, clientId) };
  }

  /** Another window has this one's place at the kernel. */
  private taken(): void {
    this.running?.leave(vscode.l10n.t('This cell goes on in another window.'));
    this.kernel.drop();
  }

  private wait(more: number): void {
    this.waiting += more;
    this.running?.waiting(this.waiting);
  }

  private words(problem: JupyterProblem): string {
    return this.o.explain(new JupyterError(problem));
  }
}

async function ask(prompt: string, password: boolean): Promise<string | undefined> {
  return vscode.window.showInputBox({ prompt: prompt.trim() || undefined, password, ignoreFocusOut: true });
}
