/** What Diagnose Connection has to know of Kubeflow: what is needed of a cluster, and a pod to try a port-forward on. */
import type { Cluster } from '../k8s/cluster.ts';
import type { ForwardTarget, Needs, NoTarget } from '../k8s/diagnose.ts';
import { pods, type Pod } from '../k8s/objects.ts';
import { notebookPort, notebooks, profiles, type Notebook } from './objects.ts';

const ofNotebooks = { group: notebooks.group, resource: notebooks.plural };
const core = { group: '' };

export const kubeflowNeeds: Needs = {
  // Kubeflow 1.8 asks for 1.25; the lab's API server is the other one.
  kubernetes: { oldest: 25, tested: 36 },
  types: [notebooks, { ...profiles, optional: true }],
  look: [
    { verb: 'list', ...ofNotebooks },
    { verb: 'watch', ...ofNotebooks },
  ],
  act: [
    { verb: 'create', ...ofNotebooks },
    { verb: 'patch', ...ofNotebooks },
    { verb: 'delete', ...ofNotebooks },
    { verb: 'list', ...core, resource: 'pods' },
    // Both are asked for since Kubernetes 1.35, the first by itself before.
    { verb: 'get', ...core, resource: 'pods', subresource: 'portforward' },
    { verb: 'create', ...core, resource: 'pods', subresource: 'portforward' },
    { verb: 'create', ...core, resource: 'pods', subresource: 'exec' },
    { verb: 'list', ...core, resource: 'events' },
    { verb: 'list', ...core, resource: 'persistentvolumeclaims' },
  ],
};

/** The label that the notebook controller puts on a server's pod. */
const nameLabel = 'notebook-name';

/** The pod of a notebook server that runs now, in the namespace or in any. @throws KubeError */
export async function runningServer(
  cluster: Cluster,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<ForwardTarget | NoTarget> {
  const found = await cluster.list<Pod>(pods, { namespace, labelSelector: nameLabel, signal });
  if (found.items.length === 0) return 'noServer';
  const running = found.items.find(
    ({ metadata, status }) =>
      !metadata.deletionTimestamp && status?.containerStatuses?.some(({ state }) => state?.running),
  );
  if (!running?.metadata.namespace) return 'noneRunning';
  const where = { namespace: running.metadata.namespace, name: running.metadata.labels?.[nameLabel] ?? '' };
  const notebook = await cluster.get<Notebook>(notebooks, where, signal);
  const path = `/notebook/${encodeURIComponent(where.namespace)}/${encodeURIComponent(where.name)}/api`;
  return { namespace: where.namespace, pod: running.metadata.name, port: notebookPort(notebook), path };
}
