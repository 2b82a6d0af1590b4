import type { Duplex } from 'node:stream';
import { SocketLike } from './socketLike.ts';

/** One end of a pair. */
class LinkedStream extends SocketLike {
  other!: LinkedStream;
  #waiting: (() => void) | undefined;

  override _read(): void {
    const go = this.#waiting;
    this.#waiting = undefined;
    go?.();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    const { other } = this;
    if (other.destroyed || other.readableEnded) {
      return done(Object.assign(new Error('the other end is closed'), { code: 'ECONNRESET' }));
    }
    if (other.push(chunk)) done();
    else other.#waiting = done;
  }

  override _final(done: () => void): void {
    if (!this.other.destroyed) this.other.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const { other } = this;
    const waiting = [this.#waiting, other.#waiting];
    this.#waiting = other.#waiting = undefined;
    for (const go of waiting) go?.();
    // What was written before can still be read.
    if (!other.destroyed && !this.writableFinished) other.push(null);
    done(error);
  }
}

/** Two streams: what is written to one is read from the other, no faster than its reader. Each end closes by itself. */
export function linkedStreams(): [Duplex, Duplex] {
  const [one, other] = [new LinkedStream(), new LinkedStream()];
  one.other = other;
  other.other = one;
  return [one, other];
}
