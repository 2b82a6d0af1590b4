import net, { type AddressInfo } from 'node:net';

/** Where a connection is in its course. */
export interface Passing {
  way: 'up' | 'down';
  /** Bytes that went up since the last cut, those at hand included. */
  up: number;
}

/** Stands before a server of this computer and cuts connections where a test says: by what went through, not by time. */
export class CuttingRelay {
  /** Bytes that clients sent so far. */
  up = 0;
  cuts = 0;
  /** Asked before anything is handed on: true cuts this connection instead. */
  cut: (passing: Passing) => boolean = () => false;
  private atLastCut = 0;
  private readonly sockets = new Set<net.Socket>();
  private readonly listener: net.Server;

  private constructor(to: number) {
    this.listener = net.createServer((client) => this.pass(client, net.connect(to, '127.0.0.1')));
  }

  /** @param to the server's port */
  static async open(to: number): Promise<CuttingRelay> {
    const relay = new CuttingRelay(to);
    await new Promise<void>((resolve) => relay.listener.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  close(): void {
    this.listener.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private pass(client: net.Socket, server: net.Socket): void {
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const [way, from, to] of [
      ['up', client, server],
      ['down', server, client],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (bytes) => {
        if (way === 'up') this.up += bytes.length;
        if (this.cut({ way, up: this.up - this.atLastCut })) {
          this.cuts++;
          this.atLastCut = this.up;
          return end();
        }
        if (to.write(bytes)) return;
        from.pause();
        to.once('drain', () => from.resume());
      });
      from.on('error', end); // what the tests cut is an error on the other side
      from.on('end', () => to.end());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroySoon();
      });
    }
  }
}
