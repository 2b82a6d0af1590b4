import type { Lab } from '../../lab/index.ts';
import { nodeObject } from '../../lab/nodes/nodeObjects.ts';
import { stages } from '../../lab/nodes/kwokObjects.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { isKubeError } from '../../src/k8s/errors.ts';
import { LiveList } from '../../src/k8s/liveList.ts';
import { silentLogger } from '../../src/k8s/log.ts';
import { nodes, roleBindings, type KubeObject, type ResourceType } from '../../src/k8s/objects.ts';
import { annotations, notebooks, profiles, type Notebook } from '../../src/kubeflow/objects.ts';
import { clusterOf } from '../clusters.ts';
import { playedLabel, playedStages } from './played.ts';

/** How many there are. */
export interface Size {
  profiles: number;
  servers: number;
  /** Of the servers. Their pods are only played: no process stands behind them. */
  running: number;
}

export const issueSize: Size = { profiles: 50, servers: 5000, running: 500 };

/** Requests at a time: more do not make the API server any faster. */
const atOnce = 16;
/** A node that takes nothing but the played pods, and all of them. */
const node = 'bench-node-1';

export const profileName = (n: number) => `scale-${String(n).padStart(2, '0')}`;
/** Spread over the profiles, so that each has the same share of running ones. */
export const serverOf = (size: Size, n: number) => ({
  namespace: profileName(n % size.profiles),
  name: `server-${String(Math.floor(n / size.profiles)).padStart(3, '0')}`,
});
export const namespacesOf = (size: Size) => Array.from({ length: size.profiles }, (_, n) => profileName(n));

/**
 * Fills a lab: profiles that all belong to alice, who may list in each of them and nowhere else, and in each of them
 * notebook servers of which some run. Resolves when the lab's controllers have done with them.
 */
export async function makeWorld(lab: Lab, size: Size, say: (line: string) => void): Promise<void> {
  const cluster = await clusterOf(lab, 'admin', 'local');
  try {
    for (const stage of playedStages) await ensure(cluster, stages, stage);
    await ensure(cluster, nodes, largeNode());
    await inTurns(namespacesOf(size), (name) => ensure(cluster, profiles, profile(name)));
    const own = new Set(namespacesOf(size));
    const isOwners = ({ metadata }: KubeObject) =>
      metadata.name === 'namespaceAdmin' && own.has(metadata.namespace ?? '');
    await settled(cluster, roleBindings, { count: size.profiles, what: 'profiles', is: isOwners }, say);
    const began = performance.now();
    const all = Array.from({ length: size.servers }, (_, n) => notebook(size, n));
    await inTurns(all, (one) => ensure(cluster, notebooks, one));
    say(`${size.servers} notebook servers made in ${((performance.now() - began) / 1000).toFixed(0)} s`);
    const reported = ({ status }: Notebook) => status !== undefined;
    await settled(cluster, notebooks, { count: size.servers, what: 'of them reported on', is: reported }, say);
    const ready = ({ status }: Notebook) => status?.readyReplicas === 1;
    await settled(cluster, notebooks, { count: size.running, what: 'of them running', is: ready }, say);
  } finally {
    cluster.dispose();
  }
}

async function inTurns<T>(things: readonly T[], work: (thing: T) => Promise<unknown>): Promise<void> {
  const left = things.values();
  const worker = async () => {
    for (const thing of left) await work(thing);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function ensure<T extends KubeObject>(cluster: Cluster, type: ResourceType, object: T): Promise<void> {
  try {
    await cluster.create(type, object, { namespace: object.metadata.namespace });
  } catch (error) {
    if (!isKubeError(error, 'AlreadyExists')) throw error;
  }
}

/** Waits until enough of a list is as it should be. Watching costs the API server nothing, asking again would. */
async function settled<T extends KubeObject>(
  cluster: Cluster,
  type: ResourceType,
  wanted: { count: number; what: string; is: (object: T) => boolean },
  say: (line: string) => void,
): Promise<void> {
  const began = performance.now();
  const list = new LiveList<T>(cluster, { type }, { logger: silentLogger, batchMs: 500 });
  const there = () => [...list.items.values()].filter(wanted.is).length;
  try {
    const enough = new Promise<void>((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error(`only ${there()} of ${wanted.count} ${wanted.what} after 10 minutes`)),
        600_000,
      );
      list.onDidChange(() => {
        if (there() < wanted.count) return;
        clearTimeout(limit);
        resolve();
      });
    });
    list.start();
    await enough;
  } finally {
    list.dispose();
  }
  say(`${wanted.count} ${wanted.what} after ${((performance.now() - began) / 1000).toFixed(0)} s more`);
}

function profile(name: string): KubeObject {
  return {
    apiVersion: 'kubeflow.org/v1beta1',
    kind: 'Profile',
    metadata: { name },
    spec: { owner: { kind: 'User', name: 'alice@example.com' } },
  } as KubeObject;
}

function largeNode(): KubeObject {
  const made = nodeObject({ name: node, gpus: 0, subnet: 9 });
  const room = { cpu: '10000', memory: '100Ti', 'ephemeral-storage': '100Ti', pods: '1000' };
  return {
    ...made,
    metadata: { ...made.metadata, labels: { ...made.metadata.labels, [playedLabel]: 'true' } },
    spec: { ...made.spec, taints: [{ key: playedLabel, effect: 'NoSchedule' }] },
    status: { ...made.status, capacity: room, allocatable: room },
  } as KubeObject;
}

/** As the Jupyter Web App makes one, with a workspace and shared memory. */
function notebook(size: Size, n: number): Notebook {
  const { namespace, name } = serverOf(size, n);
  const runs = n < size.running;
  const stoppedAt = new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString().replace('.000Z', 'Z');
  return {
    apiVersion: 'kubeflow.org/v1beta1',
    kind: 'Notebook',
    metadata: {
      name,
      namespace,
      labels: { app: name, [playedLabel]: 'true' },
      annotations: {
        [annotations.serverType]: 'jupyter',
        [annotations.creator]: 'alice@example.com',
        ...(runs ? {} : { [annotations.stopped]: stoppedAt }),
      },
    },
    spec: {
      template: {
        spec: {
          serviceAccountName: 'default-editor',
          nodeSelector: { [playedLabel]: 'true' },
          tolerations: [{ key: playedLabel, operator: 'Exists' }],
          containers: [
            {
              name,
              image: 'registry.example/lab/played:1',
              imagePullPolicy: 'IfNotPresent',
              resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '600m', memory: '1.2Gi' } },
              env: [],
              volumeMounts: [
                { name: `${name}-volume`, mountPath: '/home/jovyan' },
                { name: 'dshm', mountPath: '/dev/shm' },
              ],
            },
          ],
          volumes: [
            // no claim: 5,000 volumes are another measurement
            { name: `${name}-volume`, emptyDir: {} },
            { name: 'dshm', emptyDir: { medium: 'Memory' } },
          ],
        },
      },
    },
  };
}
