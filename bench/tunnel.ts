import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { Lab } from '../lab/index.ts';
import { Tunnel } from '../src/jupyter/tunnel.ts';
import type { Cluster } from '../src/k8s/cluster.ts';
import { silentLogger } from '../src/k8s/log.ts';
import { portForward } from '../src/k8s/portForward.ts';
import { kubectlForward } from './kubectlForward.ts';
import { sideBySide, timed, type Figure } from './measure.ts';
import { clusterOf } from './clusters.ts';
import { addForward, type BenchServer } from './server.ts';

const podPort = 9000;
const megabytes = 256;

/** Throughput and first byte of our tunnel and of `kubectl port-forward`, to the same program behind the same pod. */
export async function tunnel(lab: Lab, server: BenchServer): Promise<Figure[]> {
  const source = await byteSource();
  await addForward(lab, server.pod, podPort, source.port);
  const kubectl = await kubectlForward(lab, server, { podPort });
  const cluster = await clusterOf(lab, 'alice', 'remote');
  const ours = ourTunnel(cluster, server);
  try {
    const dialOurs = () => ours.connect();
    const dialTheirs = () => dialed(net.connect(kubectl.port, '127.0.0.1'));
    const speed = (dial: () => Promise<Duplex>) => async () =>
      megabytes / ((await timed(async () => drain(await dial(), megabytes << 20))) / 1000);
    const firstByte = (dial: () => Promise<Duplex>) => () => timed(async () => drain(await dial(), 1));
    const peer = 'kubectl port-forward';
    const throughput = await sideBySide({ times: 5 }, speed(dialOurs), speed(dialTheirs));
    const first = await sideBySide({ times: 20, restMs: 200 }, firstByte(dialOurs), firstByte(dialTheirs));
    return [
      {
        what: 'tunnel: throughput',
        value: throughput.ours,
        unit: 'MB/s',
        peer: { name: peer, value: throughput.theirs },
        budget: { value: 1, of: 'ratio' },
        higherIsBetter: true,
      },
      {
        what: 'tunnel: first byte of a new connection',
        value: first.ours,
        unit: 'ms',
        peer: { name: peer, value: first.theirs },
        budget: { value: 1, of: 'ratio' },
      },
    ];
  } finally {
    ours.dispose();
    cluster.dispose();
    await kubectl.stop();
    source.close();
  }
}

/** Sends as many bytes as the line that it receives asks for. */
async function byteSource(): Promise<{ port: number; close(): void }> {
  const block = Buffer.alloc(64 << 10);
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', (ask) => {
      let left = Number(ask.toString());
      const send = () => {
        while (left > 0) {
          const part = block.subarray(0, Math.min(left, block.length));
          left -= part.length;
          if (!socket.write(part)) return void socket.once('drain', send);
        }
      };
      send();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as net.AddressInfo).port, close: () => void server.close() };
}

async function drain(stream: Duplex, bytes: number): Promise<void> {
  stream.write(`${bytes}\n`);
  let seen = 0;
  for await (const data of stream) {
    seen += (data as Buffer).length;
    if (seen >= bytes) break;
  }
  stream.destroy();
}

async function dialed(socket: net.Socket): Promise<net.Socket> {
  await once(socket, 'connect');
  return socket;
}

function ourTunnel(cluster: Cluster, { namespace, name, pod, uid }: BenchServer): Tunnel {
  const to = { namespace, pod, uid, port: podPort };
  return new Tunnel({
    target: {
      namespace,
      server: name,
      current: () => ({ kind: 'ready', pod: to }),
      onDidChange: () => ({ dispose: () => undefined }),
      open: (target, signal) => portForward(cluster, target, signal),
    },
    logger: silentLogger,
  });
}
