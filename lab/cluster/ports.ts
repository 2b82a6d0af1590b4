import net from 'node:net';
import type { LabPorts } from '../types.ts';

/** The second address of the API server: for a client it is a remote one, as many treat 127.0.0.1 and localhost apart. */
export const remoteAddress = '127.0.0.2';

/** Ports that are free on loopback at this moment, all different; the API server's on both of its addresses. */
export async function freePorts(): Promise<LabPorts> {
  const held: net.Server[] = [];
  try {
    const api = await hold(held, '127.0.0.1', 0);
    // Taken on the other address only: very rare, and then another one is tried.
    if (!(await hold(held, remoteAddress, api).catch(() => 0))) return await freePorts();
    const next = () => hold(held, '127.0.0.1', 0);
    return {
      api,
      etcd: await next(),
      etcdPeer: await next(),
      kubelet: await next(),
      proxy: await next(),
      control: await next(),
    };
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

function hold(held: net.Server[], host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(port, host, () => {
      held.push(server);
      resolve((server.address() as net.AddressInfo).port);
    });
  });
}
