/** All Notebooks that the user may see, live: by one list of the whole cluster, or, where that is denied, one per namespace. */
import type { Cluster } from '../../k8s/cluster.ts';
import { Disposables, Emitter } from '../../k8s/events.ts';
import type { Disposable } from '../../k8s/events.ts';
import { LiveList } from '../../k8s/liveList.ts';
import type { LiveState } from '../../k8s/liveList.ts';
import type { Logger } from '../../k8s/log.ts';
import { allInTrouble } from './inventoryState.ts';
import { notebooks } from '../objects.ts';
import type { Notebook } from '../objects.ts';
import { keepWhoStopped } from '../status/stoppedBy.ts';

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
    this.#all = this.#things.add(this.#live());
    this.#things.add(
      this.#all.onDidChange(({ keys, state }) => {
        const { kind } = this.#all.state;
        // once denied it stays so until a list succeeds: nothing flickers while it is tried again
        if (kind === 'live' || (kind === 'stale' && this.#clusterWide === undefined)) this.#clusterWide = true;
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

  /** What the lists say of the cluster; undefined where that is nothing: a denied cluster-wide list, a namespace or two. */
  get overall(): LiveState | undefined {
    if (this.#clusterWide !== false) return this.#all.state;
    return allInTrouble([...this.#single.values()].map((s) => s.list.state));
  }

  /** The cluster does not know Notebooks, as a list of them has said. */
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

  #live(namespace?: string): LiveList<Notebook> {
    const what = { type: notebooks, ...(namespace === undefined ? {} : { namespace }) };
    return new LiveList<Notebook>(this.#cluster, what, { logger: this.#logger, slim: keepWhoStopped });
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
      const list = this.#live(name);
      const heard = list.onDidChange(({ keys, state }) =>
        this.#changed.fire({ keys, states: state ? new Set([name]) : none }),
      );
      const dispose = () => (heard.dispose(), list.dispose());
      this.#single.set(name, { list, dispose });
      if (this.#started) list.start();
    }
  }
}
