import { createHash } from 'node:crypto';
import tls from 'node:tls';
import { identityKey, type Identity } from './agent.ts';

/** More than rotated certificates leave behind while the connections of before are in use. */
const maxContexts = 8;

/** TLS with one client certificate and one set of authorities. */
export interface TlsContext {
  secureContext: tls.SecureContext;
  /** The last session: half a handshake for every connection but the first. */
  session?: Buffer;
}

/** A client certificate or key that TLS can't use. */
export class BadClientCertificate extends Error {
  override readonly name = 'BadClientCertificate';
}

/**
 * TLS contexts by client certificate and authorities. They are kept as authorities take time to read (some 0.3 ms each, of
 * which a computer knows hundreds); a session stays with them, as a resumed one is not checked again: it counts for the
 * very authorities that it was checked by.
 */
export class TlsContexts {
  readonly #contexts = new Map<string, TlsContext>();

  /** @throws BadClientCertificate */
  of({ cert, key }: Identity, authorities: Buffer | readonly string[] | undefined): TlsContext {
    const ca = Array.isArray(authorities) ? authorities.join('\n') : ((authorities as Buffer | undefined) ?? '');
    const id = `${identityKey({ cert })} ${createHash('sha256').update(ca).digest('hex')}`;
    const known = this.#contexts.get(id);
    const context = known ?? { secureContext: create({ cert, key }, authorities) };
    this.#contexts.delete(id);
    this.#contexts.set(id, context);
    const [oldest] = this.#contexts.keys();
    if (this.#contexts.size > maxContexts && oldest !== undefined) this.#contexts.delete(oldest);
    return context;
  }
}

function create({ cert, key }: Identity, authorities: Buffer | readonly string[] | undefined): tls.SecureContext {
  const ca = authorities === undefined ? {} : { ca: authorities as Buffer | string[] };
  const identity = cert && key ? { cert, key } : {};
  try {
    return tls.createSecureContext({ ...ca, ...identity });
  } catch (error) {
    if (!identity.cert) throw error;
    throw new BadClientCertificate((error as Error).message, { cause: error });
  }
}
