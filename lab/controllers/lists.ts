import type { Cluster } from '../../src/k8s/cluster.ts';
import { Disposables, type Disposable } from '../../src/k8s/events.ts';
import { LiveList } from '../../src/k8s/liveList.ts';
import type { Logger } from '../../src/k8s/log.ts';
import type { KubeObject, ResourceType } from '../../src/k8s/objects.ts';

/** The lists that one controller watches; all are there before it starts, and stop with it. */
export class WatchedLists implements Disposable {
  readonly #cluster: Cluster;
  readonly #logger: Logger;
  readonly #lists: LiveList<KubeObject>[] = [];
  readonly #parts = new Disposables();

  constructor(cluster: Cluster, logger: Logger) {
    this.#cluster = cluster;
    this.#logger = logger;
  }

  /** A list of the whole cluster. Changes arrive at once: a controller that misses one of two events counts wrong. */
  add<T extends KubeObject>(type: ResourceType, labelSelector?: string): LiveList<T> {
    const list = new LiveList<T>(this.#cluster, { type, labelSelector }, { logger: this.#logger, batchMs: 0 });
    this.#lists.push(list);
    return this.#parts.add(list);
  }

  async start(): Promise<void> {
    for (const list of this.#lists) list.start();
    await Promise.all(this.#lists.map((list) => list.ready()));
  }

  dispose(): void {
    this.#parts.dispose();
  }
}
