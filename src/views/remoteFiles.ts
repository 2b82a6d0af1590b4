import * as vscode from 'vscode';
import { conflictNotice } from '../editor/conflictNotice.ts';
import type { Connections } from '../editor/connections.ts';
import { KubeflowFileSystem } from '../editor/fileSystem.ts';
import { FileVersions } from '../editor/fileVersions.ts';
import { lookAgain } from '../editor/lookAgain.ts';
import { OtherCluster, type Stranger } from '../editor/otherCluster.ts';
import { SaveLater } from '../editor/saveLater.ts';
import { scheme } from '../editor/uri.ts';
import { JupyterError } from '../jupyter/errors.ts';
import { largestFileBytes } from '../jupyter/contents.ts';
import { baseName } from '../jupyter/contentsModel.ts';
import { Disposables } from '../k8s/events.ts';
import { explain } from './words.ts';

/** The files of notebook servers in VS Code, with what is said and asked about them. */
export function remoteFiles(
  context: vscode.ExtensionContext,
  connections: Connections,
  logger: vscode.LogOutputChannel,
): { files: KubeflowFileSystem; things: Disposables } {
  const { t } = vscode.l10n;
  const things = new Disposables();
  const later: SaveLater = things.add(
    new SaveLater({ connections, logger, memory: context.workspaceState, isDirty: (uri) => !!dirty(uri), save }),
  );
  const clusters: OtherCluster = new OtherCluster({
    connections,
    memory: context.globalState,
    ask: (stranger) => void askAbout(stranger),
  });
  const versions = new FileVersions(context.workspaceState);
  const files: KubeflowFileSystem = things.add(
    new KubeflowFileSystem({
      versions,
      clusters,
      later,
      logger,
      explain: (error) => explain(t, error).text,
      tooLarge: (uri, bytes) => void offerDownload(uri, bytes),
    }),
  );
  things.add(vscode.workspace.registerFileSystemProvider(scheme, files, { isCaseSensitive: true }));
  things.add(lookAgain(files, connections));
  things.add(
    conflictNotice({
      versions,
      clusters,
      logger,
      tell: (uri, compare) => void tellConflict(uri, compare),
    }),
  );
  things.add(vscode.workspace.onWillSaveTextDocument(({ document }) => willSave(document.uri)));
  things.add(vscode.workspace.onWillSaveNotebookDocument(({ notebook }) => willSave(notebook.uri)));
  later.resume();
  return { files, things };

  function willSave(uri: vscode.Uri): void {
    if (uri.scheme === scheme) later.willSave(uri.toString());
  }

  async function askAbout({ uri, ref, was, now }: Stranger): Promise<void> {
    const parsed = vscode.Uri.parse(uri);
    const name = baseName(parsed.path);
    const from = was ?? t('a cluster that this computer does not know');
    const text = t(
      '{0} came from {1}. The context {2} now leads to {3}, so it can only be read. Change it there?',
      name,
      from,
      ref.context,
      now,
    );
    const allow = t('Allow Changes');
    if ((await vscode.window.showWarningMessage(text, allow)) !== allow) return;
    clusters.confirm(uri);
    files.look([parsed]);
  }
}

/** VS Code shows an error in the editor's place; this offers what helps. */
export async function offerDownload(uri: vscode.Uri, bytes: number): Promise<void> {
  const { t } = vscode.l10n;
  const problem = { code: 'TooLarge', path: baseName(uri.path), bytes, limitBytes: largestFileBytes } as const;
  const download = t('Download');
  const { text } = explain(t, new JupyterError(problem));
  if ((await vscode.window.showWarningMessage(text, download)) === download)
    await vscode.commands.executeCommand('kubeflow.download', uri);
}

async function tellConflict(uri: vscode.Uri, compare: () => Thenable<unknown>): Promise<void> {
  const { t } = vscode.l10n;
  const button = t('Compare');
  const { text } = explain(t, new JupyterError({ code: 'Conflict', path: baseName(uri.path) }));
  if ((await vscode.window.showWarningMessage(text, button)) === button) await compare();
}

/** The open document of a URI, if it holds changes. */
function dirty(uri: string): vscode.TextDocument | vscode.NotebookDocument | undefined {
  const { textDocuments, notebookDocuments } = vscode.workspace;
  return [...textDocuments, ...notebookDocuments].find((one) => one.isDirty && one.uri.toString() === uri);
}

async function save(uri: string): Promise<void> {
  await dirty(uri)?.save();
}
