/** Answers of a cluster that are asked for again and again while somebody types, each kept for a while. */
import { abortable } from '../../k8s/abortable.ts';
import { isKubeError, KubeError } from '../../k8s/errors.ts';
import type { Disposable } from '../../k8s/events.ts';

/** ms. Rights seldom change, and a form that is typed in asks every second. */
const noIsOldMs = 60_000;

/** A name that is typed is a question at each key. */
const mostKept = 200;

interface Kept {
  /** When it came; undefined while it is on its way. */
  at?: number;
  answer: Promise<unknown>;
  denied?: true;
}

export interface AskOptions {
  /** Nothing that was known before counts, but for what may not be known. */
  fresh?: boolean;
  signal?: AbortSignal;
  /** When this aborts, there is no answer. */
  until?: AbortSignal;
  /** Hears why there is no answer, where that is no missing right. */
  unanswered: (error: KubeError) => void;
}

export class Answers implements Disposable {
  readonly #kept = new Map<string, Kept>();
  readonly #ending = new AbortController();

  constructor(private readonly now: () => number) {}

  /**
   * The answer to a question by its name, or undefined: where it may not be asked, or there is none. One question at a time
   * is under way; who gives up waiting for it does not end it for others.
   * @param freshMs how long an answer is good for
   * @throws the signal's reason
   */
  async ask<T>(
    name: string,
    freshMs: number,
    question: (signal: AbortSignal) => Promise<T>,
    o: AskOptions,
  ): Promise<T | undefined> {
    const asked = this.now();
    const known = this.#kept.get(name);
    const age = known?.at === undefined ? 0 : this.now() - known.at;
    const good = known && age < (known.denied ? noIsOldMs : o.fresh ? 0 : freshMs);
    const answer = good ? (known.answer as Promise<T>) : this.#keep(name, question);
    try {
      return await abortable(answer, either(o.signal, o.until));
    } catch (error) {
      o.signal?.throwIfAborted();
      if (o.until?.aborted) {
        o.unanswered(new KubeError({ code: 'Timeout', seconds: Math.round((this.now() - asked) / 1000) }));
        return undefined;
      }
      if (!isKubeError(error)) throw error;
      if (!isDenied(error)) o.unanswered(error);
      return undefined;
    }
  }

  dispose(): void {
    this.#ending.abort();
    this.#kept.clear();
  }

  #keep<T>(name: string, question: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const answer = question(this.#ending.signal);
    const kept: Kept = { answer };
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    for (const oldest of this.#kept.keys()) if (this.#kept.size > mostKept) this.#kept.delete(oldest);
    answer.then(
      () => (kept.at = this.now()),
      (error: unknown) => {
        kept.at = this.now();
        if (isKubeError(error) && isDenied(error)) kept.denied = true;
        else if (this.#kept.get(name) === kept) this.#kept.delete(name);
      },
    );
    return answer;
  }
}

/** Aborts with the first of them. */
export function either(...signals: (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length > 1 ? AbortSignal.any(given) : given[0];
}

/** It may not be asked, or there is nothing of the kind in this cluster. */
function isDenied({ problem }: KubeError): boolean {
  return problem.code === 'Forbidden' || problem.code === 'NotFound';
}
