import { randomBytes } from 'node:crypto';
import http from 'node:http';
import net from 'node:net';
import { rememberSecrets } from '../../run/secrets.ts';

/** A CONNECT proxy that asks for a password. */
export interface ConnectProxy {
  readonly port: number;
  readonly password: string;
  /** Whether it takes the password for a wrong one, and ends what is open. */
  refuse(on: boolean): void;
  close(): Promise<void>;
}

export async function connectProxy(): Promise<ConnectProxy> {
  const password = randomBytes(8).toString('hex');
  await rememberSecrets(password);
  const wanted = `Basic ${Buffer.from(`user:${password}`).toString('base64')}`;
  const open = new Set<net.Socket>();
  let refuses = false;
  const server = http.createServer();
  server.on('connect', (request, client: net.Socket, head) => {
    client.on('error', () => client.destroy());
    if (refuses || request.headers['proxy-authorization'] !== wanted) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n');
      return;
    }
    const [host, port] = (request.url ?? '').split(':');
    const upstream = net.connect({ host, port: Number(port) }, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    open.add(client);
    client.on('close', () => {
      open.delete(client);
      upstream.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => open.forEach((client) => client.destroy());
  return {
    port: (server.address() as net.AddressInfo).port,
    password,
    refuse: (on) => {
      refuses = on;
      if (on) cut();
    },
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
