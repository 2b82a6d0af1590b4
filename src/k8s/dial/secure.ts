import net from 'node:net';
import tls from 'node:tls';
import type { TlsContext } from '../tlsContexts.ts';
import { bareHost } from './address.ts';
import type { TlsFacts } from './dialStep.ts';
import type { Limit } from './limit.ts';

/** How TLS is spoken with a server. */
export interface TlsOptions {
  /** Its host and port count. */
  url: URL;
  /** Client certificate and authorities; the session in it is resumed, and replaced. */
  context: () => Promise<TlsContext>;
  /** Checked against the certificate and sent as SNI instead of the host. */
  serverName?: string;
  insecure: boolean;
}

/** TLS over an open socket. */
export async function secure(socket: net.Socket, target: TlsOptions, limit: Limit): Promise<tls.TLSSocket> {
  const { serverName, insecure } = target;
  const context = await target.context();
  const name = serverName ?? bareHost(target.url);
  const encrypted = tls.connect({
    socket,
    host: name,
    ...(net.isIP(name) ? {} : { servername: name }),
    secureContext: context.secureContext,
    ...(context.session ? { session: context.session } : {}),
    rejectUnauthorized: !insecure,
    ALPNProtocols: ['http/1.1'],
  });
  encrypted.on('session', (session: Buffer) => (context.session = session));
  return limit.step(encrypted, (_, done: (socket: tls.TLSSocket) => void, fail) => {
    const closed = (): void =>
      fail(Object.assign(new Error('closed during the TLS handshake'), { code: 'ECONNRESET' }));
    encrypted.once('error', fail);
    encrypted.once('close', closed);
    encrypted.once('secureConnect', () => {
      encrypted.off('error', fail);
      encrypted.off('close', closed);
      done(encrypted);
    });
  });
}

/** What a person wants to know of an open TLS connection. */
export function factsOf(socket: tls.TLSSocket): TlsFacts {
  const peer = socket.getPeerX509Certificate();
  const name = (text = ''): string => /(?:^|\n)CN=(.*)/.exec(text)?.[1] ?? text.split('\n')[0] ?? '';
  return {
    protocol: socket.getProtocol() ?? '',
    issuer: name(peer?.issuer),
    ...(peer ? { validTo: new Date(peer.validTo) } : {}),
    unchecked: !socket.authorized,
  };
}
