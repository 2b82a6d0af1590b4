/** What is live only while a namespace is open: pods of notebook servers, events, claims and quotas. */
import type { Cluster } from '../../k8s/cluster.ts';
import { Disposables, Emitter } from '../../k8s/events.ts';
import type { Disposable } from '../../k8s/events.ts';
import { LiveList } from '../../k8s/liveList.ts';
import type { Logger } from '../../k8s/log.ts';
import { events, persistentVolumeClaims, pods, resourceQuotas } from '../../k8s/objects.ts';
import type {
  CoreEvent,
  KubeObject,
  PersistentVolumeClaim,
  Pod,
  ResourceQuota,
  ResourceType,
} from '../../k8s/objects.ts';
import { isAbout, tellersOf } from '../events.ts';
import type { GpuQuota } from './inventoryView.ts';
import { isGpuKey, podName } from '../objects.ts';
import type { Notebook } from '../objects.ts';
import { parseQuantity } from '../quantity.ts';

/** Label that the notebook controller puts on its pods; the value is the Notebook's name. */
const podLabel = 'notebook-name';

export class NamespaceDetails implements Disposable {
  readonly #things = new Disposables();
  readonly #changed = new Emitter<void>();
  /** Something of it changed; many changes come as one. */
  readonly onDidChange = this.#changed.event;
  readonly #pods: LiveList<Pod>;
  readonly #events: LiveList<CoreEvent>;
  readonly #claims: LiveList<PersistentVolumeClaim>;
  readonly #quotas: LiveList<ResourceQuota>;
  /** Made when it is asked for, and of use until something changes: each server of the namespace asks for it. */
  #derived: {
    pods?: ReadonlyMap<string, Pod>;
    events?: ReadonlyMap<string, readonly CoreEvent[]>;
    claims?: readonly PersistentVolumeClaim[];
    quotas?: readonly ResourceQuota[];
    gpuQuota?: readonly GpuQuota[];
  } = {};

  constructor(cluster: Cluster, namespace: string, logger: Logger) {
    const live = <T extends KubeObject>(type: ResourceType, labelSelector?: string) => {
      const list = this.#things.add(
        new LiveList<T>(cluster, { type, namespace, ...(labelSelector ? { labelSelector } : {}) }, { logger }),
      );
      this.#things.add(
        list.onDidChange(({ keys }) => {
          if (keys.size === 0) return;
          this.#derived = {};
          this.#changed.fire();
        }),
      );
      return list;
    };
    this.#pods = live<Pod>(pods, podLabel);
    this.#events = live<CoreEvent>(events);
    this.#claims = live<PersistentVolumeClaim>(persistentVolumeClaims);
    this.#quotas = live<ResourceQuota>(resourceQuotas);
  }

  start(): void {
    for (const list of [this.#pods, this.#events, this.#claims, this.#quotas]) list.start();
  }

  stop(): void {
    for (const list of [this.#pods, this.#events, this.#claims, this.#quotas]) list.stop();
  }

  retryNow(): void {
    for (const list of [this.#pods, this.#events, this.#claims, this.#quotas]) list.retryNow();
  }

  dispose(): void {
    this.#things.dispose();
    this.#changed.dispose();
  }

  get claims(): readonly PersistentVolumeClaim[] {
    return (this.#derived.claims ??= byName(this.#claims.items.values()));
  }

  get quotas(): readonly ResourceQuota[] {
    return (this.#derived.quotas ??= byName(this.#quotas.items.values()));
  }

  get gpuQuota(): readonly GpuQuota[] {
    return (this.#derived.gpuQuota ??= gpuQuotas(this.quotas));
  }

  /** The pod of a server: the one of the name that the StatefulSet gives, else the newest that carries its label. */
  podOf(notebook: Notebook): Pod | undefined {
    const index = (this.#derived.pods ??= podsByServer(this.#pods.items.values()));
    return index.get(notebook.metadata.name);
  }

  /** Events of the Notebook, its StatefulSet, its pod and its claims; those of an earlier Notebook of its name are left out. */
  eventsOf(notebook: Notebook): CoreEvent[] {
    const index = (this.#derived.events ??= byObject(this.#events.items.values()));
    const told = tellersOf(notebook, this.claims);
    return [...told.keys()].flatMap((object) => index.get(object) ?? []).filter((event) => isAbout(event, told));
  }
}

function byName<T extends KubeObject>(all: Iterable<T>): readonly T[] {
  return [...all].sort((a, b) => a.metadata.name.localeCompare(b.metadata.name, 'en'));
}

function podsByServer(all: Iterable<Pod>): Map<string, Pod> {
  const index = new Map<string, Pod>();
  for (const pod of all) {
    const name = pod.metadata.labels?.[podLabel] ?? '';
    const other = index.get(name);
    const own = podName({ metadata: { name } });
    if (other?.metadata.name === own) continue;
    const newer = !other || (other.metadata.creationTimestamp ?? '') < (pod.metadata.creationTimestamp ?? '');
    if (newer || pod.metadata.name === own) index.set(name, pod);
  }
  return index;
}

function byObject(all: Iterable<CoreEvent>): Map<string, CoreEvent[]> {
  const index = new Map<string, CoreEvent[]>();
  for (const event of all) {
    const object = `${event.involvedObject.kind ?? ''}/${event.involvedObject.name ?? ''}`;
    const list = index.get(object);
    if (list) list.push(event);
    else index.set(object, [event]);
  }
  return index;
}

/** GPUs of all quotas of a namespace; the tightest quota of a kind of GPU counts. */
export function gpuQuotas(quotas: readonly ResourceQuota[]): GpuQuota[] {
  const found = new Map<string, GpuQuota>();
  for (const quota of quotas) {
    for (const [resource, value] of Object.entries(quota.status?.hard ?? quota.spec?.hard ?? {})) {
      const key = resource.replace(/^(requests|limits)\./, '');
      const hard = parseQuantity(value);
      if (!isGpuKey(key) || hard === undefined) continue;
      const used = parseQuantity(quota.status?.used?.[resource]) ?? 0;
      const other = found.get(key);
      if (!other || hard - used < other.hard - other.used) found.set(key, { key, used, hard });
    }
  }
  return [...found.values()].sort((a, b) => a.key.localeCompare(b.key));
}
