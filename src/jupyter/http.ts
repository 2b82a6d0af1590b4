import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { Disposable } from '../k8s/events.ts';
import { PortForwardRefused } from '../k8s/portForward.ts';
import { JupyterError } from './errors.ts';
import type { Tunnel } from './tunnel.ts';

export interface HttpRequest {
  method: string;
  /** Path and query, percent-encoded. */
  path: string;
  headers: Record<string, string>;
  body?: Uint8Array;
  signal?: AbortSignal;
  /** Doing it twice is another thing: never sent again once it may have arrived. */
  once?: boolean;
  /** How long nothing may move, connection included: neither a part of the body nor of the answer; ms. */
  timeoutMs?: number;
}

export interface HttpHead {
  status: number;
  statusText: string;
  headers: [string, string][];
}

export interface HttpResponse extends HttpHead {
  body: Buffer;
}

/** An answer whose body is read as it comes. */
export interface HttpStream extends HttpHead {
  /** Read it once, to its end or `break`; it throws JupyterError where the answer is cut short or stops coming. */
  body: AsyncIterable<Buffer>;
}

/** Keep-alive connections through the tunnel; a free one is closed after `freeMs`. */
export class PoolAgent extends http.Agent {
  private readonly freeTimers = new WeakMap<Duplex, NodeJS.Timeout>();

  constructor(
    private readonly tunnel: Tunnel,
    private readonly freeMs: number,
  ) {
    super({ keepAlive: true, maxSockets: 6, maxFreeSockets: 2, scheduling: 'lifo' });
  }

  override createConnection(
    options: object,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    this.tunnel.connect((options as { giveUp?: AbortSignal }).giveUp).then(
      (stream) => callback?.(null, stream),
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  }

  override keepSocketAlive(stream: Duplex): boolean {
    const keep = super.keepSocketAlive(stream) as unknown; // its type forgets the answer
    if (keep === false) return false;
    if (!this.freeTimers.has(stream)) stream.once('close', () => clearTimeout(this.freeTimers.get(stream)));
    const timer = setTimeout(() => stream.destroy(), this.freeMs);
    timer.unref?.();
    this.freeTimers.set(stream, timer);
    return true;
  }

  /** Closes the connections that wait for another request. */
  dropFree(): void {
    for (const stream of Object.values(this.freeSockets).flat()) stream?.destroy();
  }

  override reuseSocket(stream: Duplex, request: http.ClientRequest): void {
    super.reuseSocket(stream, request);
    clearTimeout(this.freeTimers.get(stream));
  }
}

/**
 * HTTP/1.1 to Jupyter through a tunnel. Uses the constructor of ClientRequest, as VS Code's extension host replaces
 * `http.request` by one that ignores a caller's agent and connection for most hosts; the constructor is left alone.
 */
export class TunnelHttp implements Disposable {
  private readonly agent: PoolAgent;

  constructor(
    private readonly tunnel: Tunnel,
    freeMs = 30000,
  ) {
    this.agent = new PoolAgent(tunnel, freeMs);
  }

  /**
   * One request; the whole body in memory. Retried when a connection turned out to be dead, and until the
   * deadline while nobody listens (Jupyter never saw those). Rejects with JupyterError, KubeError or the signal's reason.
   */
  request(request: HttpRequest): Promise<HttpResponse> {
    return this.retried(request, async (deadline) => {
      const { body, ...head } = await this.begin(request, deadline);
      const chunks: Buffer[] = [];
      for await (const chunk of body) chunks.push(chunk);
      return { ...head, body: Buffer.concat(chunks) };
    });
  }

  /**
   * One request whose body is read as it comes, no faster than its reader. Retried as `request` is until the answer
   * begins. A reader may take its time: only waiting for the server counts for `timeoutMs`.
   */
  stream(request: HttpRequest): Promise<HttpStream> {
    return this.retried(request, (deadline) => this.begin(request, deadline));
  }

  /** A connection of the same tunnel turned out to be dead without a word: those that are kept are no better. */
  suspect(): void {
    this.agent.dropFree();
  }

  dispose(): void {
    this.agent.destroy();
  }

  private async retried<T>(request: HttpRequest, once: (deadline: number) => Promise<T>): Promise<T> {
    const deadline = Date.now() + (request.timeoutMs ?? 30000);
    let staleTries = 0;
    for (;;) {
      try {
        return await once(deadline);
      } catch (error) {
        if (request.signal?.aborted) throw error;
        if (error instanceof PortForwardRefused && Date.now() < deadline) continue;
        if (error instanceof StaleConnection && staleTries++ < 3) continue;
        throw error instanceof StaleConnection ? this.unreachable(error.cause) : error;
      }
    }
  }

