import { createHash } from 'node:crypto';
import { existsSync, watch, type FSWatcher } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { Emitter, type Disposable } from './events.ts';
import type { Logger } from './log.ts';

/** Editors write a file in several steps: wait until they are through. */
const settleMs = 200;

/**
 * Tells when the contents of some files differ from what was seen last, wherever they are and whether or not they are there
 * yet. Begins with the first `see`. Which files these are may change: they are asked for anew at each look.
 */
export class WatchedFiles implements Disposable {
  readonly #files: () => readonly string[];
  readonly #logger: Logger;
  readonly #changed: Emitter<void>;
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #seen: string | undefined;
  #disposed = false;
  readonly onDidChange;

  /** @param options.what is how its listeners are called in the log */
  constructor(options: { files: () => readonly string[]; what: string; logger: Logger }) {
    this.#files = options.files;
    this.#logger = options.logger;
    this.#changed = new Emitter<void>((error) =>
      this.#logger.error(`A listener of ${options.what} threw: ${String(error)}`),
    );
    this.onDidChange = this.#changed.event;
  }

  /** What the files hold now is known from here on. */
  async see(): Promise<void> {
    await this.#watch();
    this.#seen = await this.#contents();
  }

  /** Looks for changes now, as after a setting named another path; fires if there is one. Before `see` it does nothing. */
  async look(): Promise<void> {
    if (this.#seen !== undefined) await this.#compare();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    this.#changed.dispose();
  }

  /** Folders are watched, not files: a file is often replaced, and may not be there yet. */
  async #watch(): Promise<void> {
    const folders = new Set<string>();
    for (const file of this.#files()) {
      folders.add(nearestFolder(path.dirname(file)));
      const real = await realpath(file).catch(() => file);
      folders.add(nearestFolder(path.dirname(real)));
    }
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) this.#watchFolder(folder);
  }

  #watchFolder(folder: string): void {
    if (this.#disposed || this.#watchers.has(folder)) return;
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#settle());
      watcher.on('error', (error) => {
        this.#logger.warn(`Changes in ${folder} are no longer noticed: ${error.message}`);
        this.#watchers.delete(folder);
        watcher.close();
      });
      this.#watchers.set(folder, watcher);
    } catch (error) {
      this.#logger.warn(`Changes in ${folder} are not noticed: ${(error as Error).message}`);
    }
  }

  #settle(): void {
    clearTimeout(this.#timer);
    if (this.#disposed) return;
    this.#timer = setTimeout(() => void this.#compare(), settleMs);
  }

  async #compare(): Promise<void> {
    await this.#watch();
    const now = await this.#contents();
    if (this.#disposed || now === this.#seen) return;
    this.#seen = now;
    this.#changed.fire();
  }

  async #contents(): Promise<string> {
    const hash = createHash('sha256');
    for (const file of this.#files()) {
      const contents = await readFile(file).catch((error: NodeJS.ErrnoException) => `(${error.code})`);
      hash.update(file).update('\0').update(contents).update('\0');
    }
    return hash.digest('hex');
  }
}

function nearestFolder(folder: string): string {
  while (!existsSync(folder) && path.dirname(folder) !== folder) folder = path.dirname(folder);
  return folder;
}
