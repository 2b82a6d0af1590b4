import http from 'node:http';
import https from 'node:https';
import type net from 'node:net';
import type { Duplex, Transform } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import tls from 'node:tls';
import type { Logger } from '../../src/k8s/log.ts';
import type { Certified } from '../cluster/certificate.ts';
import type { FaultRule, NetworkPath } from '../types.ts';
import { Flow, refusal } from './exchange.ts';
import { Gate } from './gate.ts';
import { Rules } from './rules.ts';
import { HalfALine, Shuffle, Trickle } from './transforms.ts';

/**
 * A proxy in front of the API server that ends TLS (HTTP/1.1 only) with the API server's own certificate and does to
 * requests, watches and upgraded connections what it is told. The network before it (gate.ts) can be told, too.
 */
export class FaultProxyServer {
  private readonly rules = new Rules();
  private readonly server: https.Server;
  private readonly agent: https.Agent;
  private readonly flows = new Set<Flow>();
  private gate: Gate | undefined;

  constructor(
    private readonly o: Certified & { upstream: { host: string; port: number; ca: string }; logger: Logger },
  ) {
    this.agent = new https.Agent({ keepAlive: true, ca: o.upstream.ca });
    // A watch has no end; its silence is the client's business. Idle connections stay open, as at the API server, which
    // does not tell clients of a time limit either.
    this.server = https.createServer({ cert: o.cert, key: o.key, requestTimeout: 0, keepAliveTimeout: 0 });
    this.server.on('secureConnection', (socket: tls.TLSSocket) => {
      socket.on('error', (error) => this.trace('client', error));
    });
    this.server.on('tlsClientError', (error) => this.trace('handshake', error));
    this.server.on('request', (request, response) => {
      this.request(request, response).catch((error: unknown) => this.trace('request', error));
    });
    this.server.on('upgrade', (request, socket, head) => {
      this.upgrade(request, socket, head).catch((error: unknown) => this.trace('upgrade', error));
    });
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', resolve);
    });
    this.gate = new Gate({ port, to: () => (this.server.address() as net.AddressInfo).port });
    await this.gate.set('open');
  }

  /** Adds a rule behind the others. Silence also takes in the matching answers that are under way. */
  set(rule: FaultRule): void {
    if (rule.do.kind !== 'silence') {
      this.rules.add(rule);
      return;
    }
    // The same count holds for what is open and for what comes.
    const open = new Rules();
    open.add({ ...rule, times: Infinity });
    let left = rule.times ?? Infinity;
    for (const flow of this.flows) {
      if (left > 0 && open.take(flow.method, flow.url)) {
        flow.hold();
        left--;
      }
    }
    if (left > 0) this.rules.add({ ...rule, times: left });
  }

  /** Forgets all rules; what was silent goes on. */
  clear(): void {
    this.rules.clear();
    for (const flow of this.flows) flow.release();
  }

  /** How many matches it takes until every rule that has an end is used up. */
  get left(): number {
    return this.rules.left;
  }

  /** The number of open connections from clients. */
  get connections(): number {
    return this.gate?.connections ?? 0;
  }

  /** Cuts all connections, in both directions and without a goodbye. */
  cut(): void {
    this.gate?.cut();
  }

  /** What the network before the proxy does from now on. */
  async path(state: NetworkPath): Promise<void> {
    await this.gate?.set(state);
  }

  /** Shows another certificate to connections that come, or its own again. */
  certificate(other: Certified | undefined): void {
    const { cert, key } = other ?? this.o;
    this.server.setSecureContext({ cert, key });
  }

  async close(): Promise<void> {
    await this.gate?.close();
    this.agent.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async request(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const fault = this.rules.take(method, url);
    if (fault?.kind === 'cut' && !fault.withinLine) return void request.socket.destroy();
    if (fault?.kind === 'status') {
      const { status, headers, body } = answer(fault);
      request.resume();
      response.writeHead(status, headers).end(body);
      return;
    }
    if (fault?.kind === 'delay') await delay(fault.ms);
    if (request.socket.destroyed) return;
    const upstream = https.request({
      ...{ host: this.o.upstream.host, port: this.o.upstream.port, agent: this.agent },
      // Whatever name the client knows it by, here it is an address.
      servername: '',
      ...{ method, path: fault?.kind === 'pages' ? limited(url, fault.limit) : url, headers: request.headers },
    });
    response.on('close', () => upstream.destroy());
    upstream.on('error', (error) => {
      this.trace(`${method} upstream`, error);
      if (!response.writableEnded) request.socket.destroy();
    });
    upstream.on('response', (from) => {
      if (fault?.kind === 'lose') return void from.resume().on('end', () => request.socket.destroy());
      response.writeHead(from.statusCode ?? 502, from.headers);
      response.flushHeaders();
      const flow = this.follow(new Flow(method, url, from, response, through(fault, request)));
      if (fault?.kind === 'silence') flow.hold();
      if (fault?.kind === 'end') endAfter(fault, flow, response);
      // An answer that the API server did not finish must not look finished to the client.
      from.on('aborted', () => {
        if (!response.writableEnded) request.socket.destroy();
      });
      response.on('close', () => this.flows.delete(flow));
    });
    request.pipe(upstream);
  }

  private async upgrade(request: http.IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const fault = this.rules.take(method, url);
    if (fault?.kind === 'cut') return void client.destroy();
    if (fault?.kind === 'status') {
      const { status, headers, body } = answer(fault);
      const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
      client.end(`HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
      return;
    }
    if (fault?.kind === 'delay') await delay(fault.ms);
    if (client.destroyed) return;
    const upstream = tls.connect({ ...this.o.upstream, ALPNProtocols: ['http/1.1'] });
    upstream.on('error', (error) => this.trace(`${method} upstream`, error));
    upstream.on('close', (hadError: boolean) => (hadError ? client.destroy() : client.end()));
    client.on('close', () => upstream.destroy());
    const lines: string[] = [`${method} ${url} HTTP/1.1`];
    for (let i = 0; i < request.rawHeaders.length; i += 2) {
      lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
    }
    upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    client.pipe(upstream);
    const flow = this.follow(new Flow(method, url, upstream, client));
    if (fault?.kind === 'silence') flow.hold();
    client.on('close', () => this.flows.delete(flow));
  }

  private follow(flow: Flow): Flow {
    this.flows.add(flow);
    return flow;
  }

  private trace(what: string, error: unknown): void {
    this.o.logger.trace(`Fault proxy, ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function through(fault: FaultRule['do'] | undefined, request: http.IncomingMessage): Transform | undefined {
  switch (fault?.kind) {
    case 'cut':
      return new HalfALine(() => request.socket.destroy());
    case 'shuffle':
      return new Shuffle();
    case 'trickle':
      return new Trickle(fault.bytesPerSecond);
    default:
      return undefined;
  }
}

function endAfter(fault: FaultRule['do'] & { kind: 'end' }, flow: Flow, response: http.ServerResponse): void {
  const timer = setTimeout(() => {
    flow.hold();
    response.end(fault.line === undefined ? '' : `${JSON.stringify(fault.line)}\n`);
  }, fault.afterMs);
  response.on('close', () => clearTimeout(timer));
}

function limited(path: string, limit: number): string {
  return path.replace(/([?&]limit=)\d+/, `$1${limit}`);
}

function answer(fault: FaultRule['do'] & { kind: 'status' }) {
  const page = typeof fault.body === 'string' ? fault.body : undefined;
  const body = page ?? JSON.stringify(fault.body ?? refusal(fault.status, fault.retryAfter));
  const headers: Record<string, string | number> = {
    'content-type': page === undefined ? 'application/json' : 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...(fault.retryAfter !== undefined && { 'retry-after': fault.retryAfter }),
  };
  return { status: fault.status, headers, body };
}
