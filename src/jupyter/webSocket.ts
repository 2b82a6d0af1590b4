import http from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, type ClientOptions } from 'ws';
import type { Tunnel } from './tunnel.ts';

/** Gives each WebSocket a connection of its own; asked only through `ws`, with a URL on localhost. */
class DialAgent extends http.Agent {
  constructor(private readonly tunnel: Tunnel) {
    super({ keepAlive: false });
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
}

/** A wire that is cut without a word is noticed after two of these, ms. */
const heartbeatMs = 20000;

export type WebSocketClass = new (
  url: string | URL,
  protocols?: string | string[],
  options?: ClientOptions,
) => WebSocket;

/**
 * A `ws` class that dials through the tunnel. An agent subclass with host localhost is the one way that VS Code's
 * patched http leaves to a caller; a class (not a function), because the Jupyter extension subclasses it.
 */
export function makeWebSocket(tunnel: Tunnel, extra: () => Record<string, string>): WebSocketClass {
  const agent = new DialAgent(tunnel);
  return class TunnelWebSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[], options: ClientOptions = {}) {
      const giveUp = new AbortController();
      // ws hands options that it does not know on to the request, and that to its agent.
      const ours: ClientOptions & { giveUp: AbortSignal } = {
        ...options,
        agent,
        headers: { ...options.headers, ...extra() },
        perMessageDeflate: false,
        maxPayload: 512 * 1024 * 1024,
        giveUp: giveUp.signal,
      };
      super(url, protocols ?? [], ours);
      this.once('close', () => giveUp.abort());
      this.once('open', () => this.watch());
    }

    private watch(): void {
      let heard = true;
      const hear = () => (heard = true);
      this.on('pong', hear).on('ping', hear).on('message', hear);
      const timer = setInterval(() => {
        if (!heard) return this.terminate();
        heard = false;
        this.ping();
      }, heartbeatMs);
      timer.unref?.();
      this.once('close', () => clearInterval(timer));
    }
  };
}
