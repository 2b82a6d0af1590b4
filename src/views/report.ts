import * as vscode from 'vscode';
import type { Logger } from '../k8s/log.ts';
import { explain, Told } from './words.ts';
import type { Where } from './words/kube.ts';

/** Whether an error is the user's own change of mind, which needs no words. */
export function isCancellation(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    (error instanceof Error && ['AbortError', 'Canceled'].includes(error.name))
  );
}

/**
 * Shows an error once: one sentence, one remedy, and the log, which gets the whole of it. A sentence that a command says
 * knowingly is complete: the log would add nothing.
 */
export function report(error: unknown, logger: Logger, where: Where = {}): void {
  if (isCancellation(error)) return;
  if (error instanceof Told) logger.info(error.message);
  else logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const said = explain(vscode.l10n.t, error, where);
  const showLog = vscode.l10n.t('Show Log');
  const remedy = said.action && said.action.title !== showLog ? [said.action.title] : [];
  const buttons = error instanceof Told && said.action?.title !== showLog ? remedy : [...remedy, showLog];
  void vscode.window.showErrorMessage(said.text, ...buttons).then((chosen) => {
    if (chosen === undefined) return;
    if (said.action && chosen === said.action.title)
      return vscode.commands.executeCommand(said.action.command, ...(said.action.args ?? []));
    return vscode.commands.executeCommand('kubeflow.showLog');
  });
}
