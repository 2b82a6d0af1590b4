/** What the API server says to an edit before anything of it is done. */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import type { KubeError } from '../../k8s/errors.ts';
import type { Manifests } from '../form/manifests.ts';
import { checkObjects, checkPod } from '../launch/check.ts';
import { fieldManager, isStopped, notebooks } from '../objects.ts';
import type { Notebook } from '../objects.ts';
import type { EditPlan } from './editPlan.ts';
import type { Standing } from './standing.ts';

/** @throws KubeError the refusal of the patch, of a new volume, or of the pod that would come of it */
export async function checkEdit(
  cluster: Cluster,
  { base, made, plan, standing }: { base: Notebook; made: Manifests; plan: EditPlan; standing: Standing },
  signal?: AbortSignal,
): Promise<void> {
  const { name, namespace = '' } = base.metadata;
  const { patch } = plan;
  if (patch.length > 0) {
    await cluster.patch(notebooks, { namespace, name }, patch, { kind: 'json', fieldManager, dryRun: true, signal });
  }
  const claims = made.claims.map((body) => ({ kind: 'claim' as const, body }));
  await checkObjects(cluster, namespace, claims, signal);
  const refusal = await podRefusal(cluster, made.notebook, signal);
  if (!refusal || isOfNow(refusal, base, standing)) return;
  // What is no fault of the edit does not keep the person from changing something else.
  const before = await podRefusal(cluster, base, signal);
  if (before?.message !== refusal.message) throw refusal;
}

async function podRefusal(
  cluster: Cluster,
  notebook: Notebook,
  signal: AbortSignal | undefined,
): Promise<KubeError | undefined> {
  try {
    await checkPod(cluster, notebook.metadata.namespace ?? '', notebook, signal);
    return undefined;
  } catch (error) {
    if (isKubeError(error)) return error;
    throw error;
  }
}

/** A quota counts the server's own pod as well, and of a stopped server it says nothing about its next start. */
function isOfNow({ problem }: KubeError, base: Notebook, { pod }: Standing): boolean {
  return problem.code === 'Refused' && problem.by === 'quota' && (pod !== undefined || isStopped(base));
}
