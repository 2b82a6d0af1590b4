import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type net from 'node:net';
import { Cluster } from '../../../src/k8s/cluster.ts';
import type { KubeContext } from '../../../src/k8s/kubeconfig.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import type { PulseTimes } from '../../../src/k8s/pulse.ts';
import type { EditorProxy } from '../../../src/k8s/proxy.ts';
import type { Certified } from './certificate.ts';

/** Ends what a test started, last one first. */
export class Cleanup {
  #tasks: (() => unknown)[] = [];

  add(task: () => unknown): void {
    this.#tasks.push(task);
  }

  async run(): Promise<void> {
    const tasks = this.#tasks.reverse();
    this.#tasks = [];
    for (const task of tasks) await task();
  }
}

export interface TestServer {
  url: string;
  port: number;
  /** Connections accepted so far. */
  readonly connections: number;
  sockets: Set<net.Socket>;
  server: http.Server | https.Server;
}

/** An HTTP(S) server on a free loopback port. */
export async function serve(
  cleanup: Cleanup,
  handler: http.RequestListener,
  tls?: https.ServerOptions,
): Promise<TestServer> {
  const server = tls ? https.createServer(tls, handler) : http.createServer(handler);
  const sockets = new Set<net.Socket>();
  let connections = 0;
  server.on('connection', (socket: net.Socket) => {
    connections++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.add(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  });
  const { port } = server.address() as net.AddressInfo;
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  return {
    url,
    port,
    sockets,
    server,
    get connections() {
      return connections;
    },
  };
}

/** A context with only what a test is about. */
export function contextFor(
  server: string,
  o: { cluster?: Partial<KubeContext['cluster']>; user?: Partial<KubeContext['user']>; ca?: Certified } = {},
): KubeContext {
  const caData = o.ca ? Buffer.from(o.ca.cert).toString('base64') : undefined;
  return {
    name: 'test',
    clusterName: 'test',
    userName: 'someone',
    server,
    fingerprint: '0123456789abcdef',
    cluster: { name: 'test', server, skipTLSVerify: false, caData, ...o.cluster },
    user: { name: 'someone', ...o.user },
  };
}

export function clusterFor(
  cleanup: Cleanup,
  context: KubeContext,
  o: { env?: NodeJS.ProcessEnv; editorProxy?: () => EditorProxy | undefined; pulse?: Partial<PulseTimes> } = {},
): Cluster {
  const cluster = Cluster.connect(context, { env: {}, logger: silentLogger, ...o });
  cleanup.add(() => cluster.dispose());
  return cluster;
}

export function answer(response: http.ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Waits for a condition that some event will make true; looks each 5 ms, as a block of this process costs one look only. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let looks = 2000; !condition(); looks--) {
    if (looks === 0) throw new Error(`not within 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
