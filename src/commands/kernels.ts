import * as vscode from 'vscode';
import { KernelNode } from '../views/tree/kernelsNode.ts';
import { Told } from '../views/words.ts';
import type { CommandParts } from './parts.ts';

/** Interrupts what a kernel runs: the row's, else that of the notebook in sight. */
export async function interruptKernel(parts: CommandParts, argument: unknown): Promise<void> {
  if (argument instanceof KernelNode) {
    await parts.connections.get(argument.ref).server.interruptKernel(argument.kernelId);
    return;
  }
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  if (!notebook || !(await parts.controllers.interrupt(notebook))) throw noKernel();
}

/** Restarts a kernel after asking, as its variables are lost: the row's, else that of the notebook in sight. */
export async function restartKernel(parts: CommandParts, argument: unknown): Promise<void> {
  const restart = vscode.l10n.t('Restart');
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  const row = argument instanceof KernelNode ? argument : undefined;
  const title = row?.title ?? notebook?.uri.path.split('/').pop();
  if (!title || !(await sure(vscode.l10n.t('Restart the kernel of {0}?', title), restart))) return;
  if (!row) {
    if (!notebook || !(await parts.controllers.restart(notebook))) throw noKernel();
    return;
  }
  await parts.connections.get(row.ref).server.restartKernel(row.kernelId);
}

/** Shuts a kernel down after asking: its variables are lost. */
export async function shutDownKernel(parts: CommandParts, argument: unknown): Promise<void> {
  if (!(argument instanceof KernelNode)) return;
  const shutDown = vscode.l10n.t('Shut Down');
  const question = vscode.l10n.t('Shut down the kernel of {0}?', argument.title);
  if (!(await sure(question, shutDown))) return;
  await parts.connections.get(argument.ref).server.shutdownKernel(argument.kernelId);
}

/** Opens all that a cell printed, where the cell shows a part of it. */
export async function openWholeOutput(parts: CommandParts, argument: unknown): Promise<void> {
  const { wholeOutputs } = parts.controllers;
  if (await wholeOutputs.open(argument as vscode.NotebookCell)) return;
  throw new Told(vscode.l10n.t('The whole output is not kept any more. Run the cell again to see it.'));
}

function noKernel(): Told {
  return new Told(vscode.l10n.t('No notebook server runs a kernel for this notebook yet. Run a cell first.'));
}

async function sure(question: string, button: string): Promise<boolean> {
  const detail = vscode.l10n.t('Its variables are lost. The notebook and its files stay.');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, button)) === button;
}
