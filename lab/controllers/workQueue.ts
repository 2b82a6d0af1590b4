import type { Disposable } from '../../src/k8s/events.ts';
import type { Logger } from '../../src/k8s/log.ts';

export interface WorkQueueOptions {
  logger: Logger;
  /** First and longest wait after work that threw, in milliseconds; doubles in between. */
  backOff?: { firstMs: number; maxMs: number };
  /** How many keys are worked on at a time. */
  workers?: number;
}

interface Entry {
  running: boolean;
  again: boolean;
  failures: number;
  timer?: NodeJS.Timeout;
}

/**
 * Runs `work` for keys that changed: never twice at a time for one key, once more for a key that changed while it was
 * worked on, and again with back-off after an error (the rules of controller-runtime's work queue).
 */
export class WorkQueue implements Disposable {
  readonly #work: (key: string) => Promise<number | void>;
  readonly #logger: Logger;
  readonly #backOff: { firstMs: number; maxMs: number };
  readonly #workers: number;
  readonly #entries = new Map<string, Entry>();
  readonly #ready: string[] = [];
  #busy = 0;
  #disposed = false;

  /** @param work may give the milliseconds after which the key is to be worked on again, changed or not */
  constructor(work: (key: string) => Promise<number | void>, o: WorkQueueOptions) {
    this.#work = work;
    this.#logger = o.logger;
    this.#backOff = o.backOff ?? { firstMs: 5, maxMs: 30_000 };
    this.#workers = o.workers ?? 8;
  }

  /** Works on the key as soon as possible; a wait that was scheduled for it ends. */
  add(key: string): void {
    if (this.#disposed) return;
    const entry = this.#entry(key);
    clearTimeout(entry.timer);
    entry.timer = undefined;
    if (entry.running) entry.again = true;
    else if (!this.#ready.includes(key)) {
      this.#ready.push(key);
      this.#next();
    }
  }

  addAfter(key: string, ms: number): void {
    if (this.#disposed) return;
    const entry = this.#entry(key);
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => this.add(key), ms);
  }

  dispose(): void {
    this.#disposed = true;
    for (const entry of this.#entries.values()) clearTimeout(entry.timer);
    this.#entries.clear();
    this.#ready.length = 0;
  }

  #entry(key: string): Entry {
    let entry = this.#entries.get(key);
    if (!entry) this.#entries.set(key, (entry = { running: false, again: false, failures: 0 }));
    return entry;
  }

  #next(): void {
    while (this.#busy < this.#workers && this.#ready.length > 0) {
      const key = this.#ready.shift()!;
      this.#busy++;
      void this.#run(key, this.#entry(key));
    }
  }

  async #run(key: string, entry: Entry): Promise<void> {
    entry.running = true;
    entry.again = false;
    let wait: number | void = undefined;
    try {
      wait = await this.#work(key);
      entry.failures = 0;
    } catch (error) {
      wait = Math.min(this.#backOff.firstMs * 2 ** entry.failures++, this.#backOff.maxMs);
      if (!this.#disposed) this.#logger.debug(`${key}: ${String(error)}; again in ${wait} ms`);
    }
    entry.running = false;
    this.#busy--;
    if (this.#disposed) return;
    if (entry.again && entry.failures === 0) this.add(key);
    else if (wait !== undefined) this.addAfter(key, wait);
    else if (!entry.timer && !this.#ready.includes(key)) this.#entries.delete(key);
    this.#next();
  }
}
