import type * as vscode from 'vscode';
import type { JupyterProblem } from '../jupyter/errors.ts';
import type { KernelSession } from '../jupyter/kernelSession.ts';
import type { Logger } from '../k8s/log.ts';
import type { Connection } from './connections.ts';
import type { Claims } from './reattach/claims.ts';
import type { WholeOutputs } from './wholeOutputs.ts';

export interface NotebookKernelOptions {
  notebook: vscode.NotebookDocument;
  controller: vscode.NotebookController;
  claims: Claims;
  /** What tells a notebook on this server from others. */
  key: (notebook: vscode.NotebookDocument) => string;
  /** Throws what is wrong with the way to the server. */
  connect: () => Promise<Connection>;
  /** The session's path at the server, for this window's name there. */
  path: (notebook: vscode.NotebookDocument, clientId: string) => string;
  /** The kernelspec that the notebook remembers. */
  kernelName: (notebook: vscode.NotebookDocument) => string | undefined;
  /** An error as one sentence for the user. */
  explain: (error: unknown) => string;
  logger: Logger;
  wholeOutputs: WholeOutputs;
  onDidStart: (notebook: vscode.NotebookDocument, session: KernelSession, connection: Connection) => void;
  onDidRunCell: () => void;
  /** The kernel ended, and its variables are gone. */
  onDidDie: (notebook: vscode.NotebookDocument, problem: JupyterProblem) => void;
  /** Another window runs a cell of this notebook (true), or does so no more. */
  onDidFindElsewhere: (notebook: vscode.NotebookDocument, elsewhere: boolean) => void;
}
