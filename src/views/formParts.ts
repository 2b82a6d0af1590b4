import { join } from 'node:path';
import * as vscode from 'vscode';
import { untilAnswers } from '../editor/answering.ts';
import type { Connections, ServerRef } from '../editor/connections.ts';
import type { Disposables } from '../k8s/events.ts';
import { JournalFiles } from '../kubeflow/launch/journalFiles.ts';
import { FormPanel } from './formPanel.ts';
import type { OpenFormOptions } from './openForm.ts';
import { UnfinishedLaunches } from './unfinishedLaunches.ts';

/** The form of a new notebook server, what its launches need of this window, and the offers of those that were cut short. */
export function formParts(
  things: Disposables,
  context: vscode.ExtensionContext,
  o: Pick<OpenFormOptions, 'sessions' | 'logger' | 'documents' | 'report'> & { connections: Connections },
): FormPanel {
  const { sessions, connections, logger, documents, report } = o;
  // All windows share this folder, and only they: it lies on the computer that the extension runs on.
  const journal = new JournalFiles({ folder: join(context.globalStorageUri.fsPath, 'launches'), logger });
  things.add(new UnfinishedLaunches({ sessions, journal, logger, report }));
  return things.add(
    new FormPanel({
      extensionUri: context.extensionUri,
      sessions,
      logger,
      memory: context.globalState,
      drafts: context.workspaceState,
      connect: (server) => vscode.commands.executeCommand('kubeflow.connect', server),
      openInBrowser: (server) => vscode.commands.executeCommand('kubeflow.openInBrowser', server),
      edit: (server) => vscode.commands.executeCommand('kubeflow.editServer', server),
      kernels: (server, signal) => kernelsOn(connections, server, signal),
      launches: { journal, answers: (server, signal) => untilAnswers(connections, server, signal) },
      documents,
      report,
    }),
  );
}

/** How many kernels run on a server; undefined where it has none to ask, or nobody is connected to it. */
async function kernelsOn(
  connections: Connections,
  server: ServerRef,
  signal: AbortSignal,
): Promise<number | undefined> {
  const kernels = await connections.get(server).server.kernels(signal);
  return kernels.length;
}
