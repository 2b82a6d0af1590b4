import * as vscode from 'vscode';
import { Told } from '../views/words.ts';
import type { CommandParts } from './parts.ts';

/** Gives a notebook that runs on one of our kernels a kernel of the same server that the Jupyter extension runs. */
export async function switchKernel(parts: CommandParts, argument: unknown): Promise<void> {
  const notebook =
    argument instanceof vscode.Uri
      ? vscode.workspace.notebookDocuments.find(({ uri }) => uri.toString() === argument.toString())
      : vscode.window.activeNotebookEditor?.notebook;
  const ref = notebook && parts.controllers.serverOf(notebook);
  if (!ref) throw new Told(vscode.l10n.t('This notebook has no kernel of a notebook server.'));
  await parts.kernelChoice.switchToJupyter(notebook, ref);
}
