import { join } from 'node:path';
import type * as vscode from 'vscode';
import { untilAnswers } from '../editor/answering.ts';
import type { Connections } from '../editor/connections.ts';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import { JournalFiles } from '../kubeflow/launch/journalFiles.ts';
import type { Sessions } from '../kubeflow/sessions.ts';
import type { LaunchRunOptions } from './launchRun.ts';
import { UnfinishedLaunches } from './unfinishedLaunches.ts';

/** What a launch needs of this window, and the offers that come of launches that were cut short. */
export function launchParts(
  context: vscode.ExtensionContext,
  o: { sessions: Sessions; connections: Connections; logger: Logger; report: (error: unknown) => void },
): { launches: Pick<LaunchRunOptions, 'journal' | 'answers'>; offers: Disposable } {
  const { sessions, connections, logger, report } = o;
  // All windows share this folder, and only they: it lies on the computer that the extension runs on.
  const journal = new JournalFiles({ folder: join(context.globalStorageUri.fsPath, 'launches'), logger });
  return {
    launches: { journal, answers: (server, signal) => untilAnswers(connections, server, signal) },
    offers: new UnfinishedLaunches({ sessions, journal, logger, report }),
  };
}
