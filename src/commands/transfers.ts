import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { sameServer, serverKey } from '../editor/address.ts';
import {
  downloadFile,
  downloadPlanned,
  localName,
  planDownload,
  planDownloads,
  type DownloadPlan,
} from '../jupyter/download.ts';
import type { JupyterServer } from '../jupyter/server.ts';
import { baseName } from '../jupyter/contentsModel.ts';
import type { Failure } from '../jupyter/transfer.ts';
import { planUpload, uploadPlanned } from '../jupyter/uploadPlan.ts';
import { tell } from '../views/report.ts';
import { folderOf, placesOf, type Place } from '../views/tree/place.ts';
import { explain, Told } from '../views/words.ts';
import type { CommandParts } from './parts.ts';
import { withTransfer, type Transfer } from './transferProgress.ts';

/** Uploads chosen files into a folder of a server, or those of a drop: `{ into, sources }`. */
export async function uploadFiles(parts: CommandParts, argument: unknown): Promise<void> {
  if (isDrop(argument)) return upload(parts, argument.into, argument.sources);
  const into = folderOf(argument);
  const sources = into && (await pick({ canSelectFiles: true, title: vscode.l10n.t('Upload to {0}', whereOf(into)) }));
  if (sources) await upload(parts, into, sources);
}

/** Uploads chosen folders, with what is in them, into a folder of a server. */
export async function uploadFolder(parts: CommandParts, argument: unknown): Promise<void> {
  const into = folderOf(argument);
  const title = into && vscode.l10n.t('Upload a Folder to {0}', whereOf(into));
  const sources = title && (await pick({ canSelectFolders: true, title }));
  if (sources) await upload(parts, into, sources);
}

/** Downloads the files and folders that are selected to this computer. */
export async function download(
  parts: CommandParts,
  argument: unknown,
  selected: readonly unknown[] = [],
): Promise<void> {
  const places = placesOf(argument, selected);
  const [place] = places;
  if (!place) return;
  if (places.length > 1) return downloadSeveral(parts, places);
  const { server } = await parts.connections.open(place.ref);
  const isFolder = place.path === '' || (await server.contents.stat(place.path)).type === 'directory';
  if (isFolder) await downloadFolder(parts, place);
  else await downloadOne(parts, place);
}

async function downloadOne(parts: CommandParts, place: Place): Promise<void> {
  const { t } = vscode.l10n;
  const name = baseName(place.path);
  const defaultUri = vscode.Uri.file(path.join(homedir(), localName(name)));
  const target = await vscode.window.showSaveDialog({ title: t('Download {0}', name), defaultUri });
  if (!target) return;
  mustBeLocal(target);
  const { server } = await parts.connections.open(place.ref);
  const { size } = await server.contents.stat(place.path);
  await withTransfer(t('Downloading {0}', name), async (transfer) => {
    transfer.expect({ files: 1, bytes: size ?? 0 });
    await downloadFile(server, place.path, target.fsPath, transfer.options);
  });
  const show = t('Open');
  const said = await vscode.window.showInformationMessage(t('{0} is downloaded.', name), show);
  if (said === show) await vscode.commands.executeCommand('vscode.open', target);
}

async function downloadFolder(parts: CommandParts, place: Place): Promise<void> {
  const { t } = vscode.l10n;
  const name = baseName(place.path) || place.ref.name;
  const [parent] = (await pick({ canSelectFolders: true, title: t('Download {0} into a Folder', name) })) ?? [];
  if (!parent) return;
  const { server } = await parts.connections.open(place.ref);
  const target = path.join(parent, localName(name));
  await withTransfer(t('Downloading {0}', name), async (transfer) => {
    const plan = await planDownload(server, place.path, target, transfer.options);
    await bring(parts, { server, plan, transfer, name, target });
  });
}

