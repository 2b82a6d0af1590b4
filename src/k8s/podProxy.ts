import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Cluster } from './cluster.ts';
import { KubeError } from './errors.ts';
import { linkedStreams } from './linkedStreams.ts';
import { readBytes } from './messageBody.ts';
import { pods, resourcePath } from './objects.ts';
import {
  answerHead,
  bodyOf,
  cameThroughApiServer,
  isJupyters,
  isStatus,
  mayBeStatus,
  pairs,
  requestHead,
  rewritten,
  wireHead,
  withoutBodyFacts,
} from './podProxyHeads.ts';
import { PortForwardRefused } from './portForwardStream.ts';
import type { Passed } from './requests.ts';
import { Unprefixed, unprefixed } from './rewritten.ts';

export interface PodProxyTarget {
  namespace: string;
  pod: string;
  port: number;
  /** A path that the server in the pod answers, to find out whether this way works. */
  path: string;
}

/**
 * A connection to an HTTP server in a pod by the API server's pods/proxy: whoever has the stream speaks HTTP/1.1 on it,
 * WebSockets too, as to the server itself; each request goes to the API server by itself. What goes wrong on that way ends the
 * stream with the error. The links of pages come as the pod wrote them; see `rewritten` for their bytes.
 * @throws KubeError (Forbidden: no right to pods/proxy, ServerError: the API server does not reach the pod, Refused by
 *   'gateway': somebody else answered), PortForwardRefused: nobody listens on the port; the signal's reason
 */
export async function podProxy(cluster: Cluster, to: PodProxyTarget, signal?: AbortSignal): Promise<Duplex> {
  const passage = new Passage(cluster, to);
  await passage.try(to.path, signal);
  return passage.open();
}

/** An answer's head, with its body where that had to be read to know whose answer it is. */
interface Answer {
  message: IncomingMessage;
  body?: Buffer;
}

class Passage {
  readonly #cluster: Cluster;
  readonly #prefix: string;

  constructor(cluster: Cluster, { namespace, pod, port }: PodProxyTarget) {
    this.#cluster = cluster;
    this.#prefix = `${resourcePath(pods, { namespace, name: pod })}:${port}/proxy`;
  }

