import * as vscode from 'vscode';
import type { CommandParts } from './parts.ts';
import { chooseServer, demand } from './pick.ts';

/** Opens the form of a server that stands, to change it. */
export async function editServer(parts: CommandParts, argument: unknown): Promise<void> {
  const chosen = await chooseServer(parts, argument, ({ status }) => status.phase !== 'deleting');
  if (!chosen) return;
  await demand(parts, chosen.session, 'edit', chosen.ref.namespace);
  await opening(parts.forms.edit(chosen.ref));
}

/** Opens the form of a new server, filled in with what another one is. */
export async function cloneServer(parts: CommandParts, argument: unknown): Promise<void> {
  const chosen = await chooseServer(parts, argument);
  if (!chosen) return;
  await demand(parts, chosen.session, 'create', chosen.ref.namespace);
  await opening(parts.forms.clone(chosen.ref));
}

/** The cluster is asked first what the form can choose from; the view shows that something is on its way. */
async function opening(work: Promise<void>): Promise<void> {
  await vscode.window.withProgress({ location: { viewId: 'kubeflow.servers' } }, () => work);
}
