import * as vscode from 'vscode';
import type { Session } from '../kubeflow/sessions.ts';
import { Told } from '../views/words.ts';
import { currentSession } from './pick.ts';
import type { CommandParts } from './parts.ts';

/**
 * Sign In in Terminal: lets the user answer a context's credential plugin, or kubectl renew an OIDC sign-in.
 * @param argument the context's name; the current context when not given
 */
export async function signIn(parts: CommandParts, argument: unknown): Promise<void> {
  const session = typeof argument === 'string' ? await sessionNamed(parts, argument) : await currentSession(parts);
  const { cluster, context } = session;
  const { t } = vscode.l10n;
  const { login } = cluster;
  if (login?.canAsk) {
    if (await parts.signIns.byPlugin(login, context.name)) await retried(parts, session);
    return;
  }
  if (context.user.authProvider?.name === 'oidc') {
    if (await parts.signIns.byKubectl(context.name)) await retried(parts, session);
    else
      throw new Told(
        t('Run `kubectl auth whoami --context {0}` where kubectl is: it renews your sign-in.', context.name),
      );
    return;
  }
  throw new Told(
    t('{0} has no sign-in to be run in a terminal. Ask whoever gave you the kubeconfig for a new one.', context.name),
  );
}

async function sessionNamed(parts: CommandParts, name: string): Promise<Session> {
  await parts.sessions.ensureLoaded();
  const session = parts.sessions.session(name);
  if (!session) throw new Told(vscode.l10n.t('The kubeconfig has no context named {0}.', name));
  return session;
}

async function retried(parts: CommandParts, session: Session): Promise<void> {
  session.cluster.retryNow();
  session.inventory.retryNow();
  if (parts.sessions.current === session) await parts.tree.reload();
}
