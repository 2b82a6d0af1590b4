/** What an administrator has set may become known while the form is open already. Pure. */
import { defaultForm, withServerType } from '../../src/kubeflow/form/defaultForm.ts';
import type { SpawnForm, SpawnOptions } from '../../src/kubeflow/form.ts';
import { same } from '../../src/kubeflow/form/kept.ts';
import { isLocked } from '../../src/kubeflow/form/spawnerConfig.ts';

const fields = [
  'imageMode',
  'image',
  'customImage',
  'imagePullPolicy',
  'cpu',
  'memory',
  'gpus',
  'gpuModel',
  'workspace',
  'dataVolumes',
  'shm',
  'affinityGroup',
  'tolerationGroup',
  'configurations',
  'env',
] as const satisfies readonly (keyof SpawnForm)[];

/**
 * The form under other options: what still is as it began follows the new defaults, what the person has touched stays,
 * and what the administrator has fixed is as it is fixed.
 */
export function rebase(
  form: SpawnForm,
  before: SpawnOptions,
  after: SpawnOptions,
  touched: ReadonlySet<string>,
): SpawnForm {
  const heads = new Set([...touched].map((field) => field.split('.')[0]));
  if (heads.has('data')) heads.add('dataVolumes');
  if (heads.has('image') || heads.has('customImage')) heads.add('imageMode').add('image').add('customImage');
  const start = (o: SpawnOptions): SpawnForm =>
    withServerType(defaultForm(o, { namespace: form.namespace }), form.serverType, o);
  const [old, fresh] = [start(before), start(after)];
  const changed = Object.fromEntries(
    fields
      .filter((key) => {
        const field = key === 'dataVolumes' ? 'data' : key === 'imageMode' ? 'customImage' : key;
        if (isLocked(after.config, field, form.serverType)) return true;
        return !heads.has(key) && same(form[key], old[key]);
      })
      .map((key) => [key, fresh[key]]),
  );
  return { ...form, ...changed };
}
