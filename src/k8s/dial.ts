import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { KubeError } from './errors.ts';
import { errorFromSocket } from './problems.ts';

/** Where to and how. */
export interface DialTarget {
  /** http: or https:, its host and port count. */
  url: URL;
  proxy?: URL;
  ca?: Buffer;
  cert?: Buffer | string;
  key?: Buffer | string;
  /** Checked against the certificate and sent as SNI instead of the host. */
  serverName?: string;
  insecure: boolean;
  /** A TLS session of the same server and certificate to resume: half a handshake for every watch but the first. */
  session?: Buffer;
  onSession?: (session: Buffer) => void;
  timeoutMs: number;
  signal?: AbortSignal;
}

/** `host:port` as people read it. */
export function authority(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

/**
 * Opens a socket to the API server, through a proxy if there is one, with TLS for https. The only place that knows
 * either. Without a CA in the kubeconfig those of Node and of the operating system count: VS Code's `tls.connect` adds
 * the latter when no `ca` is given.
 * @throws KubeError Unreachable or CertificateUntrusted
 */
export async function dial(target: DialTarget): Promise<net.Socket> {
  const { url } = target;
  const host = authority(url);
  const limit = new Limit(target, host);
  try {
    const raw = target.proxy ? await throughProxy(target.proxy, host, limit) : await plain(url, limit);
    raw.setNoDelay(true);
    // Notices a peer that vanished (sleep, VPN) under a watch within a few minutes even when nothing is sent.
    raw.setKeepAlive(true, 30_000);
    return url.protocol === 'https:' ? await secure(raw, target, limit) : raw;
  } catch (error) {
    limit.destroyAll();
    throw limit.reason(error);
  } finally {
    limit.end();
  }
}

/** Time limit and abort for all steps of a dial: ending it destroys what is open at that step. */
class Limit {
  readonly #host: string;
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<{ destroy(): void }>();
  #over: Error | undefined;

  constructor({ timeoutMs, signal }: DialTarget, host: string) {
    this.#host = host;
    this.#signal = signal;
    const detail = `no connection within ${timeoutMs / 1000} s`;
    this.#timer = setTimeout(
      () => this.#stop(new KubeError({ code: 'Unreachable', host, reason: 'timeout', detail })),
      timeoutMs,
    );
    signal?.addEventListener('abort', this.#abort, { once: true });
    if (signal?.aborted) this.#abort();
  }

  /** Resolves with what `start` gives, which is destroyed when time is over. */
  step<T extends { destroy(): void }, R>(
    thing: T,
    start: (thing: T, done: (result: R) => void, fail: (error: Error) => void) => void,
  ): Promise<R> {
    this.#open.add(thing);
    return new Promise<R>((resolve, reject) => {
      if (this.#over) {
        thing.destroy();
        return reject(this.#over);
      }
      this.#reject = reject;
      start(thing, resolve, (error) => {
        thing.destroy();
        reject(error);
      });
    });
  }

  #reject: (error: Error) => void = () => undefined;
  readonly #abort = (): void => this.#stop(this.#signal!.reason as Error);

  #stop(why: Error): void {
    this.#over ??= why;
    this.destroyAll();
    this.#reject(this.#over);
  }

  destroyAll(): void {
    for (const thing of this.#open) thing.destroy();
  }

  reason(error: unknown): unknown {
    return this.#over ?? errorFromSocket(error, this.#host);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#open.clear();
  }
}

function plain(url: URL, limit: Limit): Promise<net.Socket> {
  const socket = net.connect({ host: bare(url.hostname), port: portOf(url) });
  return limit.step(socket, (_, done: (socket: net.Socket) => void, fail) => {
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      done(socket);
    });
  });
}

function secure(
  socket: net.Socket,
  target: Pick<DialTarget, 'url' | 'ca' | 'cert' | 'key' | 'serverName' | 'insecure' | 'session' | 'onSession'>,
  limit: Limit,
): Promise<net.Socket> {
  const host = bare(target.url.hostname);
  const name = target.serverName ?? host;
  const encrypted = tls.connect({
    socket,
    host: name,
    ...(net.isIP(name) ? {} : { servername: name }),
    ...(target.ca ? { ca: target.ca } : {}),
    ...(target.cert && target.key ? { cert: target.cert, key: target.key } : {}),
    ...(target.session ? { session: target.session } : {}),
    rejectUnauthorized: !target.insecure,
    ALPNProtocols: ['http/1.1'],
  });
  if (target.onSession) encrypted.on('session', target.onSession);
  return limit.step(encrypted, (_, done: (socket: net.Socket) => void, fail) => {
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

/** HTTP CONNECT. */
async function throughProxy(proxy: URL, host: string, limit: Limit): Promise<net.Socket> {
  const failed = (detail: string, cause?: unknown): KubeError =>
    new KubeError({ code: 'Unreachable', host, reason: 'proxy', detail }, { cause });
  const name = authority(proxy);
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    throw failed(`${proxy.protocol.slice(0, -1)} proxies are not supported`);
  }
  let socket: net.Socket;
  try {
    socket = await plain(proxy, limit);
    if (proxy.protocol === 'https:') socket = await secure(socket, { url: proxy, insecure: false }, limit);
  } catch (error) {
    throw failed(`the proxy ${name} does not answer: ${(error as Error).message}`, error);
  }
  const headers: Record<string, string> = { Host: host };
  if (proxy.username) {
    const who = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
    headers['Proxy-Authorization'] = `Basic ${Buffer.from(who).toString('base64')}`;
  }
  const request = new http.ClientRequest({ method: 'CONNECT', path: host, headers, createConnection: () => socket });
  return limit.step(request, (_, done: (socket: net.Socket) => void, fail) => {
    request.once('error', (error) => fail(failed(`the proxy ${name} hung up: ${error.message}`, error)));
    request.once('response', (response) => fail(failed(`the proxy ${name} said ${response.statusCode}`)));
    request.once('connect', (response, connected: net.Socket, head) => {
      if (response.statusCode !== 200) return fail(failed(`the proxy ${name} said ${response.statusCode}`));
      if (head.length > 0) connected.unshift(head);
      done(connected);
    });
    request.end();
  });
}

function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}

/** An IPv6 host without its brackets. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
