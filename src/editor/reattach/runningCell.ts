import * as vscode from 'vscode';
import type { JupyterProblem } from '../../jupyter/errors.ts';
import type { OutputEvent } from '../../jupyter/kernelMessages.ts';
import type { MessageMark } from '../../jupyter/messageMark.ts';
import type { Logger } from '../../k8s/log.ts';
import type { OutputWriter } from '../outputWriter.ts';
import { cellAt } from './leftRuns.ts';
import { OutputJournal, type Told } from './outputJournal.ts';
import { checkOf, removeRun, writeRun, type RunRecord } from './runRecord.ts';

export interface RunningCellOptions {
  /** What puts outputs into the cell of an execution. */
  writer: (execution: vscode.NotebookCellExecution) => OutputWriter;
  /** A problem as a sentence. */
  words: (problem: JupyterProblem) => string;
  logger: Logger;
}

/** Where a run is kept; a notebook that is renamed takes it along. */
type Folder = { readonly folder: string };
type Kept = { at: Folder; record: RunRecord; journal: OutputJournal };

/**
 * A cell under way in a kernel. It outlives the editor that shows it, and this window: what has to be known then is kept on
 * disk from the moment at which the code is sent until its end was shown.
 */
export class RunningCell {
  private shown: { execution: vscode.NotebookCellExecution; writer: OutputWriter } | undefined;
  private kept: Kept | undefined;
  /** What shows in the cell what its threads print after its end. */
  private late: OutputWriter | undefined;
  private watch: vscode.Disposable | undefined;
  private left = false;
  private noted = false;
  private begun = false;

  constructor(private readonly o: RunningCellOptions) {}

  /** The cell's writer, while an editor's notebook has it. */
  get writer(): OutputWriter | undefined {
    return this.shown?.writer;
  }

  /** The code was sent: from now on it may run, whatever becomes of this window. */
  get isKept(): boolean {
    return this.kept !== undefined;
  }

  /** What an earlier window, or this one under another editor, kept. */
  restore(at: Folder, record: RunRecord): void {
    this.kept = { at, record, journal: new OutputJournal({ at, logger: this.o.logger }) };
  }

  /** From now on what happens is kept. */
  keep(at: Folder, record: Omit<RunRecord, 'cell' | 'startedAt'>, startedAt: number): void {
    const cell = this.shown?.execution.cell;
    if (!cell || this.left) return;
    try {
      const journal = new OutputJournal({ at, logger: this.o.logger });
      journal.remove();
      this.kept = { at, journal, record: { ...record, startedAt, cell: placeOf(cell) } };
      this.save();
    } catch (error) {
      this.log(error);
    }
  }

  /** Shows it in a cell, with all that it told so far. The execution has been started. */
  show(execution: vscode.NotebookCellExecution): void {
    const writer = this.o.writer(execution);
    this.shown = { execution, writer };
    const { cell } = execution;
    this.watch = vscode.workspace.onDidChangeNotebookDocument((change) => {
      if (change.notebook === cell.notebook) this.moved();
    });
    writer.clear();
    for (const event of this.told().events)
      if (event === 'left-out') writer.text(vscode.l10n.t('... A part of the output is left out here. ...'));
      else writer.write(event);
  }

  /** No editor has its notebook any more. */
  hide(): void {
    this.watch?.dispose();
    this.shown?.writer.retire();
    this.shown = undefined;
  }

  get startedAt(): number | undefined {
    return this.kept?.record.startedAt;
  }

  /** The cell of a notebook that shows it again. */
  find(notebook: vscode.NotebookDocument): vscode.NotebookCell | undefined {
    return this.kept && cellAt(notebook, this.kept.record.cell);
  }

  /** When the kernel was heard last, and what it said then; when the code was sent, where it said nothing. */
  heardLast(): { at: Date; mark: MessageMark | undefined } {
    const { heardAt, mark } = this.told();
    return { at: new Date(heardAt ?? this.kept?.record.sentAt ?? Date.now()), mark };
  }

