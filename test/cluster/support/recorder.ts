/** An API server that only notes how it is asked, and a CONNECT proxy that notes what for. */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { TLSSocket } from 'node:tls';
import { certificate, type Certified } from '../../../lab/cluster/certificate.ts';

/** What a client said of itself, without what differs between kubectl and us on purpose. */
export type Asked = Record<string, string | string[]>;

export class Recorder {
  readonly ca: Certified = certificate({ name: 'recorder-authority' });
  readonly asked: Asked[] = [];
  /** Hosts that the proxy was asked to connect to. */
  readonly connected: string[] = [];
  /** Server names (SNI) that clients asked for. */
  readonly names: (string | false)[] = [];
  #server: https.Server | undefined;
  #plain: http.Server | undefined;
  #proxy: http.Server | undefined;
  readonly #sockets = new Set<net.Socket>();

  async start(): Promise<void> {
    const own = certificate({ name: 'recorder', hosts: ['127.0.0.1', 'recorder.test'], by: this.ca });
    const tls = { ...own, requestCert: true, rejectUnauthorized: false };
    this.#server = https.createServer(tls, (request, response) => this.#answer(request, response));
    this.#server.on('secureConnection', (socket: TLSSocket) => this.names.push(socket.servername ?? false));
    this.#plain = http.createServer((request, response) => this.#answer(request, response));
    this.#proxy = http.createServer().on('connect', (request, client: net.Socket) => {
      this.connected.push(request.url ?? '');
      const [host, port] = (request.url ?? '').split(':');
      const upstream = net.connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        client.pipe(upstream).pipe(client);
      });
      for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
    });
    for (const server of [this.#server, this.#plain, this.#proxy]) {
      server.on('connection', (socket: net.Socket) => {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
  }

  get port(): number {
    return (this.#server!.address() as net.AddressInfo).port;
  }

  get plainPort(): number {
    return (this.#plain!.address() as net.AddressInfo).port;
  }

  get proxyUrl(): string {
    return `http://127.0.0.1:${(this.#proxy!.address() as net.AddressInfo).port}`;
  }

  clear(): void {
    for (const list of [this.asked, this.connected, this.names]) list.length = 0;
  }

  stop(): void {
    for (const server of [this.#server, this.#plain, this.#proxy]) server?.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const said: Asked = { path: request.url?.split('?')[0] ?? '' };
    for (let i = 0; i < request.rawHeaders.length; i += 2) {
      const name = request.rawHeaders[i]!.toLowerCase();
      if (name !== 'authorization' && !name.startsWith('impersonate-')) continue;
      // An escaped name may be written in more than one way; the API server undoes it.
      const plain = decodeURIComponent(name);
      const value = Buffer.from(request.rawHeaders[i + 1]!, 'latin1').toString('utf8');
      said[plain] = [...((said[plain] as string[] | undefined) ?? []), value].sort();
    }
    const socket = request.socket as Partial<TLSSocket>;
    const subject = socket.getPeerCertificate?.()?.subject?.CN;
    if (typeof subject === 'string') said['certificate'] = subject;
    this.asked.push(said);
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'SelfSubjectReview',
      status: { userInfo: { username: 'x' } },
    };
    request.resume();
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}
