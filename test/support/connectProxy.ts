import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

export interface ConnectProxyOptions {
  host?: string;
  /** Demanded as user name and password: `user:password`. */
  password?: string;
  /** What a name (`name:port`) leads to, for names that only the proxy knows. */
  names?: Record<string, { host: string; port: number }>;
  /** In place of connecting: a status, or nothing at all, or the end. */
  instead?: number | 'silence' | 'hang up';
  /** Speaks TLS itself. */
  tls?: { cert: string; key: string };
}

/** A real HTTP CONNECT proxy on loopback that remembers who wanted what. */
export class ConnectProxy {
  /** Each CONNECT: the authority that was asked for, and the Proxy-Authorization that came with it. */
  readonly seen: { authority: string; authorization?: string }[] = [];
  readonly #sockets = new Set<net.Socket>();
  readonly #server: http.Server;
  readonly #o: ConnectProxyOptions;

  private constructor(o: ConnectProxyOptions) {
    this.#o = o;
    this.#server = o.tls ? https.createServer(o.tls) : http.createServer();
    this.#server.on('connection', (socket: net.Socket) => this.#keep(socket));
    this.#server.on('connect', (request: http.IncomingMessage, client: net.Socket, head: Buffer) =>
      this.#connect(request, client, head),
    );
  }

  static async open(o: ConnectProxyOptions = {}): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(o);
    proxy.#server.listen(0, o.host ?? '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  /** @param who user name and password as they stand in a URL */
  url(who = ''): string {
    return `${this.#o.tls ? 'https' : 'http'}://${who ? `${who}@` : ''}${this.#o.host ?? '127.0.0.1'}:${this.port}`;
  }

  /** The authorities asked for since the last call. */
  take(): string[] {
    return this.seen.splice(0).map(({ authority }) => authority);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #keep(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  }

  #connect(request: http.IncomingMessage, client: net.Socket, head: Buffer): void {
    const authority = request.url ?? '';
    const authorization = request.headers['proxy-authorization'];
    this.seen.push({ authority, ...(authorization ? { authorization } : {}) });
    const { instead, password, names } = this.#o;
    client.on('error', () => client.destroy());
    if (instead === 'silence') return;
    if (instead === 'hang up') return void client.destroy();
    if (instead) return void client.end(`HTTP/1.1 ${instead} No\r\nContent-Length: 0\r\n\r\n`);
    if (password && authorization !== `Basic ${Buffer.from(password).toString('base64')}`) {
      const head = 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="test"\r\n\r\n';
      return void client.end(head);
    }
    const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(authority) ?? [];
    const upstream = net.connect(names?.[authority] ?? { host, port: Number(port) });
    this.#keep(upstream);
    upstream.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  }
}
