import { isKubeError, type KubeError } from './errors.ts';
import type { Disposable } from './events.ts';
import type { Logger } from './log.ts';
import { errorFromSocket } from './problems.ts';

/** Who wants to know whether the cluster answers. */
export interface PulseListener {
  /** It does not: told at each failed probe. */
  lost(error: KubeError): void;
  /** It answers again, or the computer has slept, or a kept connection was dead: what is open may be dead, what waits may go on. */
  found(): void;
}

/** All in milliseconds. */
export interface PulseTimes {
  /** After so long without a byte from the cluster it is asked for one. */
  quietMs: number;
  /** So long an answer may take. */
  limitMs: number;
  /** From one failed probe's start to the next one's, at most. */
  everyMs: number;
}

/** A dead path is noticed after 8 + 5 + 5 s: see {@link Pulse} for the second 5. */
const defaultTimes: PulseTimes = { quietMs: 8_000, limitMs: 5_000, everyMs: 5_000 };
const firstAgainMs = 500;
/** A timer that comes so late means that the computer slept. */
const sleptMs = 15_000;

/**
 * Whether one cluster answers. Watches are silent by nature, and a connection that died in silence looks the same: so
 * while somebody listens and nothing is heard, one cheap request asks, for all watches together. As long as it fails it
 * is repeated, so that a hundred lists wait for one probe instead of trying one by one. A first probe that gets no answer
 * may have been sent on a kept connection that is dead: only a second one, on a new connection, counts.
 */
export class Pulse implements Disposable {
  readonly #probe: (limitMs: number, signal: AbortSignal) => Promise<unknown>;
  readonly #logger: Logger;
  readonly #times: PulseTimes;
  readonly #listeners = new Set<PulseListener>();
  #heardAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #due = 0;
  #running: AbortController | undefined;
  #error: KubeError | undefined;
  #failures = 0;
  #slept = false;
  #retryAt: Date | undefined;

  /** @param options.probe one cheap request under a time limit; rejects with the KubeError of a cluster that does not answer */
  constructor(options: {
    probe: (limitMs: number, signal: AbortSignal) => Promise<unknown>;
    logger: Logger;
    times?: Partial<PulseTimes>;
  }) {
    this.#probe = options.probe;
    this.#logger = options.logger;
    this.#times = { ...defaultTimes, ...options.times };
  }

  /** Why the cluster does not answer; undefined while it does. */
  get lost(): KubeError | undefined {
    return this.#error;
  }

  /** When it is asked next, while it is lost; past while it is being asked. */
  get retryAt(): Date | undefined {
    return this.#retryAt;
  }

  /** Listens until disposed; nobody is asked while nobody listens. */
  attend(listener: PulseListener): Disposable {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) {
      this.#heardAt = performance.now();
      this.#wait(this.#times.quietMs);
    }
    return {
      dispose: () => {
        if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#rest();
      },
    };
  }

  /** Something came from the cluster. Called for each piece of a watch: as cheap as can be. */
  heard(): void {
    this.#heardAt = performance.now();
    if (this.#error) this.#found();
  }

  /** A request has gone wrong in a way that may concern all: asks now. */
  doubt(): void {
    if (this.#listeners.size > 0 && !this.#running && !this.#error) void this.#ask();
  }

  /** The user wants to know now: until the answer is there nothing is held against the cluster. */
  askNow(): void {
    if (this.#listeners.size === 0) return;
    this.#failures = 0;
    this.#error = undefined;
    this.#retryAt = undefined;
    this.#running?.abort(new Error('asked anew'));
    void this.#ask();
  }

  dispose(): void {
    this.#listeners.clear();
    this.#rest();
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#running?.abort(new Error('nobody listens any more'));
    this.#running = undefined;
    this.#error = undefined;
    this.#retryAt = undefined;
    this.#failures = 0;
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#due = Date.now() + ms;
    this.#timer = setTimeout(() => this.#look(), ms);
    this.#timer.unref();
  }

  #look(): void {
    if (this.#listeners.size === 0 || this.#running) return;
    // The wall clock goes on while a computer sleeps; timers and the monotonic clock may not.
    if (Date.now() - this.#due > sleptMs) this.#slept = true;
    const quiet = performance.now() - this.#heardAt;
    if (!this.#slept && !this.#error && quiet < this.#times.quietMs) this.#wait(this.#times.quietMs - quiet);
    else void this.#ask();
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    const running = (this.#running = new AbortController());
    const began = performance.now();
    let error = await this.#once(running.signal);
    let keptWasDead = false;
    if (error?.code === 'Timeout' && !this.#error && this.#running === running) {
      error = await this.#once(running.signal);
      // A router that has forgotten one connection has forgotten the watches' too.
      keptWasDead = error === undefined;
    }
    if (this.#running !== running) return;
    this.#running = undefined;
    if (error) return this.#failed(error, performance.now() - began);
    this.#heardAt = performance.now();
    if (this.#error || this.#slept || keptWasDead) this.#found();
    else this.#wait(this.#times.quietMs);
  }

  /** What is wrong, if anything: what comes in meanwhile on another connection is an answer too. */
  async #once(signal: AbortSignal): Promise<KubeError | undefined> {
    const began = performance.now();
    try {
      await this.#probe(this.#times.limitMs, signal);
      return undefined;
    } catch (thrown) {
      const error = troubleIn(thrown);
      const silent = error?.code === 'Timeout' || error?.code === 'Unreachable';
      return silent && this.#heardAt > began ? undefined : error;
    }
  }

  #failed(error: KubeError, tookMs: number): void {
    if (!this.#error) this.#logger.debug(`The cluster does not answer: ${error.message}`);
    this.#error = error;
    const every = Math.min(this.#times.everyMs, firstAgainMs * 2 ** ++this.#failures);
    const wait = Math.max(Math.min(firstAgainMs, every), every - tookMs);
    this.#retryAt = new Date(Date.now() + wait);
    this.#wait(wait);
    for (const listener of [...this.#listeners]) listener.lost(error);
  }

  #found(): void {
    this.#running?.abort(new Error('the cluster was heard'));
    this.#running = undefined;
    if (this.#error) this.#logger.debug('The cluster answers again');
    this.#error = undefined;
    this.#retryAt = undefined;
    this.#failures = 0;
    this.#slept = false;
    for (const listener of [...this.#listeners]) listener.found();
    if (!this.#running && this.#listeners.size > 0) this.#wait(this.#times.quietMs);
  }
}

/** What a failed probe says of the cluster; nothing where it is a cluster's own answer, such as a missing right. */
function troubleIn(thrown: unknown): KubeError | undefined {
  const error = errorFromSocket(thrown, 'the cluster');
  const answered = (['Forbidden', 'Refused', 'NotFound', 'TooManyRequests'] as const).some((code) =>
    isKubeError(error, code),
  );
  return answered ? undefined : error;
}