/** Into one folder, which two of the same name would share. */
async function downloadSeveral(parts: CommandParts, places: readonly Place[]): Promise<void> {
  const { t } = vscode.l10n;
  const names = places.map(({ path, ref }) => localName(baseName(path) || ref.name));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new Told(t('Two of these have the name {0}. Download them one after the other.', twice));
  const title = t('Download {0} Files and Folders into a Folder', places.length);
  const [parent] = (await pick({ canSelectFolders: true, title })) ?? [];
  if (!parent) return;
  for (const ref of new Map(places.map((place) => [serverKey(place.ref), place.ref])).values()) {
    const { server } = await parts.connections.open(ref);
    const paths = places.filter((place) => sameServer(place.ref, ref)).map((place) => place.path);
    await withTransfer(t('Downloading from {0}', ref.name), async (transfer) => {
      const plan = await planDownloads(server, paths, parent, transfer.options);
      await bring(parts, { server, plan, transfer, name: ref.name, target: parent });
    });
  }
}

/** Does what was planned, once the user agrees to what it replaces. */
async function bring(
  parts: CommandParts,
  o: { server: JupyterServer; plan: DownloadPlan; transfer: Transfer; name: string; target: string },
): Promise<void> {
  const { t } = vscode.l10n;
  const { server, plan, transfer, name, target } = o;
  const { length } = plan.replaced;
  if (length > 0) {
    const question = t('Replace what is different in {0}? Files: {1}.', target, length);
    if (!(await sure(question, plan.replaced))) return;
  }
  transfer.expect({ files: plan.files.length, bytes: plan.bytes });
  const failures = await downloadPlanned(server, plan, transfer.options);
  const done = t('{0} is downloaded. Files: {1} new, {2} there already.', name, plan.files.length, plan.same);
  conclude(parts, done, failures);
}

async function upload(parts: CommandParts, into: Place, sources: readonly string[]): Promise<void> {
  const { t } = vscode.l10n;
  const { server } = await parts.connections.open(into.ref);
  await withTransfer(t('Uploading to {0}', whereOf(into)), async (transfer) => {
    const plan = await planUpload(server.contents, sources, into.path, transfer.options);
    const { length } = plan.replaced;
    if (length > 0) {
      const question = t('Replace what is different on {0}? Files: {1}.', into.ref.name, length);
      if (!(await sure(question, plan.replaced))) return;
    }
    transfer.expect({ files: plan.files.length, bytes: plan.bytes });
    try {
      const failures = await uploadPlanned(server.contents, plan, transfer.options);
      const [sent, same, ignored] = [plan.files.length, plan.same, plan.ignored];
      const done = t('Files: {0} uploaded, {1} there already, {2} ignored by git.', sent, same, ignored);
      conclude(parts, done, failures);
    } finally {
      parts.tree.filesChanged(into.ref);
    }
  });
}

/** What was done, and what could not be, with the first reason; the log has them all. */
function conclude(parts: CommandParts, done: string, failures: readonly Failure[]): void {
  const { t } = vscode.l10n;
  for (const { error } of failures) parts.logger.warn(String(error));
  const [first] = failures;
  if (!first) return tell(done, parts.logger);
  const text = t('{0} files did not come through. The first: {1}', failures.length, explain(t, first.error).text);
  throw new Told({ text, action: { title: t('Show Log'), command: 'kubeflow.showLog' } });
}

async function sure(question: string, names: readonly string[]): Promise<boolean> {
  const replace = vscode.l10n.t('Replace');
  const shown = names.slice(0, 10).join('\n');
  const detail = names.length > 10 ? `${shown}\n...` : shown;
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, replace)) === replace;
}

async function pick(o: vscode.OpenDialogOptions): Promise<string[] | undefined> {
  const defaultUri = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  const chosen = await vscode.window.showOpenDialog({
    ...o,
    canSelectMany: true,
    defaultUri: defaultUri ?? vscode.Uri.file(homedir()),
  });
  chosen?.forEach(mustBeLocal);
  return chosen?.map((uri) => uri.fsPath);
}

function mustBeLocal(uri: vscode.Uri): void {
  if (uri.scheme !== 'file') throw new Told(vscode.l10n.t('Choose a place on a disk of this computer.'));
}

function whereOf(place: Place): string {
  return place.path ? `${place.ref.name}/${place.path}` : place.ref.name;
}

function isDrop(argument: unknown): argument is { into: Place; sources: string[] } {
  return typeof argument === 'object' && argument !== null && 'into' in argument && 'sources' in argument;
}
