import * as vscode from 'vscode';
import { Emitter, type Disposable } from '../../k8s/events.ts';
import type { Logger } from '../../k8s/log.ts';
import type { Claim, Claims } from './claims.ts';
import { findCell, readRun, removeRun, type CellPlace, type RunRecord } from './runRecord.ts';
import { OutputJournal } from './outputJournal.ts';

export interface LeftRunsOptions {
  claims: Claims;
  logger: Logger;
  /** What tells this notebook on this server from others. */
  key: () => string;
  /** Another window has a running cell of this notebook (true), or has it no more. */
  onDidFindElsewhere: (elsewhere: boolean) => void;
}

/** Pauses between looks at another window that has the cell: a window that reloads lets go within moments; ms. */
const pauses = { first: 250, later: 3000, quickTries: 40 } as const;

/** The cells of one notebook that were left running, and this window's right to them. */
export class LeftRuns implements Disposable {
  private readonly losses = new Emitter<void>();
  /** Another window took this one's place at the kernel. */
  readonly onDidLose = this.losses.event;
  private current: Claim | undefined;
  private watch: Disposable | undefined;
  private readonly over = new AbortController();
  private finding = false;

  constructor(private readonly o: LeftRunsOptions) {}

  /** This window's place at the notebook's kernel. */
  async claim(): Promise<Claim> {
    return this.current ?? this.hold(await this.o.claims.take(this.o.key()));
  }

  /**
   * Where a cell was left running; waits for as long as another window has it. Undefined when there is none, or none any
   * more.
   */
  async find(): Promise<Claim | undefined> {
    if (this.finding) return undefined;
    this.finding = true;
    try {
      for (let tries = 1; !this.over.signal.aborted; tries++) {
        const left = await this.o.claims.takeLeft(this.o.key());
        if (left !== 'held') return left && this.hold(left);
        // What the user sees of a reload is none of this.
        if (tries === 8) this.o.onDidFindElsewhere(true);
        await pause(tries <= pauses.quickTries ? pauses.first : pauses.later, this.over.signal);
      }
      return undefined;
    } finally {
      this.finding = false;
      this.o.onDidFindElsewhere(false);
    }
  }

  /** What was left there, and the cell that it goes on in. Says so where there is no such cell any more. */
  read(
    notebook: vscode.NotebookDocument,
    { folder }: Claim,
  ): { record: RunRecord; cell: vscode.NotebookCell } | undefined {
    const record = readRun(folder);
    if (!record) return undefined;
    const cell = cellAt(notebook, record.cell);
    const name = notebook.uri.path.split('/').pop() ?? '';
    if (cell) {
      if (record.waiting > 0) void vscode.window.showInformationMessage(notSent(name, record.waiting));
      record.waiting = 0;
      return { record, cell };
    }
    removeRun(folder);
    // Its outputs are the cell's, which is not there any more.
    new OutputJournal({ at: { folder }, logger: this.o.logger }).remove();
    if (!record.ended)
      void vscode.window.showWarningMessage(
        vscode.l10n.t(
          'A cell of {0} is still running, but its code is not in the notebook any more. Its output is not shown.',
          name,
        ),
      );
    return undefined;
  }

  /** Finds out whether this window still has its place. */
  check(): void {
    if (this.current) void this.o.claims.check(this.current);
  }

  dispose(): void {
    this.over.abort();
    this.watch?.dispose();
    this.losses.dispose();
  }

  private hold(claim: Claim): Claim {
    if (claim === this.current) return claim;
    this.watch?.dispose();
    this.current = claim;
    this.watch = claim.onDidLose(() => {
      this.current = undefined;
      this.losses.fire();
    });
    return claim;
  }
}

/** The cell of a notebook that a place means. */
export function cellAt(notebook: vscode.NotebookDocument, place: CellPlace): vscode.NotebookCell | undefined {
  const cells = notebook.getCells();
  const code = (cell: vscode.NotebookCell) => cell.kind === vscode.NotebookCellKind.Code;
  const index = findCell(
    place,
    cells.map((cell) => (code(cell) ? cell.document.getText() : undefined)),
  );
  return index === undefined ? undefined : cells[index];
}

function notSent(notebook: string, count: number): string {
  return count === 1
    ? vscode.l10n.t('One cell of {0} waited for the running one when its window went away. It was not run.', notebook)
    : vscode.l10n.t(
        '{0} cells of {1} waited for the running one when its window went away. They were not run.',
        count,
        notebook,
      );
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
