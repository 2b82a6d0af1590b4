import type WebSocket from 'ws';
import { abortable } from './abortable.ts';
import { Credentials } from './credentials.ts';
import { Deadline } from './deadline.ts';
import type { DialStep } from './dial.ts';
import { isKubeError, KubeError } from './errors.ts';
import { Emitter, type Disposable } from './events.ts';
import type { KubeContext } from './kubeconfig.ts';
import { readLines } from './lines.ts';
import type { Logger } from './log.ts';
import type { PluginLogin } from './pluginLogin.ts';
import type { PluginLogins } from './pluginLogins.ts';
import { apiVersionOf, resourcePath, type KubeObject, type ResourceType } from './objects.ts';
import { parseList } from './parseList.ts';
import { errorFromResponse, errorFromSocket } from './problems.ts';
import {
  createRequest,
  deleteRequest,
  patchRequest,
  type CreateOptions,
  type DeleteOptions,
  type PatchOptions,
} from './objectRequests.ts';
import {
  parsed,
  search,
  wholeBody,
  type KubeList,
  type KubeRequest,
  type ListOptions,
  type MissingRight,
  type Passed,
  type PassedRequest,
  type SocketRequest,
} from './requests.ts';
import { Pulse, type PulseTimes } from './pulse.ts';
import { RefusedHandshake } from './refusedHandshake.ts';
import { Transport, type RawResponse, type TransportOptions } from './transport.ts';

export type { KubeList, KubeRequest, MissingRight, Query } from './requests.ts';

const defaultTimeoutMs = 30_000;

