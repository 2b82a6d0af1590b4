import { join } from 'node:path';
import * as vscode from 'vscode';
import { untilAnswers } from '../editor/answering.ts';
import type { Connections } from '../editor/connections.ts';
import type { Disposables } from '../k8s/events.ts';
import { JournalFiles } from '../kubeflow/launch/journalFiles.ts';
import { FormPanel } from './formPanel.ts';
import type { OpenFormOptions } from './openForm.ts';
import { Templates } from './templates/templates.ts';
import { UnfinishedLaunches } from './unfinishedLaunches.ts';

/** The form of a new notebook server, its templates, what its launches need of this window, and the offers of those that were cut short. */
export function formParts(
  things: Disposables,
  context: vscode.ExtensionContext,
  o: Pick<OpenFormOptions, 'sessions' | 'logger' | 'documents' | 'report'> & { connections: Connections },
): { form: FormPanel; templates: Templates } {
  const { sessions, connections, logger, documents, report } = o;
  // All windows share this folder, and only they: it lies on the computer that the extension runs on.
  const journal = new JournalFiles({ folder: join(context.globalStorageUri.fsPath, 'launches'), logger });
  things.add(new UnfinishedLaunches({ sessions, journal, logger, report }));
  const launching: Pick<OpenFormOptions, 'connect' | 'openInBrowser' | 'launches'> = {
    connect: (server) => vscode.commands.executeCommand('kubeflow.connect', server),
    openInBrowser: (server) => vscode.commands.executeCommand('kubeflow.openInBrowser', server),
    launches: { journal, answers: (server, signal) => untilAnswers(connections, server, signal) },
  };
  const { t } = vscode.l10n;
  const templates = things.add(new Templates({ context, sessions, logger, t, report, ...launching }));
  const form = things.add(
    new FormPanel({
      extensionUri: context.extensionUri,
      sessions,
      logger,
      memory: context.globalState,
      drafts: context.workspaceState,
      ...launching,
      templates,
      documents,
      report,
    }),
  );
  return { form, templates };
}
