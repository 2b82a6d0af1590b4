import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { parse, stringify } from 'yaml';

const watchMs = 1000;

interface KubeconfigFile {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
}

/** In front of the API server: ends each watch in order after a second, and counts them. */
export class ClosingProxy {
  watches = 0;

  private constructor(
    readonly kubeconfig: string,
    private readonly server: http.Server,
    private readonly agent: https.Agent,
  ) {}

  /** @param to where the kubeconfig that leads through it is written */
  static async start(kubeconfig: string, to: string): Promise<ClosingProxy> {
    const file = parse(await readFile(kubeconfig, 'utf8')) as KubeconfigFile;
    const { cluster } = file.clusters[0]!;
    const upstream = new URL(cluster.server);
    const ca = Buffer.from(cluster['certificate-authority-data'], 'base64');
    const agent = new https.Agent({ keepAlive: true, ca });
    const server = http.createServer((request, response) => {
      const { method, url = '/', headers } = request;
      const outgoing = https.request({
        ...{ host: upstream.hostname, port: upstream.port, agent },
        ...{ method, path: url, headers },
      });
      outgoing.on('error', () => response.destroy());
      outgoing.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        if (!url.includes('watch=true')) return;
        proxy.watches++;
        response.flushHeaders();
        setTimeout(() => {
          answer.unpipe(response);
          response.end();
          outgoing.destroy();
        }, watchMs);
      });
      response.on('close', () => outgoing.destroy());
      request.pipe(outgoing);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cluster.server = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await writeFile(to, stringify(file), { mode: 0o600 });
    const proxy = new ClosingProxy(to, server, agent);
    return proxy;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.agent.destroy();
    const closed = once(this.server, 'close');
    this.server.close();
    await closed;
  }
}
