import * as vscode from 'vscode';
import { Told } from '../views/words.ts';

/** Nothing that a workspace holds is run before the user has said that they trust it. */
export function demandTrust(): void {
  const { t } = vscode.l10n;
  if (vscode.workspace.isTrusted) return;
  throw new Told({
    text: t('This workspace is in restricted mode, so nothing in it is run.'),
    action: { title: t('Manage Trust'), command: 'workbench.trust.manage' },
  });
}
