import type { ProxyOrigin } from '../proxyTrouble.ts';

/** What an open TLS connection says of itself. */
export interface TlsFacts {
  /** TLSv1.3 */
  protocol: string;
  /** Who signed the server's certificate. */
  issuer: string;
  /** When the certificate ends; undefined when it is not told (a resumed session). */
  validTo?: Date;
  /** insecure-skip-tls-verify: nobody looked at it. */
  unchecked: boolean;
}

/** What a dial has come to, in the order that it happens; a step that does not come is the one that failed. */
export type DialStep =
  | { at: 'chosen'; proxy?: { name: string; from: ProxyOrigin } }
  /** The host of the server, or of the proxy; no name to look up: `addresses` is the host itself. */
  | { at: 'resolved'; name: string; addresses: string[] }
  /** A TCP connection, to the server or to the proxy. */
  | { at: 'connected'; address: string }
  /** The proxy has connected us with the server. */
  | { at: 'proxied' }
  | { at: 'secured'; tls: TlsFacts };
