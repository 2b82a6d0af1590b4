import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Disposable } from '../k8s/events.ts';

export interface HeartbeatOptions {
  /** A wire that is cut without a word is noticed after two of these, ms. */
  intervalMs: number;
  /** What lies below the WebSocket: one message can take longer than the patience, so its parts count. */
  stream?: Duplex;
  /** Nothing was heard for too long. */
  onSilent: () => void;
}

/** Whether the other end of a WebSocket is still heard of. */
export class Heartbeat implements Disposable {
  private readonly timer: NodeJS.Timeout;
  private impatience: NodeJS.Timeout | undefined;
  private turn: NodeJS.Immediate | undefined;
  private heardAt = Date.now();
  private heard = true;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly socket: WebSocket,
    private readonly o: HeartbeatOptions,
  ) {
    const hear = () => this.hear();
    socket.on('pong', hear).on('ping', hear).on('message', hear);
    o.stream?.on('data', hear);
    this.timer = setInterval(() => this.beat(), o.intervalMs);
    this.timer.unref?.();
  }

  /**
   * Before something is sent that must not get lost: true when the other end was heard of a moment ago. Else it is asked, and
   * `then` is called with its answer; without one the connection is silent sooner than by the heartbeat alone.
   */
  isFresh(then: () => void): boolean {
    const aMoment = this.o.intervalMs / 4;
    if (Date.now() - this.heardAt < aMoment) return true;
    this.waiting.push(then);
    if (this.waiting.length === 1) {
      this.socket.ping();
      this.beImpatient(aMoment);
    }
    return false;
  }

  dispose(): void {
    clearInterval(this.timer);
    clearTimeout(this.impatience);
    clearImmediate(this.turn);
    this.waiting = [];
  }

  private beat(): void {
    // Whoever holds a socket back hears nothing of it by himself.
    if (!this.heard && !this.socket.isPaused) return this.silent();
    this.heard = false;
    this.socket.ping();
  }

  private beImpatient(ms: number): void {
    this.impatience = setTimeout(() => (this.socket.isPaused ? this.beImpatient(ms) : this.silent()), ms);
  }

  /** After a long block of ours the answer may lie there unread: one turn of the event loop reads it. */
  private silent(): void {
    clearImmediate(this.turn);
    this.turn = setImmediate(() => this.o.onSilent());
  }

  private hear(): void {
    this.heard = true;
    this.heardAt = Date.now();
    clearTimeout(this.impatience);
    clearImmediate(this.turn);
    for (const then of this.waiting.splice(0)) then();
  }
}
