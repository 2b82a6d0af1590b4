import type net from 'node:net';
import { authority } from './dial/address.ts';
import type { DialStep } from './dial/dialStep.ts';
import { Limit } from './dial/limit.ts';
import { plain } from './dial/plain.ts';
import { factsOf, secure, type TlsOptions } from './dial/secure.ts';
import { throughProxy } from './dial/throughProxy.ts';
import type { Proxy } from './proxy.ts';
import type { TlsContext } from './tlsContexts.ts';

export { authority } from './dial/address.ts';
export type { DialStep, TlsFacts } from './dial/dialStep.ts';

/**
 * How long a connection says nothing before the kernel asks the other side whether it is there, ms. Node asks ten times,
 * a second apart, so that a peer that vanished (sleep, VPN) is noticed within 18 s, also where nothing is sent.
 */
export const keepAliveMs = 8_000;

/** Where to and how. */
export interface DialTarget extends TlsOptions {
  proxy?: Proxy;
  /** TLS with the proxy itself, when it is an https one. */
  proxyContext: () => Promise<TlsContext>;
  timeoutMs: number;
  signal?: AbortSignal;
  /** Hears what the dial has come to. */
  observe?: (step: DialStep) => void;
}

/**
 * Opens a socket to the API server, through a proxy if there is one, with TLS for https. The only place that knows
 * either.
 * @throws KubeError Unreachable, CertificateUntrusted, Unauthorized (a client certificate that is refused at once)
 */
export async function dial(target: DialTarget): Promise<net.Socket> {
  const { url, proxy } = target;
  const observe = target.observe ?? (() => undefined);
  const host = authority(url);
  const limit = new Limit(host, target);
  try {
    observe({ at: 'chosen', ...(proxy ? { proxy: { name: authority(proxy.url), from: proxy.from } } : {}) });
    const raw = proxy
      ? await throughProxy(proxy, target.proxyContext, { host, limit, observe })
      : await plain(url, limit, observe);
    raw.setNoDelay(true);
    raw.setKeepAlive(true, keepAliveMs);
    if (url.protocol !== 'https:') return raw;
    const encrypted = await secure(raw, target, limit);
    if (target.observe) observe({ at: 'secured', tls: factsOf(encrypted) });
    return encrypted;
  } catch (error) {
    limit.destroyAll();
    throw limit.reason(error);
  } finally {
    limit.end();
  }
}
