/**
 * The Kubernetes objects that a form stands for. They follow the Jupyter Web App's own (kubeflow/notebooks v1.11.0,
 * crud-web-apps/jupyter/backend), so that its list, which indexes requests, volumes, env and annotations without looking,
 * shows them and starts and stops them.
 */
import type { PersistentVolumeClaim } from '../../k8s/objects.ts';
import { claimName, imageOf, mountPath, volumesOf } from '../form.ts';
import type { NewVolume, PlacedVolume, SpawnForm } from '../form.ts';
import { limitFactor } from './formQuota.ts';
import { annotations } from '../objects.ts';
import type { Container, Notebook, PodSpec } from '../objects.ts';
import { limitOf, parseCount, parseCpu, parseGi, plain } from '../quantity.ts';
import { isLabel } from './syntax.ts';

export interface Manifests {
  /** The claims to make, workspace first. */
  claims: PersistentVolumeClaim[];
  notebook: Notebook;
}

type Volume = NonNullable<PodSpec['volumes']>[number];
type Mount = NonNullable<Container['volumeMounts']>[number];

/** The name of the pod's volume for shared memory, as the Jupyter Web App has it. */
const shm = 'dshm';

/**
 * What a form makes: its new claims and its Notebook, each with the launch's id. Call it for a form without errors; a
 * number that cannot be read becomes 0.
 */
export function manifests(form: SpawnForm, launchId: string, creator?: string): Manifests {
  const placed = volumesOf(form).filter(({ volume }) => volume.kind !== 'none');
  const claims = placed.flatMap((p) => (p.volume.kind === 'new' ? [claimOf(form, p, p.volume, launchId)] : []));
  return { claims, notebook: notebookOf(form, placed, launchId, creator) };
}

function claimOf(form: SpawnForm, placed: PlacedVolume, volume: NewVolume, launchId: string): PersistentVolumeClaim {
  const storageClassName = (volume.storageClass ?? '').trim();
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName(form, placed),
      namespace: form.namespace,
      labels: { app: form.name.trim() },
      annotations: { [annotations.launch]: launchId },
    },
    spec: {
      accessModes: [volume.accessMode],
      resources: { requests: { storage: `${plain(parseGi(volume.size) ?? 0)}Gi` } },
      ...(storageClassName === '' ? {} : { storageClassName }),
    },
  };
}

function notebookOf(form: SpawnForm, placed: PlacedVolume[], launchId: string, creator: string | undefined): Notebook {
  const name = form.name.trim();
  const { volumes, mounts } = volumesOfPod(form, placed);
  return {
    apiVersion: 'kubeflow.org/v1beta1',
    kind: 'Notebook',
    metadata: {
      name,
      namespace: form.namespace,
      labels: { app: name },
      annotations: {
        [annotations.serverType]: 'jupyter',
        ...(creator ? { [annotations.creator]: creator } : {}),
        [annotations.launch]: launchId,
      },
    },
    spec: {
      template: {
        spec: {
          serviceAccountName: 'default-editor',
          containers: [
            {
              // The controller mirrors the state of the container that is named as the Notebook, and of no other.
              name,
              image: imageOf(form),
              imagePullPolicy: 'IfNotPresent',
              resources: resourcesOf(form),
              volumeMounts: mounts,
              env: [],
            },
          ],
          volumes,
          tolerations: [],
        },
      },
    },
  };
}

/** Requests for CPU and memory with limits by Kubeflow's factor; GPUs are limits only, which also makes them requests. */
function resourcesOf(form: SpawnForm): Container['resources'] {
  const cpu = parseCpu(form.cpu) ?? 0;
  const memory = parseGi(form.memory) ?? 0;
  return {
    requests: { cpu: plain(cpu), memory: `${plain(memory)}Gi` },
    limits: {
      cpu: plain(limitOf(cpu, limitFactor)),
      memory: `${plain(limitOf(memory, limitFactor))}Gi`,
      ...Object.fromEntries(
        form.gpus.flatMap(({ key, count }) => ((parseCount(count) ?? 0) > 0 ? [[key, String(parseCount(count))]] : [])),
      ),
    },
  };
}

function volumesOfPod(form: SpawnForm, placed: PlacedVolume[]): { volumes: Volume[]; mounts: Mount[] } {
  const volumes: Volume[] = [];
  const mounts: Mount[] = [];
  placed.forEach((p, index) => {
    const claim = claimName(form, p);
    const readOnly = p.volume.kind === 'existing' && p.volume.readOnly === true;
    // A claim's name may be longer than, or have dots that, a pod's volume may not have.
    const name = isLabel(claim) && claim !== shm ? claim : `volume-${index + 1}`;
    volumes.push({ name, persistentVolumeClaim: { claimName: claim, ...(readOnly ? { readOnly } : {}) } });
    mounts.push({ name, mountPath: mountPath(form, p), ...(readOnly ? { readOnly } : {}) });
  });
  volumes.push({ name: shm, emptyDir: { medium: 'Memory' } });
  mounts.push({ name: shm, mountPath: '/dev/shm' });
  return { volumes, mounts };
}
