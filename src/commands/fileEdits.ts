import * as vscode from 'vscode';
import { toUri } from '../editor/uri.ts';
import { baseName, joinPath, parentOf } from '../jupyter/contentsModel.ts';
import { FilesNode } from '../views/tree/filesNode.ts';
import { folderOf, placeOf, type Place } from '../views/tree/place.ts';
import { Told } from '../views/words.ts';
import { openNotebook } from './connect.ts';
import type { CommandParts } from './parts.ts';

/** Makes a file in a folder of a server and opens it; with the ending .ipynb a notebook. */
export async function newFile(parts: CommandParts, argument: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const folder = folderOf(argument);
  if (!folder) return;
  const path = await newPath(folder, { title: t('New File'), value: 'Untitled.ipynb' });
  if (!path) return;
  const connection = await parts.connections.open(folder.ref);
  await connection.server.contents.createFile(path);
  parts.tree.filesChanged(folder.ref, folder.path);
  const uri = toUri(folder.ref, connection.fingerprint, path);
  if (path.endsWith('.ipynb')) await openNotebook(parts, folder.ref, uri);
  else await vscode.commands.executeCommand('vscode.open', uri);
}

/** Makes a folder in a folder of a server. */
export async function newFolder(parts: CommandParts, argument: unknown): Promise<void> {
  const folder = folderOf(argument);
  const path = folder && (await newPath(folder, { title: vscode.l10n.t('New Folder') }));
  if (!path) return;
  const { server } = await parts.connections.open(folder.ref);
  await server.contents.mkdir(path);
  parts.tree.filesChanged(folder.ref, folder.path);
}

/** Renames a file or folder; its open editors and its kernel go along. */
export async function renameFile(_parts: CommandParts, argument: unknown): Promise<void> {
  const place = placeOf(argument);
  if (!place || place.path === '') return;
  const name = baseName(place.path);
  const path = await newPath(
    { ...place, path: parentOf(place.path) },
    { title: vscode.l10n.t('Rename {0}', name), value: name },
  );
  if (!path || path === place.path) return;
  const edit = new vscode.WorkspaceEdit();
  const to = place.uri.with({ path: joinPath(parentOf(place.uri.path), baseName(path)) });
  edit.renameFile(place.uri, to, { overwrite: false });
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new Told(vscode.l10n.t('{0} could not be renamed. Is there another file of the new name?', name));
}

/** Shows a server's files as a folder of the workspace, beside the others. */
export function addToWorkspace(_parts: CommandParts, argument: unknown): void {
  if (!(argument instanceof FilesNode)) return;
  const { ref, uri } = argument;
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.some((folder) => folder.uri.toString() === uri.toString()))
    throw new Told(vscode.l10n.t('The files of {0} are in this workspace already.', ref.name));
  const name = vscode.l10n.t('{0} in {1}', ref.name, ref.namespace);
  vscode.workspace.updateWorkspaceFolders(folders.length, 0, { uri, name });
}

/** The path of a name that the user gives; undefined when they think better of it. */
async function newPath(folder: Place, o: { title: string; value?: string }): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const value = o.value ?? '';
  const ending = value.lastIndexOf('.');
  const name = await vscode.window.showInputBox({
    // VS Code gives the focus back to the tree when it draws that anew.
    ignoreFocusOut: true,
    title: o.title,
    prompt: t('A name in {0} on {1}', folder.path || '/', folder.ref.name),
    value,
    valueSelection: [0, ending > 0 ? ending : value.length],
    validateInput: (text) => {
      if (/^\.{1,2}$|\//.test(text)) return t('A name has no slash in it.');
      if (Buffer.byteLength(text) > 255) return t('This name is too long.');
      return undefined;
    },
  });
  return name?.trim() ? joinPath(folder.path, name.trim()) : undefined;
}
