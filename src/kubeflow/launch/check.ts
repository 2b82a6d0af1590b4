/** What the API server says to a launch before anything of it is made. */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError, KubeError } from '../../k8s/errors.ts';
import type { KubeObject, Pod } from '../../k8s/objects.ts';
import { pods } from '../../k8s/objects.ts';
import { hasClass } from '../form/storage.ts';
import { podName, podSpec } from '../objects.ts';
import type { Notebook } from '../objects.ts';
import { typeOf } from './entry.ts';
import type { LaunchKind } from './entry.ts';

/**
 * Has the API server judge the objects without making them, the Notebook first, whose name everything hangs on.
 * @throws KubeError its refusal; Invalid where a claim names no storage class and the cluster has no default one
 */
export async function checkObjects(
  cluster: Cluster,
  namespace: string,
  objects: readonly { kind: LaunchKind; body: KubeObject }[],
  signal?: AbortSignal,
): Promise<void> {
  const notebookFirst = [...objects].sort((a, b) => Number(b.kind === 'notebook') - Number(a.kind === 'notebook'));
  for (const { kind, body } of notebookFirst) {
    const answer = await cluster.create<KubeObject>(typeOf[kind], body, { namespace, dryRun: true, signal });
    if (kind === 'claim' && !hasClass(answer)) throw noDefaultClass(body.metadata.name);
  }
  for (const { kind, body } of objects) if (kind === 'notebook') await checkPod(cluster, namespace, body, signal);
}

/**
 * The Notebook is taken whatever its pod template says; the pod is what a quota, a policy or a missing service account
 * refuses, minutes later and out of sight. So the pod is dry-run, too, where the user may create pods.
 * @throws KubeError its refusal, where the real pod would be refused as well
 */
export async function checkPod(
  cluster: Cluster,
  namespace: string,
  notebook: Notebook,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { name, labels } = notebook.metadata;
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: podName(notebook), namespace, labels: { ...labels, 'notebook-name': name, statefulset: name } },
    spec: podSpec(notebook),
  };
  try {
    await cluster.create<Pod>(pods, pod, { namespace, dryRun: true, signal });
  } catch (error) {
    if (!isKubeError(error)) throw error;
    const { problem } = error;
    if (problem.code === 'Invalid') throw error;
    // Of refusals only the quota's is sure to hit the real pod as well: a webhook may just not know dry-runs.
    if (problem.code === 'Refused' && problem.by !== 'webhook') throw error;
  }
}

function noDefaultClass(claim: string): KubeError {
  const message = `PersistentVolumeClaim ${claim}: no storage class was asked for and the cluster has no default one`;
  return new KubeError({ code: 'Invalid', message, fields: [{ field: 'spec.storageClassName', message }] });
}
