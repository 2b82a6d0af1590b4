import type * as vscode from 'vscode';
import type { Connections } from '../editor/connections.ts';
import type { Controllers } from '../editor/controllers.ts';
import type { Gateways } from '../editor/gateways.ts';
import type { Sessions } from '../kubeflow/sessions.ts';
import type { ApplyProblems } from '../views/applyProblems.ts';
import type { DescribeDocuments } from '../views/describeDocuments.ts';
import type { ExtraNamespaces } from '../views/extraNamespaces.ts';
import type { ServerTree } from '../views/tree/serverTree.ts';

/** What the commands stand on. */
export interface CommandParts {
  sessions: Sessions;
  connections: Connections;
  controllers: Controllers;
  gateways: Gateways;
  tree: ServerTree;
  documents: DescribeDocuments;
  problems: ApplyProblems;
  namespaces: ExtraNamespaces;
  logger: vscode.LogOutputChannel;
  /** Opens the form for a new notebook server, with the namespace chosen when one is given. */
  openForm: (hints: { namespace?: string }) => Promise<void> | void;
}
