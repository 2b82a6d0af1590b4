import path from 'node:path';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { isKubeError } from '../../src/k8s/errors.ts';
import type { Logger } from '../../src/k8s/log.ts';
import { configMaps, secrets, type ConfigMap, type Secret } from '../../src/k8s/objects.ts';
import { EventRecorder } from '../controllers/eventRecorder.ts';
import type { ReadData } from './containerEnv.ts';
import { GpuAllocator } from './gpus.ts';
import type { JupyterEnv } from './jupyterEnv.ts';

/** Which images are on which node already. */
export class NodeImages {
  readonly #present = new Set<string>();

  has(node: string, image: string): boolean {
    return this.#present.has(`${node} ${image}`);
  }

  add(node: string, image: string): void {
    this.#present.add(`${node} ${image}`);
  }
}

/** What the pods of the lab's nodes share. */
export class NodeContext {
  readonly cluster: Cluster;
  readonly logger: Logger;
  readonly jupyter: JupyterEnv;
  readonly readyBeforeAnswering: boolean;
  readonly gpus = new GpuAllocator();
  readonly images = new NodeImages();
  readonly #podsFolder: string;
  readonly #recorders = new Map<string, EventRecorder>();

  constructor(o: {
    cluster: Cluster;
    logger: Logger;
    jupyter: JupyterEnv;
    readyBeforeAnswering: boolean;
    podsFolder: string;
  }) {
    this.cluster = o.cluster;
    this.logger = o.logger;
    this.jupyter = o.jupyter;
    this.readyBeforeAnswering = o.readyBeforeAnswering;
    this.#podsFolder = o.podsFolder;
  }

  podFolder(uid: string): string {
    return path.join(this.#podsFolder, uid);
  }

  /** The recorder of a node's kubelet. */
  recorder(node: string): EventRecorder {
    let recorder = this.#recorders.get(node);
    if (!recorder) {
      recorder = new EventRecorder(this.cluster, { component: 'kubelet', host: node, reporting: true }, this.logger);
      this.#recorders.set(node, recorder);
    }
    return recorder;
  }

  /** Reads Secrets and ConfigMaps of a namespace, for containers' variables. */
  readData(namespace: string): ReadData {
    return async (kind, name) => {
      try {
        if (kind === 'configmap')
          return (await this.cluster.get<ConfigMap>(configMaps, { namespace, name })).data ?? {};
        const { data } = await this.cluster.get<Secret>(secrets, { namespace, name });
        const decoded = Object.entries(data ?? {}).map(([key, value]) => [
          key,
          Buffer.from(value, 'base64').toString(),
        ]);
        return Object.fromEntries(decoded) as Record<string, string>;
      } catch (error) {
        if (isKubeError(error, 'NotFound')) return undefined;
        throw error;
      }
    };
  }

  dispose(): void {
    for (const recorder of this.#recorders.values()) recorder.dispose();
  }
}
