import { createWriteStream, type WriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** One line as container runtimes keep it in a log file: time in nanoseconds, stream, F for a full line. */
export function criLine(stream: 'stdout' | 'stderr', text: string, at: Date): string {
  return `${at.toISOString().replace('Z', '000000Z')} ${stream} F ${text}\n`;
}

/** Writes a process's output into a file in the format that `kubectl logs` is served from. */
export class CriLog {
  readonly #file: WriteStream;
  readonly #ends: Promise<void>[] = [];

  constructor(path: string) {
    this.#file = createWriteStream(path, { flags: 'a', mode: 0o600 });
  }

  /** Resolves when the file exists: kwok refuses one that does not. */
  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.#file.pending) return resolve();
      this.#file.once('open', () => resolve());
      this.#file.once('error', reject);
    });
  }

  write(stream: 'stdout' | 'stderr', text: string): void {
    if (!this.#file.writableEnded) this.#file.write(criLine(stream, text, new Date()));
  }

  /** Takes over a stream of the process until it ends. Lines longer than 16 KiB are split, as runtimes do. */
  pipe(stream: 'stdout' | 'stderr', from: Readable): void {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    from.on('data', (chunk: Buffer) => {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop()!;
      for (const line of lines) this.write(stream, line.replace(/\r$/, ''));
      if (rest.length > 16_384) {
        this.write(stream, rest);
        rest = '';
      }
    });
    this.#ends.push(
      new Promise((resolve) => {
        from.on('close', () => {
          if (rest !== '') this.write(stream, rest);
          resolve();
        });
      }),
    );
  }

  /** Closes the file. What a process's children still write after its end is lost, as their pipes may never close. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#file.end(() => resolve()));
  }
}
