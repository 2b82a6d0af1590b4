import type { Cluster } from '../../src/k8s/cluster.ts';
import { isKubeError } from '../../src/k8s/errors.ts';
import type { Disposable } from '../../src/k8s/events.ts';
import type { LiveList } from '../../src/k8s/liveList.ts';
import type { Logger } from '../../src/k8s/log.ts';
import { events, pods, type CoreEvent, type Pod } from '../../src/k8s/objects.ts';
import { EventRecorder } from './eventRecorder.ts';
import type { WatchedLists } from './lists.ts';
import { namespaceOf, notebookNameLabel, notebooks, type Notebook } from './objects.ts';

const component = 'notebook-controller';

/** The message under which an event of a pod or StatefulSet appears on its Notebook. */
export function reissuedMessage(event: CoreEvent): string {
  return `Reissued from ${event.involvedObject.kind?.toLowerCase()}/${event.involvedObject.name}: ${event.message ?? ''}`;
}

/** Repeats the events of notebook servers' pods and StatefulSets on their Notebooks, as Kubeflow's controller does. */
export class ReissuedEvents implements Disposable {
  readonly #cluster: Cluster;
  readonly #logger: Logger;
  readonly #events: LiveList<CoreEvent>;
  readonly #notebooks: LiveList<Notebook>;
  readonly #pods: LiveList<Pod>;
  readonly #recorder: EventRecorder;
  #last: Promise<void> = Promise.resolve();

  constructor(
    cluster: Cluster,
    lists: WatchedLists,
    known: { notebooks: LiveList<Notebook>; pods: LiveList<Pod> },
    logger: Logger,
  ) {
    this.#cluster = cluster;
    this.#logger = logger;
    this.#events = lists.add<CoreEvent>(events);
    this.#notebooks = known.notebooks;
    this.#pods = known.pods;
    this.#recorder = new EventRecorder(cluster, { component }, logger);
  }

  /** To be called once the lists are there. */
  start(): void {
    const done = new Set<string>();
    for (const event of this.#events.items.values()) {
      if (event.source?.component === component)
        done.add(`${event.involvedObject.uid} ${event.reason} ${event.message}`);
    }
    this.#events.onDidChange(({ keys }) => {
      for (const key of keys) {
        const event = this.#events.items.get(key);
        if (event) this.#take(event);
      }
    });
    // What an earlier run of the lab has repeated already is not said twice.
    for (const event of this.#events.items.values()) this.#take(event, done);
  }

  dispose(): void {
    this.#recorder.dispose();
  }

  #take(event: CoreEvent, done?: ReadonlySet<string>): void {
    const { kind } = event.involvedObject;
    if (kind !== 'Pod' && kind !== 'StatefulSet') return;
    this.#last = this.#last
      .then(() => this.#reissue(event, done))
      .catch((error: unknown) => this.#logger.debug(`event ${event.metadata.name} not reissued: ${String(error)}`));
  }

  async #reissue(event: CoreEvent, done?: ReadonlySet<string>): Promise<void> {
    const notebook = await this.#notebookOf(event);
    if (!notebook) return;
    const { name, uid, resourceVersion } = notebook.metadata;
    const message = reissuedMessage(event);
    if (done?.has(`${uid} ${event.reason} ${message}`)) return;
    this.#recorder.record({
      involved: {
        apiVersion: `${notebooks.group}/${notebooks.version}`,
        kind: notebooks.kind,
        namespace: namespaceOf(notebook),
        name,
        uid,
        resourceVersion,
      },
      type: event.type === 'Warning' ? 'Warning' : 'Normal',
      reason: event.reason ?? '',
      message,
    });
  }

  async #notebookOf(event: CoreEvent): Promise<Notebook | undefined> {
    const { kind, name = '' } = event.involvedObject;
    const namespace = namespaceOf(event);
    const notebook =
      kind === 'StatefulSet' ? name : (await this.#pod(namespace, name))?.metadata.labels?.[notebookNameLabel];
    return notebook === undefined ? undefined : this.#notebooks.items.get(`${namespace}/${notebook}`);
  }

  /** An event can be here before its pod is in the list. */
  async #pod(namespace: string, name: string): Promise<Pod | undefined> {
    const listed = this.#pods.items.get(`${namespace}/${name}`);
    if (listed) return listed;
    try {
      return await this.#cluster.get<Pod>(pods, { namespace, name });
    } catch (error) {
      if (isKubeError(error, 'NotFound')) return undefined;
      throw error;
    }
  }
}
