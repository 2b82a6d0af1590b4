import type * as vscode from 'vscode';
import type { CodeRunners } from '../editor/code/codeRunners.ts';
import type { Connections } from '../editor/connections.ts';
import type { Controllers } from '../editor/controllers.ts';
import type { KernelChoice } from '../editor/kernelChoice.ts';
import type { Kubeconfig } from '../k8s/kubeconfig.ts';
import type { Gateways } from '../editor/gateways.ts';
import type { Sessions } from '../kubeflow/sessions.ts';
import type { ApplyProblems } from '../views/applyProblems.ts';
import type { DescribeDocuments } from '../views/describeDocuments.ts';
import type { ExtraNamespaces } from '../views/extraNamespaces.ts';
import type { SignIns } from '../views/signIns.ts';
import type { Launched } from '../views/formOutcome.ts';
import type { FormPanel } from '../views/formPanel.ts';
import type { FormStart } from '../views/openForm.ts';
import type { Templates } from '../views/templates/templates.ts';
import type { ServerTree } from '../views/tree/serverTree.ts';

/** What the commands stand on. */
export interface CommandParts {
  sessions: Sessions;
  connections: Connections;
  controllers: Controllers;
  code: CodeRunners;
  /** Selects kernels as `kubeflow.kernel` has it. */
  kernelChoice: KernelChoice;
  gateways: Gateways;
  tree: ServerTree;
  documents: DescribeDocuments;
  problems: ApplyProblems;
  namespaces: ExtraNamespaces;
  signIns: SignIns;
  logger: vscode.LogOutputChannel;
  /** Reads the kubeconfig as it is now. @throws KubeError */
  loadKubeconfig: () => Promise<Kubeconfig>;
  /** Opens the form for a new notebook server. */
  openForm: (start: FormStart) => Promise<void> | void;
  templates: Templates;
  /** Opens the form and waits for the server that it launches; undefined when it is closed without one. */
  launchByForm: () => Promise<Launched | undefined>;
  /** Opens the form of a server that stands, or of a copy of it. @throws KubeError where it cannot be read */
  forms: Pick<FormPanel, 'edit' | 'clone'>;
  /** What this run of a command turned out to be about, for the sentence when it goes wrong. */
  about?: { context: string | undefined };
  /** It was called on a row that VS Code does not name: it forgets the rows that it is just drawing anew. */
  isRowLost?: boolean;
}
