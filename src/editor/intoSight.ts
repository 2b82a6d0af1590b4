import * as vscode from 'vscode';

/**
 * Brings a notebook's editor to the front, where another tab covers it: VS Code selects kernels in visible editors only.
 * Leaves a notebook that is in no tab where it is.
 */
export async function intoSight(notebook: vscode.NotebookDocument): Promise<void> {
  if (vscode.window.visibleNotebookEditors.some((editor) => editor.notebook === notebook)) return;
  const uri = notebook.uri.toString();
  const group = vscode.window.tabGroups.all.find(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputNotebook && input.uri.toString() === uri),
  );
  if (!group) return;
  const { viewColumn } = group;
  // Not showNotebookDocument: the second of two at once throws.
  await vscode.commands.executeCommand('vscode.openWith', notebook.uri, notebook.notebookType, { viewColumn });
}
