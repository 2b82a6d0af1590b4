import * as vscode from 'vscode';
import type { ServerRef } from '../editor/connections.ts';
import type { ProfileView, ServerView } from '../kubeflow/inventory.ts';
import type { Session } from '../kubeflow/sessions.ts';
import { ProfileNode } from '../views/tree/profileNode.ts';
import { serverDescription } from '../views/tree/serverLook.ts';
import { ServerNode } from '../views/tree/serverNode.ts';
import { explain, Told } from '../views/words.ts';
import { notAllowed, type Deed } from '../views/words/rights.ts';
import type { CommandParts } from './parts.ts';

/** The current context's session, once the kubeconfig has been read; a sentence when there is none. */
export async function currentSession(parts: CommandParts): Promise<Session> {
  await parts.sessions.ensureLoaded();
  const { current, problem } = parts.sessions;
  if (current) return current;
  if (problem) throw new Told(explain(vscode.l10n.t, problem));
  throw new Told({
    text: vscode.l10n.t('No context is chosen.'),
    action: { title: vscode.l10n.t('Switch Context'), command: 'kubeflow.switchContext' },
  });
}

/** The session that a reference belongs to, which need not be the one that the view shows. */
export async function sessionOf(parts: CommandParts, ref: ServerRef): Promise<Session> {
  await parts.sessions.ensureLoaded();
  const session = parts.sessions.session(ref.context);
  if (!session) throw new Told(vscode.l10n.t('The kubeconfig has no context named {0}.', ref.context));
  return session;
}

/** A server with its session; `view` is what the inventory knows of it now. */
export interface ChosenServer {
  ref: ServerRef;
  session: Session;
  view: ServerView;
}

/**
 * The server that a command is about: the row it was called on, a reference, else the one that the user picks. Nothing
 * when the user thinks better of it.
 */
export async function chooseServer(
  parts: CommandParts,
  argument: unknown,
  which: (server: ServerView) => boolean = () => true,
): Promise<ChosenServer | undefined> {
  const ref = argument instanceof ServerNode ? argument.ref : isServerRef(argument) ? argument : undefined;
  if (ref) {
    const session = await sessionOf(parts, ref);
    const view = await known(session, ref);
    if (!view) throw new Told(vscode.l10n.t('The notebook server {0} is not there any more.', ref.name));
    return { ref, session, view };
  }
  const session = await currentSession(parts);
  const profiles = await shown(session);
  const servers = profiles.flatMap((profile) => profile.servers).filter(which);
  if (servers.length === 0) throw new Told(vscode.l10n.t('There is no notebook server for this.'));
  const now = new Date();
  const picked = await vscode.window.showQuickPick(
    servers.map((view) => ({
      label: view.name,
      description: [view.namespace, serverDescription(vscode.l10n.t, view, now)].filter(Boolean).join(' · '),
      view,
    })),
    { title: vscode.l10n.t('Notebook server on {0}', session.context.name), matchOnDescription: true },
  );
  if (!picked) return undefined;
  const { view } = picked;
  return { session, view, ref: { context: session.context.name, namespace: view.namespace, name: view.name } };
}

/** The profile that a command is about: its row's, else the one that the user picks. */
export async function chooseProfile(
  parts: CommandParts,
  argument: unknown,
  which: (profile: ProfileView) => boolean = () => true,
): Promise<{ session: Session; name: string } | undefined> {
  const session = await currentSession(parts);
  if (argument instanceof ProfileNode) return { session, name: argument.name };
  const profiles = (await shown(session)).filter(which);
  if (profiles.length === 0) throw new Told(vscode.l10n.t('There is no profile for this.'));
  const picked = await vscode.window.showQuickPick(
    profiles.map((profile) => ({ label: profile.name, description: profile.owner ?? '' })),
    { title: vscode.l10n.t('Profile on {0}', session.context.name), matchOnDescription: true },
  );
  return picked ? { session, name: picked.label } : undefined;
}

/** Answers in one sentence what the menus only hide. */
export async function demand(parts: CommandParts, session: Session, deed: Deed, namespace: string): Promise<void> {
  const rights = parts.tree.rightsOf(session);
  if ((await rights.ask(namespace))[deed] === 'no') throw new Told(notAllowed(vscode.l10n.t, deed, namespace));
}

/** The profiles once the first lists are in, also when the view has never been shown. */
export async function shown(session: Session): Promise<readonly ProfileView[]> {
  const look = session.inventory.look();
  try {
    await until(session, () => {
      const { state, profiles, problem, kubeflowMissing } = session.inventory.view;
      if (problem || kubeflowMissing) return true;
      return state.kind !== 'loading' && profiles.every((profile) => profile.state.kind !== 'loading');
    });
  } finally {
    look.dispose();
  }
  const { problem, profiles } = session.inventory.view;
  if (problem && profiles.length === 0) throw problem;
  return profiles;
}

async function known(session: Session, ref: ServerRef): Promise<ServerView | undefined> {
  const key = `${ref.namespace}/${ref.name}`;
  const view = session.inventory.server(key);
  if (view) return view;
  await shown(session);
  return session.inventory.server(key);
}

/** Waits for the inventory to become so, at most ten seconds. */
async function until(session: Session, so: () => boolean): Promise<void> {
  if (so()) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, 10_000);
    const watch = session.inventory.onDidChange(() => {
      if (so()) done();
    });
    function done(): void {
      clearTimeout(timer);
      watch.dispose();
      resolve();
    }
  });
}

function isServerRef(argument: unknown): argument is ServerRef {
  if (typeof argument !== 'object' || argument === null) return false;
  const ref = argument as Partial<Record<keyof ServerRef, unknown>>;
  return typeof ref.context === 'string' && typeof ref.namespace === 'string' && typeof ref.name === 'string';
}
