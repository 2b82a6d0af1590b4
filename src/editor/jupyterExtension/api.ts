import type * as vscode from 'vscode';
import type { WebSocketClass } from '../../jupyter/webSocket.ts';

// What of the Jupyter extension's API is used here, as its types (@vscode/jupyter-extension) and its sources have it. Never
// spread or enumerate what it exports: some of its properties throw when they are read.

export const jupyterExtensionId = 'ms-toolsai.jupyter';

export interface ConnectionInformation {
  baseUrl: vscode.Uri;
  /** Called with one argument, a Request of node-fetch 2. Proposed in the types, honoured for everybody at run time. */
  fetch: typeof fetch;
  /** A class like that of `ws`, which is subclassed. As `fetch`. */
  WebSocket: WebSocketClass;
}

export interface ListedServer {
  readonly id: string;
  readonly label: string;
  readonly connectionInformation?: ConnectionInformation;
}

export interface ServerProvider {
  onDidChangeServers: vscode.Event<void>;
  provideJupyterServers(token: vscode.CancellationToken): ListedServer[];
  /** Nothing (or a rejection) means that the server can't be used now. */
  resolveJupyterServer(server: ListedServer, token: vscode.CancellationToken): Promise<ListedServer | undefined>;
}

export interface ServerCommand {
  label: string;
  description?: string;
}

export interface CommandProvider {
  provideCommands(value: string | undefined, token: vscode.CancellationToken): ServerCommand[];
  handleCommand(command: ServerCommand, token: vscode.CancellationToken): Promise<ListedServer | undefined>;
}

export interface ServerCollection {
  commandProvider?: CommandProvider;
  dispose(): void;
}

export interface JupyterApi {
  createJupyterServerCollection?(id: string, label: string, provider: ServerProvider): ServerCollection;
  readonly kernels?: {
    /** The kernel of an open notebook, if the user has run something on it. */
    getKernel(uri: vscode.Uri): Thenable<unknown>;
  };
}
