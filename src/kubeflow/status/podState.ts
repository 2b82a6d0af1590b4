/**
 * What is known of a server's pod, from the pod itself or, where that is not watched, from the mirror that the notebook
 * controller keeps in the Notebook's status. One shape, so that the rules of status.ts are written once.
 */
import type { Pod } from '../../k8s/objects.ts';
import { notebookContainer, podName } from '../objects.ts';
import type { ContainerState, ContainerStatus, Notebook, NotebookCondition } from '../objects.ts';
import type { LastEnd } from './statusCause.ts';

export interface PodState {
  source: 'pod' | 'mirror';
  name: string;
  /** The pod's creation, where the pod is known. */
  created?: string;
  ready: boolean;
  readySince?: string;
  deleting: boolean;
  phase?: string;
  reason?: string;
  message?: string;
  node?: string;
  conditions: readonly NotebookCondition[];
  /** State of the container that is the notebook. */
  container?: ContainerState;
  lastTerminated?: ContainerState['terminated'];
  restarts?: number;
  /** The init container or sidecar that stands in the way, when the notebook container itself says nothing. */
  other?: { name: string; init: boolean; state: ContainerState; lastTerminated?: ContainerState['terminated'] };
}

/** Undefined: there is no pod, or nothing is known of one. */
export function podStateOf(notebook: Notebook, pod: Pod | undefined): PodState | undefined {
  return pod ? fromPod(notebook, pod) : fromMirror(notebook);
}

function fromPod(notebook: Notebook, pod: Pod): PodState {
  const conditions = (pod.status?.conditions ?? []) as NotebookCondition[];
  const statuses = pod.status?.containerStatuses ?? [];
  const wanted = notebookContainer(notebook)?.name;
  const own = statuses.find((s) => s.name === wanted) ?? (statuses.length === 1 ? statuses[0] : undefined);
  const ready = conditions.find((c) => c.type === 'Ready');
  return {
    source: 'pod',
    name: pod.metadata.name,
    created: pod.metadata.creationTimestamp,
    ready: ready?.status === 'True' && !pod.metadata.deletionTimestamp,
    readySince: ready?.status === 'True' ? (ready.lastTransitionTime ?? undefined) : undefined,
    deleting: pod.metadata.deletionTimestamp !== undefined,
    phase: pod.status?.phase,
    reason: pod.status?.reason,
    message: pod.status?.message,
    node: pod.spec?.nodeName,
    conditions,
    container: own?.state,
    lastTerminated: own?.lastState?.terminated,
    restarts: own?.restartCount,
    other:
      obstacle(pod.status?.initContainerStatuses ?? [], true) ??
      obstacle(
        statuses.filter((s) => s !== own),
        false,
      ),
  };
}

/** The first container that waits for a reason other than its turn, or that ended and is not done. */
function obstacle(statuses: readonly ContainerStatus[], init: boolean): PodState['other'] {
  for (const status of statuses) {
    const waiting = status.state?.waiting?.reason;
    const ended = status.state?.terminated;
    const inTheWay =
      (waiting !== undefined && waiting !== 'PodInitializing' && waiting !== 'ContainerCreating') ||
      (ended !== undefined && ended.exitCode !== 0) ||
      (init && status.state?.running !== undefined && status.started !== true);
    if (inTheWay && status.state)
      return { name: status.name, init, state: status.state, lastTerminated: status.lastState?.terminated };
  }
  return undefined;
}

/** The mirror names no pod; conditions or a container state mean that there is one. */
function fromMirror(notebook: Notebook): PodState | undefined {
  const status = notebook.status;
  const conditions = status?.conditions ?? [];
  const container = status?.containerState;
  const hasState = container?.running ?? container?.waiting ?? container?.terminated;
  const replicas = status?.readyReplicas ?? 0;
  if (conditions.length === 0 && !hasState && replicas === 0) return undefined;
  const ready = conditions.find((c) => c.type === 'Ready');
  return {
    source: 'mirror',
    name: podName(notebook),
    ready: replicas > 0,
    readySince: ready?.status === 'True' ? (ready.lastTransitionTime ?? undefined) : undefined,
    deleting: false,
    conditions,
    container: hasState ? container : undefined,
    // while a container waits after a crash, the mirror holds no lastState: only the pod does
    lastTerminated: undefined,
  };
}

/** How the container ended before, for the row of a server that runs again. */
export function lastEndOf(notebook: Notebook, ended: ContainerState['terminated'] | undefined): LastEnd | undefined {
  if (!ended) return undefined;
  const at = ended.finishedAt ?? undefined;
  if (ended.reason === 'OOMKilled')
    return { reason: 'outOfMemory', exitCode: ended.exitCode, at, limit: memoryLimit(notebook) };
  return { reason: ended.exitCode === 0 ? 'exited' : 'error', exitCode: ended.exitCode, at };
}

/** The notebook container's memory limit as written, e.g. `2Gi`. */
export function memoryLimit(notebook: Notebook): string | undefined {
  return notebookContainer(notebook)?.resources?.limits?.['memory'];
}
