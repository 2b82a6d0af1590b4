import type { Occurrence } from './eventRecorder.ts';

const similarLimit = 10;
const similarWindowMs = 600_000;
const burst = 25;
const refillMs = 300_000;
const remembered = 4096;

/** What is to be written for an occurrence. */
export interface Correlated {
  message: string;
  /** How often it has happened, this one included. */
  count: number;
  /** The event whose count is to be raised; absent: a new event. */
  written?: Written;
  /** Takes the event that was made. */
  remember(event: Written): void;
}

export interface Written {
  name: string;
  firstTimestamp: string;
}

interface Similar {
  messages: Set<string>;
  last: number;
}

/**
 * client-go's rules for events (tools/record): the same message again raises a count; from the tenth different message of
 * one reason on within 10 minutes they are combined; per object at most 25 at once and one more every 5 minutes.
 */
export class EventCorrelator {
  readonly #similar = new Map<string, Similar>();
  readonly #counts = new Map<string, { count: number; event?: Written }>();
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /** @returns undefined when the object's events come too fast, and this one is dropped */
  correlate(occurrence: Occurrence, at: Date): Correlated | undefined {
    const { involved, type, reason, message } = occurrence;
    const object = [
      involved.kind,
      involved.namespace,
      involved.name,
      involved.uid,
      involved.fieldPath,
      involved.apiVersion,
    ].join('|');
    const group = [object, type, reason].join('|');
    const combined = this.#isOneOfMany(group, message, at.getTime());
    const text = combined ? `(combined from similar events): ${message}` : message;
    const key = combined ? group : `${group}|${message}`;
    const seen = this.#counts.get(key) ?? { count: 0 };
    seen.count++;
    this.#counts.delete(key);
    this.#counts.set(key, seen);
    if (this.#counts.size > remembered) this.#counts.delete(this.#counts.keys().next().value!);
    if (!this.#hasToken(object, at.getTime())) return undefined;
    return {
      message: text,
      count: seen.count,
      written: seen.event,
      remember: (event) => (seen.event = event),
    };
  }

  #isOneOfMany(group: string, message: string, now: number): boolean {
    let similar = this.#similar.get(group);
    if (!similar || now - similar.last > similarWindowMs) {
      similar = { messages: new Set(), last: now };
      this.#similar.set(group, similar);
      if (this.#similar.size > remembered) this.#similar.delete(this.#similar.keys().next().value!);
    }
    similar.messages.add(message);
    similar.last = now;
    return similar.messages.size >= similarLimit;
  }

  #hasToken(object: string, now: number): boolean {
    const bucket = this.#buckets.get(object) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / refillMs);
    bucket.at = now;
    this.#buckets.set(object, bucket);
    if (this.#buckets.size > remembered) this.#buckets.delete(this.#buckets.keys().next().value!);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }
}
