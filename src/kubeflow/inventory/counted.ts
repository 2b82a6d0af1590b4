/** Something that runs while at least one is interested, and a little longer. */
import type { Disposable } from '../../k8s/events.ts';

/**
 * Counts users. `begin` runs with the first, `end` when the last has been gone for `lingerMs`: closing and opening a
 * folder again must not cost a list.
 */
export class Counted implements Disposable {
  readonly #begin: () => void;
  readonly #end: () => void;
  readonly #lingerMs: number;
  #users = 0;
  #active = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(o: { begin: () => void; end: () => void; lingerMs: number }) {
    this.#begin = o.begin;
    this.#end = o.end;
    this.#lingerMs = o.lingerMs;
  }

  /** Between begin and end. */
  get active(): boolean {
    return this.#active;
  }

  use(): Disposable {
    clearTimeout(this.#timer);
    this.#users++;
    if (!this.#active) {
      this.#active = true;
      this.#begin();
    }
    let used = true;
    return {
      dispose: () => {
        if (!used) return;
        used = false;
        if (--this.#users === 0 && this.#active) {
          this.#timer = setTimeout(() => this.#finish(), this.#lingerMs);
          this.#timer.unref();
        }
      },
    };
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#finish();
  }

  #finish(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#end();
  }
}
