import * as vscode from 'vscode';
import type { ServerRef } from '../editor/connections.ts';
import type { ProfileView, ServerView } from '../kubeflow/inventory.ts';
import type { Session } from '../kubeflow/sessions.ts';
import { Told } from '../views/words.ts';
import type { CommandParts } from './parts.ts';
import { about, inSight } from './pick.ts';
import { profileAmongOthers, serverAmongOthers } from './pickItems.ts';
import type { ProfileRef } from './refs.ts';

type Candidate = { session: Session } & ({ view: ServerView } | { profile: ProfileView });
type Item = vscode.QuickPickItem & { ref?: ServerRef | ProfileRef };

/**
 * Lets the user pick a notebook server or a profile, for a command that knows both. Nothing when they think better of it.
 * @param o.title the command's; `server`, `profile`: which of them it can be about
 * @throws Told when there is none
 */
export async function pickSubject(
  parts: CommandParts,
  o: { title: string; server?: (view: ServerView) => boolean; profile?: (view: ProfileView) => boolean },
): Promise<ServerRef | ProfileRef | undefined> {
  const { t } = vscode.l10n;
  const { found, several } = await inSight(parts, (profiles, session): Candidate[] => [
    ...profiles.flatMap(({ servers }) => servers.filter(o.server ?? (() => true))).map((view) => ({ view, session })),
    ...profiles.filter(o.profile ?? (() => true)).map((profile) => ({ profile, session })),
  ]);
  if (found.length === 0) throw new Told(t('There is no notebook server or profile for this.'));
  const now = new Date();
  const servers: Item[] = [];
  const profiles: Item[] = [];
  for (const one of found) {
    const context = one.session.context.name;
    if ('view' in one) {
      const { namespace, name } = one.view;
      servers.push({
        ...serverAmongOthers(one.view, one.session, { several, now }),
        ref: { context, namespace, name },
      });
    } else {
      const ref = { context, profile: one.profile.name };
      profiles.push({ ...profileAmongOthers(one.profile, one.session, { several }), ref });
    }
  }
  const [first] = found;
  const on = several ? undefined : first?.session.context.name;
  const picked = await vscode.window.showQuickPick<Item>(
    [...group(t('Notebook servers'), servers), ...group(t('Profiles'), profiles)],
    {
      title: o.title,
      placeHolder: servers.length > 0 ? serverOrProfile(on) : profileAlone(on),
      matchOnDescription: true,
    },
  );
  if (picked?.ref) about(parts, picked.ref.context);
  return picked?.ref;
}

function serverOrProfile(context: string | undefined): string {
  const { t } = vscode.l10n;
  return context === undefined
    ? t('A notebook server or a profile')
    : t('A notebook server or a profile on {0}', context);
}

function profileAlone(context: string | undefined): string {
  const { t } = vscode.l10n;
  return context === undefined ? t('A profile') : t('A profile on {0}', context);
}

function group(label: string, items: readonly Item[]): Item[] {
  return items.length > 0 ? [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items] : [];
}
