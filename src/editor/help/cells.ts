import type * as vscode from 'vscode';
import type { KernelSession } from '../../jupyter/kernelSession.ts';

/** The kernel that runs already for the cell with this text; undefined otherwise. Never starts one. */
export type KernelOfCell = (document: vscode.TextDocument) => KernelSession | undefined;

/** Cells of notebooks, of any language. A scheme here would be that of the notebook, not of its cells. */
export const cells: vscode.DocumentFilter = { notebookType: 'jupyter-notebook' };

/** Asks while nobody has cancelled. */
export async function whileWanted<T>(
  token: vscode.CancellationToken,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const abort = new AbortController();
  const listening = token.onCancellationRequested(() => abort.abort());
  if (token.isCancellationRequested) abort.abort();
  try {
    const answer = await ask(abort.signal);
    return token.isCancellationRequested ? undefined : answer;
  } finally {
    listening.dispose();
  }
}
