import { createHash } from 'node:crypto';
import http from 'node:http';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import { keepAliveMs } from './dial.ts';

/** The client certificate that a socket was opened with. */
export interface Identity {
  cert?: Buffer | string;
  key?: Buffer | string;
}

/** What tells client certificates apart. */
export function identityKey({ cert }: Identity): string {
  return cert ? createHash('sha256').update(cert).digest('hex') : 'no certificate';
}

type Connect = (identity: Identity) => Promise<net.Socket>;
type Created = (error: Error | null, socket?: Duplex) => void;

/**
 * Keeps sockets of our own `dial()` alive and hands them out again, those of one client certificate to that certificate
 * only. `http.ClientRequest` uses it in VS Code's extension host too, where `http.request` ignores agents.
 */
export class DialAgent extends http.Agent {
  readonly #connect: Connect;

  constructor(connect: Connect, options: { keepAlive: boolean }) {
    // Idle sockets are closed before the API server (90 s) or a load balancer (60 s and more) does it.
    super({
      keepAlive: options.keepAlive,
      // As dial() has it: Node's own second would have the kernel ask each idle peer once a second.
      keepAliveMsecs: keepAliveMs,
      maxFreeSockets: 8,
      scheduling: 'lifo',
      timeout: 50_000,
    });
    this.#connect = connect;
  }

  override getName(options?: object): string {
    return identityKey(options ?? {});
  }

  override createConnection(options: object, created: Created): undefined {
    this.#connect(options as Identity).then(
      (socket) => created(null, socket),
      (error: Error) => created(error),
    );
    return undefined;
  }

  /** Closes what nobody uses now, e.g. after a time limit showed that a peer is gone. */
  closeIdle(): void {
    for (const sockets of Object.values(this.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
}
