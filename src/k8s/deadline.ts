import { KubeError } from './errors.ts';

/** A signal that aborts with the caller's, or with a Timeout when time is over. */
export class Deadline {
  readonly #control = new AbortController();
  readonly #parent: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #abort = (): void => this.#control.abort(this.#parent!.reason);
  readonly signal = this.#control.signal;

  constructor(ms: number, parent?: AbortSignal) {
    this.#parent = parent;
    const seconds = ms / 1000;
    this.#timer = setTimeout(() => this.#control.abort(new KubeError({ code: 'Timeout', seconds })), ms);
    if (parent?.aborted) this.#abort();
    else parent?.addEventListener('abort', this.#abort, { once: true });
  }

  endTimer(): void {
    clearTimeout(this.#timer);
  }

  end(): void {
    this.endTimer();
    this.#parent?.removeEventListener('abort', this.#abort);
  }
}
