/** Brings a server up for whoever needs it to run: asks, starts, waits. */
import * as vscode from 'vscode';
import type { ServerRef } from '../editor/connections.ts';
import * as operations from '../kubeflow/operations.ts';
import { editHelps } from '../kubeflow/status/editHelps.ts';
import type { ServerStatus } from '../kubeflow/status/statusCause.ts';
import { statusSentence, statusShort, Told } from '../views/words.ts';
import type { Said } from '../views/words.ts';
import type { CommandParts } from './parts.ts';
import { chooseServer, demand, type ChosenServer } from './pick.ts';

/**
 * Brings up a server for somebody who wants its kernel: asks whether to start a stopped one, waits for one that starts.
 * False when they think better of it; rejects with what stands in the way.
 */
export async function bringUp(parts: CommandParts, ref: ServerRef): Promise<boolean> {
  const chosen = await chooseServer(parts, ref);
  if (!chosen) return false;
  await demand(parts, chosen.session, 'connect', ref.namespace);
  return ready(parts, chosen);
}

/** Whether the server runs, after starting it or waiting for it where that is needed and wanted. */
export async function ready(parts: CommandParts, { ref, session, view }: ChosenServer): Promise<boolean> {
  const { t } = vscode.l10n;
  switch (view.status.phase) {
    case 'running':
      return true;
    case 'stopped': {
      await demand(parts, session, 'edit', ref.namespace);
      const start = t('Start');
      const said = t('{0} is stopped. Start it and connect?', ref.name);
      if ((await vscode.window.showInformationMessage(said, start)) !== start) return false;
      await operations.startServer(session.cluster, ref);
      return comesUp({ ref, session, view });
    }
    case 'starting':
      return comesUp({ ref, session, view });
    case 'failing':
    case 'waiting':
    case 'stopping':
    case 'deleting':
    case 'unknown':
      throw new Told({
        text: `${ref.name}: ${statusSentence(t, view.status, { now: new Date() })}`,
        action: helps(view.status, ref),
      });
  }
}

/** What to do about a server that does not come up: to change it where that helps, else to look at it. */
function helps(status: ServerStatus, ref: ServerRef): NonNullable<Said['action']> {
  const { t } = vscode.l10n;
  return editHelps(status)
    ? { title: t('Edit'), command: 'kubeflow.editServer', args: [ref] }
    : { title: t('Describe'), command: 'kubeflow.describe', args: [ref] };
}

/** Waits for a server to run, saying at each moment what it waits for. False when the user stops waiting. */
async function comesUp({ ref, session }: ChosenServer): Promise<boolean> {
  const { t } = vscode.l10n;
  const key = `${ref.namespace}/${ref.name}`;
  const hold = session.inventory.open(ref.namespace);
  try {
    return await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: t('Connecting to {0}', ref.name), cancellable: true },
      (progress, token) =>
        new Promise<boolean>((resolve, reject) => {
          const watch = session.inventory.onDidChange(look);
          const cancelled = token.onCancellationRequested(() => end(false));
          // A start shows as stopped until the controller has seen it; only what comes after counts.
          let seenUp = false;
          look();
          function look(): void {
            const status = session.inventory.server(key)?.status;
            if (!status) return end(false, new Told(t('The notebook server {0} is not there any more.', ref.name)));
            progress.report({
              message:
                status.phase === 'starting'
                  ? statusShort(t, status.cause)
                  : statusSentence(t, status, { now: new Date() }),
            });
            if (status.phase === 'running') return end(true);
            if (status.phase === 'starting' || status.phase === 'waiting') seenUp = true;
            if (status.phase === 'failing' || status.phase === 'deleting' || (seenUp && status.phase === 'stopped')) {
              const text = `${ref.name}: ${statusSentence(t, status, { now: new Date() })}`;
              end(false, new Told({ text, action: helps(status, ref) }));
            }
          }
          function end(up: boolean, error?: Error): void {
            watch.dispose();
            cancelled.dispose();
            if (error) reject(error);
            else resolve(up);
          }
        }),
    );
  } finally {
    hold.dispose();
  }
}
