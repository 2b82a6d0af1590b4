import net from 'node:net';
import { bareHost, portOf } from './address.ts';
import type { DialStep } from './dialStep.ts';
import type { Limit } from './limit.ts';

/** A TCP connection to a URL's host. */
export function plain(url: URL, limit: Limit, observe: (step: DialStep) => void): Promise<net.Socket> {
  const host = bareHost(url);
  const addresses: string[] = [];
  const socket = net.connect({ host, port: portOf(url) });
  const resolved = (): void => observe({ at: 'resolved', name: host, addresses });
  if (net.isIP(host)) {
    addresses.push(host);
    resolved();
  } else {
    // Told for each address of a name, and all of them before the first is tried.
    socket.on('lookup', (error: Error | null, address: string) => {
      if (error || addresses.push(address) > 1) return;
      process.nextTick(resolved);
    });
  }
  return limit.step(socket, (_, done: (socket: net.Socket) => void, fail) => {
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      observe({ at: 'connected', address: socket.remoteAddress ?? host });
      done(socket);
    });
  });
}
