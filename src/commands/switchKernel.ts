import * as vscode from 'vscode';
import { Told } from '../views/words.ts';
import type { CommandParts } from './parts.ts';
import { notebookOf } from './runOnKubeflow.ts';

/** Gives a notebook that runs on one of our kernels a kernel of the same server that the Jupyter extension runs. */
export async function switchKernel(parts: CommandParts, argument: unknown): Promise<void> {
  const notebook = notebookOf(argument);
  const ref = notebook && parts.controllers.serverOf(notebook);
  if (!ref) throw new Told(vscode.l10n.t('This notebook has no kernel of a notebook server.'));
  await parts.kernelChoice.switchToJupyter(notebook, ref);
}
