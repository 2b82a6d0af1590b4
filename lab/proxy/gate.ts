import net from 'node:net';
import type { NetworkPath } from '../types.ts';

/** One TCP connection of a client, and ours to the proxy behind the gate. */
class Passage {
  private held = false;
  private lost = false;

  constructor(
    private readonly client: net.Socket,
    private readonly inner: net.Socket,
    onClose: () => void,
  ) {
    for (const [one, other] of [
      [client, inner],
      [inner, client],
    ] as const) {
      one.setNoDelay(true);
      // How a connection ended on one side, in order or not, is how it ends on the other.
      one.on('error', () => other.resetAndDestroy());
      one.on('close', () => {
        if (!one.readableEnded) other.destroy();
      });
      one.pipe(other);
    }
    client.on('close', onClose);
  }

  hold(): void {
    if (this.held) return;
    this.held = true;
    for (const [one, other] of this.ways()) one.unpipe(other).pause();
  }

  release(): void {
    if (!this.held || this.lost) return;
    this.held = false;
    for (const [one, other] of this.ways()) one.pipe(other);
  }

  forget(): void {
    this.hold();
    this.lost = true;
  }

  cut(): void {
    this.client.resetAndDestroy();
    this.inner.destroy();
  }

  private ways(): [net.Socket, net.Socket][] {
    return [
      [this.client, this.inner],
      [this.inner, this.client],
    ];
  }
}

/** The network in front of the fault proxy: lets connections through, holds them, forgets them, or is not there. */
export class Gate {
  private server: net.Server | undefined;
  private state: NetworkPath = 'open';
  private readonly passages = new Set<Passage>();

  /** @param to the port on loopback that stands behind it */
  constructor(private readonly o: { port: number; to: () => number }) {}

  get connections(): number {
    return this.passages.size;
  }

  /** @throws Error when the port is taken */
  async set(state: NetworkPath): Promise<void> {
    // What was forgotten stays so; new connections pass.
    this.state = state === 'forgotten' ? 'open' : state;
    if (state === 'forgotten') for (const passage of this.passages) passage.forget();
    if (state === 'silent') for (const passage of this.passages) passage.hold();
    if (state === 'open') for (const passage of this.passages) passage.release();
    if (state === 'refused') return this.close();
    if (!this.server) await this.listen();
  }

  cut(): void {
    for (const passage of this.passages) passage.cut();
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    this.cut();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  private listen(): Promise<void> {
    // Paused until it is piped: what a client says before its passage is made must not get lost.
    const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true }, (client) => this.enter(client));
    this.server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.o.port, '127.0.0.1', resolve);
    });
  }

  private enter(client: net.Socket): void {
    const inner = net.connect({ port: this.o.to(), host: '127.0.0.1', allowHalfOpen: true });
    const passage: Passage = new Passage(client, inner, () => this.passages.delete(passage));
    this.passages.add(passage);
    if (this.state === 'silent') passage.hold();
  }
}
