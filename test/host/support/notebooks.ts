import * as vscode from 'vscode';
import { until } from './extension.ts';

/** Opens a notebook in an editor. */
export async function show(uri: vscode.Uri): Promise<vscode.NotebookDocument> {
  const notebook = await vscode.workspace.openNotebookDocument(uri);
  await vscode.window.showNotebookDocument(notebook);
  return notebook;
}

/** An empty notebook in the workspace, in an editor. */
export async function showLocal(name: string): Promise<vscode.NotebookDocument> {
  const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name);
  await vscode.workspace.fs.writeFile(uri, Buffer.from('{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}'));
  return show(uri);
}

/** Adds a cell and has VS Code run it; does not wait for it. */
export async function start(notebook: vscode.NotebookDocument, code: string): Promise<vscode.NotebookCell> {
  const data = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, code, 'python');
  const edit = new vscode.WorkspaceEdit();
  const at = notebook.cellCount;
  edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(at, [data])]);
  await vscode.workspace.applyEdit(edit);
  const ranges = [{ start: at, end: at + 1 }];
  void vscode.commands.executeCommand('notebook.cell.execute', { ranges, document: notebook.uri });
  return notebook.cellAt(at);
}

/** Adds a cell, runs it and resolves at its end. */
export async function run(notebook: vscode.NotebookDocument, code: string): Promise<vscode.NotebookCell> {
  const cell = await start(notebook, code);
  await until(() => cell.executionSummary?.success !== undefined, `the end of: ${code}`, 60_000);
  return cell;
}

/** What a cell shows, of one mime type or all. */
export function text(cell: vscode.NotebookCell, mime?: string): string {
  return cell.outputs
    .flatMap((output) => output.items)
    .filter((item) => mime === undefined || item.mime === mime)
    .map((item) => Buffer.from(item.data).toString('utf8'))
    .join('|');
}

/** Makes a controller that of the notebook in sight, without a click. */
export async function selectController(id: string, extension: string): Promise<void> {
  const notebookEditor = vscode.window.activeNotebookEditor;
  await vscode.commands.executeCommand('notebook.selectKernel', { notebookEditor, id, extension });
}
