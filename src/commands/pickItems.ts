import * as vscode from 'vscode';
import type { ServerView } from '../kubeflow/inventory.ts';
import type { Session } from '../kubeflow/sessions.ts';
import { serverDescription } from '../views/tree/serverLook.ts';

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
