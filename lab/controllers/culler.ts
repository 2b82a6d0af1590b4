import type { Cluster } from '../../src/k8s/cluster.ts';
import { isKubeError } from '../../src/k8s/errors.ts';
import type { Disposable } from '../../src/k8s/events.ts';
import type { LiveList } from '../../src/k8s/liveList.ts';
import type { Logger } from '../../src/k8s/log.ts';
import { pods } from '../../src/k8s/objects.ts';
import {
  checkIsDue,
  isIdle,
  lastActivity,
  lastActivityAnnotation,
  lastCheckAnnotation,
  withoutActivity,
  type AnnotationPatch,
  type KernelActivity,
} from './idleness.ts';
import { WatchedLists } from './lists.ts';
import { namespaceOf, notebooks, stoppedAnnotation, timestamp, type Notebook } from './objects.ts';
import { WorkQueue } from './workQueue.ts';

/** What `GET api/kernels` of a notebook server says; undefined when it can't be asked. */
export type KernelsOf = (namespace: string, name: string) => Promise<readonly KernelActivity[] | undefined>;

export interface CullerOptions {
  logger: Logger;
  /** Minutes without activity after which a server is stopped; minutes between two looks. */
  idleMinutes: number;
  checkMinutes: number;
  kernels: KernelsOf;
}

/** Kubeflow's culler: stops notebook servers whose kernels have been idle for too long. Sees kernels only, as the original. */
export class Culler implements Disposable {
  readonly #cluster: Cluster;
  readonly #o: CullerOptions;
  readonly #lists: WatchedLists;
  readonly #notebooks: LiveList<Notebook>;
  readonly #queue: WorkQueue;

  constructor(cluster: Cluster, o: CullerOptions) {
    this.#cluster = cluster;
    this.#o = o;
    this.#lists = new WatchedLists(cluster, o.logger);
    this.#notebooks = this.#lists.add<Notebook>(notebooks);
    this.#queue = new WorkQueue((key) => this.#check(key), { logger: o.logger });
  }

  async start(): Promise<void> {
    this.#notebooks.onDidChange(({ keys }) => keys.forEach((key) => this.#queue.add(key)));
    await this.#lists.start();
    for (const key of this.#notebooks.items.keys()) this.#queue.add(key);
  }

  dispose(): void {
    this.#queue.dispose();
    this.#lists.dispose();
  }

  /** @returns the milliseconds until the next look */
  async #check(key: string): Promise<number | void> {
    let notebook = this.#notebooks.items.get(key);
    if (!notebook) return;
    const { name } = notebook.metadata;
    const namespace = namespaceOf(notebook);
    if (stoppedAnnotation in annotationsOf(notebook) || !(await this.#hasPod(namespace, name))) {
      await this.#annotate(notebook, withoutActivity(annotationsOf(notebook)));
      return;
    }
    const now = new Date();
    const annotations = annotationsOf(notebook);
    if (!(lastActivityAnnotation in annotations && lastCheckAnnotation in annotations)) {
      const time = timestamp(now);
      notebook = await this.#annotate(notebook, { [lastActivityAnnotation]: time, [lastCheckAnnotation]: time });
    }
    const { checkMinutes, idleMinutes } = this.#o;
    if (checkIsDue(annotationsOf(notebook), checkMinutes, now)) {
      const activity = lastActivity(await this.#o.kernels(namespace, name), new Date());
      notebook = await this.#annotate(notebook, {
        ...(activity ? { [lastActivityAnnotation]: activity } : {}),
        [lastCheckAnnotation]: timestamp(new Date()),
      });
      if (isIdle(annotationsOf(notebook), idleMinutes, new Date())) {
        this.#o.logger.info(`${key} has been idle for ${idleMinutes} min: it is stopped`);
        await this.#annotate(notebook, { [stoppedAnnotation]: timestamp(new Date()) });
      }
    }
    return checkMinutes * 60_000;
  }

  async #hasPod(namespace: string, notebook: string): Promise<boolean> {
    try {
      await this.#cluster.get(pods, { namespace, name: `${notebook}-0` });
      return true;
    } catch (error) {
      if (isKubeError(error, 'NotFound')) return false;
      throw error;
    }
  }

  /** Touches nothing but these annotations, so a status that is written at the same moment is no conflict. */
  async #annotate(notebook: Notebook, annotations: AnnotationPatch): Promise<Notebook> {
    if (Object.keys(annotations).length === 0) return notebook;
    const { name, namespace } = notebook.metadata;
    const patch = { metadata: { annotations } };
    return this.#cluster.patch<Notebook>(notebooks, { namespace, name }, patch, { kind: 'merge' });
  }
}

function annotationsOf(notebook: Notebook): Record<string, string> {
  return notebook.metadata.annotations ?? {};
}
