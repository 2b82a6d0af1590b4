import { randomUUID } from 'node:crypto';
import { KernelManager, KernelSpecAPI, ServerConnection, SessionManager, type Session } from '@jupyterlab/services';
import * as nodeFetch from 'node-fetch';
import * as vscode from 'vscode';
import type { ConnectionInformation } from '../../../../src/editor/jupyterExtension/api.ts';

/** What JupyterLab's client is given of a server's connection information. */
function settingsOf({ baseUrl, fetch, WebSocket }: ConnectionInformation): ServerConnection.ISettings {
  /** With the hooks and the pulse that the original adds. */
  class KernelSocket extends WebSocket {
    private readonly pulse: NodeJS.Timeout;

    constructor(url: string, protocols?: string | string[], options?: undefined) {
      super(url, protocols, options);
      this.pulse = setInterval(() => this.ping(() => undefined), 30_000);
      this.on('close', () => clearInterval(this.pulse));
    }

    override emit(event: string | symbol, ...args: unknown[]): boolean {
      return super.emit(event, ...args);
    }
  }
  const url = baseUrl.toString(true);
  return ServerConnection.makeSettings({
    baseUrl: url,
    appUrl: '',
    wsUrl: url.replace('http', 'ws'),
    init: { cache: 'no-store', credentials: 'same-origin' },
    fetch,
    Request: nodeFetch.Request as unknown as typeof Request,
    Headers: nodeFetch.Headers as unknown as typeof Headers,
    WebSocket: KernelSocket as unknown as typeof globalThis.WebSocket,
  });
}

export async function listSpecs(connection: ConnectionInformation): Promise<{ name: string; label: string }[]> {
  const { kernelspecs } = await KernelSpecAPI.getSpecs(settingsOf(connection));
  return Object.values(kernelspecs).flatMap((spec) => (spec ? [{ name: spec.name, label: spec.display_name }] : []));
}

/** A kernel of a notebook, in a session of an invented path. */
export class Kernel implements vscode.Disposable {
  private constructor(
    private readonly session: Session.ISessionConnection,
    private readonly managers: readonly vscode.Disposable[],
  ) {}

  static async start(
    connection: ConnectionInformation,
    spec: string,
    notebook: vscode.NotebookDocument,
  ): Promise<Kernel> {
    const serverSettings = settingsOf(connection);
    const kernelManager = new KernelManager({ serverSettings });
    const sessions = new SessionManager({ serverSettings, kernelManager });
    const name = notebook.uri.path.split('/').pop()!.replace('.ipynb', '');
    const path = `${name}-jvsc-${randomUUID()}.ipynb`;
    const session = await sessions.startNew({ path, name: path, type: 'notebook', kernel: { name: spec } });
    return new Kernel(session, [sessions, kernelManager]);
  }

  async run(execution: vscode.NotebookCellExecution): Promise<void> {
    const future = this.session.kernel!.requestExecute({ code: execution.cell.document.getText() });
    let text = '';
    future.onIOPub = ({ content }) => {
      if ('text' in content) text += String(content.text);
      else if ('ename' in content) text += `${String(content.ename)}: ${String(content.evalue)}`;
      else return;
      const item = vscode.NotebookCellOutputItem.stdout(text);
      void execution.replaceOutput(new vscode.NotebookCellOutput([item]));
    };
    const { content } = await future.done;
    execution.end(content.status === 'ok', Date.now());
  }

  dispose(): void {
    this.session.dispose();
    for (const manager of this.managers) manager.dispose();
  }
}
