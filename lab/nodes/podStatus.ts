import type { Pod, Raw } from '../../src/k8s/objects.ts';
import type { V1ContainerState, V1ContainerStatus, V1PodCondition } from '@kubernetes/client-node';
import { timestamp, type PodStatus } from '../controllers/objects.ts';

export type ContainerState = Raw<V1ContainerState>;
type ContainerStatus = Raw<V1ContainerStatus>;
type PodCondition = Raw<V1PodCondition>;

/** What the node knows of one container. */
export interface ContainerRecord {
  state: ContainerState;
  lastState?: ContainerState;
  ready: boolean;
  restartCount: number;
  containerID?: string;
  imageID?: string;
}

export interface PodFacts {
  pod: Pod;
  podIP: string;
  /** By container name. */
  containers: ReadonlyMap<string, ContainerRecord>;
  /** The sandbox is there: volumes are mounted and containers may be made. */
  sandbox: boolean;
  /** The conditions written last, for their transition times. */
  previous?: readonly PodCondition[];
}

/**
 * The status that a kubelet writes for a pod (v1.36: its order of conditions, its words).
 * @returns what goes into a merge patch of pods/status
 */
export function podStatus(facts: PodFacts, now: Date): PodStatus {
  const { pod, containers } = facts;
  const names = pod.spec!.containers.map((container) => container.name);
  const unready = names.filter((name) => !containers.get(name)?.ready);
  const notReady =
    unready.length > 0
      ? { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` }
      : {};
  const ready = unready.length === 0;
  const conditions = [
    condition('PodReadyToStartContainers', facts.sandbox),
    condition('Initialized', facts.sandbox || !pod.spec!.initContainers?.length),
    condition('Ready', ready, notReady),
    condition('ContainersReady', ready, notReady),
  ];
  const before = facts.previous ?? pod.status?.conditions ?? [];
  const generation = pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation };
  return {
    ...generation,
    phase: phaseOf([...containers.values()]),
    hostIP: '127.0.0.1',
    hostIPs: [{ ip: '127.0.0.1' }],
    ...(facts.sandbox ? { podIP: facts.podIP, podIPs: [{ ip: facts.podIP }] } : {}),
    startTime: pod.status?.startTime ?? timestamp(now),
    conditions: [
      ...conditions.map((one) => ({ ...generation, ...withTransition(one, before, now) })),
      ...before.filter((one) => one.type === 'PodScheduled'),
    ],
    ...(pod.spec!.initContainers?.length ? { initContainerStatuses: initStatuses(pod, facts.sandbox, now) } : {}),
    containerStatuses: names.map((name) => containerStatus(pod, name, containers.get(name))),
  };
}

/** The conditions under which two statuses are the same but for their times. */
export function sameConditions(a: readonly PodCondition[] = [], b: readonly PodCondition[] = []): boolean {
  const plain = (list: readonly PodCondition[]) =>
    JSON.stringify(list.map((one) => [one.type, one.status, one.reason, one.message]));
  return plain(a) === plain(b);
}

function condition(type: string, is: boolean, why: { reason?: string; message?: string } = {}): PodCondition {
  return { type, status: is ? 'True' : 'False', ...why };
}

/** A condition keeps its transition time while its status stays the same. */
function withTransition(one: PodCondition, before: readonly PodCondition[], now: Date): PodCondition {
  const old = before.find((other) => other.type === one.type);
  return { ...one, lastTransitionTime: old?.status === one.status ? old.lastTransitionTime : timestamp(now) };
}

/** Pending until each container has run once; a container that waits to be restarted leaves its pod Running. */
function phaseOf(containers: readonly ContainerRecord[]): string {
  const started = (one: ContainerRecord) => one.state.running ?? one.state.terminated ?? one.lastState?.terminated;
  return containers.every(started) ? 'Running' : 'Pending';
}

function containerStatus(pod: Pod, name: string, record: ContainerRecord | undefined): ContainerStatus {
  const spec = pod.spec!.containers.find((container) => container.name === name)!;
  return {
    name,
    image: spec.image ?? '',
    imageID: record?.imageID ?? '',
    ...(record?.containerID ? { containerID: record.containerID } : {}),
    ready: record?.ready ?? false,
    started: record?.state.running !== undefined,
    restartCount: record?.restartCount ?? 0,
    state: record?.state ?? { waiting: { reason: 'ContainerCreating' } },
    lastState: record?.lastState ?? {},
    ...(spec.volumeMounts?.length
      ? {
          volumeMounts: spec.volumeMounts.map(({ name: volume, mountPath, readOnly }) => ({
            name: volume,
            mountPath,
            ...(readOnly ? { readOnly } : {}),
          })),
        }
      : {}),
  };
}

/** Init containers are not run: they have succeeded as soon as the volumes are there. */
function initStatuses(pod: Pod, done: boolean, now: Date): ContainerStatus[] {
  const before = pod.status?.initContainerStatuses;
  const finished = { startedAt: timestamp(now), finishedAt: timestamp(now) };
  return pod.spec!.initContainers!.map((container, index) => {
    const old = before?.[index];
    if (old?.state?.terminated) return old;
    return {
      name: container.name,
      image: container.image ?? '',
      imageID: '',
      ready: done,
      started: false,
      restartCount: 0,
      state: done
        ? { terminated: { exitCode: 0, reason: 'Completed', ...finished } }
        : { waiting: { reason: 'PodInitializing' } },
    };
  });
}
