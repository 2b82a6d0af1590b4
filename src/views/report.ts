import * as vscode from 'vscode';
import type { Logger } from '../k8s/log.ts';
import { explain, Told, type Said } from './words.ts';
import type { Where } from './words/kube.ts';

/** Whether an error is the user's own change of mind, which needs no words. */
export function isCancellation(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    (error instanceof Error && ['AbortError', 'Canceled'].includes(error.name))
  );
}

/** VS Code cuts a message without buttons off after one line, which holds about so many characters. */
const lineLength = 56;

/** Shows an error once: one sentence, one remedy, and the log, which has the whole of it. */
export function report(error: unknown, logger: Logger, where: Where = {}): void {
  if (isCancellation(error)) return;
  const known = error instanceof Told;
  if (known) logger.info(error.message);
  else logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const { text, action } = explain(vscode.l10n.t, error, where);
  const remedy = action && action.command !== showLog ? [action] : [];
  // To a command's own answer the log adds nothing.
  const complete = known && (remedy.length > 0 || text.length <= lineLength);
  show(vscode.window.showErrorMessage, text, complete ? remedy : [...remedy, logAction()]);
}

/** Says what was done; a text of more than a line stands in the log as well. */
export function tell(text: string, logger: Logger): void {
  logger.info(text);
  show(vscode.window.showInformationMessage, text, text.length > lineLength ? [logAction()] : []);
}

/** Says something that needs no doing, with the one thing that could be done. */
export function suggest({ text, action }: Said): void {
  show(vscode.window.showInformationMessage, text, action ? [action] : []);
}

type Action = NonNullable<Said['action']>;

const showLog = 'kubeflow.showLog';
const logAction = (): Action => ({ title: vscode.l10n.t('Show Log'), command: showLog });

function show(
  how: (message: string, ...buttons: string[]) => Thenable<string | undefined>,
  text: string,
  actions: readonly Action[],
): void {
  void how(text, ...actions.map(({ title }) => title)).then((chosen) => {
    const action = actions.find(({ title }) => title === chosen);
    return action && vscode.commands.executeCommand(action.command, ...(action.args ?? []));
  });
}
