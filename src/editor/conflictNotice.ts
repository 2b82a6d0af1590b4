import * as vscode from 'vscode';
import { isJupyterError } from '../jupyter/errors.ts';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import type { FileVersions } from './fileVersions.ts';
import type { OtherCluster } from './otherCluster.ts';
import { fromUri, serverCopy } from './uri.ts';

export interface ConflictNoticeOptions {
  versions: FileVersions;
  clusters: OtherCluster;
  logger: Logger;
  /** Tells the user of a notebook that changed; `compare` shows both. */
  tell: (uri: vscode.Uri, compare: () => Thenable<unknown>) => void;
}

/** A save waits for the look; VS Code itself gives up waiting soon after. */
const patienceMs = 1500;

/**
 * VS Code refuses to save a file that changed on the server. For a text file it offers to compare both, for a notebook
 * only to overwrite or to revert: here is the other way, said when the notebook is about to be saved.
 */
export function conflictNotice(o: ConflictNoticeOptions): Disposable {
  /** The version that the user was told of, by document: an answer to it saves again. */
  const told = new Map<string, string>();
  return vscode.workspace.onWillSaveNotebookDocument((event) => {
    const { uri, isUntitled } = event.notebook;
    const at = fromUri(uri);
    if (!at || isUntitled) return;
    const look = async () => {
      try {
        const { server } = await o.clusters.open(uri.toString(), at);
        const entry = await server.contents.stat(at.path, AbortSignal.timeout(patienceMs));
        if (!o.versions.outdated(uri.toString(), entry) || told.get(uri.toString()) === entry.version) return;
        told.set(uri.toString(), entry.version);
        o.tell(uri, () => compare(uri));
      } catch (error) {
        // A notebook that is gone is made anew; what else is wrong is said by the save itself.
        if (!isJupyterError(error, 'NotFound')) o.logger.debug(`before saving ${uri.path}: ${String(error)}`);
      }
    };
    // VS Code's own look comes afterwards.
    event.waitUntil(look());
  });
}

/** The server's copy on the left, the document on the right. */
export function compare(uri: vscode.Uri): Thenable<unknown> {
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  const title = vscode.l10n.t('{0}: on the server and here', name);
  return vscode.commands.executeCommand('vscode.diff', serverCopy(uri), uri, title);
}
