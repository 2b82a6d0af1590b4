import * as vscode from 'vscode';
import type { ServerRef } from '../editor/connections.ts';
import type { ProfileView, ServerView } from '../kubeflow/inventory.ts';
import type { Session } from '../kubeflow/sessions.ts';
import { TreeNode } from '../views/tree/node.ts';
import { ProfileNode } from '../views/tree/profileNode.ts';
import { ServerNode } from '../views/tree/serverNode.ts';
import { explain, Told } from '../views/words.ts';
import { notAllowed, type Deed } from '../views/words/rights.ts';
import type { CommandParts } from './parts.ts';
import { serverItem } from './pickItems.ts';
import { isProfileRef, isServerRef } from './refs.ts';

/** The first shown context's session, once the kubeconfig has been read; a sentence when there is none. */
export async function currentSession(parts: CommandParts): Promise<Session> {
  await parts.sessions.ensureLoaded();
  const { current, problem } = parts.sessions;
  if (current) return current;
  if (problem) throw new Told(explain(vscode.l10n.t, problem));
  throw new Told({
    text: vscode.l10n.t('No context is chosen.'),
    action: { title: vscode.l10n.t('Choose Context'), command: 'kubeflow.switchContext' },
  });
}

/** The session of a context by name, which need not be one that the view shows. */
export async function sessionOf(parts: CommandParts, { context }: { context: string }): Promise<Session> {
  await parts.sessions.ensureLoaded();
  const session = parts.sessions.session(context);
  if (!session) throw new Told(vscode.l10n.t('The kubeconfig has no context named {0}.', context));
  return session;
}

/** The context that a command's argument belongs to: a row's, or a reference's. */
export function contextOf(argument: unknown): string | undefined {
  if (argument instanceof TreeNode) return argument.context;
  const { context } = (argument ?? {}) as { context?: unknown };
  return typeof context === 'string' ? context : undefined;
}

/**
 * The session that a command is about: its argument's, the one that is shown, or, of several, the one that the user picks.
 * Nothing when the user thinks better of it.
 */
export async function chooseSession(
  parts: CommandParts,
  argument: unknown,
  title: string,
): Promise<Session | undefined> {
  const named = contextOf(argument);
  if (named !== undefined) return sessionOf(parts, { context: named });
  const current = await currentSession(parts);
  const { sessions } = parts;
  const usable = sessions.shown.filter((name) => !sessions.problemOf(name));
  if (usable.length < 2) return current;
  const items = usable.map((label) => ({
    label,
    description: sessions.contexts.find((c) => c.name === label)?.userName,
  }));
  const placeHolder = vscode.l10n.t('On which context?');
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
  if (picked) about(parts, picked.label);
  return picked && sessions.session(picked.label);
}

/** From here on what goes wrong is told of this context. */
export function about(parts: CommandParts, context: string): void {
  if (parts.about) parts.about.context = context;
}

/**
 * What there is to choose from where no row says it: of the first context that is shown, asked if need be, and of the
 * others as far as they have been looked at. A context in trouble hides no other; if all are, the first one's is thrown.
 */
export async function inSight<T>(
  parts: CommandParts,
  of: (profiles: readonly ProfileView[], session: Session) => T[],
): Promise<{ found: T[]; several: boolean }> {
  const first = await currentSession(parts);
  const { sessions } = parts;
  const others = sessions.made.filter(
    ({ context, inventory }) =>
      context.name !== first.context.name &&
      sessions.shown.includes(context.name) &&
      inventory.view.state.kind !== 'loading',
  );
  const asked = await Promise.allSettled([first, ...others].map(async (session) => of(await shown(session), session)));
  const found = asked.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
  const failed = asked.find((each) => each.status === 'rejected');
  if (found.length === 0 && failed) throw failed.reason;
  return { found, several: sessions.shown.length > 1 };
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
 * @param o.takesOnly takes the only server there is without a question, for a row that VS Code did not name; for what
 *   harms none only, as the row's own server may be gone since
 */
export async function chooseServer(
  parts: CommandParts,
  argument: unknown,
  which: (server: ServerView) => boolean = () => true,
  o: { takesOnly?: boolean } = {},
): Promise<ChosenServer | undefined> {
  const ref = argument instanceof ServerNode ? argument.ref : isServerRef(argument) ? argument : undefined;
  if (ref) {
    const session = await sessionOf(parts, ref);
    const view = await known(session, ref);
    if (!view) throw new Told(vscode.l10n.t('The notebook server {0} is not there any more.', ref.name));
    return { ref, session, view };
  }
  const { found: all, several } = await inSight(parts, (profiles, session) =>
    profiles.flatMap(({ servers }) => servers.map((view) => ({ view, session }))),
  );
  const found = all.filter(({ view }) => which(view));
  if (found.length === 0) throw new Told(vscode.l10n.t('There is no notebook server for this.'));
  const isSure = o.takesOnly && !several && all.length === 1;
  const picked = isSure ? found[0] : await pickServer(found, several);
  if (!picked) return undefined;
  const { view, session } = picked;
  about(parts, session.context.name);
  return { session, view, ref: { context: session.context.name, namespace: view.namespace, name: view.name } };
}

async function pickServer(
  found: readonly { view: ServerView; session: Session }[],
  several: boolean,
): Promise<{ view: ServerView; session: Session } | undefined> {
  const now = new Date();
  return vscode.window.showQuickPick(
    found.map(({ view, session }) => serverItem(view, session, { several, now })),
    { title: titleOf(found), matchOnDescription: true },
  );
}

/** Names the context where all of the choices are on one. */
function titleOf(found: readonly { session: Session }[]): string {
  const { t } = vscode.l10n;
  const [context = '', ...others] = new Set(found.map(({ session }) => session.context.name));
  return others.length > 0 ? t('Notebook server') : t('Notebook server on {0}', context);
}

/** The profile that a command is about, by its row or a reference. */
export async function profileOf(
  parts: CommandParts,
  argument: unknown,
): Promise<{ session: Session; name: string } | undefined> {
  if (argument instanceof ProfileNode) return { session: await sessionOf(parts, argument), name: argument.name };
  if (!isProfileRef(argument)) return undefined;
  return { session: await sessionOf(parts, argument), name: argument.profile };
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

/** Whether the kubeconfig still has the server's context, and that the server. */
export async function isThere(parts: CommandParts, ref: ServerRef): Promise<boolean> {
  await parts.sessions.ensureLoaded();
  const session = parts.sessions.session(ref.context);
  return session !== undefined && (await known(session, ref)) !== undefined;
}

async function known(session: Session, ref: ServerRef): Promise<ServerView | undefined> {
  const key = `${ref.namespace}/${ref.name}`;
  const view = session.inventory.server(key);
  if (view) return view;
  await shown(session);
  return session.inventory.server(key);
}

/** Waits for the inventory to become so, at most ten seconds. */
export async function until(session: Session, so: () => boolean): Promise<void> {
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
