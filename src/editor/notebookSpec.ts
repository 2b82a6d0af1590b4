import * as vscode from 'vscode';

/** nbformat's metadata, which VS Code's ipynb serializer keeps under `metadata`. */
interface NotebookMetadata {
  metadata?: { kernelspec?: { name?: string }; [more: string]: unknown };
}

/** The kernelspec that a notebook remembers. */
export function kernelNameOf(notebook: vscode.NotebookDocument): string | undefined {
  const metadata = notebook.metadata as NotebookMetadata;
  return metadata.metadata?.kernelspec?.name;
}

/** Writes the kernelspec into a notebook that has none, so that JupyterLab and the next reader start the same kernel. */
export async function rememberSpec(
  notebook: vscode.NotebookDocument,
  name: string,
  displayName: string,
  language: string,
): Promise<void> {
  if (kernelNameOf(notebook) === name || notebook.isClosed) return;
  const kernelspec = { name, display_name: displayName, language };
  const { metadata } = notebook.metadata as NotebookMetadata;
  const edit = new vscode.WorkspaceEdit();
  edit.set(notebook.uri, [
    vscode.NotebookEdit.updateNotebookMetadata({ ...notebook.metadata, metadata: { ...metadata, kernelspec } }),
  ]);
  await vscode.workspace.applyEdit(edit);
}
