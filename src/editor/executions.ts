import type * as vscode from 'vscode';

/** An execution of each cell, all or none: one that cannot be run must not leave the others waiting for ever. */
export function executionsOf(
  controller: vscode.NotebookController,
  cells: readonly vscode.NotebookCell[],
): vscode.NotebookCellExecution[] {
  const made: vscode.NotebookCellExecution[] = [];
  try {
    for (const cell of cells) made.push(controller.createNotebookCellExecution(cell));
  } catch (error) {
    made.forEach(skip);
    throw error;
  }
  return made;
}

/** A cell that will not run: its mark of waiting goes away, nothing else changes. */
export function skip(execution: vscode.NotebookCellExecution): void {
  execution.start();
  execution.end(undefined);
}
