import * as vscode from 'vscode';

/** Has VS Code run cells on the kernel that was selected meanwhile. */
export async function runAgain(
  notebook: vscode.NotebookDocument,
  cells: readonly vscode.NotebookCell[],
): Promise<void> {
  const ranges = cells.map(({ index }) => ({ start: index, end: index + 1 }));
  await vscode.commands.executeCommand('notebook.cell.execute', { ranges, document: notebook.uri });
}
