import { setMaxListeners } from 'node:events';
import http from 'node:http';
import WebSocket from 'ws';
import { abortable } from './abortable.ts';
import { DialAgent, type Identity } from './agent.ts';
import type { Authorization, Credentials } from './credentials.ts';
import { badIdentity } from './certificates.ts';
import { authority, dial, type DialStep } from './dial.ts';
import { isKubeError, KubeError } from './errors.ts';
import type { Disposable } from './events.ts';
import type { KubeContext } from './kubeconfig.ts';
import type { Logger } from './log.ts';
import { errorFromSocket, socketCode } from './problems.ts';
import { handshake } from './handshake.ts';
import type { PassedRequest } from './requests.ts';
import { proxyFor, type EditorProxy } from './proxy.ts';
import { BadClientCertificate, type TlsContext } from './tlsContexts.ts';
import { Trust } from './trust.ts';

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

export interface TransportOptions {
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** VS Code's own proxy; asked for each new connection, so that a change of the settings counts at once. */
  editorProxy?: () => EditorProxy | undefined;
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
  readonly #editorProxy: () => EditorProxy | undefined;
  readonly #logger: Logger;
  readonly #ended = new AbortController();
  readonly #pool: DialAgent;
  readonly #single: DialAgent;
  readonly #trust: Trust;
  #lastAnswer = 0;

  constructor(context: KubeContext, credentials: Credentials, options: TransportOptions) {
    this.#context = context;
    this.#credentials = credentials;
    this.#env = options.env;
    this.#editorProxy = options.editorProxy ?? (() => undefined);
    this.#logger = options.logger;
    this.#url = serverUrl(context);
    this.#trust = new Trust(context.cluster, { env: options.env, platform: process.platform });
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

  /**
   * Begins a request of which the caller writes the body and takes the answer. `again`: a kept connection was dead, so a new
   * one is made.
   * @throws KubeError for want of credentials; the signal's reason
   */
  async begin(
    { method, path, headers, kind }: PassedRequest,
    signal?: AbortSignal,
  ): Promise<{ outgoing: http.ClientRequest; sent: Authorization }> {
    const sent = await abortable(this.#credentials.authorize(), signal);
    const old = method === 'POST' && Date.now() - this.#lastAnswer > postReuseMs;
    const agent = kind !== 'request' || old ? this.#single : this.#pool;
    const outgoing = this.#outgoing({ method, path, headers }, sent, agent);
    outgoing.once('response', () => (this.#lastAnswer = Date.now()));
    return { outgoing, sent };
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
    return handshake(socket, { host: this.host, sent, logger: this.#logger, signal });
  }

  dispose(): void {
    this.#ended.abort(new Error('The connection to the cluster was closed'));
    this.#pool.destroy();
    this.#single.destroy();
  }

  /**
   * Opens a connection as any request's would be, says what it comes to, and closes it.
   * @throws KubeError; the signal's reason
   */
  async probe(who: Identity, observe: (step: DialStep) => void, signal?: AbortSignal): Promise<void> {
    (await this.#dial(who, { observe, signal })).destroy();
  }

  async #dial(
    identity: Identity,
    { observe, signal }: { observe?: (step: DialStep) => void; signal?: AbortSignal } = {},
  ): ReturnType<typeof dial> {
    const { cluster } = this.#context;
    try {
      return await dial({
        url: this.#url,
        proxy: proxyFor(this.#url, { cluster: cluster.proxyUrl, editor: this.#editorProxy(), env: this.#env }),
        proxyContext: () => this.#trust.withProxy(),
        context: () => this.#contextOf(identity, observe !== undefined),
        serverName: cluster.tlsServerName,
        insecure: cluster.skipTLSVerify,
        timeoutMs: dialTimeoutMs,
        signal: signal ? AbortSignal.any([signal, this.#ended.signal]) : this.#ended.signal,
        observe,
      });
    } catch (error) {
      if (isKubeError(error, 'CertificateUntrusted')) this.#trust.lookAgain();
      throw error;
    }
  }

  /** A probe makes the whole handshake, and so sees the whole certificate: it takes no session and leaves none. */
  async #contextOf(identity: Identity, probe: boolean): Promise<TlsContext> {
    try {
      const context = await this.#trust.withServer(identity);
      return probe ? { secureContext: context.secureContext } : context;
    } catch (error) {
      throw error instanceof BadClientCertificate ? badIdentity(this.#context, error) : error;
    }
  }

  #outgoing(
    { method, path, headers }: { method: string; path: string; headers?: http.OutgoingHttpHeaders },
    sent: Authorization,
    agent: DialAgent,
  ): http.ClientRequest {
    return new http.ClientRequest({
      method,
      path: this.#prefix + path,
      host: 'localhost',
      headers: { Host: this.#url.host, 'User-Agent': userAgent, ...headers, ...sent.headers },
      agent,
      ...identityOf(sent),
    });
  }

  #once(request: RawRequest, sent: Authorization, agent: DialAgent): Promise<RawResponse> {
    const { body, signal } = request;
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    return new Promise((resolve, reject) => {
      const outgoing = this.#outgoing({ ...request, headers: { ...length, ...request.headers } }, sent, agent);
      const abort = (): void => {
        outgoing.destroy(signal!.reason as Error);
        // A request that has no socket yet says nothing before its dial has ended.
        reject(signal!.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
      outgoing.once('close', () => signal?.removeEventListener('abort', abort));
      outgoing.once('response', (response) => {
        this.#lastAnswer = Date.now();
        if (this.#url.protocol === 'http:' && isFromTlsPort(response)) {
          response.destroy();
          const detail = 'it speaks TLS: the address must begin with https';
          return reject(new KubeError({ code: 'Unreachable', host: this.host, reason: 'protocol', detail }));
        }
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response, sent });
      });
      outgoing.on('error', (error) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const stale = outgoing.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(socketCode(error));
        reject(stale ? new StaleSocket('stale', { cause: error }) : errorFromSocket(error, this.host));
      });
      // Node would write the headers as UTF-8 along with a text, and as Latin-1 otherwise; they are made for Latin-1.
      outgoing.end(body === undefined ? undefined : Buffer.from(body));
    });
  }
}

class StaleSocket extends Error {}

function identityOf({ cert, key }: Authorization): Identity {
  return cert && key ? { cert, key } : {};
}

/** What Go's TLS listener answers to plain HTTP: HTTP/1.0 400 without a single header. */
function isFromTlsPort({ statusCode, httpVersion, rawHeaders }: http.IncomingMessage): boolean {
  return statusCode === 400 && httpVersion === '1.0' && rawHeaders.length === 0;
}

function serverUrl(context: KubeContext): URL {
  const detail = `the server of cluster ${JSON.stringify(context.clusterName)} is no http or https address`;
  const url = URL.canParse(context.server) ? new URL(context.server) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new KubeError({ code: 'KubeconfigInvalid', path: context.server, detail });
}
