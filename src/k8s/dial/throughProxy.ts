import type net from 'node:net';
import { isKubeError } from '../errors.ts';
import { errorFromSocket } from '../problems.ts';
import { proxyError, type Proxy } from '../proxy.ts';
import type { TlsContext } from '../tlsContexts.ts';
import { authority } from './address.ts';
import type { DialStep } from './dialStep.ts';
import { httpConnect } from './httpConnect.ts';
import type { Limit } from './limit.ts';
import { plain } from './plain.ts';
import { secure } from './secure.ts';
import { socksConnect } from './socksConnect.ts';
import type { ProxyFails } from './through.ts';

/**
 * A connection to `host` (`name:port`) that a proxy makes: by CONNECT for http and https, by SOCKS 5 for socks5 and
 * socks5h (the proxy looks the name up for both, as in Go).
 * @throws KubeError Unreachable (proxy)
 */
export async function throughProxy(
  proxy: Proxy,
  proxyContext: () => Promise<TlsContext>,
  { host, limit, observe }: { host: string; limit: Limit; observe: (step: DialStep) => void },
): Promise<net.Socket> {
  const { url, from } = proxy;
  const name = authority(url);
  const fails: ProxyFails = (trouble, detail, { status, cause } = {}) =>
    proxyError(
      host,
      { name, from, trouble, ...(status === undefined ? {} : { status }) },
      `the proxy ${name} ${detail}`,
      cause,
    );
  const onTime = limit.late;
  limit.late = () => fails('silent', 'did not answer in time');
  const connect = connectors[url.protocol];
  if (!connect) throw fails('unsupported', `is of a kind that is not supported (${url.protocol.slice(0, -1)})`);
  let socket = await plain(url, limit, observe).catch((error: unknown) => {
    const { problem, message } = errorFromSocket(error, name);
    const dns = problem.code === 'Unreachable' && problem.reason === 'dns';
    throw fails(dns ? 'dns' : 'down', `does not answer: ${message}`, { cause: error });
  });
  if (url.protocol === 'https:') {
    socket = await secure(socket, { url, context: proxyContext, insecure: false }, limit).catch((error: unknown) => {
      const reason = errorFromSocket(error, name);
      const trouble = isKubeError(reason, 'CertificateUntrusted') ? 'certificate' : 'closed';
      throw fails(trouble, `does not speak TLS as it should: ${reason.message}`, { cause: error });
    });
  }
  const connected = await connect(socket, { proxy, host, limit, fails });
  limit.late = onTime;
  observe({ at: 'proxied' });
  return connected;
}

const connectors: Record<string, typeof httpConnect | undefined> = {
  'http:': httpConnect,
  'https:': httpConnect,
  // VS Code's name for the same.
  'socks:': socksConnect,
  'socks5:': socksConnect,
  'socks5h:': socksConnect,
};
