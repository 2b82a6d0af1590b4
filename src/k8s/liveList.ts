import { Backoff, pause, slowRetryMs } from './backoff.ts';
import type { Cluster } from './cluster.ts';
import type { KubeError } from './errors.ts';
import { isKubeError } from './errors.ts';
import { Emitter, type Disposable } from './events.ts';
import { isOlder, ItemStore } from './itemStore.ts';
import { listAll } from './listAll.ts';
import type { LiveQuery } from './liveQuery.ts';
import { mayConcernAll, type LiveChange, type LiveState } from './liveState.ts';
import type { Logger } from './log.ts';
import type { KubeObject } from './objects.ts';
import { errorFromSocket } from './problems.ts';
import { watchOnce } from './watch.ts';

export type { LiveChange, LiveState } from './liveState.ts';

const defaultBatchMs = 100;
/** Bookmarks come each minute: a watch that says nothing for longer is opened anew, which shows if it is alive. */
const defaultSilenceMs = 75_000;
/** While the cluster does not answer, its pulse says when it does; looking again by the clock is for safety only. */
const lostCheckMs = 30_000;

/** Ends what is under way so that it begins anew. */
class Again extends Error {}

/**
 * A collection kept like the server's by list and watch, as client-go's reflector does it. Items are kept whatever
 * goes wrong, an unchanged item keeps its identity, and `metadata.managedFields` are left out (they are half of an
 * object's size) unless `slim` says what to leave out.
 */
export class LiveList<T extends KubeObject> implements Disposable {
  readonly #cluster: Cluster;
  readonly #what: LiveQuery;
  readonly #logger: Logger;
  readonly #batchMs: number;
  readonly #silenceMs: number;
  readonly #name: string;
  readonly #store: ItemStore<T>;
  readonly #changed: Emitter<LiveChange>;
  readonly #backoff = new Backoff();
  #state: LiveState = { kind: 'loading' };
  #stateChanged = false;
  #keys = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #run: AbortController | undefined;
  /** Of what is under way: a list, a watch, or a pause. */
  #attempt: AbortController | undefined;
  #pausing = false;
  #pulse: Disposable | undefined;
  #listed = false;
  /** Where the watch goes on; undefined: a new list is needed. */
  #version: string | undefined;
  /** The resource version of this list expired: ask for the newest instead of one at least as new. */
  #expired = false;
  #lastContact = new Date();
  readonly onDidChange;

