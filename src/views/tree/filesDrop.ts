import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { sameServer } from '../../editor/address.ts';
import { fromUri } from '../../editor/uri.ts';
import { localName } from '../../jupyter/download.ts';
import { baseName, joinPath, parentOf } from '../../jupyter/contentsModel.ts';
import { FileNode, FolderNode } from './filesNode.ts';
import type { TreeNode } from './node.ts';
import { folderOf, placeOf, type Place } from './place.ts';

const uriList = 'text/uri-list';

/**
 * Files of servers by drag and drop: out of the tree they are URIs, for editors and the Explorer; into a folder of the tree
 * local files are uploaded, and files of the same server moved.
 */
export class FilesDrop implements vscode.TreeDragAndDropController<TreeNode> {
  readonly dragMimeTypes = [uriList];
  readonly dropMimeTypes = [uriList, 'files'];

  constructor(private readonly report: (error: unknown) => void) {}

  handleDrag(rows: readonly TreeNode[], data: vscode.DataTransfer): void {
    const files = rows.filter((row) => row instanceof FileNode || row instanceof FolderNode);
    const uris = files.map((row) => placeOf(row)!.uri.toString());
    if (uris.length > 0) data.set(uriList, new vscode.DataTransferItem(uris.join('\r\n')));
  }

  async handleDrop(target: TreeNode | undefined, data: vscode.DataTransfer): Promise<void> {
    const into = folderOf(target);
    if (!into) return;
    try {
      const listed = await data.get(uriList)?.asString();
      const uris = (listed ?? '')
        .split(/\r?\n/)
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => vscode.Uri.parse(line));
      const local = uris.filter((uri) => uri.scheme === 'file').map((uri) => uri.fsPath);
      if (local.length > 0) await upload(into, local);
      else if (uris.length > 0) await move(uris, into);
      else await uploadBytes(into, data);
    } catch (error) {
      this.report(error);
    }
  }
}

function upload(into: Place, sources: readonly string[]): Thenable<unknown> {
  return vscode.commands.executeCommand('kubeflow.uploadFiles', { into, sources });
}

/** A browser hands over files without a place on any disk. */
async function uploadBytes(into: Place, data: vscode.DataTransfer): Promise<void> {
  const files = [...data].flatMap(([, item]) => item.asFile() ?? []);
  if (files.length === 0) return;
  const folder = await mkdtemp(path.join(tmpdir(), 'kubeflow-drop-'));
  try {
    const sources: string[] = [];
    for (const file of files) {
      const source = file.uri?.scheme === 'file' ? file.uri.fsPath : path.join(folder, localName(file.name));
      if (source.startsWith(folder)) await writeFile(source, await file.data());
      sources.push(source);
    }
    await upload(into, sources);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Moves files of the same server, copies those of another one. */
async function move(uris: readonly vscode.Uri[], into: Place): Promise<void> {
  const { t } = vscode.l10n;
  const edit = new vscode.WorkspaceEdit();
  const names: string[] = [];
  for (const uri of uris) {
    const from = fromUri(uri);
    if (!from || from.path === '') continue;
    const to = joinPath(into.uri.path, baseName(from.path));
    if (!sameServer(from.ref, into.ref)) {
      await vscode.workspace.fs.copy(uri, into.uri.with({ path: to }), { overwrite: false });
      continue;
    }
    const stays = parentOf(from.path) === into.path;
    if (stays || `${into.path}/`.startsWith(`${from.path}/`)) continue;
    edit.renameFile(uri, into.uri.with({ path: to }), { overwrite: false });
    names.push(baseName(from.path));
  }
  if (names.length === 0) return;
  const folder = into.path || into.ref.name;
  const question =
    names.length === 1 ? t('Move {0} to {1}?', names[0]!, folder) : t('Move {0} files to {1}?', names.length, folder);
  const button = t('Move');
  if ((await vscode.window.showWarningMessage(question, { modal: true }, button)) !== button) return;
  await vscode.workspace.applyEdit(edit);
}
