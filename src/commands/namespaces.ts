import * as vscode from 'vscode';
import type { Cluster } from '../k8s/cluster.ts';
import { isKubeError } from '../k8s/errors.ts';
import { namespaces } from '../k8s/objects.ts';
import type { Session } from '../kubeflow/sessions.ts';
import { ProfileNode } from '../views/tree/profileNode.ts';
import { Told } from '../views/words.ts';
import type { CommandParts } from './parts.ts';
import { chooseSession, shown, until } from './pick.ts';

/** Remembers a namespace for a context, for those who may not list profiles. */
export async function addNamespace(parts: CommandParts, argument: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const session = await chooseSession(parts, argument, t('Add Namespace'));
  if (!session) return;
  const context = session.context.name;
  const name = await vscode.window.showInputBox({
    // VS Code gives the focus back to the tree when it draws that anew.
    ignoreFocusOut: true,
    title: t('Add Namespace'),
    prompt: t('The name of a namespace on {0} that you work in', context),
    validateInput: (value) =>
      /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value.trim())
        ? undefined
        : t('Lower-case letters, digits and hyphens, 63 at most'),
  });
  if (!name) return;
  await add(parts, session, name.trim());
}

/**
 * Sees to it that a namespace is one that the view knows, as Add Namespace does for those who may not list profiles; resolves
 * when its servers are known. Says what stands in the way.
 */
export async function knowNamespace(parts: CommandParts, session: Session, namespace: string): Promise<void> {
  const { inventory } = session;
  const look = inventory.look();
  try {
    await shown(session);
    if (inventory.view.canListProfiles || inventory.profile(namespace)) return;
    await add(parts, session, namespace);
    await until(session, () => (inventory.profile(namespace)?.state.kind ?? 'loading') !== 'loading');
  } finally {
    look.dispose();
  }
}

async function add(parts: CommandParts, session: Session, namespace: string): Promise<void> {
  await mayBeShown(session, namespace);
  await parts.namespaces.add(session.context.name, namespace);
  session.inventory.addNamespacesChanged();
}

/** Says what stands in the way, while the user still knows what they typed. */
async function mayBeShown({ access, cluster, context }: Session, namespace: string): Promise<void> {
  const { t } = vscode.l10n;
  const may = await access.can({ verb: 'list', group: 'kubeflow.org', resource: 'notebooks', namespace });
  if (may === 'no')
    throw new Told(
      t('You may not see notebook servers in {0}, or it is not there (needs: list notebooks).', namespace),
    );
  // Who may list everywhere may list in a namespace that does not exist, too.
  if (await isMissing(cluster, namespace))
    throw new Told(t('{0} has no namespace {1}. Look for a typing mistake.', context.name, namespace));
}

/** Certain only for those who may read namespaces; others are told by their missing right to what is in it. */
async function isMissing(cluster: Cluster, name: string): Promise<boolean> {
  try {
    await cluster.get(namespaces, { name });
    return false;
  } catch (error) {
    if (isKubeError(error, 'NotFound')) return true;
    if (isKubeError(error, 'Forbidden')) return false;
    throw error;
  }
}

/** Takes a namespace that was added by hand out of the view; nothing changes on the cluster. */
export async function removeNamespace(parts: CommandParts, argument: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const session = await chooseSession(parts, argument, t('Remove Namespace from View'));
  if (!session) return;
  const context = session.context.name;
  const added = parts.namespaces.of(context);
  const name =
    argument instanceof ProfileNode
      ? argument.name
      : await vscode.window.showQuickPick(added, {
          title: t('Remove Namespace from View'),
          placeHolder:
            added.length > 0 ? t('Nothing changes on the cluster') : t('No namespace has been added on {0}', context),
        });
  if (!name) return;
  await parts.namespaces.remove(context, name);
  session.inventory.addNamespacesChanged();
}
