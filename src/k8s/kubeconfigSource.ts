import { createHash } from 'node:crypto';
import { existsSync, watch, type FSWatcher } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { Emitter, type Disposable } from './events.ts';
import { Kubeconfig, kubeconfigPaths, type KubeconfigPlace } from './kubeconfig.ts';
import type { Logger } from './log.ts';

/** Editors write a file in several steps: wait until they are through. */
const settleMs = 200;

/**
 * The kubeconfig and its changes. Starts watching with the first `load`, and fires only when the contents of the files
 * differ from what was seen last.
 */
export class KubeconfigSource implements Disposable {
  readonly #place: KubeconfigPlace;
  readonly #logger: Logger;
  readonly #changed = new Emitter<void>((error) =>
    this.#logger.error(`A listener of the kubeconfig threw: ${String(error)}`),
  );
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #seen: string | undefined;
  #disposed = false;
  readonly onDidChange = this.#changed.event;

  constructor(options: KubeconfigPlace & { logger: Logger }) {
    this.#place = options;
    this.#logger = options.logger;
  }

  /** Reads the files anew. Throws like {@link Kubeconfig.load}. */
  async load(): Promise<Kubeconfig> {
    await this.#watch();
    this.#seen = await this.#contents();
    return await Kubeconfig.load(this.#place);
  }

  /** Looks for changes now, as after a setting named another path; fires if there is one. Before `load` it does nothing. */
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
    for (const file of kubeconfigPaths(this.#place)) {
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
    for (const file of kubeconfigPaths(this.#place)) {
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
