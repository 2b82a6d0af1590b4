import { Duplex } from 'node:stream';

/** A stream that behaves as a net.Socket where http and ws ask for one. */
export abstract class SocketLike extends Duplex {
  constructor() {
    super({ allowHalfOpen: true, highWaterMark: 256 * 1024 });
    // Whoever uses the stream listens too; an error between two owners must not end the process.
    this.on('error', () => undefined);
  }

  /** As net.Socket: ends when all is written. http does this after an answer with "Connection: close". */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
