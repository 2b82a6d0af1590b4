import type { Cluster } from '../../src/k8s/cluster.ts';
import { isKubeError } from '../../src/k8s/errors.ts';
import { apiVersionOf, type KubeObject, type Pod, type ResourceType } from '../../src/k8s/objects.ts';

const kwokType = (plural: string, kind: string): ResourceType => ({
  group: 'kwok.x-k8s.io',
  version: 'v1alpha1',
  plural,
  kind,
  namespaced: true,
});
export const portForwards = kwokType('portforwards', 'PortForward');
export const execs = kwokType('execs', 'Exec');
export const logs = kwokType('logs', 'Logs');
export const stages: ResourceType = { ...kwokType('stages', 'Stage'), namespaced: false };

/** Nobody listens here: connections to it are refused, as on a port of a pod that nothing listens on. */
const deadPort = 1;

/** How kwok serves `kubectl port-forward`, `exec` and `logs` for one pod. */
export class PodEndpoints {
  readonly #cluster: Cluster;
  readonly #pod: Pod;
  readonly #container: string;

  constructor(cluster: Cluster, pod: Pod, container: string) {
    this.#cluster = cluster;
    this.#pod = pod;
    this.#container = container;
  }

  /** @param target the loopback port behind the pod's port; absent: connections are refused */
  async forward(port: number, target?: number): Promise<void> {
    const to = (at: number) => ({ address: '127.0.0.1', port: at });
    await this.#apply(portForwards, {
      forwards: [{ ports: [port], target: to(target ?? deadPort) }, { target: to(deadPort) }],
    });
  }

  async exec(folder: string, env: Readonly<Record<string, string>>): Promise<void> {
    const envs = Object.entries(env).map(([name, value]) => ({ name, value }));
    await this.#apply(execs, { execs: [{ containers: [this.#container], local: { workDir: folder, envs } }] });
  }

  async logs(file: string, previous?: string): Promise<void> {
    await this.#apply(logs, {
      logs: [
        {
          containers: [this.#container],
          logsFile: file,
          ...(previous ? { previousLogsFile: previous } : {}),
          follow: true,
        },
      ],
    });
  }

  /** The container does not run: no exec and no connection; its logs stay readable. */
  async close(): Promise<void> {
    await Promise.all([execs, portForwards].map((type) => this.#remove(type)));
  }

  async remove(): Promise<void> {
    await Promise.all([execs, portForwards, logs].map((type) => this.#remove(type)));
  }

  async #apply(type: ResourceType, spec: object): Promise<void> {
    const { name, namespace, uid } = this.#pod.metadata;
    const body: KubeObject & { spec: object } = {
      apiVersion: apiVersionOf(type),
      kind: type.kind,
      // If all else fails, the garbage collector takes it away with the pod.
      metadata: { name, namespace, ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid: uid ?? '' }] },
      spec,
    };
    await this.#cluster.patch(type, { namespace, name }, body, {
      kind: 'apply',
      fieldManager: 'lab-node',
      force: true,
    });
  }

  async #remove(type: ResourceType): Promise<void> {
    const { name, namespace } = this.#pod.metadata;
    try {
      await this.#cluster.delete(type, { namespace, name });
    } catch (error) {
      if (!isKubeError(error, 'NotFound')) throw error;
    }
  }
}
