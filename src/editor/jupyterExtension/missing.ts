import * as vscode from 'vscode';
import type { Said } from '../../views/words.ts';
import { jupyterExtensionId } from './api.ts';

/** Opens the extension's page. */
export function installAction(): NonNullable<Said['action']> {
  return { title: vscode.l10n.t('Install Jupyter Extension'), command: 'extension.open', args: [jupyterExtensionId] };
}

/** Why a notebook can't have a kernel of the Jupyter extension. */
export function missingOrOld(installed: boolean): Said {
  const { t } = vscode.l10n;
  return installed
    ? { text: t('This Jupyter extension does not take notebook servers. Update it and reload the window.') }
    : { text: t('The Jupyter extension is not installed.'), action: installAction() };
}
