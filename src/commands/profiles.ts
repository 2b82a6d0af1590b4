import * as vscode from 'vscode';
import { describeProfile as describeText, gatherProfile } from '../kubeflow/describe.ts';
import * as operations from '../kubeflow/operations.ts';
import { ProfileNode } from '../views/tree/profileNode.ts';
import { TreeNode } from '../views/tree/node.ts';
import { ServerNode } from '../views/tree/serverNode.ts';
import { explain, statusHead, Told } from '../views/words.ts';
import { list } from '../views/words/amounts.ts';
import type { CommandParts } from './parts.ts';
import { contextOf, currentSession, demand, profileOf, sessionOf } from './pick.ts';
import { watchNamespace } from './watchNamespace.ts';

/** Opens the form, in the context and profile of the row it was called on or that is selected. */
export async function newNotebookServer(parts: CommandParts, argument: unknown): Promise<void> {
  const row = argument ?? parts.tree.view.selection[0];
  const context = contextOf(row);
  const session = context === undefined ? await currentSession(parts) : await sessionOf(parts, { context });
  const namespace = namespaceOfRow(row);
  if (argument instanceof ProfileNode) await demand(parts, session, 'create', argument.name);
  await parts.openForm({ ...(context === undefined ? {} : { context }), ...(namespace ? { namespace } : {}) });
}

/** The namespace of a row: a profile's own, a server's, or that of the server whose kernel or file it is; none of others. */
export function namespaceOfRow(row: unknown): string | undefined {
  for (let node = row instanceof TreeNode ? row : undefined; node; node = node.parent) {
    if (node instanceof ProfileNode) return node.name;
    if (node instanceof ServerNode) return node.ref.namespace;
  }
  return undefined;
}

/** Describes a profile and what was made of it, kept up to date while the document is open. */
export async function describeProfile(parts: CommandParts, argument: unknown): Promise<void> {
  const chosen = await profileOf(parts, argument);
  if (!chosen) return;
  const { name } = chosen;
  const context = chosen.session.context.name;
  await parts.documents.open({
    key: context,
    title: vscode.l10n.t('Describe {0}', name),
    text: async () => {
      try {
        const { cluster } = await sessionOf(parts, { context });
        const facts = await gatherProfile(cluster, name);
        return describeText({ ...facts, statusWords: (status) => statusHead(vscode.l10n.t, status) });
      } catch (error) {
        parts.logger.error(`describing ${name}: ${error instanceof Error ? (error.stack ?? error.message) : ''}`);
        return explain(vscode.l10n.t, error, { context }).text;
      }
    },
    watch: (changed) =>
      watchNamespace(
        parts.sessions,
        { context, namespace: name },
        { concerns: ({ namespaces }) => namespaces.has(name), changed },
      ),
  });
}

/** How many names a question lists before it only counts. */
const mostNames = 8;

/** Deletes a profile, and so its namespace and all that is in it, after its name was typed. */
export async function deleteProfile(parts: CommandParts, argument: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const chosen = await profileOf(parts, argument);
  if (!chosen) return;
  const { session, name } = chosen;
  await demand(parts, session, 'deleteProfile', name);
  const { servers, claims } = await operations.profileContents(session.cluster, name);
  const named = (names: readonly string[]) =>
    names.length > mostNames
      ? t('{0} and {1} more', names.slice(0, mostNames).join(', '), names.length - mostNames)
      : list(names);
  const goes = [
    servers.length > 0 ? t('its notebook servers {0}', named(servers)) : t('no notebook server'),
    claims.length > 0 ? t('its volumes {0} with all files', named(claims)) : t('no volume'),
  ];
  const typed = await vscode.window.showInputBox({
    title: t('Delete Profile {0} on {1}', name, session.context.name),
    prompt: t(
      'Its namespace goes with all in it: {0}; {1}. Type {2} to delete it.',
      goes[0] ?? '',
      goes[1] ?? '',
      name,
    ),
    placeHolder: name,
    ignoreFocusOut: true,
    validateInput: (value) => (value === '' || name.startsWith(value) ? undefined : t('This is not {0}', name)),
  });
  if (typed === undefined) return;
  if (typed !== name) throw new Told(t('{0} was not deleted: its name was not typed in full.', name));
  await operations.deleteProfile(session.cluster, name);
}
