import type { Lab } from '../../../lab/index.ts';
import type { Connection } from '../../../src/editor/connections.ts';
import { JupyterServer } from '../../../src/jupyter/server.ts';
import type { ExecutionResult } from '../../../src/jupyter/kernelExecution.ts';
import type { KernelSession } from '../../../src/jupyter/kernelSession.ts';
import type { Disposables } from '../../../src/k8s/events.ts';
import { explain, jupyterWords, type Said } from '../../../src/views/words.ts';
import { inEnglish } from '../../../src/views/words/translate.ts';
import { isJupyterError, type JupyterProblem } from '../../../src/jupyter/errors.ts';
import type { TunnelSocket } from '../../../src/jupyter/webSocket.ts';
import { connectionsOf, labContext } from '../support/connections.ts';
import { searchedLogger } from '../support/log.ts';
import { smallNotebook } from '../support/notebooks.ts';
import { CountingCell } from './countingCell.ts';

export const name = 'under-faults';
const namespace = 'alice';
export const pod = `${name}-0`;

const silence = (stop: string) => `import os, time
print("before", flush=True)
while not os.path.exists(${JSON.stringify(stop)}): time.sleep(0.05)
print("after")`;

/** A notebook server with a kernel, in which a cell counts. */
export class KernelWorld {
  cell!: CountingCell;
  session!: KernelSession;
  /** What the status bar said about the connection, in order; empty where it was back. */
  readonly notices: string[] = [];
  private server!: JupyterServer;
  private rows = 0;
  private silent: ReturnType<KernelWorld['run']> | undefined;
  private path = '';

  private constructor(
    readonly lab: Lab,
    readonly connection: Connection,
    private readonly things: Disposables,
  ) {}

  static async open(lab: Lab): Promise<KernelWorld> {
    await lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(smallNotebook(name, namespace)) });
    const { connections, things } = await connectionsOf(lab, 'alice', { at: 'proxy' });
    const connection = connections.get({ context: labContext, namespace, name });
    await connection.server.waitUntilAnswers(undefined, 60_000);
    return new KernelWorld(lab, connection, things);
  }

  /** As admin, in alice's profile. */
  readonly kubectl = (...args: string[]): Promise<string> => this.lab.kubectl(['-n', namespace, ...args]);

  /** A kernel of its own, and a cell that has begun to count. */
  async begin(o: { heartbeatMs?: number } = {}): Promise<void> {
    await this.beginKernel(o);
    this.cell = new CountingCell(this.session, this.stopFile);
    await this.cell.more(10);
  }

  /** A kernel of its own, and a cell that has begun to wait. @returns the kernel's connections, which may become more */
  async beginSilent(): Promise<TunnelSocket[]> {
    const sockets = await this.beginKernel();
    await new Promise<void>((resolve) => {
      this.silent = this.run(silence(this.stopFile), resolve);
    });
    return sockets;
  }

  /** Lets the cell that waits end. */
  async endSilent(): Promise<{ ok: boolean; text: string }> {
    await this.stopCounting();
    const { ok, text } = await this.silent!;
    return { ok, text };
  }

  private async beginKernel(o: { heartbeatMs?: number } = {}): Promise<TunnelSocket[]> {
    this.path = `row-${++this.rows}.ipynb`;
    this.notices.length = 0;
    const { tunnel } = this.connection;
    this.server = new JupyterServer({ tunnel, namespace, name, logger: searchedLogger('cluster'), ...o });
    await this.server.waitUntilAnswers(undefined, 60_000);
    const sockets: TunnelSocket[] = [];
    const { WebSocket } = this.server;
    Object.assign(this.server, {
      WebSocket: class extends WebSocket {
        constructor(...args: ConstructorParameters<typeof WebSocket>) {
          super(...args);
          sockets.push(this);
        }
      },
    });
    await this.attach();
    return sockets;
  }

  /** The notebook's kernel: the one that runs, else a new one. Waits for a server that starts, as the editor does. */
  async attach(clientId?: string): Promise<void> {
    const open = () => this.server.openKernel({ path: this.path, clientId });
    this.session = await open().catch(async (error: unknown) => {
      const starting = isJupyterError(error, 'NotRunning') && error.problem.why === 'starting';
      if (!starting && !isJupyterError(error, 'NotAnswering')) throw error;
      await this.server.waitUntilAnswers(undefined, 60_000);
      return open();
    });
    this.session.onDidChangeConnection((problem) => this.notices.push(problem ? this.words(problem).text : ''));
  }

  /** Lets the cell come to its own end. */
  async stopCounting(): Promise<void> {
    await this.server.contents.writeFile(this.stopFile, new Uint8Array());
  }

  /** Runs a cell as the editor does: in a new kernel where the last one came to its end. */
  async run(code: string, onOutput: () => void = () => undefined): Promise<ExecutionResult & { text: string }> {
    if (this.session.problem) await this.attach();
    let text = '';
    const { done } = this.session.execute(code, {
      output: (event) => {
        if (event.kind === 'stream') text += event.text;
        if (event.kind === 'error') text += event.name;
        if (event.kind === 'lost') text += this.words(event.problem).text;
        if (event.kind !== 'started') onOutput();
      },
    });
    return { ...(await done), text };
  }

  words(problem: JupyterProblem): Said {
    return jupyterWords(inEnglish, problem);
  }

  explain(error: unknown): Said {
    return explain(inEnglish, error);
  }

  /** Ends the row's kernel; with `container`, its pod: a container's next restart would wait, as a kubelet's does. */
  async end(o: { container?: boolean } = {}): Promise<void> {
    await this.lab.proxy.path('open');
    await this.lab.proxy.clear();
    if (o.container) {
      await this.kubectl('delete', 'pod', pod);
      await this.kubectl('wait', '--for=create', `pod/${pod}`, '--timeout=60s');
      await this.kubectl('wait', '--for=condition=Ready', `pod/${pod}`, '--timeout=60s');
    } else for (const { id } of await this.server.kernels()) await this.server.shutdownKernel(id);
    this.server.dispose();
  }

  async close(): Promise<void> {
    this.things.dispose();
    await this.kubectl('delete', 'notebook', name, '--ignore-not-found', '--cascade=foreground');
  }

  private get stopFile(): string {
    return `stop-${this.rows}`;
  }
}
