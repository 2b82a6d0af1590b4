import type { Pod, StatefulSet } from '../../src/k8s/objects.ts';
import { timestamp, type Notebook, type NotebookCondition, type NotebookStatus } from './objects.ts';

/**
 * The status that Kubeflow mirrors into a Notebook: the StatefulSet's ready replicas, the pod's conditions, and the state
 * of the container that is named as the Notebook (empty without one).
 * @param now stands in for probe and transition times that the pod does not have
 */
export function notebookStatus(
  notebook: Notebook,
  statefulSet: StatefulSet | undefined,
  pod: Pod | undefined,
  now: Date,
): NotebookStatus {
  const container = pod?.status?.containerStatuses?.find((status) => status.name === notebook.metadata.name);
  return {
    conditions: (pod?.status?.conditions ?? []).map((condition) => mirrored(condition, now)),
    readyReplicas: statefulSet?.status?.readyReplicas ?? 0,
    containerState: container?.state ?? {},
  };
}

type PodCondition = NonNullable<NonNullable<Pod['status']>['conditions']>[number];

function mirrored(condition: PodCondition, now: Date): NotebookCondition {
  return {
    type: condition.type,
    status: condition.status,
    ...(condition.reason ? { reason: condition.reason } : {}),
    ...(condition.message ? { message: condition.message } : {}),
    lastProbeTime: condition.lastProbeTime ?? timestamp(now),
    lastTransitionTime: condition.lastTransitionTime ?? timestamp(now),
  };
}
