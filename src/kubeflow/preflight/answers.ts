/** Answers of a cluster that are asked for again and again while somebody types, each kept for a while. */
import { abortable } from '../../k8s/abortable.ts';
import { isKubeError } from '../../k8s/errors.ts';
import type { KubeError } from '../../k8s/errors.ts';
import type { Disposable } from '../../k8s/events.ts';

/** ms. Rights seldom change, and a form that is typed in asks every second. */
const noIsOldMs = 60_000;

interface Kept {
  at: number;
  answer: Promise<unknown>;
  denied?: true;
}

export interface AskOptions {
  /** Nothing that was known before counts, but for what may not be known. */
  fresh?: boolean;
  signal?: AbortSignal;
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
    const known = this.#kept.get(name);
    const good = known && this.now() - known.at < (known.denied ? noIsOldMs : o.fresh ? 0 : freshMs);
    const answer = good ? (known.answer as Promise<T>) : this.#keep(name, question);
    try {
      return await abortable(answer, o.signal);
    } catch (error) {
      o.signal?.throwIfAborted();
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
    const kept: Kept = { at: this.now(), answer };
    this.#kept.set(name, kept);
    answer.catch((error: unknown) => {
      if (isKubeError(error) && isDenied(error)) kept.denied = true;
      else if (this.#kept.get(name) === kept) this.#kept.delete(name);
    });
    return answer;
  }
}

/** It may not be asked, or there is nothing of the kind in this cluster. */
function isDenied({ problem }: KubeError): boolean {
  return problem.code === 'Forbidden' || problem.code === 'NotFound';
}
