import type * as vscode from 'vscode';
import type { JupyterProblem } from '../jupyter/errors.ts';
import type { OutputEvent } from '../jupyter/kernelMessages.ts';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import { Displays } from './displays.ts';
import { OutputWriter } from './outputWriter.ts';
import type { RunningCell } from './reattach/runningCell.ts';
import type { WholeOutputs } from './wholeOutputs.ts';

export interface CellOutputsOptions {
  controller: vscode.NotebookController;
  wholeOutputs: WholeOutputs;
  /** A problem as a sentence. */
  words: (problem: JupyterProblem) => string;
  logger: Logger;
}

/** The outputs of one notebook's cells: whose they are, also after the cell's end. */
export class CellOutputs implements Disposable {
  private readonly displays = new Displays();
  private readonly writers = new WeakMap<vscode.NotebookCell, OutputWriter>();
  private disposed = false;

  constructor(private readonly o: CellOutputsOptions) {}

  /** What puts outputs into the cell of an execution from now on. */
  begin(execution: vscode.NotebookCellExecution): OutputWriter {
    const { wholeOutputs, logger, words } = this.o;
    const { cell } = execution;
    this.writers.get(cell)?.retire();
    const writer = new OutputWriter(execution, {
      displays: this.displays,
      logger,
      words,
      reopen: () => this.reopen(cell),
      whole: wholeOutputs.begin(cell),
      onDidCut: (cut) => wholeOutputs.cutChanged(cell, cut),
    });
    this.writers.set(cell, writer);
    return writer;
  }

  /** A display of some cell has new content: told by the cell that runs, else by the one that shows it. */
  update(update: Extract<OutputEvent, { kind: 'update' }>, running: RunningCell | undefined): void {
    const cell = this.displays.cell(update.displayId);
    if (running) running.write(update);
    else if (cell) this.writers.get(cell)?.write(update);
  }

  /** The displays' kernel is another one. */
  forgetDisplays(): void {
    this.displays.clear();
  }

  dispose(): void {
    this.disposed = true;
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
}
