/** The parts of the form that are folded away: what each holds, and whether that is still as it began. Pure. */
import { defaultForm } from '../../src/kubeflow/form/defaultForm.ts';
import type { SpawnForm, SpawnOptions } from '../../src/kubeflow/form.ts';
import { same } from '../../src/kubeflow/form/kept.ts';

const foldKeys = {
  limits: ['cpuLimit', 'memoryLimit'],
  environment: ['env', 'envFrom', 'secretFiles'],
  scheduling: ['affinityGroup', 'tolerationGroup', 'nodeSelector'],
  advanced: [
    'configurations',
    'shm',
    'shmSize',
    'serviceAccount',
    'imagePullSecrets',
    'labels',
    'annotations',
    'imagePullPolicy',
  ],
} as const satisfies Record<string, readonly (keyof SpawnForm)[]>;
export type FoldName = keyof typeof foldKeys;

/** Does this part of the form differ from how a new form begins? */
export function isChanged(fold: FoldName, form: SpawnForm, options: SpawnOptions): boolean {
  const start = defaultForm(options, { namespace: form.namespace });
  return foldKeys[fold].some((key) => !same(form[key], start[key]));
}
