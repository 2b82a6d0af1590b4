import * as vscode from 'vscode';
import { ProfileNode } from '../views/tree/profileNode.ts';
import { Told } from '../views/words.ts';
import type { CommandParts } from './parts.ts';
import { chooseServer, currentSession } from './pick.ts';

/** Lets the user pick the context that the view shows; kubectl's own current context stays as it is. */
export async function switchContext({ sessions }: CommandParts): Promise<void> {
  await sessions.ensureLoaded();
  if (sessions.problem && sessions.contexts.length === 0) throw sessions.problem;
  const current = sessions.current?.context.name;
  const picked = await vscode.window.showQuickPick(
    sessions.contexts.map((context) => ({
      label: context.name,
      iconPath: new vscode.ThemeIcon(context.name === current ? 'check' : 'blank'),
      description: context.namespace ?? '',
      detail: `${context.server} · ${context.userName}`,
    })),
    {
      title: vscode.l10n.t('Switch Context'),
      placeHolder: vscode.l10n.t('The context of this view; the kubeconfig is not changed'),
      matchOnDetail: true,
      matchOnDescription: true,
    },
  );
  if (picked && picked.label !== current) await sessions.switchTo(picked.label);
}

/** Reads everything anew. */
export async function refresh({ tree }: CommandParts): Promise<void> {
  await tree.reload();
}

/** Remembers a namespace for the current context, for those who may not list profiles. */
export async function addNamespace(parts: CommandParts): Promise<void> {
  const session = await currentSession(parts);
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Add Namespace'),
    prompt: vscode.l10n.t('The name of a namespace on {0} that you work in', session.context.name),
    validateInput: (value) =>
      /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value.trim())
        ? undefined
        : vscode.l10n.t('Lower-case letters, digits and hyphens, 63 at most'),
  });
  if (!name) return;
  const namespace = name.trim();
  const may = await session.access.can({ verb: 'list', group: 'kubeflow.org', resource: 'notebooks', namespace });
  if (may === 'no') {
    const { t } = vscode.l10n;
    throw new Told(
      t('You may not see notebook servers in {0}, or it is not there (needs: list notebooks).', namespace),
    );
  }
  await parts.namespaces.add(session.context.name, namespace);
  session.inventory.addNamespacesChanged();
}

/** Takes a namespace that was added by hand out of the view; nothing changes on the cluster. */
export async function removeNamespace(parts: CommandParts, argument: unknown): Promise<void> {
  const session = await currentSession(parts);
  const added = parts.namespaces.of(session.context.name);
  const name =
    argument instanceof ProfileNode
      ? argument.name
      : await vscode.window.showQuickPick(added, {
          title: vscode.l10n.t('Remove Namespace from View'),
          placeHolder:
            added.length > 0
              ? vscode.l10n.t('Nothing changes on the cluster')
              : vscode.l10n.t('No namespace has been added on {0}', session.context.name),
        });
  if (!name) return;
  await parts.namespaces.remove(session.context.name, name);
  session.inventory.addNamespacesChanged();
}

/** Shows the log. */
export function showLog({ logger }: CommandParts): void {
  logger.show();
}

/** Tries the connection to a server again now, in place of waiting for the next try. */
export async function reconnect(parts: CommandParts, argument: unknown): Promise<void> {
  const chosen = await chooseServer(parts, argument, (server) => server.status.phase === 'running');
  if (chosen) parts.connections.get(chosen.ref).tunnel.reconnectNow();
}
