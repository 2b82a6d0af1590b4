/** Links to what is here, for others: they go to the clipboard. */
import * as vscode from 'vscode';
import type { SpawnForm } from '../kubeflow/form.ts';
import { connectLink, formLink, parseLink, type ConnectLink, type LinkPlace } from '../kubeflow/links.ts';
import { leftOut } from '../kubeflow/links/formFields.ts';
import { Told } from './words.ts';

/** How long a copy is told of; ms. */
const toldMs = 5000;

export async function copyServerLink(server: Omit<ConnectLink, 'kind'>): Promise<void> {
  await copy(connectLink(vscode.env.uriScheme, server), vscode.l10n.t('Link copied'));
}

/** Tells also where the form holds something that its link does not. */
export async function copyFormLink(place: LinkPlace, form: SpawnForm): Promise<void> {
  const { t } = vscode.l10n;
  const said = leftOut(form)
    ? t('Link copied, without variables, secrets, accounts, labels and existing volumes')
    : t('Link copied');
  await copy(formLink(vscode.env.uriScheme, place, form), said);
}

/** @throws Told where whoever opens it would be refused */
async function copy(link: string, said: string): Promise<void> {
  const { path, query } = vscode.Uri.parse(link);
  if ('problem' in parseLink({ path, query }))
    throw new Told(vscode.l10n.t('No link can lead there: its name is too long or too odd.'));
  await vscode.env.clipboard.writeText(link);
  vscode.window.setStatusBarMessage(said, toldMs);
}
