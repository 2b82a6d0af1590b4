import * as vscode from 'vscode';
import type { ServerRef } from '../editor/connections.ts';
import type { ServerView } from '../kubeflow/inventory.ts';
import { isJupyter } from '../kubeflow/objects.ts';
import type { ServerPhase } from '../kubeflow/status.ts';
import { Told } from '../views/words.ts';
import { bringUp } from './bringUp.ts';
import type { CommandParts } from './parts.ts';
import { about, currentSession, inSight, type ChosenServer } from './pick.ts';
import { serverItem } from './pickItems.ts';

type ServerItem = ReturnType<typeof serverItem>;
type Item = ServerItem | (vscode.QuickPickItem & { view?: undefined });

/** Those whose kernels are there at once come first, the one that Enter takes at their head. */
const ranks: Partial<Record<ServerPhase, number>> = { running: 0, starting: 1, stopped: 2 };

/**
 * A server whose kernel is to run something, as the user chooses it; `new`, where that is offered: one that is yet to be
 * launched.
 */
export async function pickForKernel(
  parts: CommandParts,
  offersNew: boolean,
): Promise<ChosenServer | 'new' | undefined> {
  const { t } = vscode.l10n;
  const { context } = await currentSession(parts);
  const create: Item = { label: t('New Notebook Server...'), iconPath: new vscode.ThemeIcon('add'), alwaysShow: true };
  const rank = ({ view }: ServerItem): number => ranks[view.status.phase] ?? 3;
  const fits = ({ status, notebook }: ServerView) => status.phase !== 'deleting' && isJupyter(notebook);
  const listed = inSight(parts, (profiles, session) =>
    profiles.flatMap(({ servers }) => servers.filter(fits).map((view) => ({ view, session }))),
  ).then(({ found, several }): Item[] => {
    const items = found.map(({ view, session }) => serverItem(view, session, { several, now: new Date() }));
    if (items.length === 0 && !offersNew) throw new Told(t('There is no notebook server for this.'));
    return [...items.sort((a, b) => rank(a) - rank(b)), ...(offersNew ? [create] : [])];
  });
  const title = parts.sessions.shown.length > 1 ? t('Notebook server') : t('Notebook server on {0}', context.name);
  // The list shows at once and says that it is being read.
  const picked = await vscode.window.showQuickPick(listed, {
    title,
    placeHolder: t('Running ones first; a stopped one can be started'),
    matchOnDescription: true,
  });
  if (!picked?.view) return picked && 'new';
  const { view, session } = picked;
  about(parts, session.context.name);
  return { session, view, ref: { context: session.context.name, namespace: view.namespace, name: view.name } };
}

/**
 * Opens the form, and gives the server that it launches once that answers: the form tells how far it is, and when its tab
 * is closed meanwhile, a notification that can be cancelled. Undefined when the user thinks better of it.
 */
export async function launchForKernel(parts: CommandParts): Promise<ServerRef | undefined> {
  const launched = await parts.launchByForm();
  if (!launched) return undefined;
  const { ref, isJupyter: hasKernels, answers } = launched;
  if (!hasKernels) throw new Told(vscode.l10n.t('{0} has no kernels: only JupyterLab servers have.', ref.name));
  return answers || (await bringUp(parts, ref)) ? ref : undefined;
}
