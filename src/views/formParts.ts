import { join } from 'node:path';
import * as vscode from 'vscode';
import { untilAnswers } from '../editor/answering.ts';
import type { Connections, ServerRef } from '../editor/connections.ts';
import type { Disposables } from '../k8s/events.ts';
import { JournalFiles } from '../kubeflow/launch/journalFiles.ts';
import type { CommandId } from './commandIds.ts';
import { copyFormLink } from './copiedLinks.ts';
import type { Launched } from './formOutcome.ts';
import { FormDrafts, newServerDraft } from './formDraft.ts';
import { FormPanel } from './formPanel.ts';
import { LinkHandler } from './linkHandler.ts';
import type { FormStart, OpenFormOptions } from './openForm.ts';
import { Templates } from './templates/templates.ts';
import { UnfinishedLaunches } from './unfinishedLaunches.ts';

/** What commands do with forms and templates. */
interface FormParts {
  openForm: (start: FormStart) => Promise<void>;
  /** Opens the form and waits for the server that it launches; undefined when it is closed without one. */
  launchByForm: () => Promise<Launched | undefined>;
  templates: Templates;
  /** Opens the form of a server that stands, or of a copy of it. @throws KubeError where it cannot be read */
  forms: Pick<FormPanel, 'edit' | 'clone'>;
}

/**
 * The form of a new notebook server, its templates, what its launches need of this window, the offers of those that were cut short, and
 * the links that lead to forms and servers.
 */
export function formParts(
  things: Disposables,
  context: vscode.ExtensionContext,
  o: Pick<OpenFormOptions, 'sessions' | 'logger' | 'documents' | 'report'> & { connections: Connections },
): FormParts {
  const { sessions, connections, logger, documents, report } = o;
  // All windows share this folder, and only they: it lies on the computer that the extension runs on.
  const journal = new JournalFiles({ folder: join(context.globalStorageUri.fsPath, 'launches'), logger });
  const drafts = new FormDrafts(context.workspaceState, newServerDraft);
  things.add(
    new UnfinishedLaunches({ sessions, journal, logger, report, finished: (launch) => drafts.discardOf(launch) }),
  );
  const run = (command: CommandId) => (server: unknown) => vscode.commands.executeCommand(command, server);
  const launching: Pick<OpenFormOptions, 'connect' | 'openInBrowser' | 'launches'> = {
    connect: run('kubeflow.connect'),
    openInBrowser: run('kubeflow.openInBrowser'),
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
      copyLink: copyFormLink,
      edit: run('kubeflow.editServer'),
      kernels: (server, signal) => kernelsOn(connections, server, signal),
      documents,
      report,
    }),
  );
  const openForm = (start: FormStart) => form.show(start);
  const links = new LinkHandler({ sessions, logger, report, openForm, connect: run('kubeflow.connect') });
  things.add(vscode.window.registerUriHandler(links));
  return { openForm, launchByForm: () => form.launched(), templates, forms: form };
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
