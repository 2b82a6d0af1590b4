import * as vscode from 'vscode';
import type { CodeRunner } from '../editor/code/codeRunner.ts';
import { restOf } from '../jupyter/kernelRest.ts';
import { KernelNode, KernelsNode, type LiveKernel } from '../views/tree/kernelsNode.ts';
import { Told } from '../views/words.ts';
import type { CommandParts } from './parts.ts';

/** Interrupts what a kernel runs: the row's, else that of the notebook or Python file in sight. */
export async function interruptKernel(parts: CommandParts, argument: unknown): Promise<void> {
  if (argument instanceof KernelNode) {
    await parts.connections.get(argument.ref).server.interruptKernel(argument.kernelId);
    return;
  }
  demandRow(parts);
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  if (await codeInSight(parts)?.interrupt()) return;
  if (!notebook || !(await parts.controllers.interrupt(notebook))) throw noKernel();
}

/** Restarts a kernel after asking, as its variables are lost: the row's, else that of the notebook or Python file in sight. */
export async function restartKernel(parts: CommandParts, argument: unknown): Promise<void> {
  demandRow(parts);
  const restart = vscode.l10n.t('Restart');
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  const row = argument instanceof KernelNode ? argument : undefined;
  const code = row ? undefined : codeInSight(parts);
  const title = row?.title ?? (code?.o.uri ?? notebook?.uri)?.path.split('/').pop();
  const others = row && !row.mine ? 1 : 0;
  if (!title) throw noKernel();
  if (!(await sure(vscode.l10n.t('Restart the kernel of {0}?', title), restart, others))) return;
  if (code) return code.restart();
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
  if (!(await sure(question, shutDown, argument.mine ? 0 : 1))) return;
  await parts.connections.get(argument.ref).server.shutdownKernel(argument.kernelId);
}

/** Shuts down the kernels of a server that run nothing, those that nobody ever used among them, after asking. */
export async function shutDownIdleKernels(parts: CommandParts, argument: unknown): Promise<void> {
  if (!(argument instanceof KernelsNode)) return;
  const now = new Date();
  const idle = (await argument.kernelsNow()).filter((kernel) => restOf(kernel, now) !== undefined);
  if (idle.length === 0) throw new Told(vscode.l10n.t('No kernel of {0} is idle.', argument.ref.name));
  await shutDownSeveral(parts, argument, idle, [
    vscode.l10n.t('Shut down the idle kernels of {0}?', argument.ref.name),
    vscode.l10n.t('Idle kernels: {0}.', idle.length),
  ]);
}

/** Shuts down all kernels of a server, after asking. */
export async function shutDownAllKernels(parts: CommandParts, argument: unknown): Promise<void> {
  if (!(argument instanceof KernelsNode)) return;
  const all = await argument.kernelsNow();
  if (all.length === 0) throw new Told(vscode.l10n.t('No kernel of {0} is running.', argument.ref.name));
  const busy = all.filter(({ state }) => state === 'busy').length;
  await shutDownSeveral(parts, argument, all, [
    vscode.l10n.t('Shut down all kernels of {0}?', argument.ref.name),
    vscode.l10n.t('Kernels: {0}. Of these, {1} are running a cell now.', all.length, busy),
  ]);
}

/** One button for all of them, and one for those of this computer where there are others. */
async function shutDownSeveral(
  parts: CommandParts,
  { ref }: KernelsNode,
  kernels: readonly LiveKernel[],
  [question, counted]: [string, string],
): Promise<void> {
  const mine = kernels.filter((kernel) => kernel.mine);
  const all = vscode.l10n.t('Shut Down');
  const onlyMine = vscode.l10n.t('Shut Down Mine Only');
  const others = kernels.length - mine.length;
  const buttons = others > 0 && mine.length > 0 ? [onlyMine, all] : [all];
  const detail = `${counted} ${lossOf(others)}`;
  const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, ...buttons);
  if (chosen === undefined) return;
  const { server } = parts.connections.get(ref);
  // The rest is shut down also where one cannot be.
  const ended = await Promise.allSettled(
    (chosen === onlyMine ? mine : kernels).map(({ id }) => server.shutdownKernel(id)),
  );
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

/** Opens all that a cell printed, where the cell shows a part of it. */
export async function openWholeOutput(parts: CommandParts, argument: unknown): Promise<void> {
  const { wholeOutputs } = parts.controllers;
  if (await wholeOutputs.open(argument as vscode.NotebookCell)) return;
  throw new Told(vscode.l10n.t('The whole output is not kept any more. Run the cell again to see it.'));
}

/** What runs the Python file in sight; a notebook's cell is none. */
function codeInSight(parts: CommandParts): CodeRunner | undefined {
  const document = vscode.window.activeNotebookEditor ? undefined : vscode.window.activeTextEditor?.document;
  return document && parts.code.runnerOf(document.uri);
}

function noKernel(): Told {
  return new Told(vscode.l10n.t('No notebook server runs a kernel for this yet. Run a cell first.'));
}

/** What is lost with kernels, `others` of which were not started from this computer. */
function lossOf(others: number): string {
  const lost = vscode.l10n.t('Variables are lost. Notebooks and files stay.');
  if (others === 0) return lost;
  return `${vscode.l10n.t('Not started from this computer: {0}. Somebody else may be working with that.', others)} ${lost}`;
}

async function sure(question: string, button: string, others = 0): Promise<boolean> {
  const detail = lossOf(others);
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, button)) === button;
}

/** What was meant for a row that VS Code does not name is not done to another kernel. */
function demandRow({ isRowLost }: CommandParts): void {
  if (isRowLost) throw new Told(vscode.l10n.t('The row has just changed. Try it once more.'));
}