  constructor(
    cluster: Cluster,
    what: LiveQuery,
    options: { logger: Logger; batchMs?: number; silenceMs?: number; slim?: (object: KubeObject) => void },
  ) {
    this.#cluster = cluster;
    this.#what = what;
    this.#store = new ItemStore<T>(options.slim);
    this.#logger = options.logger;
    this.#batchMs = options.batchMs ?? defaultBatchMs;
    this.#silenceMs = options.silenceMs ?? defaultSilenceMs;
    this.#name = `${what.type.plural}${what.namespace ? ` in ${what.namespace}` : ''} of ${cluster.name}`;
    this.#changed = new Emitter<LiveChange>((error) =>
      this.#logger.error(`A listener of ${this.#name} threw: ${String(error)}`),
    );
    this.onDidChange = this.#changed.event;
  }

  /** By keyOf; the map itself is live. */
  get items(): ReadonlyMap<string, T> {
    return this.#store.items;
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Starts, or goes on where `stop` left it. */
  start(): void {
    if (this.#run) return;
    const run = new AbortController();
    this.#run = run;
    this.#backoff.reset();
    this.#pulse = this.#cluster.pulse.attend({ lost: (error) => this.#lost(error), found: () => this.#again() });
    void this.#loop(run.signal).catch((error: unknown) => {
      this.#logger.error(`The live list of ${this.#name} ended: ${String(error)}`);
      if (this.#run !== run) return;
      this.stop();
      this.#failed(errorFromSocket(error, this.#name), undefined);
    });
  }

  /** Ends the watch; items and state stay as they were. */
  stop(): void {
    const why = new Error('stopped');
    this.#run?.abort(why);
    this.#attempt?.abort(why);
    this.#run = undefined;
    this.#pulse?.dispose();
    this.#pulse = undefined;
  }

  /** Ends a pause between tries; a watch that stands is opened anew, which shows whether it is alive. */
  retryNow(): void {
    if (this.#run && !this.#listed) this.#setState({ kind: 'loading' });
    this.#again();
  }

  /**
   * Resolves once the first list is there.
   * @throws KubeError when the list is denied or failed (it goes on trying all the same); the signal's reason
   */
  ready(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        listener.dispose();
        signal?.removeEventListener('abort', abort);
        settle();
      };
      const abort = (): void => end(() => reject(signal!.reason as Error));
      const look = (): void => {
        const state = this.#state;
        if (this.#listed) end(resolve);
        else if (state.kind === 'denied' || state.kind === 'failed') end(() => reject(state.error));
      };
      const listener = this.onDidChange(look);
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();
      else look();
    });
  }

  dispose(): void {
    this.stop();
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }

  async #loop(run: AbortSignal): Promise<void> {
    /** Why the list may not be watched: its items are as true as the last list. */
    let pollOnly: KubeError | undefined;
    while (!run.aborted) {
      const { lost } = this.#cluster.pulse;
      if (lost) {
        this.#failed(lost, lostCheckMs);
        await this.#pause(lostCheckMs);
        continue;
      }
      const { signal } = (this.#attempt = new AbortController());
      try {
        if (this.#version === undefined) await this.#list(signal, pollOnly);
        if (pollOnly) {
          pollOnly = undefined;
          await this.#pause(slowRetryMs);
          continue;
        }
        await this.#watch(signal);
      } catch (error) {
        if (run.aborted) return;
        if (error instanceof Again) continue;
        const problem = errorFromSocket(error, this.#name);
        const watching = this.#version !== undefined;
        pollOnly = undefined;
        // A type that has gone may come back as another one: its versions then mean nothing.
        if (isKubeError(problem, 'NotFound')) this.#version = undefined;
        if (isKubeError(problem, 'Gone') || (watching && isKubeError(problem, 'Forbidden'))) {
          this.#logger.debug(`Listing ${this.#name} anew: ${problem.message}`);
          this.#expired = true;
          this.#version = undefined;
          if (isKubeError(problem, 'Forbidden')) pollOnly = problem;
          if (watching && (pollOnly || this.#backoff.failures === 0)) {
            this.#backoff.failed(problem);
            continue;
          }
        }
        const wait = this.#backoff.failed(problem, this.#listed);
        if (this.#cluster.pulse.lost) continue;
        this.#logger.debug(`${this.#name}: ${problem.message}; trying again in ${wait} ms`);
        this.#failed(problem, wait);
        if (mayConcernAll(problem)) this.#cluster.pulse.doubt();
        await this.#pause(wait);
      }
    }
  }

  /** The cluster does not answer: what is under way is not waited for. */
  #lost(error: KubeError): void {
    if (!this.#pausing) return this.#attempt?.abort(error);
    if ('error' in this.#state && this.#state.error.message !== error.message) this.#failed(error, lostCheckMs);
  }

  #again(): void {
    this.#backoff.reset();
    this.#attempt?.abort(new Again('again'));
  }

  /** @param pollOnly given: no watch follows, so the items are not live, only as of now */
  async #list(signal: AbortSignal, pollOnly?: KubeError): Promise<void> {
    const oldest = this.#expired ? undefined : (this.#store.version ?? '0');
    const query = { ...this.#what, oldest, slim: this.#store.slim };
    const { items, version } = await listAll<T>(this.#cluster, query, signal);
    signal.throwIfAborted();
    this.#expired = false;
    for (const key of this.#store.replace(items, version)) this.#keys.add(key);
    this.#version = version;
    this.#listed = true;
    if (!pollOnly) return this.#alive();
    const [since, retryAt] = [new Date(), new Date(Date.now() + slowRetryMs)];
    this.#setState({ kind: 'stale', since, error: pollOnly, retryAt });
  }

  /** Returns when the server ended the watch; throws otherwise. */
  async #watch(signal: AbortSignal): Promise<void> {
    const opened = performance.now();
    let heard = false;
    const ended = await watchOnce<T>(
      this.#cluster,
      { ...this.#what, version: this.#version!, silenceMs: this.#silenceMs },
      signal,
      {
        opened: () => {
          if (!signal.aborted) this.#alive();
        },
        event: (type, object, version) => {
          if (signal.aborted) return;
          heard = true;
          this.#lastContact = new Date();
          this.#backoff.reset();
          if (version && !isOlder(version, this.#version)) this.#version = this.#store.version = version;
          const key = type === 'BOOKMARK' ? undefined : this.#store.apply(type, object);
          if (key !== undefined) this.#batch(key);
        },
      },
    );
    this.#logger.trace(`Watch of ${this.#name} ended: ${ended}`);
    // A server that ends each watch at once must not be asked in a tight loop.
    if (ended === 'closed' && !heard && performance.now() - opened < 1000) {
      await this.#pause(this.#backoff.failed(undefined));
    } else if (ended === 'closed') {
      this.#backoff.reset();
    }
  }

  #alive(): void {
    this.#lastContact = new Date();
    this.#setState({ kind: 'live' });
  }

  #failed(error: KubeError, waitMs: number | undefined): void {
    const denied = isKubeError(error, 'Forbidden') && this.#version === undefined;
    if (denied) return this.#setState({ kind: 'denied', error });
    const { pulse } = this.#cluster;
    const own = waitMs === undefined ? undefined : new Date(Date.now() + waitMs);
    const next = (): Date | undefined => (pulse.lost ? pulse.retryAt : own);
    if (!this.#listed || isKubeError(error, 'NotFound')) {
      return this.#setState({
        kind: 'failed',
        error,
        get retryAt() {
          return next();
        },
      });
    }
    this.#setState({
      kind: 'stale',
      since: this.#state.kind === 'stale' ? this.#state.since : this.#lastContact,
      error,
      get retryAt() {
        return next();
      },
    });
  }

  /** A change of state is told at once, with all that changed until now. */
  #setState(state: LiveState): void {
    const same = state.kind === this.#state.kind && (state.kind === 'live' || state.kind === 'loading');
    this.#state = state;
    if (!same) this.#stateChanged = true;
    if (this.#stateChanged || this.#keys.size > 0) this.#flush();
  }

  #batch(key: string): void {
    this.#keys.add(key);
    this.#timer ??= setTimeout(() => this.#flush(), this.#batchMs);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const change = { keys: this.#keys, state: this.#stateChanged };
    this.#keys = new Set();
    this.#stateChanged = false;
    this.#changed.fire(change);
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = (this.#attempt = new AbortController());
    if (!this.#run) return;
    this.#pausing = true;
    await pause(ms, [signal]);
    this.#pausing = false;
  }
}
