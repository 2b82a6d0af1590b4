import net from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Emitter } from '../../../../src/k8s/events.ts';
import { PortForwardRefused } from '../../../../src/k8s/portForward.ts';
import type { Target, TargetPod, TargetState } from '../../../../src/jupyter/target.ts';

/** A target whose connections are plain sockets to a server of this process; counts them. */
export class SocketTarget implements Target {
  readonly namespace = 'alice';
  readonly server = 'mnist';
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  readonly sockets: net.Socket[] = [];
  /** Whatever this gives is thrown instead of a connection. */
  failure: (() => Error | undefined) | undefined;
  holds = 0;
  dials = 0;
  private state: TargetState;

  constructor(
    private port: number,
    state?: TargetState,
  ) {
    this.state = state ?? this.ready('uid-1');
  }

  ready(uid: string): TargetState {
    return { kind: 'ready', pod: { namespace: this.namespace, pod: 'mnist-0', uid, port: 8888 } };
  }

  current(): TargetState {
    return this.state;
  }

  become(state: TargetState, port = this.port): void {
    this.state = state;
    this.port = port;
    this.changed.fire();
  }

  hold() {
    this.holds++;
    return { dispose: () => void this.holds-- };
  }

  async open(_pod: TargetPod, signal?: AbortSignal): Promise<Duplex> {
    this.dials++;
    const failure = this.failure?.();
    if (failure) throw failure;
    const socket = net.connect(this.port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', () => reject(new PortForwardRefused('connection refused')));
      signal?.addEventListener('abort', () => socket.destroy(), { once: true });
    });
    this.sockets.push(socket);
    return socket;
  }
}

/** Listens on loopback; counts what connects. */
export async function listen(
  server: net.Server,
): Promise<{ port: number; connections: () => number; close: () => Promise<void> }> {
  let connections = 0;
  const open = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    connections++;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined); // the tests cut connections
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Resolves when `condition` holds; looks every few ms, for `ms` of looks: a block of this process costs one of them. */
export async function until(condition: () => boolean, ms = 3000): Promise<void> {
  for (let looks = ms / 5; !condition(); looks--) {
    if (looks <= 0) throw new Error('did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
