/**
 * Which profiles there are. Who may list Profiles gets all of them, live. Everybody else may not: for them the
 * namespaces that their kubeconfig, settings and history name are tried one by one (namespaceDiscovery.ts).
 */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import { Disposables, Emitter } from '../../k8s/events.ts';
import type { Disposable } from '../../k8s/events.ts';
import { LiveList } from '../../k8s/liveList.ts';
import type { LiveState } from '../../k8s/liveList.ts';
import type { Logger } from '../../k8s/log.ts';
import { discoverNamespaces, isKubeflowMissing, ofProfile } from './namespaceDiscovery.ts';
import type { FoundNamespace } from './namespaceDiscovery.ts';
import { profiles } from '../objects.ts';
import type { Profile } from '../objects.ts';

/** Seconds. New namespaces of others are found within `again`; a cluster that does not answer is asked after 1, 2, 4, 5. */
const wait = { again: 60, most: 5 } as const;

export class ProfileNames implements Disposable {
  readonly #cluster: Cluster;
  readonly #logger: Logger;
  readonly #candidates: () => readonly string[];
  readonly #list: LiveList<Profile>;
  readonly #things = new Disposables();
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  #found: ReadonlyMap<string, FoundNamespace> = new Map();
  #missing = false;
  #discovery: LiveState = { kind: 'loading' };
  #running: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #started = false;
  #failures = 0;
  #canList: boolean | undefined;

  constructor(cluster: Cluster, o: { logger: Logger; candidates: () => readonly string[] }) {
    this.#cluster = cluster;
    this.#logger = o.logger;
    this.#candidates = o.candidates;
    this.#list = this.#things.add(new LiveList<Profile>(cluster, { type: profiles }, { logger: o.logger }));
    this.#things.add(this.#list.onDidChange(() => this.#listed()));
  }

  /** Undefined until it is known. False also where the cluster has no Profiles at all. */
  get canList(): boolean | undefined {
    return this.#canList;
  }

  /** The cluster does not know Notebooks, as far as somebody without rights can tell. */
  get missing(): boolean {
    return this.#canList === false && this.#missing;
  }

  get state(): LiveState {
    return this.#canList === false ? this.#discovery : this.#list.state;
  }

  get found(): ReadonlyMap<string, FoundNamespace> {
    if (this.#canList === false) return this.#found;
    return new Map([...this.#list.items.values()].map((p) => [p.metadata.name, ofProfile(p)]));
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#list.start();
    if (this.#canList === false) this.#discover();
  }

  stop(): void {
    this.#started = false;
    this.#list.stop();
    this.#halt();
  }

  /** The candidates are other ones, or the user wants to know now. */
  again(): void {
    if (!this.#started) return;
    this.#failures = 0;
    this.#list.retryNow();
    if (this.#canList === false) this.#discover();
  }

  dispose(): void {
    this.stop();
    this.#things.dispose();
    this.#changed.dispose();
  }

  /** Once denied it stays so until a list succeeds: nothing flickers while the list is tried again. */
  #listed(): void {
    const { state } = this.#list;
    const before = this.#canList;
    // stale without ever having been live: it may be listed and not be watched
    if (state.kind === 'live' || (state.kind === 'stale' && before === undefined)) this.#canList = true;
    else if (state.kind === 'denied' || (state.kind === 'failed' && isKubeError(state.error, 'NotFound')))
      this.#canList = false;
    if (this.#canList === true) this.#halt();
    else if (this.#canList === false && before !== false && this.#started) this.#discover();
    this.#changed.fire();
  }

  #halt(): void {
    this.#running?.abort();
    this.#running = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #discover(): void {
    this.#halt();
    const running = (this.#running = new AbortController());
    this.#ask(running.signal).then(
      ({ found, missing }) => {
        if (this.#running !== running) return;
        this.#found = found;
        this.#missing = missing;
        this.#failures = 0;
        this.#settle({ kind: 'live' }, wait.again);
      },
      (error: unknown) => {
        if (this.#running !== running) return;
        if (!isKubeError(error)) {
          this.#logger.error(`Looking for namespaces in ${this.#cluster.name} ended: ${String(error)}`);
          return this.#settle(this.#discovery, wait.again);
        }
        const seconds = Math.min(wait.most, 2 ** this.#failures++) * (0.8 + 0.4 * Math.random());
        const retryAt = new Date(Date.now() + seconds * 1000);
        const before = this.#discovery;
        this.#settle(
          before.kind === 'live' || before.kind === 'stale'
            ? { kind: 'stale', since: before.kind === 'stale' ? before.since : new Date(), error, retryAt }
            : { kind: 'failed', error, retryAt },
          seconds,
        );
      },
    );
  }

  async #ask(signal: AbortSignal): Promise<{ found: ReadonlyMap<string, FoundNamespace>; missing: boolean }> {
    const found = await discoverNamespaces(this.#cluster, this.#candidates(), signal);
    return { found, missing: found.size === 0 && (await isKubeflowMissing(this.#cluster, signal)) };
  }

  #settle(state: LiveState, seconds: number): void {
    this.#running = undefined;
    this.#discovery = state;
    this.#timer = setTimeout(() => this.#discover(), seconds * 1000);
    this.#timer.unref();
    this.#changed.fire();
  }
}
