import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import { Guard, type Refusal } from './gateway/guard.ts';
import { pass, passUpgrade, relativeTo, type External } from './gateway/passage.ts';
import { PoolAgent } from './http.ts';
import type { Tunnel } from './tunnel.ts';

export interface GatewayOptions {
  tunnel: Tunnel;
  /** Where the server's paths begin: `/notebook/NS/NAME/` for Jupyter, `/` for others. */
  prefix: string;
  /** The page that a link leads to, below the prefix. */
  start: string;
  /** What is wrong, as one sentence for the user. */
  explain: (error: unknown) => string;
  /** The sentence for a browser that may not pass. */
  turnedAway: string;
  logger: Logger;
}

/** A connection that has sent no request after so long is closed; ms. */
const silentMs = 10_000;

/**
 * The one thing that listens: on loopback, for the user's own browser, a port for each notebook server (so an origin each).
 * See {@link Guard} for who may pass. Listens from the first link until it is disposed: a page that is open goes on.
 */
export class Gateway implements Disposable {
  readonly #o: GatewayOptions;
  readonly #agent: PoolAgent;
  #listening: Promise<{ port: number; guard: Guard; server: http.Server }> | undefined;
  #external = '';
  #disposed = false;

  constructor(o: GatewayOptions) {
    this.#o = o;
    this.#agent = new PoolAgent(o.tunnel, 30_000);
  }

  /** The address that a browser on this computer would use; starts to listen. For VS Code's `asExternalUri`. */
  async address(): Promise<URL> {
    const { port } = await this.#listen();
    return new URL(`http://127.0.0.1:${port}/`);
  }

  /**
   * A link that lets one browser in, once, within a minute.
   * @param external what `asExternalUri` made of `address`: another host, and perhaps a path that is taken off on the way
   */
  async link(external?: URL): Promise<URL> {
    const { guard } = await this.#listen();
    const base = external ?? (await this.address());
    this.#external = base.pathname.replace(/\/+$/, '');
    if (external) guard.knowExternal(external);
    return new URL(this.#external + guard.newLink(), base);
  }

  dispose(): void {
    this.#disposed = true;
    this.#agent.destroy();
    void this.#listening?.then(({ server }) => {
      server.close();
      server.closeAllConnections();
    });
  }

  #listen(): Promise<{ port: number; guard: Guard; server: http.Server }> {
    if (this.#disposed) return Promise.reject(new Error('the gateway is closed'));
    return (this.#listening ??= this.#start().catch((error: unknown) => {
      this.#listening = undefined;
      throw error;
    }));
  }

  async #start(): Promise<{ port: number; guard: Guard; server: http.Server }> {
    const server = http.createServer({
      headersTimeout: silentMs,
      requestTimeout: 0,
      connectionsCheckingInterval: 2_000,
    });
    server.on('connection', (socket) => {
      socket.setTimeout(silentMs, () => socket.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const guard = new Guard({ prefix: this.#o.prefix, id: String(port) });
    for (const host of ['127.0.0.1', 'localhost']) guard.know(`${host}:${port}`);
    server.on('request', (request, response) => {
      request.socket.setTimeout(0);
      void this.#request(request, response, guard);
    });
    server.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head, guard));
    server.on('error', (error) => this.#o.logger.warn(`The gateway of ${this.#name}: ${error.message}`));
    this.#o.logger.info(`The gateway of ${this.#name} listens on 127.0.0.1:${port}`);
    return { port, guard, server };
  }

  get #name(): string {
    const { namespace, server } = this.#o.tunnel.target;
    return `${namespace}/${server}`;
  }

  async #request(request: IncomingMessage, response: ServerResponse, guard: Guard): Promise<void> {
    const { method = '', url = '', headers } = request;
    const refusal = guard.refuses({ method, url, headers, webSocket: false });
    if (refusal) return this.#turnAway(refusal, response);
    if (guard.isLink(url)) return this.#letIn(url, response, guard);
    const external: External = { prefix: this.#external, base: this.#o.prefix };
    try {
      await pass(request, response, { agent: this.#agent, guard, external });
    } catch (error) {
      this.#o.logger.debug(`The gateway of ${this.#name}: ${String(error)}`);
      if (response.headersSent) response.destroy();
      else page(response, 502, this.#o.explain(error));
    }
  }

  async #upgrade(request: IncomingMessage, client: Duplex, head: Buffer, guard: Guard): Promise<void> {
    const { method = '', url = '', headers } = request;
    client.on('error', () => client.destroy());
    const refusal = guard.refuses({ method, url, headers, webSocket: true });
    if (refusal) {
      this.#o.logger.debug(`The gateway of ${this.#name} refused a WebSocket: ${refusal}`);
      return void client.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    }
    try {
      const server = await this.#o.tunnel.connect();
      (client as Partial<{ setTimeout(ms: number): void }>).setTimeout?.(0);
      passUpgrade(request, client, head, server, guard);
    } catch (error) {
      this.#o.logger.debug(`The gateway of ${this.#name}: ${String(error)}`);
      client.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    }
  }

  /**
   * A page of ours that leads on, in place of a redirect: a SameSite=Strict cookie does not go with a redirect of a
   * navigation that another site began (VS Code in a browser is another site).
   */
  #letIn(url: string, response: ServerResponse, guard: Guard): void {
    const session = guard.redeem(url);
    if (!session) return this.#turnAway('link', response);
    const to = relativeTo(url, this.#o.prefix + this.#o.start);
    const path = `${this.#external}/`;
    response.setHeader('Set-Cookie', `${guard.cookieName}=${session}; Path=${path}; HttpOnly; SameSite=Strict`);
    response.setHeader('Refresh', `0; url=${encodeURI(to)}`);
    page(response, 200, '');
  }

  #turnAway(refusal: Refusal, response: ServerResponse): void {
    this.#o.logger.debug(`The gateway of ${this.#name} refused a request: ${refusal}`);
    page(response, 403, this.#o.turnedAway);
  }
}

/** A page with one sentence, which nobody may frame or keep. */
function page(response: ServerResponse, status: number, sentence: string): void {
  const text = sentence.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const html = `<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Kubeflow Notebooks</title><p style="font: 16px system-ui; margin: 3em">${text}</p>`;
  response
    .writeHead(status, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': Buffer.byteLength(html),
      'Cache-Control': 'no-store',
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    })
    .end(html);
}
