/** What stands of a server beside its Notebook: the StatefulSet that the notebook controller made of it, and its pod. */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import { pods, statefulSets } from '../../k8s/objects.ts';
import type { KubeObject, Pod, ResourceType, StatefulSet } from '../../k8s/objects.ts';
import { podName } from '../objects.ts';
import type { ServerName } from '../operations.ts';

export interface Standing {
  /** Absent where there is none, or the user may not see it. */
  statefulSet?: StatefulSet;
  pod?: Pod;
}

/** @throws KubeError where the cluster does not say, for another reason than a missing right */
export async function standingOf(
  cluster: Cluster,
  { namespace, name }: ServerName,
  signal?: AbortSignal,
): Promise<Standing> {
  const [statefulSet, pod] = await Promise.all([
    seen<StatefulSet>(cluster, statefulSets, { namespace, name }, signal),
    seen<Pod>(cluster, pods, { namespace, name: podName({ metadata: { name } }) }, signal),
  ]);
  return { ...(statefulSet ? { statefulSet } : {}), ...(pod ? { pod } : {}) };
}

async function seen<T extends KubeObject>(
  cluster: Cluster,
  type: ResourceType,
  where: ServerName,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  try {
    return await cluster.get<T>(type, where, signal);
  } catch (error) {
    if (isKubeError(error, 'NotFound') || isKubeError(error, 'Forbidden')) return undefined;
    throw error;
  }
}
