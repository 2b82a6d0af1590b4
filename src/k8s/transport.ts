import { setMaxListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import WebSocket from 'ws';
import { abortable } from './abortable.ts';
import { DialAgent, identityKey, type Identity } from './agent.ts';
import type { Authorization, Credentials } from './credentials.ts';
import { authority, dial } from './dial.ts';
import { KubeError } from './errors.ts';
import type { Disposable } from './events.ts';
import type { KubeContext } from './kubeconfig.ts';
import type { Logger } from './log.ts';
import { errorFromResponse, errorFromSocket, socketCode } from './problems.ts';
import { proxyFor } from './proxy.ts';

/** One HTTP request as it goes out; `path` is the API's own, with its query. */
export interface RawRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

export interface RawResponse {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Must be read to its end or destroyed. */
  body: http.IncomingMessage;
  /** Who we said we were. */
  sent: Authorization;
}

const dialTimeoutMs = 10_000;
/** A POST can't be repeated when its kept socket turns out to be dead, so after this pause it gets a new one. */
const postReuseMs = 5_000;
const userAgent = 'kubeflow-notebooks-vscode';
const repeatable = new Set(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']);

/**
 * HTTP/1.1 and WebSockets to one API server over our own sockets. `http.ClientRequest` (the constructor) and an agent
 * of our own are what works alike in plain Node and in VS Code's extension host, which patches `http.request`.
 */
export class Transport implements Disposable {
  /** `host:port` of the API server. */
  readonly host: string;
  readonly #url: URL;
  readonly #prefix: string;
  readonly #context: KubeContext;
  readonly #credentials: Credentials;
  readonly #env: NodeJS.ProcessEnv;
  readonly #proxyUrl: string | undefined;
  readonly #logger: Logger;
  readonly #ended = new AbortController();
  readonly #pool: DialAgent;
  readonly #single: DialAgent;
  /** The last TLS session by client certificate. */
  readonly #sessions = new Map<string, Buffer>();
  #lastAnswer = 0;

  constructor(
    context: KubeContext,
    credentials: Credentials,
    options: { env: NodeJS.ProcessEnv; logger: Logger; proxyUrl?: string },
  ) {
    this.#context = context;
    this.#credentials = credentials;
    this.#env = options.env;
    this.#proxyUrl = options.proxyUrl;
    this.#logger = options.logger;
    this.#url = serverUrl(context);
    this.#prefix = this.#url.pathname.replace(/\/+$/, '');
    this.host = authority(this.#url);
    const connect = (identity: Identity): ReturnType<typeof dial> => this.#dial(identity);
    // Every dial that is under way listens to it: many at once are no leak.
    setMaxListeners(0, this.#ended.signal);
    this.#pool = new DialAgent(connect, { keepAlive: true });
    this.#single = new DialAgent(connect, { keepAlive: false });
  }

  /**
   * Sends a request and resolves with the head of the answer, whatever its status. A kept socket that turns out to be
   * dead costs one new try, for what may be repeated.
   * @throws KubeError for a failed connection; the signal's reason
   */
  async send(request: RawRequest): Promise<RawResponse> {
    const sent = await abortable(this.#credentials.authorize(), request.signal);
    const canRepeat = repeatable.has(request.method);
    const fresh = !canRepeat && Date.now() - this.#lastAnswer > postReuseMs;
    try {
      return await this.#once(request, sent, fresh ? this.#single : this.#pool);
    } catch (error) {
      if (!(error instanceof StaleSocket)) throw error;
      if (!canRepeat) throw errorFromSocket(error.cause, this.host);
      this.#logger.debug(`A kept connection to ${this.host} was dead, trying a new one`);
      this.#pool.closeIdle();
      return await this.#once(request, sent, this.#single);
    }
  }

  /** Drops kept sockets: after a time limit, and when the network has changed. */
  closeIdle(): void {
    this.#pool.closeIdle();
  }

  /**
   * Opens a WebSocket with one of the protocols.
   * @throws KubeError from the body of a refused handshake, or for a failed connection; the signal's reason
   */
  async websocket(path: string, protocols: string[], signal?: AbortSignal): Promise<{ socket: WebSocket }> {
    const sent = await abortable(this.#credentials.authorize(), signal);
    // VS Code's host lets a caller's agent through for localhost only: the agent decides where it goes in truth.
    const socket = new WebSocket(`ws://localhost${this.#prefix}${path}`, protocols, {
      agent: this.#single,
      headers: { ...(sent.headers as Record<string, string>), Host: this.#url.host, 'User-Agent': userAgent },
      ...identityOf(sent),
      perMessageDeflate: false,
      skipUTF8Validation: true,
      handshakeTimeout: dialTimeoutMs * 2,
      maxPayload: 64 * 1024 * 1024,
    });
    return new Promise((resolve, reject) => {
      const abort = (): void => settle(() => reject(signal!.reason as Error), true);
      const failed = (error: Error): void => settle(() => reject(errorFromSocket(error, this.host)), true);
      const refused = (_: http.ClientRequest, response: http.IncomingMessage): void => {
        readText(response).then(
          (text) => settle(() => reject(refusedHandshake(response, text, sent)), true),
          (error: Error) => failed(error),
        );
      };
      const settle = (then: () => void, end: boolean): void => {
        signal?.removeEventListener('abort', abort);
        socket.off('unexpected-response', refused);
        if (end) {
          // Ending a handshake makes ws report an error once more; it was reported already.
          socket.terminate();
        }
        socket.off('error', failed);
        then();
      };
      // Whoever gets the socket listens for errors too; one between two owners must not end the process.
      socket.on('error', (error) => this.#logger.trace(`WebSocket to ${this.host}: ${error.message}`));
      socket.once('error', failed);
      socket.once('unexpected-response', refused);
      socket.once('open', () => {
        // The first frames may have come with the handshake: they wait until our caller listens.
        socket.pause();
        setImmediate(() => socket.resume());
        settle(() => resolve({ socket }), false);
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  dispose(): void {
    this.#ended.abort(new Error('The connection to the cluster was closed'));
    this.#pool.destroy();
    this.#single.destroy();
  }

  async #dial(identity: Identity): ReturnType<typeof dial> {
    const { cluster } = this.#context;
    const sources = { cluster: cluster.proxyUrl, editor: this.#proxyUrl, env: this.#env };
    const who = identityKey(identity);
    return dial({
      url: this.#url,
      proxy: proxyFor(this.#url, sources),
      ca: cluster.caData ? Buffer.from(cluster.caData, 'base64') : await readCa(cluster.caFile),
      cert: identity.cert,
      key: identity.key,
      serverName: cluster.tlsServerName,
      insecure: cluster.skipTLSVerify,
      session: this.#sessions.get(who),
      onSession: (session) => this.#sessions.set(who, session),
      timeoutMs: dialTimeoutMs,
      signal: this.#ended.signal,
    });
  }

  #once(request: RawRequest, sent: Authorization, agent: DialAgent): Promise<RawResponse> {
    const { method, path, body, signal } = request;
    return new Promise((resolve, reject) => {
      const outgoing = new http.ClientRequest({
        method,
        path: this.#prefix + path,
        host: 'localhost',
        headers: {
          Host: this.#url.host,
          'User-Agent': userAgent,
          ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
          ...request.headers,
          ...sent.headers,
        },
        agent,
        ...identityOf(sent),
      });
      const abort = (): void => {
        outgoing.destroy(signal!.reason as Error);
        // A request that has no socket yet says nothing before its dial has ended.
        reject(signal!.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
      outgoing.once('close', () => signal?.removeEventListener('abort', abort));
      outgoing.once('response', (response) => {
        this.#lastAnswer = Date.now();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response, sent });
      });
      outgoing.on('error', (error) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const stale = outgoing.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(socketCode(error));
        reject(stale ? new StaleSocket('stale', { cause: error }) : errorFromSocket(error, this.host));
      });
      outgoing.end(body);
    });
  }
}

class StaleSocket extends Error {}

/** A refused handshake, and who was refused: a 401 is tried once more with new credentials. */
export class RefusedHandshake extends KubeError {
  sent: Authorization | undefined;
}

function refusedHandshake(response: http.IncomingMessage, text: string, sent: Authorization): KubeError {
  const { problem } = errorFromResponse(response.statusCode ?? 0, text, response.headers['retry-after']);
  const error = new RefusedHandshake(problem);
  error.sent = sent;
  return error;
}

/** A body as text, to its end. */
export async function readText(body: http.IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function identityOf({ cert, key }: Authorization): Identity {
  return cert && key ? { cert, key } : {};
}

function serverUrl(context: KubeContext): URL {
  const detail = `the server of cluster ${JSON.stringify(context.clusterName)} is no http or https address`;
  const url = URL.canParse(context.server) ? new URL(context.server) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new KubeError({ code: 'KubeconfigInvalid', path: context.server, detail });
}

async function readCa(file: string | undefined): Promise<Buffer | undefined> {
  if (!file) return undefined;
  try {
    return await readFile(file);
  } catch (error) {
    const detail = `the certificate authority file cannot be read (${(error as NodeJS.ErrnoException).code})`;
    throw new KubeError({ code: 'KubeconfigInvalid', path: file, detail }, { cause: error });
  }
}
