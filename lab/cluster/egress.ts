import { rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { stringify } from 'yaml';
import type { RunFolder } from '../folders.ts';

/** Where a connection to an address of the cluster goes on this machine; undefined: nobody listens there. */
export type Route = (host: string, port: number) => { host: string; port: number } | undefined;

/**
 * The cluster's network, as far as the API server needs one: its egress selector asks this proxy for each connection to a
 * node or pod, as it asks konnectivity in clusters whose pods it cannot reach. Listens on a socket file of the run folder.
 */
export class Egress {
  /** Pods come later than the API server. */
  route: Route = () => undefined;
  private readonly server = http.createServer((_, response) => response.writeHead(405).end());

  private constructor(private readonly socketFile: string) {
    this.server.on('connect', (request, client) => this.connect(request.url ?? '', client as net.Socket));
  }

  /** Listens, and writes the file that the API server's --egress-selector-config-file names. */
  static async start(run: RunFolder): Promise<Egress> {
    const egress = new Egress(run.in('egress.sock'));
    await rm(egress.socketFile, { force: true });
    await new Promise<void>((resolve, reject) => {
      egress.server.once('error', reject);
      egress.server.listen(egress.socketFile, resolve);
    });
    const connection = { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: egress.socketFile } } };
    const selection = { name: 'cluster', connection };
    const kind = 'EgressSelectorConfiguration';
    await writeFile(
      run.egressFile(),
      stringify({ apiVersion: 'apiserver.k8s.io/v1beta1', kind, egressSelections: [selection] }),
    );
    return egress;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private connect(authority: string, client: net.Socket): void {
    const [, host = '', port = ''] = /^\[?([^\]]*)\]?:(\d+)$/.exec(authority) ?? [];
    // The nodes' kubelet is kwok, on loopback.
    const to = host.startsWith('127.') ? { host, port: Number(port) } : this.route(host, Number(port));
    client.on('error', () => client.destroy());
    if (!to) return void client.end(`HTTP/1.1 502 ${authority}: connect: connection refused\r\n\r\n`);
    const upstream = net.connect({ ...to, noDelay: true, allowHalfOpen: true });
    upstream.on('error', () => client.destroy());
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    upstream.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
  }
}
