import type { Duplex } from 'node:stream';
import type WebSocket from 'ws';
import type { Cluster } from './cluster.ts';
import { KubeError } from './errors.ts';
import { pods, resourcePath } from './objects.ts';
import { PortForwardRefused, PortForwardStream } from './portForwardStream.ts';

export { PortForwardRefused } from './portForwardStream.ts';

/** Both first frames come with the upgrade's answer; a kubelet that does not send them in this time hangs. */
const framesTimeoutMs = 15_000;

/**
 * Opens a connection to a port in a pod, by the v4.channel.k8s.io protocol: one WebSocket per connection, nothing
 * listens on this computer. Resolves when the kubelet has opened both channels, which does not mean that somebody
 * listens on the port: that shows as {@link PortForwardRefused} on the stream.
 * @throws KubeError (NotFound: no such pod, Forbidden: no right to pods/portforward, ServerError: the node does not
 *   answer); the signal's reason
 */
export async function portForward(
  cluster: Cluster,
  to: { namespace: string; pod: string; port: number },
  signal?: AbortSignal,
): Promise<Duplex> {
  const socket = await cluster.websocket({
    path: resourcePath(pods, { namespace: to.namespace, name: to.pod, subresource: 'portforward' }),
    query: { ports: to.port },
    protocols: ['v4.channel.k8s.io'],
    signal,
  });
  return open(socket, signal);
}

function open(socket: WebSocket, signal: AbortSignal | undefined): Promise<Duplex> {
  const stream = new PortForwardStream(socket);
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      stream.off('error', failed);
      stream.off('open', opened);
      settle();
    };
    const failed = (error: Error): void => end(() => reject(error));
    // "Connection refused" can come in the same packet as the channels.
    const opened = (): void =>
      void setImmediate(() => end(() => (stream.errored ? reject(stream.errored) : resolve(stream))));
    const abort = (): void => void stream.destroy(signal!.reason as Error);
    const timer = setTimeout(
      () => stream.destroy(new KubeError({ code: 'Timeout', seconds: framesTimeoutMs / 1000 })),
      framesTimeoutMs,
    );
    stream.once('error', failed);
    stream.once('open', opened);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
  });
}

/** Did a connection fail because nobody listens on the port. */
export function isPortForwardRefused(error: unknown): error is PortForwardRefused {
  return error instanceof PortForwardRefused;
}
