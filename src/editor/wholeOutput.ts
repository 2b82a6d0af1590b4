import { randomUUID } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';

export interface WholeOutputOptions {
  /** Where its file goes; made when it is needed. */
  folder: string;
  logger: Logger;
  /** Bytes from which on there is a file at all: most cells need none. */
  inMemory?: number;
  /** Bytes at which the file ends: a cell that prints for ever must not fill the disk. */
  most?: number;
}

/**
 * All that one cell printed, in a file of this computer that only its user may read. It is there for as long as the cell
 * shows a part of it.
 */
export class WholeOutput implements Disposable {
  private early: string[] = [];
  private bytes = 0;
  private file: { path: string; stream: Promise<WriteStream | undefined> } | undefined;
  private lastWrite: Promise<void> = Promise.resolve();

  constructor(private readonly o: WholeOutputOptions) {}

  /** Bytes printed so far. */
  get length(): number {
    return this.bytes;
  }

  add(text: string): void {
    const before = this.bytes;
    this.bytes += Buffer.byteLength(text);
    if (before >= (this.o.most ?? 2_000_000_000)) return;
    this.early.push(text);
    if (this.bytes > (this.o.inMemory ?? 250_000)) this.write();
  }

  /** The cell's outputs were cleared. */
  clear(): void {
    this.early = [];
    this.bytes = 0;
    this.remove();
  }

  /** The file with all that was printed up to now; undefined when there is none, or the disk took it not. */
  async path(): Promise<string | undefined> {
    if (!this.file) return undefined;
    const { path, stream } = this.file;
    const opened = await stream;
    if (!opened) return undefined;
    await this.lastWrite;
    return path;
  }

  dispose(): void {
    this.early = [];
    this.remove();
  }

  private write(): void {
    this.file ??= this.open();
    const text = this.early.join('');
    this.early = [];
    const { stream } = this.file;
    this.lastWrite = Promise.all([stream, this.lastWrite]).then(
      ([opened]) => opened && new Promise<void>((resolve) => opened.write(text, () => resolve())),
    );
  }

  private open(): { path: string; stream: Promise<WriteStream | undefined> } {
    const { folder, logger } = this.o;
    const path = join(folder, `${randomUUID().slice(0, 8)}.log`);
    const stream = mkdir(folder, { recursive: true, mode: 0o700 }).then(
      () => {
        const made = createWriteStream(path, { mode: 0o600 });
        made.on('error', (error) => logger.warn(`the whole of an output: ${error.message}`));
        return made;
      },
      (error: unknown) => {
        logger.warn(`the whole of an output: ${String(error)}`);
        return undefined;
      },
    );
    return { path, stream };
  }

  private remove(): void {
    const { file } = this;
    this.file = undefined;
    this.lastWrite = Promise.resolve();
    if (!file) return;
    void file.stream
      .then((stream) => stream && new Promise<void>((resolve) => stream.destroy().once('close', () => resolve())))
      .then(() => rm(file.path, { force: true }))
      .catch((error: unknown) => this.o.logger.warn(`removing an output: ${String(error)}`));
  }
}
