/** Small builders of the objects that the kubeflow tests speak of. Times are relative to `now`. */
import type { CoreEvent, PersistentVolumeClaim, Pod } from '../../../src/k8s/objects.ts';
import type { ContainerState, Notebook, NotebookCondition } from '../../../src/kubeflow/objects.ts';

export const now = new Date('2026-08-20T14:00:00Z');

/** RFC 3339, `seconds` before now. */
export function ago(seconds: number): string {
  return new Date(now.getTime() - seconds * 1000).toISOString().replace('.000Z', 'Z');
}

export interface NotebookParts {
  name?: string;
  age?: number;
  annotations?: Record<string, string>;
  deleting?: number;
  container?: string;
  image?: string;
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  claims?: string[];
  status?: { conditions?: NotebookCondition[]; readyReplicas?: number; containerState?: ContainerState };
}

export function notebook(parts: NotebookParts = {}): Notebook {
  const name = parts.name ?? 'mnist';
  return {
    apiVersion: 'kubeflow.org/v1beta1',
    kind: 'Notebook',
    metadata: {
      name,
      namespace: 'alice',
      uid: `uid-${name}`,
      creationTimestamp: ago(parts.age ?? 3600),
      ...(parts.annotations ? { annotations: parts.annotations } : {}),
      ...(parts.deleting === undefined ? {} : { deletionTimestamp: ago(parts.deleting) }),
    },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: parts.container ?? name,
              image: parts.image ?? 'kubeflow/jupyter-scipy:v1.11.0',
              resources: parts.resources ?? { requests: { cpu: '0.5', memory: '1Gi' }, limits: { memory: '2Gi' } },
              volumeMounts: (parts.claims ?? []).map((c) => ({ name: c, mountPath: `/home/jovyan/${c}` })),
            },
          ],
          volumes: (parts.claims ?? []).map((c) => ({ name: c, persistentVolumeClaim: { claimName: c } })),
        },
      },
    },
    ...(parts.status ? { status: parts.status } : {}),
  };
}

export interface PodParts {
  name?: string;
  age?: number;
  phase?: string;
  ready?: number;
  state?: ContainerState;
  last?: ContainerState['terminated'];
  restarts?: number;
  deleting?: number;
  reason?: string;
  message?: string;
  /** The scheduler's sentence. */
  unschedulable?: string;
}

export function pod(parts: PodParts = {}): Pod {
  const name = parts.name ?? 'mnist';
  const scheduled = parts.unschedulable === undefined;
  return {
    metadata: {
      name: `${name}-0`,
      namespace: 'alice',
      uid: `pod-${name}`,
      creationTimestamp: ago(parts.age ?? 300),
      ...(parts.deleting === undefined ? {} : { deletionTimestamp: ago(parts.deleting) }),
      labels: { 'notebook-name': name, statefulset: name },
    },
    spec: { containers: [], ...(scheduled ? { nodeName: 'gpu-node-3' } : {}) },
    status: {
      phase: parts.phase ?? 'Pending',
      ...(parts.reason ? { reason: parts.reason } : {}),
      ...(parts.message ? { message: parts.message } : {}),
      conditions: [
        scheduled
          ? { type: 'PodScheduled', status: 'True', lastTransitionTime: ago(parts.age ?? 300) }
          : {
              type: 'PodScheduled',
              status: 'False',
              reason: 'Unschedulable',
              message: parts.unschedulable,
              lastTransitionTime: ago(parts.age ?? 300),
            },
        parts.ready === undefined
          ? {
              type: 'Ready',
              status: 'False',
              reason: 'ContainersNotReady',
              message: 'containers with unready status: [x]',
            }
          : { type: 'Ready', status: 'True', lastTransitionTime: ago(parts.ready) },
      ],
      containerStatuses: parts.state
        ? [
            {
              name,
              image: 'x',
              imageID: '',
              ready: parts.ready !== undefined,
              restartCount: parts.restarts ?? 0,
              state: parts.state,
              ...(parts.last ? { lastState: { terminated: parts.last } } : {}),
            },
          ]
        : [],
    },
  };
}

let serial = 0;

export function event(
  about: { kind: 'Notebook' | 'Pod' | 'StatefulSet' | 'PersistentVolumeClaim'; name?: string; uid?: string },
  reason: string,
  message: string,
  o: { age?: number; type?: 'Normal' | 'Warning'; count?: number; firstAge?: number } = {},
): CoreEvent {
  const name = about.name ?? (about.kind === 'Pod' ? 'mnist-0' : 'mnist');
  return {
    metadata: { name: `${name}.${++serial}`, namespace: 'alice' },
    involvedObject: { kind: about.kind, name, ...(about.uid ? { uid: about.uid } : {}) },
    reason,
    message,
    type: o.type ?? 'Warning',
    count: o.count ?? 1,
    firstTimestamp: ago(o.firstAge ?? o.age ?? 10),
    lastTimestamp: ago(o.age ?? 10),
  };
}

export function claim(
  name: string,
  parts: { phase?: string; storageClass?: string; size?: string } = {},
): PersistentVolumeClaim {
  return {
    metadata: { name, namespace: 'alice', uid: `claim-${name}` },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: parts.size ?? '5Gi' } },
      ...(parts.storageClass === undefined ? {} : { storageClassName: parts.storageClass }),
    },
    status: { phase: parts.phase ?? 'Pending' },
  };
}