  write(event: OutputEvent): void {
    if (this.left) return this.late?.write(event);
    this.kept?.journal.add(event);
    this.writer?.write(event);
  }

  heard(mark: MessageMark | undefined): void {
    if (this.left) return;
    if (this.noted) this.writer?.clear();
    this.noted = false;
    this.begun = true;
    this.kept?.journal.heard(Date.now(), mark);
  }

  /** A sentence that stands in the cell until its kernel begins with it. */
  note(sentence: string): void {
    if (!this.noted) this.writer?.text(sentence);
    this.noted = true;
  }

  /** The same, unless the kernel has begun with it by now. */
  noteUnheard(sentence: string): void {
    if (!this.begun && !this.left) this.note(sentence);
  }

  unnote(): void {
    if (this.noted) this.writer?.clear();
    this.noted = false;
  }

  /** How many cells behind it were not sent. */
  waiting(count: number): void {
    if (!this.kept || this.kept.record.waiting === count) return;
    this.kept.record.waiting = count;
    this.save();
  }

  /** The cell came to its end. `ok` undefined: how is not known. Where no editor shows it, the end is kept for the next. */
  end(ok: boolean | undefined, problem?: JupyterProblem, at = Date.now()): void {
    if (this.left) return;
    if (!this.shown && this.kept) {
      this.kept.record.ended = { ok, at, ...(problem ? { problem } : {}) };
      this.save();
      return this.leave();
    }
    if (problem) this.writer?.text(this.o.words(problem));
    this.late = this.writer;
    this.close(ok, at);
    this.drop();
  }

  /** What stands in the way of the code, as an error in its cell. */
  fail(sentence: string | undefined): void {
    if (this.left) return;
    if (sentence !== undefined) this.writer?.problem(sentence);
    this.close(false);
    this.drop();
  }

  /** No cell shows anything more of it; what comes is kept all the same. */
  conceal(): void {
    this.close(undefined);
  }

  /** The cell goes on without this window; what is kept stays for the next. */
  leave(sentence?: string): void {
    if (this.left) return;
    if (sentence !== undefined) this.writer?.text(sentence);
    this.close(undefined);
    this.left = true;
    this.kept?.journal.dispose();
    this.hide();
  }

  private close(ok: boolean | undefined, at = Date.now()): void {
    if (!this.shown) return;
    this.shown.writer.end();
    try {
      this.shown.execution.end(ok, at);
    } catch (error) {
      // An editor that was closed meanwhile must not keep the next cell from running.
      this.log(error);
    }
    this.watch?.dispose();
    this.shown = undefined;
  }

  private drop(): void {
    this.left = true;
    if (!this.kept) return;
    try {
      removeRun(this.kept.at.folder);
      this.kept.journal.remove();
    } catch (error) {
      this.log(error);
    }
  }

  private told(): Told {
    try {
      return this.kept?.journal.read() ?? { events: [] };
    } catch (error) {
      // What comes from now on is shown all the same.
      this.log(error);
      return { events: [] };
    }
  }

  /** Its text or its place may be another one; the cell is still the one that runs. */
  private moved(): void {
    const cell = this.shown?.execution.cell;
    if (!this.kept || !cell || cell.index < 0) return;
    const place = placeOf(cell);
    const { index, check } = this.kept.record.cell;
    if (place.index === index && place.check === check) return;
    this.kept.record.cell = place;
    this.save();
  }

  private save(): void {
    try {
      if (this.kept) writeRun(this.kept.at.folder, this.kept.record);
    } catch (error) {
      this.log(error);
    }
  }

  private log(error: unknown): void {
    this.o.logger.debug(`a running cell: ${String(error)}`);
  }
}

function placeOf(cell: vscode.NotebookCell) {
  return { index: cell.index, check: checkOf(cell.document.getText()) };
}