/** One context of the kubeconfig, as an API. All errors are KubeErrors, except the reason of an aborted signal. */
export class Cluster implements Disposable {
  readonly context: KubeContext;
  /** Whether it answers, while live lists want to know. */
  readonly pulse: Pulse;
  readonly #credentials: Credentials;
  readonly #transport: Transport;
  readonly #logger: Logger;
  readonly #forbidden = new Emitter<MissingRight>((error) =>
    this.#logger.error(`A listener of ${this.name} threw: ${String(error)}`),
  );
  /** The server has refused a request for want of a right. */
  readonly onDidForbid = this.#forbidden.event;

  private constructor(
    context: KubeContext,
    credentials: Credentials,
    transport: Transport,
    options: { logger: Logger; pulse?: Partial<PulseTimes> },
  ) {
    this.context = context;
    this.#credentials = credentials;
    this.#transport = transport;
    this.#logger = options.logger;
    // Everybody may read the version (system:public-info-viewer), and etcd is not asked for it.
    const probe = (timeoutMs: number, signal: AbortSignal): Promise<unknown> =>
      this.request({ path: '/version', timeoutMs, signal });
    this.pulse = new Pulse({ probe, logger: options.logger, times: options.pulse });
  }

  /** Makes what a context needs; contacts nobody. */
  static connect(
    context: KubeContext,
    options: TransportOptions & { logins?: PluginLogins; pulse?: Partial<PulseTimes> },
  ): Cluster {
    const credentials = new Credentials(context, options);
    return new Cluster(context, credentials, new Transport(context, credentials, options), options);
  }

  get name(): string {
    return this.context.name;
  }

  get fingerprint(): string {
    return this.context.fingerprint;
  }

  /** The credential plugin that signs us in; undefined where there is none. */
  get login(): PluginLogin | undefined {
    return this.#credentials.login;
  }

  /** One JSON answer. After a 401 credentials are renewed and the request is sent once more. */
  request<T>(request: KubeRequest): Promise<T> {
    return this.#answer(request, (bytes) => JSON.parse(bytes.toString('utf8')) as T);
  }

  /** One object. */
  get<T>(type: ResourceType, where: { namespace?: string; name: string }, signal?: AbortSignal): Promise<T> {
    return this.request<T>({ path: resourcePath(type, where), signal });
  }

  /** A collection, in one namespace or all; items carry apiVersion and kind as single objects do. */
  async list<T>(type: ResourceType, options: ListOptions = {}): Promise<KubeList<T>> {
    const { namespace, signal, slim, ...query } = options;
    const each = (item: T & KubeObject): void => {
      item.apiVersion ??= apiVersionOf(type);
      item.kind ??= type.kind;
      slim?.(item);
    };
    const request = { path: resourcePath(type, { namespace }), query, signal };
    const list = await this.#answer(request, (bytes) => parseList<T & KubeObject>(bytes, each, signal));
    return { metadata: list.metadata ?? {}, items: list.items ?? [] };
  }

  create<T>(type: ResourceType, body: T, options: CreateOptions = {}): Promise<T> {
    return this.request<T>(createRequest(type, body, options));
  }

  patch<T>(
    type: ResourceType,
    where: { namespace?: string; name: string; subresource?: string },
    body: unknown,
    options: PatchOptions,
  ): Promise<T> {
    return this.request<T>(patchRequest(type, where, body, options));
  }

  /** Asks for deletion; finalizers may keep the object for a while. */
  async delete(
    type: ResourceType,
    where: { namespace?: string; name: string },
    options: DeleteOptions = {},
  ): Promise<void> {
    await this.request(deleteRequest(type, where, options));
  }

  /**
   * The lines of an answer as they come: a watch, a log. Ends when the server ends it cleanly; leaving the loop closes
   * the connection. `onOpen` is called when the server has accepted.
   */
  async *lines(request: KubeRequest & { onOpen?: () => void }): AsyncGenerator<string, void, undefined> {
    await this.signIn(request.signal);
    const limit = new Deadline(request.timeoutMs ?? defaultTimeoutMs, request.signal);
    let response: RawResponse | undefined;
    try {
      response = await this.#send(request, limit.signal, 'identity');
      if (response.status >= 300) {
        throw this.#refusal(response, (await this.#bytes(response, limit.signal)).toString('utf8'));
      }
      limit.endTimer();
      request.onOpen?.();
      for await (const line of readLines(response.body)) {
        this.pulse.heard();
        yield line;
      }
    } catch (error) {
      const reason = this.#reason(error, limit.signal);
      if (isKubeError(reason, 'Timeout')) this.#transport.closeIdle();
      throw reason;
    } finally {
      limit.end();
      response?.body.destroy();
    }
  }

  /** Resolves when the WebSocket is open; a refused handshake rejects with what its body says. */
  async websocket(request: SocketRequest): Promise<WebSocket> {
    const { protocols, signal } = request;
    const path = request.path + search(request.query);
    try {
      return (await this.#transport.websocket(path, protocols, signal)).socket;
    } catch (error) {
      if (isKubeError(error, 'Forbidden')) this.#tellForbidden(error);
      if (!(error instanceof RefusedHandshake) || error.code !== 'Unauthorized') throw error;
      this.#credentials.rejected(error.sent);
      return (await this.#transport.websocket(path, protocols, signal)).socket;
    }
  }

  /**
   * A request that is passed on for somebody else: its body and its answer, or the socket that it was upgraded to, are the
   * caller's business. What the API server itself says in place of a pod goes to `refused`.
   * @throws KubeError; the signal's reason
   */
  async pass(request: PassedRequest, signal?: AbortSignal): Promise<Passed> {
    await this.signIn(signal);
    const { outgoing, sent } = await this.#transport.begin(request, signal);
    return {
      outgoing,
      failed: (error) => errorFromSocket(error, this.#transport.host),
      refused: (status, text) => {
        const error = errorFromResponse(status, text);
        if (error.code === 'Unauthorized') this.#credentials.rejected(sent);
        this.#tellForbidden(error);
        return error;
      },
    };
  }

  /** As in `kubectl version`: v1.36.3. */
  async serverVersion(signal?: AbortSignal): Promise<string> {
    return (await this.request<{ gitVersion: string }>({ path: '/version', signal })).gitVersion;
  }

  /**
   * The user wants it tried now: kept connections are doubted, a credential plugin that is left alone because it failed may
   * be started at once, and whether the cluster answers is asked anew.
   */
  retryNow(): void {
    this.#credentials.retryNow();
    this.#transport.closeIdle();
    this.pulse.askNow();
  }

  /**
   * Gets the credentials that the next request needs, as it would do itself. Signing in may take a person's time, so no
   * request's time limit counts it. Renewed credentials are kept.
   * @throws KubeError; the signal's reason
   */
  async signIn(signal?: AbortSignal): Promise<void> {
    await abortable(this.#credentials.authorize(), signal);
  }

  /**
   * Opens a connection of its own, as requests do, and says what it comes to. Without credentials it goes without a
   * client certificate.
   * @throws KubeError; the signal's reason
   */
  async probe(observe: (step: DialStep) => void, o: { anonymous: boolean; signal?: AbortSignal }): Promise<void> {
    const who = o.anonymous ? {} : await abortable(this.#credentials.authorize(), o.signal);
    await this.#transport.probe(who, observe, o.signal);
  }

  dispose(): void {
    this.#forbidden.dispose();
    this.pulse.dispose();
    this.#transport.dispose();
    this.#credentials.dispose();
  }

  async #answer<T>(request: KubeRequest, read: (bytes: Buffer) => T | Promise<T>): Promise<T> {
    await this.signIn(request.signal);
    const limit = new Deadline(request.timeoutMs ?? defaultTimeoutMs, request.signal);
    try {
      const response = await this.#send(request, limit.signal, 'gzip');
      const bytes = await this.#bytes(response, limit.signal);
      if (response.status >= 300) throw this.#refusal(response, bytes.toString('utf8'));
      return await parsed(bytes, response.status, read);
    } catch (error) {
      if (isKubeError(error, 'Timeout')) this.#transport.closeIdle();
      throw error;
    } finally {
      limit.end();
    }
  }

  async #send(request: KubeRequest, signal: AbortSignal, encoding: 'gzip' | 'identity'): Promise<RawResponse> {
    const { method = 'GET', body } = request;
    const started = performance.now();
    const raw = {
      method,
      path: request.path + search(request.query),
      headers: {
        Accept: request.accept ?? 'application/json, */*;q=0.5',
        'Accept-Encoding': encoding,
        ...(body === undefined ? {} : { 'Content-Type': request.contentType ?? 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    };
    let response = await this.#transport.send(raw);
    if (response.status === 401) {
      response.body.resume();
      this.#credentials.rejected(response.sent);
      response = await this.#transport.send(raw);
    }
    const took = Math.round(performance.now() - started);
    this.#logger.trace(`${method} ${raw.path} ${response.status} ${took} ms`);
    if (response.status !== 401 && response.status < 500) this.pulse.heard();
    return response;
  }

  #refusal({ status, headers }: RawResponse, text: string): KubeError {
    const error = errorFromResponse(status, text, headers['retry-after']);
    this.#tellForbidden(error);
    const { problem } = error;
    return problem.code === 'Unauthorized' && this.login?.canAsk
      ? new KubeError({ ...problem, canSignIn: true })
      : error;
  }

  #tellForbidden({ problem }: KubeError): void {
    if (problem.code !== 'Forbidden' || !problem.verb || !problem.resource) return;
    const { verb, resource, namespace } = problem;
    this.#forbidden.fire({ verb, resource, namespace });
  }

  async #bytes(response: RawResponse, signal: AbortSignal): Promise<Buffer> {
    try {
      return await wholeBody(response);
    } catch (error) {
      throw this.#reason(error, signal);
    }
  }

  #reason(error: unknown, signal: AbortSignal): Error {
    return signal.aborted ? (signal.reason as Error) : errorFromSocket(error, this.#transport.host);
  }
}
