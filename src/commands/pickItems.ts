import * as vscode from 'vscode';
import type { ProfileView, ServerView } from '../kubeflow/inventory.ts';
import type { Session } from '../kubeflow/sessions.ts';
import { serverDescription, serverIcon } from '../views/tree/serverLook.ts';

/** A server as a quick pick shows it. @param o.several several contexts are shown, so each is named */
export function serverItem(
  view: ServerView,
  session: Session,
  o: { several: boolean; now: Date },
): vscode.QuickPickItem & { view: ServerView; session: Session } {
  const where = o.several ? session.context.name : undefined;
  const parts = [where, view.namespace, serverDescription(vscode.l10n.t, view, o.now)];
  return { label: view.name, description: parts.filter(Boolean).join(' · '), view, session };
}

/** A server among profiles: with the icon of its row. */
export function serverAmongOthers(...[view, session, o]: Parameters<typeof serverItem>): vscode.QuickPickItem {
  const { label, description = '' } = serverItem(view, session, o);
  const { icon, color } = serverIcon(view.status.phase, view.stale !== undefined);
  return { label, description, iconPath: new vscode.ThemeIcon(icon, color ? new vscode.ThemeColor(color) : undefined) };
}

/** A profile among servers; says that it is one, as the groups' titles go when the user types. */
export function profileAmongOthers(
  profile: ProfileView,
  session: Session,
  o: { several: boolean },
): vscode.QuickPickItem {
  const kind = profile.source === 'profile' ? vscode.l10n.t('Profile') : vscode.l10n.t('Namespace');
  const parts = [kind, o.several ? session.context.name : undefined, profile.owner];
  const icon = new vscode.ThemeIcon(profile.source === 'profile' ? 'account' : 'folder');
  return { label: profile.name, description: parts.filter(Boolean).join(' · '), iconPath: icon };
}
