/** All Notebooks that the user may see, live: by one list of the whole cluster, or, where that is denied, one per namespace. */
import type { Cluster } from '../k8s/cluster.ts';
import { Disposables, Emitter } from '../k8s/events.ts';
import type { Disposable } from '../k8s/events.ts';
import { LiveList } from '../k8s/liveList.ts';
import type { LiveState } from '../k8s/liveList.ts';
import type { Logger } from '../k8s/log.ts';
import { notebooks } from './objects.ts';
import type { Notebook } from './objects.ts';

export interface NotebooksChange {
  keys: ReadonlySet<string>;
  /** Namespaces whose state changed; undefined: all of them. */
  states: ReadonlySet<string> | undefined;
}

interface NamespaceList extends Disposable {
  list: LiveList<Notebook>;
}

const none: ReadonlySet<string> = new Set();

export class NotebookLists implements Disposable {
  readonly #cluster: Cluster;
  readonly #logger: Logger;
  readonly #all: LiveList<Notebook>;
  readonly #single = new Map<string, NamespaceList>();
  readonly #things = new Disposables();
  readonly #changed = new Emitter<NotebooksChange>();
  readonly onDidChange = this.#changed.event;
  #wanted: ReadonlySet<string> = none;
  #started = false;
  #clusterWide: boolean | undefined;

  constructor(cluster: Cluster, logger: Logger) {
    this.#cluster = cluster;
    this.#logger = logger;
    this.#all = this.#things.add(new LiveList<Notebook>(cluster, { type: notebooks }, { logger }));
    this.#things.add(
      this.#all.onDidChange(({ keys, state }) => {
        const { kind } = this.#all.state;
        // once denied it stays so until a list succeeds: nothing flickers while it is tried again
        if (kind === 'live') this.#clusterWide = true;
        else if (kind === 'denied') this.#clusterWide = false;
        this.#align();
        this.#changed.fire({ keys, states: state ? undefined : none });
      }),
    );
  }

  /** Undefined until it is known. */
  get clusterWide(): boolean | undefined {
    return this.#clusterWide;
  }

  /** The state of the cluster-wide list. */
  get state(): LiveState {
    return this.#all.state;
  }

  /** The cluster does not know Notebooks. A non-admin learns it from any namespace. */
  get missing(): boolean {
    const states = [this.#all.state, ...[...this.#single.values()].map((s) => s.list.state)];
    return states.some(
      (s) => s.kind === 'failed' && s.error.problem.code === 'NotFound' && s.error.problem.missing === 'resource',
    );
  }

  stateOf(namespace: string): LiveState {
    if (this.clusterWide !== false) return this.#all.state;
    return this.#single.get(namespace)?.list.state ?? { kind: 'loading' };
  }

  get(key: string): Notebook | undefined {
    if (this.clusterWide !== false) return this.#all.items.get(key);
    return this.#single.get(key.slice(0, key.indexOf('/')))?.list.items.get(key);
  }

  *items(): Iterable<Notebook> {
    if (this.clusterWide !== false) yield* this.#all.items.values();
    else for (const { list } of this.#single.values()) yield* list.items.values();
  }

  /** Which namespaces to list where the whole cluster may not be. */
  setNamespaces(wanted: ReadonlySet<string>): void {
    this.#wanted = wanted;
    this.#align();
  }

  start(): void {
    this.#started = true;
    this.#all.start();
    for (const { list } of this.#single.values()) list.start();
  }

  stop(): void {
    this.#started = false;
    this.#all.stop();
    for (const { list } of this.#single.values()) list.stop();
  }

  retryNow(): void {
    if (!this.#started) return;
    this.#all.retryNow();
    for (const { list } of this.#single.values()) list.retryNow();
  }

  dispose(): void {
    for (const single of this.#single.values()) single.dispose();
    this.#single.clear();
    this.#things.dispose();
    this.#changed.dispose();
  }

  #align(): void {
    const wanted = this.clusterWide === false ? this.#wanted : none;
    for (const [name, single] of this.#single) {
      if (wanted.has(name)) continue;
      this.#single.delete(name);
      const keys = new Set(single.list.items.keys());
      single.dispose();
      if (keys.size > 0) this.#changed.fire({ keys, states: none });
    }
    for (const name of wanted) {
      if (this.#single.has(name)) continue;
      const list = new LiveList<Notebook>(
        this.#cluster,
        { type: notebooks, namespace: name },
        { logger: this.#logger },
      );
      const heard = list.onDidChange(({ keys, state }) =>
        this.#changed.fire({ keys, states: state ? new Set([name]) : none }),
      );
      const dispose = () => (heard.dispose(), list.dispose());
      this.#single.set(name, { list, dispose });
      if (this.#started) list.start();
    }
  }
}
