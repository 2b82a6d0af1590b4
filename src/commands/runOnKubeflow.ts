import * as vscode from 'vscode';
import { fromUri } from '../editor/uri.ts';
import { Told } from '../views/words.ts';
import { bringUp } from './bringUp.ts';
import { chooseRunningServer } from './connect.ts';
import type { CommandParts } from './parts.ts';
import { demandTrust } from './trust.ts';

/**
 * Gives the notebook in sight a kernel on a notebook server: its own server's, for a file of a server, else that of one
 * that the user chooses or launches for it.
 */
export async function runOnKubeflow(parts: CommandParts, argument: unknown): Promise<void> {
  demandTrust();
  const notebook = notebookOf(argument);
  if (!notebook) throw new Told(vscode.l10n.t('Open a notebook first.'));
  const home = fromUri(notebook.uri);
  // A context of the same name may lead to another cluster by now: nothing is to be started there.
  if (home) await parts.connections.open(home.ref, home.fingerprint);
  const ref = home ? (await bringUp(parts, home.ref)) && home.ref : await chooseRunningServer(parts);
  if (ref) await parts.kernelChoice.select(notebook, ref);
}

/** From the toolbar of a notebook comes what it is in; the palette says nothing. */
export function notebookOf(argument: unknown): vscode.NotebookDocument | undefined {
  const { notebookEditor } = (argument ?? {}) as { notebookEditor?: { notebookUri?: unknown } };
  const uri = argument instanceof vscode.Uri ? argument : notebookEditor?.notebookUri;
  if (!(uri instanceof vscode.Uri)) return vscode.window.activeNotebookEditor?.notebook;
  return vscode.workspace.notebookDocuments.find((notebook) => notebook.uri.toString() === uri.toString());
}
