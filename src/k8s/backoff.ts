import type { KubeError } from './errors.ts';

/** Between tries of what only a person can mend: a missing right, a missing API, a sign-in. */
export const slowRetryMs = 30_000;
/** The same, soon after it was in order: whoever took it away may be giving it back. */
const soonRetryMs = 8_000;
const soonTries = 20;
const firstMs = 250;
const capMs = 5_000;

/** How long to wait after failures in a row: doubling with jitter up to 5 s, never less than the server asks for. */
export class Backoff {
  readonly #random: () => number;
  failures = 0;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  reset(): void {
    this.failures = 0;
  }

  /**
   * Milliseconds to wait after this failure.
   * @param before it was in order before these failures
   */
  failed(error: KubeError | undefined, before = false): number {
    const steps = this.failures++;
    const doubled = Math.min(capMs, firstMs * 2 ** Math.min(steps, 10));
    const wait = Math.round(doubled * (0.5 + this.#random() / 2));
    const problem = error?.problem;
    switch (problem?.code) {
      case 'Forbidden':
      case 'NotFound':
      case 'Unauthorized':
      case 'SignedOut':
      case 'ExecPluginFailed':
      case 'KubeconfigInvalid':
        return before && steps < soonTries ? soonRetryMs : slowRetryMs;
      case 'TooManyRequests':
      case 'ServerError':
        return Math.max(wait, (problem.retryAfterSeconds ?? 0) * 1000);
      default:
        return wait;
    }
  }
}

/** Waits, or returns early when one of the signals aborts. */
export function pause(ms: number, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    for (const signal of signals) signal.addEventListener('abort', end, { once: true });
    if (signals.some((signal) => signal.aborted)) end();
  });
}