  private begin(request: HttpRequest, deadline: number): Promise<HttpStream> {
    return new Promise((resolve, reject) => {
      const giveUp = new AbortController();
      const options: http.ClientRequestArgs & { giveUp: AbortSignal } = {
        giveUp: giveUp.signal,
        agent: this.agent,
        host: 'localhost',
        method: request.method,
        path: request.path,
        headers: {
          ...request.headers,
          ...(request.body || !/^(GET|HEAD|OPTIONS)$/.test(request.method)
            ? { 'Content-Length': String(request.body?.byteLength ?? 0) }
            : {}),
        },
      };
      const outgoing = new http.ClientRequest(options);
      const patience = Math.max(0, deadline - Date.now());
      let timer: NodeJS.Timeout | undefined;
      let turn: NodeJS.Immediate | undefined;
      /** What ended the request, once its answer has begun: its reader is told. */
      const ended: { by?: Error } = {};
      const rest = () => {
        clearTimeout(timer);
        clearImmediate(turn);
      };
      const settle = () => {
        rest();
        request.signal?.removeEventListener('abort', abort);
      };
      const fail = (reason: unknown) => {
        const error = reason instanceof Error ? reason : new Error(String(reason));
        settle();
        ended.by ??= error;
        outgoing.destroy();
        giveUp.abort();
        reject(error);
      };
      const abort = () => fail(request.signal?.reason ?? new Error('aborted'));
      const moved = (more = 0) => {
        rest();
        const ms = patience + more;
        // After a long block of ours what came may lie there unread: one turn of the event loop reads it.
        timer = setTimeout(() => (turn = setImmediate(() => fail(this.tooLong(outgoing, ms)))), ms);
      };
      outgoing.on('error', (error) => fail(this.classify(error, outgoing, request)));
      if (request.signal?.aborted) return abort();
      moved();
      request.signal?.addEventListener('abort', abort, { once: true });
      outgoing.on('response', (incoming) => {
        moved();
        incoming.on('error', () => undefined); // told to the reader, who may not have begun
        resolve({
          status: incoming.statusCode ?? 0,
          statusText: incoming.statusMessage ?? '',
          headers: pairs(incoming.rawHeaders),
          body: this.bodyOf(incoming, { ended, moved: () => moved(), paused: rest, settle }),
        });
      });
      send(outgoing, request.body, moved);
    });
  }

  private async *bodyOf(
    incoming: http.IncomingMessage,
    o: { ended: { by?: Error }; moved: () => void; paused: () => void; settle: () => void },
  ): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of incoming) {
        o.paused();
        yield chunk as Buffer;
        o.moved();
      }
    } catch (error) {
      throw o.ended.by ?? this.unreachable(error);
    } finally {
      o.settle();
    }
    // Cut short: the tunnel ended before the length that the head promised.
    if (!incoming.complete) throw o.ended.by ?? this.unreachable(new Error('the answer was cut short'));
  }

  /** A wire that went silent shows first as an answer that does not come; what else is kept went the same way. */
  private tooLong(outgoing: http.ClientRequest, ms: number): Error {
    if (outgoing.socket) {
      this.tunnel.suspect();
      this.agent.dropFree();
    }
    return new JupyterError(this.tunnel.whyNot(Math.round(ms / 1000)));
  }

  private classify(error: Error & { code?: string }, outgoing: http.ClientRequest, request: HttpRequest): Error {
    if (error instanceof PortForwardRefused || error instanceof JupyterError) return error;
    // Without a connection the error is the cluster's: it says why there is none.
    if (!outgoing.socket && 'problem' in error) return error;
    // A spare connection can have died unnoticed like a kept one: what only reads is asked again.
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const safe = reads || (outgoing.reusedSocket && error.code === 'ECONNRESET' && !request.once);
    return safe ? new StaleConnection(error) : this.unreachable(error);
  }

  private unreachable(cause: unknown): JupyterError {
    const why = this.tunnel.whyNot();
    if (why.code === 'NotRunning') return new JupyterError(why, { cause });
    const detail = cause instanceof Error ? cause.message : String(cause);
    return new JupyterError({ code: 'Unreachable', server: this.tunnel.target.server, detail }, { cause });
  }
}

/** Large bodies go in parts, so that a slow wire can be told from a dead one. */
const partBytes = 256 * 1024;
/** What was handed to the system may still be on its way: 1 Mbit/s is the slowest wire that counts as alive. */
const slowestBytesPerMs = 125;

function send(outgoing: http.ClientRequest, body: Uint8Array | undefined, moved: (more?: number) => void): void {
  if (!body || body.byteLength <= partBytes) return void outgoing.end(body);
  let at = 0;
  const next = (error?: Error | null) => {
    if (error || outgoing.destroyed) return; // told by the request's own events
    moved(at / slowestBytesPerMs);
    const part = body.subarray(at, (at += partBytes));
    if (at < body.byteLength) outgoing.write(part, next);
    else outgoing.end(part);
  };
  next();
}

/** A kept connection was dead before the request was answered: another one may do. */
class StaleConnection extends Error {
  constructor(cause: unknown) {
    super('stale connection', { cause });
  }
}

function pairs(raw: readonly string[]): [string, string][] {
  const result: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) result.push([raw[i]!, raw[i + 1]!]);
  return result;
}
