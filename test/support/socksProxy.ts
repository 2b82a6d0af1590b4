import { once } from 'node:events';
import net from 'node:net';

/** A real SOCKS 5 proxy on loopback (RFC 1928 and 1929), for names, IPv4 addresses and passwords. */
export class SocksProxy {
  /** What was asked for: `name:port`. */
  readonly seen: string[] = [];
  readonly #sockets = new Set<net.Socket>();
  readonly #server: net.Server;

  private constructor(
    private readonly o: { password?: string; reply?: number; names?: Record<string, { host: string; port: number }> },
  ) {
    this.#server = net.createServer((client) => {
      this.#keep(client);
      this.#serve(client).catch(() => client.destroy());
    });
  }

  static async open(o: SocksProxy['o'] = {}): Promise<SocksProxy> {
    const proxy = new SocksProxy(o);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  url(who = ''): string {
    return `socks5://${who ? `${who}@` : ''}127.0.0.1:${(this.#server.address() as net.AddressInfo).port}`;
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

  async #serve(client: net.Socket): Promise<void> {
    const take = async (size: number): Promise<Buffer> => {
      for (;;) {
        const got = client.read(size) as Buffer | null;
        if (got) return got;
        await once(client, 'readable');
      }
    };
    const methods = await take((await take(2))[1]!);
    const wanted = this.o.password ? 2 : 0;
    if (!methods.includes(wanted)) return void client.end(Buffer.of(5, 0xff));
    client.write(Buffer.of(5, wanted));
    if (this.o.password) {
      const name = (await take((await take(2))[1]!)).toString();
      const password = (await take((await take(1))[0]!)).toString();
      const right = `${name}:${password}` === this.o.password;
      client.write(Buffer.of(1, right ? 0 : 1));
      if (!right) return void client.end();
    }
    const kind = (await take(4))[3];
    const host = kind === 1 ? (await take(4)).join('.') : (await take((await take(1))[0]!)).toString();
    const port = (await take(2)).readUInt16BE();
    this.seen.push(`${host}:${port}`);
    if (this.o.reply) return void client.end(Buffer.of(5, this.o.reply, 0, 1, 0, 0, 0, 0, 0, 0));
    const upstream = net.connect(this.o.names?.[`${host}:${port}`] ?? { host, port });
    this.#keep(upstream);
    await once(upstream, 'connect');
    // A bound address that is a name: the longest kind of answer.
    client.write(Buffer.concat([Buffer.of(5, 0, 0, 3, 5), Buffer.from('bound'), Buffer.of(1, 2)]));
    upstream.pipe(client).pipe(upstream);
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  }
}
