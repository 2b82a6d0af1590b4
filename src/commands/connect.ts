import * as vscode from 'vscode';
import type { ServerRef } from '../editor/connections.ts';
import { toUri } from '../editor/uri.ts';
import type { ContentsClient, Entry } from '../jupyter/contents.ts';
import type { JupyterServer } from '../jupyter/server.ts';
import { isJupyter } from '../kubeflow/objects.ts';
import { clock } from '../views/words/amounts.ts';
import { ready } from './bringUp.ts';
import { openInBrowser } from './browser.ts';
import { launchForKernel, pickForKernel } from './kernelServer.ts';
import { knowNamespace } from './namespaces.ts';
import type { CommandParts } from './parts.ts';
import { chooseServer, demand, isThere, sessionOf, type ChosenServer } from './pick.ts';

/**
 * From a row to a cell that can be run: starts a stopped server when the user says so, waits for a starting one, lets the
 * user pick a notebook on it or make one, and opens that with the server's kernel selected. A link may name the file to
 * open, and a namespace that was never heard of. Servers that have no kernels open in the browser.
 */
export async function connect(parts: CommandParts, argument: unknown): Promise<void> {
  const { link } = (argument ?? {}) as { link?: ServerRef & { file?: string } };
  if (link) await lookFor(parts, link);
  const chosen = await chooseServer(parts, link ?? argument, ({ status }) => status.phase !== 'deleting', {
    takesOnly: parts.isRowLost,
  });
  if (!chosen) return;
  await demand(parts, chosen.session, 'connect', chosen.ref.namespace);
  if (!(await ready(parts, chosen))) return;
  if (!isJupyter(chosen.view.notebook)) return openInBrowser(parts, chosen.ref);
  if (link?.file !== undefined) return openPath(parts, chosen, link.file);
  const { server } = parts.connections.get(chosen.ref);
  const path = await pickNotebook(server, chosen.ref);
  if (path === undefined) return;
  await openNotebook(parts, chosen.ref, toUri(chosen.ref, chosen.session.context.fingerprint, path));
}

/**
 * Lets the user choose a server whose kernel is to run a notebook or program, or launch one for it, and brings it up where
 * that is needed and wanted.
 * @param o.usual is taken without a question while it is there
 * @param o.offersNew false where the caller cannot wait for a launch
 */
export async function chooseRunningServer(
  parts: CommandParts,
  { usual, offersNew = true }: { usual?: ServerRef; offersNew?: boolean } = {},
): Promise<ServerRef | undefined> {
  const known = usual && (await isThere(parts, usual)) ? usual : undefined;
  const chosen = known ? await chooseServer(parts, known) : await pickForKernel(parts, offersNew);
  if (!chosen) return undefined;
  if (chosen === 'new') return launchForKernel(parts);
  await demand(parts, chosen.session, 'connect', chosen.ref.namespace);
  return (await ready(parts, chosen)) ? chosen.ref : undefined;
}

/**
 * Opens a notebook of a server and selects the server's kernel for it, that of the setting `kubeflow.kernel`: with ours, no
 * further click is needed to run a cell.
 */
export async function openNotebook(parts: CommandParts, ref: ServerRef, uri: vscode.Uri): Promise<void> {
  const notebook = await vscode.workspace.openNotebookDocument(uri);
  // Not showNotebookDocument: the second of two at once, as from a double click, throws.
  await vscode.commands.executeCommand('vscode.openWith', uri, 'jupyter-notebook', { preview: false });
  await parts.kernelChoice.select(notebook, ref);
}

/** Somebody else's link may lead where this user's view does not. */
async function lookFor(parts: CommandParts, ref: ServerRef): Promise<void> {
  const session = await sessionOf(parts, ref);
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Looking for {0}', ref.name) },
    () => knowNamespace(parts, session, ref.namespace),
  );
}

async function openPath(parts: CommandParts, { ref, session }: ChosenServer, path: string): Promise<void> {
  const uri = toUri(ref, session.context.fingerprint, path);
  // Jupyter may not listen yet: an editor would say that there is no such file.
  await parts.connections.get(ref).server.waitUntilAnswers();
  if (path.endsWith('.ipynb')) await openNotebook(parts, ref, uri);
  else await vscode.commands.executeCommand('vscode.open', uri, { preview: true });
}

/** A notebook of the server, newest first, or a new one; undefined when the user thinks better of it. */
async function pickNotebook(server: JupyterServer, ref: ServerRef): Promise<string | undefined> {
  const { t } = vscode.l10n;
  type Item = vscode.QuickPickItem & { path?: string };
  const create: Item = { label: t('New notebook...'), iconPath: new vscode.ThemeIcon('add'), alwaysShow: true };
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = t('Open a notebook on {0}', ref.name);
  pick.placeholder = t('Notebooks on the server, newest first');
  pick.items = [create];
  pick.busy = true;
  pick.show();
  try {
    const chosen = new Promise<Item | undefined>((resolve) => {
      pick.onDidAccept(() => resolve(pick.selectedItems[0]));
      pick.onDidHide(() => resolve(undefined));
    });
    // Running means that Jupyter answered once; a pod that is Ready may still need some seconds until it listens.
    const listed = server.waitUntilAnswers().then(() => notebooksOf(server.contents));
    const found = listed.then((entries) => {
      const now = new Date();
      const items = entries.map((entry): Item => {
        const folder = entry.path.slice(0, Math.max(0, entry.path.lastIndexOf('/')));
        return {
          label: entry.name,
          description: [folder, clock(new Date(entry.modified), now)].filter(Boolean).join(' · '),
          iconPath: new vscode.ThemeIcon('notebook'),
          path: entry.path,
        };
      });
      pick.items = [...items, create];
      pick.busy = false;
    });
    const item = await Promise.race([chosen, found.then(() => chosen)]);
    if (!item) return undefined;
    return item.path ?? (await server.contents.createNotebook('')).path;
  } finally {
    pick.dispose();
  }
}

/** How deep and how wide notebooks are looked for: a home folder may hold a data set of many folders. */
const deepest = 3;
const mostFolders = 40;

async function notebooksOf(contents: ContentsClient): Promise<Entry[]> {
  const found: Entry[] = [];
  let folders = [''];
  let listed = 0;
  for (let depth = 0; depth <= deepest && folders.length > 0; depth++) {
    const level = folders.slice(0, mostFolders - listed);
    listed += level.length;
    // A folder below that cannot be read hides none of the others.
    const lists = await Promise.all(
      level.map((folder) => (folder === '' ? contents.list(folder) : contents.list(folder).catch(() => []))),
    );
    folders = [];
    for (const entry of lists.flat()) {
      if (entry.type === 'notebook') found.push(entry);
      else if (entry.type === 'directory' && !entry.name.startsWith('.')) folders.push(entry.path);
    }
  }
  return found.sort((a, b) => b.modified - a.modified);
}
