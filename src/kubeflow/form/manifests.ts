/**
 * The Kubernetes objects that a form stands for. They follow the Jupyter Web App's own (kubeflow/notebooks v1.11.0,
 * crud-web-apps/jupyter/backend), so that its list, which indexes requests, volumes, env and annotations without looking,
 * shows them and starts and stops them.
 */
import type { PersistentVolumeClaim } from '../../k8s/objects.ts';
import { claimName, imageOf, volumesOf } from '../form.ts';
import type { NewVolume, PlacedVolume, PodDefaultOption, SpawnForm } from '../form.ts';
import { giQuantity } from '../quantity.ts';
import { annotations } from '../objects.ts';
import type { Notebook } from '../objects.ts';
import { Draft, put } from './draft.ts';
import { asRecord, asTexts, same } from './kept.ts';
import { formOf } from './readBack.ts';
import { builtInConfig } from './spawnerConfig.ts';
import type { SpawnerConfig } from './spawnerConfig.ts';
import { writeEnv, writeEnvFrom } from './writeEnv.ts';
import { labelsOf, writeAnnotations, writeLabels, writeName, writeOrigin, writeServerType } from './writeMeta.ts';
import { selectorOf, writeAffinity, writeNodeSelector, writePullSecrets } from './writePlacement.ts';
import { writeServiceAccount, writeTolerations } from './writePlacement.ts';
import { amountsOf, noResources, writeCpu, writeGpus, writeMemory } from './writeResources.ts';
import { writeVolumes } from './writeVolumes.ts';

export interface Manifests {
  /** The claims to make, workspace first. */
  claims: PersistentVolumeClaim[];
  notebook: Notebook;
}

export interface ManifestOptions {
  /** Marks what a launch makes; not for an edit. */
  launchId?: string;
  /** The user's name, for Kubeflow's creator annotation, where it is known. */
  creator?: string;
  /**
   * The Notebook that the form was read from. Only what the form changes is changed in it; where the form has another
   * name or namespace the base is copied and stays out of it otherwise.
   */
  base?: Notebook;
  /** Whose groups and factors the form uses; the built-in ones by default. */
  config?: SpawnerConfig;
  /** As formOf was given them. */
  podDefaults?: readonly PodDefaultOption[];
}

/** One part of a Notebook: what of the form it depends on, and how it is written. */
interface Part {
  of: (form: SpawnForm) => unknown;
  write: (draft: Draft) => void;
}

const parts: readonly Part[] = [
  { of: (f) => [f.name.trim(), f.namespace], write: writeName },
  { of: (f) => [f.serverType, f.name.trim(), f.namespace], write: writeServerType },
  { of: (f) => labelsOf(f), write: writeLabels },
  { of: (f) => f.annotations, write: writeAnnotations },
  { of: (f) => imageOf(f), write: ({ container, form }) => put(container, 'image', imageOf(form)) },
  {
    of: (f) => f.imagePullPolicy,
    write: ({ container, form }) => put(container, 'imagePullPolicy', form.imagePullPolicy || undefined),
  },
  { of: (f) => [f.cpu, f.cpuLimit], write: writeCpu },
  { of: (f) => [f.memory, f.memoryLimit], write: writeMemory },
  { of: (f) => amountsOf(f.gpus), write: writeGpus },
  { of: (f) => selectorOf(f), write: writeNodeSelector },
  { of: (f) => f.affinityGroup, write: writeAffinity },
  { of: (f) => f.tolerationGroup, write: writeTolerations },
  { of: (f) => [volumesOf(f), f.shm, f.shmSize, f.secretFiles], write: writeVolumes },
  { of: (f) => f.env, write: writeEnv },
  { of: (f) => f.envFrom, write: writeEnvFrom },
  { of: (f) => f.serviceAccount, write: writeServiceAccount },
  { of: (f) => f.imagePullSecrets, write: writePullSecrets },
];

/**
 * What a form makes: its new claims and its Notebook. Call it for a form without errors; a number that cannot be read
 * becomes 0. With a base, a form that is as formOf gave it makes the base again, to the byte.
 */
export function manifests(form: SpawnForm, o: ManifestOptions = {}): Manifests {
  const { base, config = builtInConfig() } = o;
  const before = base && formOf(base, { config, podDefaults: o.podDefaults });
  const draft = new Draft(base ? structuredClone(base) : blank(form), form, config, before);
  for (const { of, write } of parts) if (!before || !same(of(form), of(before))) write(draft);
  const isCopy = !before || before.name !== form.name.trim() || before.namespace !== form.namespace;
  if (isCopy) writeOrigin(draft, o);
  const claims = volumesOf(form).flatMap((p) => (p.volume.kind === 'new' ? [claimOf(form, p, p.volume, o)] : []));
  return { claims, notebook: draft.notebook };
}

/** A Notebook with the lists that the Jupyter Web App expects, before anything is written to it. */
function blank(form: SpawnForm): Notebook {
  const name = form.name.trim();
  const container = { name, resources: noResources(), volumeMounts: [], env: [] };
  return {
    apiVersion: 'kubeflow.org/v1beta1',
    kind: 'Notebook',
    metadata: { name },
    spec: { template: { spec: { containers: [container], volumes: [], tolerations: [] } } },
  };
}

function claimOf(
  form: SpawnForm,
  placed: PlacedVolume,
  volume: NewVolume,
  o: Pick<ManifestOptions, 'launchId'>,
): PersistentVolumeClaim {
  const storageClassName = (volume.storageClass ?? '').trim();
  const metadata = asRecord(volume.claim?.['metadata']);
  const marks = { ...asTexts(metadata['annotations']), ...(o.launchId ? { [annotations.launch]: o.launchId } : {}) };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName(form, placed),
      namespace: form.namespace,
      labels: { ...asTexts(metadata['labels']), app: form.name.trim() },
      ...(Object.keys(marks).length > 0 ? { annotations: marks } : {}),
    },
    spec: {
      ...asRecord(volume.claim?.['spec']),
      accessModes: [volume.accessMode],
      resources: { requests: { storage: giQuantity(volume.size) } },
      ...(storageClassName === '' ? {} : { storageClassName }),
    },
  };
}