  open(): Duplex {
    const [ours, theirs] = linkedStreams();
    const server = http.createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 });
    const fail = (error: unknown): void => void theirs.destroy(error as Error);
    server.on('request', (request, response) => void this.#request(request, response).catch(fail));
    server.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head).catch(fail));
    // Nobody listens: the server only reads HTTP from the stream that it is given.
    server.emit('connection', ours);
    theirs.once('close', () => ours.destroy());
    theirs.once('end', () => theirs.end());
    return theirs;
  }

  /** A real request, as nothing else tells whether the way works. */
  async try(path: string, signal?: AbortSignal): Promise<void> {
    const { message } = await this.#ask({ method: 'GET', url: path, headers: {} }, undefined, signal);
    const status = message.statusCode ?? 0;
    message.resume();
    if (status < 400 || (status === 404 && cameThroughApiServer(message))) return;
    throw new KubeError({ code: 'Refused', by: 'gateway', message: `HTTP ${status} by way of pods/proxy` });
  }

  async #request(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const gone = new AbortController();
    response.once('close', () => gone.abort(new Error('the connection was closed')));
    const body = await bodyOf(request);
    const asked = { method, url, headers: requestHead(request) };
    const answer = await this.#ask(asked, body, gone.signal).catch((error: unknown) => {
      if (gone.signal.aborted) return undefined;
      throw error;
    });
    if (!answer) return;
    const { message } = answer;
    const page = /^text\/html\b/i.test(message.headers['content-type'] ?? '');
    response.writeHead(message.statusCode ?? 502, message.statusMessage, this.#head(message, page));
    if (answer.body) return void response.end(answer.body);
    // An answer that is cut short must not look as if it had come to its end.
    message.once('error', () => response.destroy());
    message.once('aborted', () => response.destroy());
    response.once('close', () => message.destroy());
    (page ? message.pipe(new Unprefixed(this.#prefix)) : message).pipe(response);
  }

  #head(message: IncomingMessage, page: boolean): string[] {
    const head = answerHead(message).map(([name, value]): [string, string] =>
      name.toLowerCase() === 'location' ? [name, unprefixed(value, this.#prefix)] : [name, value],
    );
    return (page ? [...withoutBodyFacts(head), [rewritten, 'text/html']] : head).flat();
  }

  async #upgrade(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const headers = { ...requestHead(request), Connection: 'Upgrade', Upgrade: request.headers.upgrade };
    const path = this.#prefix + request.url;
    const gone = new AbortController();
    client.once('close', () => gone.abort(new Error('the connection was closed')));
    const passed = await this.#cluster.pass({ method: 'GET', path, headers, kind: 'upgrade' }, gone.signal);
    const { outgoing } = passed;
    client.once('close', () => outgoing.destroy());
    const refusal = await new Promise<IncomingMessage | undefined>((resolve, reject) => {
      outgoing.once('error', (error) => reject(passed.failed(error)));
      outgoing.once('response', resolve);
      outgoing.once('upgrade', (accepted, upstream, first) => {
        client.write(wireHead(101, 'Switching Protocols', pairs(accepted.rawHeaders)));
        if (first.length > 0) client.write(first);
        if (head.length > 0) upstream.write(head);
        join(client, upstream);
        resolve(undefined);
      });
      // It may have closed while somebody signed in, and then says so no more.
      if (client.destroyed) outgoing.destroy();
      else outgoing.end();
    });
    if (refusal) await this.#refuse(passed, refusal, client);
  }

  /** Passes on the pod's no to a WebSocket. @throws KubeError when the no is not the pod's */
  async #refuse(passed: Passed, answer: IncomingMessage, client: Duplex): Promise<void> {
    const body = await readBytes(answer).catch((error: unknown) => {
      throw passed.failed(error);
    });
    const text = body.toString('latin1');
    const status = answer.statusCode ?? 502;
    judge(passed, status, text);
    const message = `no WebSocket: HTTP ${status}`;
    // Tornado's answer to a request that is no handshake any more: somebody took its Upgrade header out.
    const bare = /can "upgrade" only to "websocket"/i.test(text);
    const byPod = cameThroughApiServer(answer) || isJupyters(answer, text);
    // What lies between and is in trouble itself may come out of it.
    if (!byPod && status >= 500) throw new KubeError({ code: 'ServerError', status, message });
    if (!byPod || bare) throw new KubeError({ code: 'Refused', by: 'gateway', message });
    const kept = answerHead(answer).filter(([name]) => name.toLowerCase() !== 'content-length');
    client.write(
      wireHead(status, answer.statusMessage ?? '', [
        ...kept,
        ['Content-Length', String(body.length)],
        ['Connection', 'close'],
      ]),
    );
    client.end(body);
  }

  /**
   * One request, to the head of its answer. It is sent once more where a 401 came, if its body is still here, and where a
   * kept connection was dead, if it only reads.
   */
  async #ask(
    { method, url, headers }: { method: string; url: string; headers: http.OutgoingHttpHeaders },
    body: Buffer | IncomingMessage | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const path = this.#prefix + url;
    const canRepeat = body === undefined || Buffer.isBuffer(body);
    for (let kind: 'request' | 'again' = 'request'; ; kind = 'again') {
      const passed = await this.#cluster.pass({ method, path, headers, kind }, signal);
      try {
        const message = await answered(passed.outgoing, body, signal);
        if (!mayBeStatus(message)) return { message };
        const bytes = await readBytes(message);
        judge(passed, message.statusCode ?? 500, bytes.toString('utf8'));
        return { message, body: bytes };
      } catch (error) {
        if (signal?.aborted || error instanceof PortForwardRefused) throw error;
        // What writes may have arrived: a part that is appended twice spoils the file.
        const reads = method === 'GET' || method === 'HEAD';
        const dead = reads && passed.outgoing.reusedSocket && !(error instanceof KubeError);
        const signedOut = error instanceof KubeError && error.code === 'Unauthorized';
        if (kind === 'again' || !canRepeat || !(dead || signedOut)) throw passed.failed(error);
      }
    }
  }
}

/** @throws KubeError, PortForwardRefused: it is the API server itself that answers */
function judge(passed: Passed, status: number, text: string): void {
  if (status < 400 || !isStatus(text)) return;
  const error = passed.refused(status, text);
  const closed = /error trying to reach service/.test(text) && /connection refused/i.test(text);
  throw closed ? new PortForwardRefused(error.message) : error;
}

/** Sends what is to be sent and waits for the head of the answer. @throws the socket's error; the signal's reason */
function answered(
  outgoing: http.ClientRequest,
  body: Buffer | IncomingMessage | undefined,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      outgoing.destroy();
      reject(signal!.reason as Error);
    };
    signal?.addEventListener('abort', abort, { once: true });
    outgoing.once('close', () => signal?.removeEventListener('abort', abort));
    outgoing.on('error', reject);
    outgoing.once('response', resolve);
    if (signal?.aborted) return abort();
    if (body === undefined || Buffer.isBuffer(body)) outgoing.end(body);
    else body.pipe(outgoing);
  });
}

/** Carries bytes both ways; when one side goes, so does the other. */
function join(client: Duplex, upstream: Duplex): void {
  upstream.on('error', () => client.destroy());
  upstream.once('close', () => client.destroy());
  client.once('close', () => upstream.destroy());
  client.pipe(upstream).pipe(client);
}
