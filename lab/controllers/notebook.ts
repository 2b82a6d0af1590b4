import { isDeepStrictEqual } from 'node:util';
import type { Cluster } from '../../src/k8s/cluster.ts';
import type { Disposable } from '../../src/k8s/events.ts';
import type { LiveList } from '../../src/k8s/liveList.ts';
import type { Logger } from '../../src/k8s/log.ts';
import {
  pods,
  resourcePath,
  services,
  statefulSets,
  type KubeObject,
  type Pod,
  type ResourceType,
  type Service,
  type StatefulSet,
} from '../../src/k8s/objects.ts';
import { WatchedLists } from './lists.ts';
import { desiredService, desiredStatefulSet, updatedService, updatedStatefulSet } from './notebookObjects.ts';
import { notebookStatus } from './notebookStatus.ts';
import { controllerName, namespaceOf, notebookNameLabel, notebooks, type Notebook } from './objects.ts';
import { ReissuedEvents } from './reissuedEvents.ts';
import { WorkQueue } from './workQueue.ts';

/**
 * Kubeflow's notebook controller (v1.11, without Istio): keeps a StatefulSet and a Service for each Notebook and mirrors
 * what became of them into its status and events.
 */
export class NotebookController implements Disposable {
  readonly #cluster: Cluster;
  readonly #lists: WatchedLists;
  readonly #notebooks: LiveList<Notebook>;
  readonly #statefulSets: LiveList<StatefulSet>;
  readonly #services: LiveList<Service>;
  readonly #pods: LiveList<Pod>;
  readonly #queue: WorkQueue;
  readonly #reissued: ReissuedEvents;
  /** What was last written over a StatefulSet, so that the same is not sent again at every change of its status. */
  readonly #written = new Map<string, { spec: string; generation?: number }>();

  constructor(cluster: Cluster, o: { logger: Logger }) {
    this.#cluster = cluster;
    this.#lists = new WatchedLists(cluster, o.logger);
    this.#notebooks = this.#lists.add<Notebook>(notebooks);
    this.#statefulSets = this.#lists.add<StatefulSet>(statefulSets);
    this.#services = this.#lists.add<Service>(services);
    this.#pods = this.#lists.add<Pod>(pods, notebookNameLabel);
    this.#queue = new WorkQueue((key) => this.#reconcile(key), { logger: o.logger });
    this.#reissued = new ReissuedEvents(
      cluster,
      this.#lists,
      { notebooks: this.#notebooks, pods: this.#pods },
      o.logger,
    );
  }

  async start(): Promise<void> {
    this.#notebooks.onDidChange(({ keys }) => keys.forEach((key) => this.#queue.add(key)));
    const owned = (list: LiveList<StatefulSet> | LiveList<Service>) =>
      list.onDidChange(({ keys }) => {
        for (const key of keys) {
          const object: KubeObject | undefined = list.items.get(key);
          // What is gone can't say whose it was; it bore its owner's name.
          const owner = object ? controllerName(object, notebooks.kind) : key.slice(key.indexOf('/') + 1);
          const ownerKey = `${key.slice(0, key.indexOf('/'))}/${owner}`;
          if (owner && this.#notebooks.items.has(ownerKey)) this.#queue.add(ownerKey);
        }
      });
    owned(this.#statefulSets);
    owned(this.#services);
    this.#pods.onDidChange(({ keys }) => {
      for (const key of keys) {
        const pod = this.#pods.items.get(key);
        this.#queue.add(
          pod ? `${namespaceOf(pod)}/${pod.metadata.labels?.[notebookNameLabel]}` : key.replace(/-0$/, ''),
        );
      }
    });
    await this.#lists.start();
    this.#reissued.start();
    for (const key of this.#notebooks.items.keys()) this.#queue.add(key);
  }

  dispose(): void {
    this.#queue.dispose();
    this.#reissued.dispose();
    this.#lists.dispose();
  }

  async #reconcile(key: string): Promise<void> {
    const notebook = this.#notebooks.items.get(key);
    // With foreground deletion the Notebook stays until what it owns is gone: nothing must be made anew meanwhile.
    if (!notebook || notebook.metadata.deletionTimestamp) {
      if (!notebook) this.#written.delete(key);
      return;
    }
    const statefulSet = await this.#applyStatefulSet(key, desiredStatefulSet(notebook));
    await this.#applyService(key, desiredService(notebook));
    await this.#writeStatus(notebook, statefulSet, this.#pods.items.get(`${key}-0`));
  }

  /** @returns what was there before; undefined if it was made just now */
  async #applyStatefulSet(key: string, desired: StatefulSet): Promise<StatefulSet | undefined> {
    const found = this.#statefulSets.items.get(key);
    if (!found) {
      const made = await this.#cluster.create<StatefulSet>(statefulSets, desired, { namespace: namespaceOf(desired) });
      this.#remember(key, desired, made);
      return undefined;
    }
    const { labels, annotations, generation } = found.metadata;
    const written = this.#written.get(key);
    const same = written?.generation === generation && written?.spec === JSON.stringify(desired.spec);
    if (same && isEmpty(labels) && isEmpty(annotations)) return found;
    this.#remember(key, desired, await this.#replace(statefulSets, updatedStatefulSet(found, desired)));
    return found;
  }

  async #applyService(key: string, desired: Service): Promise<void> {
    const found = this.#services.items.get(key);
    if (!found) {
      await this.#cluster.create(services, desired, { namespace: namespaceOf(desired) });
      return;
    }
    const { labels, annotations } = found.metadata;
    const same =
      isDeepStrictEqual(found.spec?.selector, desired.spec!.selector) &&
      isDeepStrictEqual(found.spec?.ports, desired.spec!.ports);
    if (!same || !isEmpty(labels) || !isEmpty(annotations)) {
      await this.#replace(services, updatedService(found, desired));
    }
  }

  async #writeStatus(notebook: Notebook, statefulSet: StatefulSet | undefined, pod: Pod | undefined): Promise<void> {
    const status = notebookStatus(notebook, statefulSet, pod, new Date());
    if (isDeepStrictEqual(status, notebook.status)) return;
    await this.#replace(
      notebooks,
      { ...notebook, apiVersion: 'kubeflow.org/v1beta1', kind: 'Notebook', status },
      'status',
    );
  }

  #remember(key: string, desired: StatefulSet, result: StatefulSet): void {
    this.#written.set(key, { spec: JSON.stringify(desired.spec), generation: result.metadata.generation });
  }

  #replace<T extends KubeObject>(type: ResourceType, object: T, subresource?: string): Promise<T> {
    const { namespace, name } = object.metadata;
    return this.#cluster.request<T>({
      method: 'PUT',
      path: resourcePath(type, { namespace, name, subresource }),
      body: object,
    });
  }
}

function isEmpty(map: Record<string, string> | undefined): boolean {
  return !map || Object.keys(map).length === 0;
}
