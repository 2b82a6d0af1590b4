import http from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, type ClientOptions } from 'ws';
import type { Tunnel } from './tunnel.ts';

/** The part of a tunnel that is needed here. */
export type Dialer = Pick<Tunnel, 'connect' | 'suspect'>;

interface Ours {
  giveUp: AbortSignal;
  /** Hears of the connection that the tunnel gave. */
  given: (stream: Duplex) => void;
}

/** Gives each WebSocket a connection of its own; asked only through `ws`, with a URL on localhost. */
class DialAgent extends http.Agent {
  constructor(private readonly tunnel: Dialer) {
    super({ keepAlive: false });
  }

  override createConnection(
    options: object,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const { giveUp, given } = options as Partial<Ours>;
    this.tunnel.connect(giveUp).then(
      (stream) => {
        given?.(stream);
        callback?.(null, stream);
      },
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  }
}

/** A wire that is cut without a word is noticed after two of these, ms. */
const heartbeatMs = 20000;
/**
 * A connection that was dead when it was given never answers the handshake; ms. Jupyter itself takes up to 60 s for it
 * when the kernel is busy (its kernel_info_timeout).
 */
const handshakeMs = 75000;

export type WebSocketClass = new (
  url: string | URL,
  protocols?: string | string[],
  options?: ClientOptions,
) => WebSocket;

/**
 * A `ws` class that dials through the tunnel. An agent subclass with host localhost is the one way that VS Code's
 * patched http leaves to a caller; a class (not a function), because the Jupyter extension subclasses it.
 */
export function makeWebSocket(tunnel: Dialer, extra: () => Record<string, string>): WebSocketClass {
  const agent = new DialAgent(tunnel);
  return class TunnelWebSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[], options: ClientOptions = {}) {
      const giveUp = new AbortController();
      let stream: Duplex | undefined;
      let handshake: NodeJS.Timeout | undefined;
      // ws hands options that it does not know on to the request, and that to its agent. Its own time limit for the
      // handshake needs a net.Socket.
      const ours: ClientOptions & Ours = {
        ...options,
        agent,
        headers: { ...options.headers, ...extra() },
        perMessageDeflate: false,
        maxPayload: 512 * 1024 * 1024,
        giveUp: giveUp.signal,
        given: (got) => {
          stream = got;
          handshake = setTimeout(() => {
            tunnel.suspect();
            got.destroy(new Error('no answer to the handshake'));
          }, handshakeMs);
        },
      };
      super(url, protocols ?? [], ours);
      this.once('close', () => {
        clearTimeout(handshake);
        giveUp.abort();
      });
      this.once('open', () => {
        clearTimeout(handshake);
        this.watch(stream);
      });
    }

    private watch(stream: Duplex | undefined): void {
      let heard = true;
      const hear = () => (heard = true);
      this.on('pong', hear).on('ping', hear).on('message', hear);
      // One message can take longer than the patience: its parts count.
      stream?.on('data', hear);
      const timer = setInterval(() => {
        if (!heard) {
          tunnel.suspect();
          return this.terminate();
        }
        heard = false;
        this.ping();
      }, heartbeatMs);
      timer.unref?.();
      this.once('close', () => clearInterval(timer));
    }
  };
}
