import { KubeError } from '../errors.ts';
import { errorFromSocket } from '../problems.ts';

/** Time limit and abort for all steps of a dial: ending it destroys what is open at that step. */
export class Limit {
  readonly #host: string;
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<{ destroy(): void }>();
  #over: Error | undefined;
  #reject: (error: Error) => void = () => undefined;
  /** What it means at this step that time is over. */
  late: () => KubeError;

  constructor(host: string, { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal }) {
    this.#host = host;
    this.#signal = signal;
    const detail = `no connection within ${timeoutMs / 1000} s`;
    this.late = () => new KubeError({ code: 'Unreachable', host, reason: 'timeout', detail });
    this.#timer = setTimeout(() => this.#stop(this.late()), timeoutMs);
    signal?.addEventListener('abort', this.#abort, { once: true });
    if (signal?.aborted) this.#abort();
  }

  /** Resolves with what `start` gives; `thing` is destroyed when time is over, and when the step fails. */
  step<T extends { destroy(): void }, R>(
    thing: T,
    start: (thing: T, done: (result: R) => void, fail: (error: Error) => void) => void,
  ): Promise<R> {
    this.#open.add(thing);
    return new Promise<R>((resolve, reject) => {
      if (this.#over) {
        thing.destroy();
        return reject(this.#over);
      }
      this.#reject = reject;
      start(thing, resolve, (error) => {
        thing.destroy();
        reject(error);
      });
    });
  }

  destroyAll(): void {
    for (const thing of this.#open) thing.destroy();
  }

  /** Why the dial failed: time or abort come before what they broke. */
  reason(error: unknown): unknown {
    return this.#over ?? errorFromSocket(error, this.#host);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#open.clear();
  }

  readonly #abort = (): void => this.#stop(this.#signal!.reason as Error);

  #stop(why: Error): void {
    this.#over ??= why;
    this.destroyAll();
    this.#reject(this.#over);
  }
}
