import http from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, type ClientOptions } from 'ws';
import { Heartbeat } from './heartbeat.ts';
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

const defaultHeartbeatMs = 20000;
/**
 * A connection that was dead when it was given never answers the handshake; ms. Jupyter itself takes up to 60 s for it
 * when the kernel is busy (its kernel_info_timeout).
 */
const handshakeMs = 75000;

export interface WebSocketOptions {
  /** A wire that is cut without a word is noticed after two of these, ms. */
  heartbeatMs?: number;
  /** It was: other connections of the same age are dead as well. */
  onSilent?: () => void;
}

/**
 * Emits `acknowledged` when the other end has answered the closing, and all before it was handed on: `ws` ends its stream
 * then, and its own `close` comes with the end of the tunnel's stream, which can take its time.
 */
export interface TunnelSocket extends WebSocket {
  /** See Heartbeat. True before the connection is open. */
  isFresh(then: () => void): boolean;
}

export type WebSocketClass = new (
  url: string | URL,
  protocols?: string | string[],
  options?: ClientOptions,
) => TunnelSocket;

/**
 * A `ws` class that dials through the tunnel. An agent subclass with host localhost is the one way that VS Code's
 * patched http leaves to a caller; a class (not a function), because the Jupyter extension subclasses it.
 */
export function makeWebSocket(
  tunnel: Dialer,
  extra: () => Record<string, string>,
  o: WebSocketOptions = {},
): WebSocketClass {
  const agent = new DialAgent(tunnel);
  const silent = () => {
    tunnel.suspect();
    o.onSilent?.();
  };
  return class TunnelWebSocket extends WebSocket implements TunnelSocket {
    private heartbeat: Heartbeat | undefined;

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
            silent();
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

    isFresh(then: () => void): boolean {
      return this.heartbeat?.isFresh(then) ?? true;
    }

    private watch(stream: Duplex | undefined): void {
      stream?.once('prefinish', () => this.emit('acknowledged'));
      const onSilent = () => {
        silent();
        this.terminate();
      };
      this.heartbeat = new Heartbeat(this, { intervalMs: o.heartbeatMs ?? defaultHeartbeatMs, stream, onSilent });
      this.once('close', () => this.heartbeat?.dispose());
    }
  };
}
