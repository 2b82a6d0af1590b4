import { Transform, type TransformCallback } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** Lets half of the first line through and calls `cut`. What comes later is kept back. */
export class HalfALine extends Transform {
  private pending: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  private over = false;

  constructor(private readonly cut: () => void) {
    super();
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    if (this.over) return done();
    this.pending = Buffer.concat([this.pending, chunk]);
    const end = this.pending.indexOf('\n');
    if (end < 0) return done();
    this.over = true;
    this.push(this.pending.subarray(0, Math.ceil(end / 2)));
    // Only what has left can arrive.
    setTimeout(() => this.cut(), 50);
    done();
  }
}

/** ms. Lines that come closer together than this are turned around. */
const together = 150;

/** Each line twice, and lines that come close together in the wrong order. */
export class Shuffle extends Transform {
  private rest = '';
  private lines: string[] = [];
  private timer: NodeJS.Timeout | undefined;

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    const lines = (this.rest + chunk.toString('utf8')).split('\n');
    this.rest = lines.pop() ?? '';
    this.lines.push(...lines);
    this.timer ??= setTimeout(() => this.turn(), together);
    done();
  }

  override _flush(done: TransformCallback): void {
    this.turn();
    done(null, this.rest);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.timer);
    done(error);
  }

  private turn(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const line of this.lines.splice(0).reverse()) this.push(`${line}\n${line}\n`);
  }
}

/** As many bytes a second. */
export class Trickle extends Transform {
  constructor(private readonly bytesPerSecond: number) {
    super();
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.pass(chunk).then(() => done(), done);
  }

  private async pass(chunk: Buffer): Promise<void> {
    const slice = Math.max(1, Math.round(this.bytesPerSecond / 10));
    for (let at = 0; at < chunk.length && !this.destroyed; at += slice) {
      this.push(chunk.subarray(at, at + slice));
      await delay(100);
    }
  }
}
