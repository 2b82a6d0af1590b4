/** Where the server's pod may run and as whom: node selector, affinity, tolerations, service account, pull secrets. Pure. */
import type { Kept, SpawnForm } from '../form.ts';
import { groupAsFound } from '../form.ts';
import type { Draft } from './draft.ts';
import { put, putEntries } from './draft.ts';
import { asList, asText, same } from './kept.ts';
import { entriesOf } from './writeMeta.ts';

export function writeNodeSelector({ spec, form, before }: Draft): void {
  putEntries(spec, 'nodeSelector', selectorOf(form), before ? Object.keys(selectorOf(before)) : []);
}

/** The node selector with the GPU's model. */
export function selectorOf({ gpuModel, nodeSelector }: Pick<SpawnForm, 'gpuModel' | 'nodeSelector'>): Kept {
  return {
    ...entriesOf(nodeSelector),
    ...(gpuModel.value.trim() === '' ? {} : { [gpuModel.key.trim()]: gpuModel.value.trim() }),
  };
}

/** A group's affinity takes the place of any other; a key that is none of the options' is left alone, as Kubeflow does. */
export function writeAffinity({ spec, form, config }: Draft): void {
  const { affinityGroup: key } = form;
  if (key === '') delete spec['affinity'];
  if (key === '' || key === groupAsFound) return;
  const option = config.affinityConfig.options.find((one) => one.key === key);
  if (option) spec['affinity'] = structuredClone(option.affinity);
}

/** A group's tolerations are added; those of the group before are taken away again, and others stay. */
export function writeTolerations({ spec, form, config, before }: Draft): void {
  if (form.tolerationGroup === groupAsFound) return;
  const of = (key: string | undefined): Kept[] =>
    config.tolerationGroup.options.find((one) => one.key === key)?.tolerations ?? [];
  const old = of(before?.tolerationGroup);
  const fresh = of(form.tolerationGroup);
  const others = asList(spec['tolerations']).filter((one) => ![...old, ...fresh].some((other) => same(one, other)));
  spec['tolerations'] = [...others, ...structuredClone(fresh)];
}

export function writeServiceAccount({ spec, form }: Draft): void {
  put(spec, 'serviceAccountName', form.serviceAccount.trim() || undefined);
  // The old spelling of the same would stand against it.
  delete spec['serviceAccount'];
}

export function writePullSecrets({ spec, form }: Draft): void {
  const stood = asList(spec['imagePullSecrets']);
  const names = form.imagePullSecrets.map((name) => name.trim()).filter((name) => name !== '');
  const written = names.map((name) => stood.find((one) => asText(one['name']) === name) ?? { name });
  put(spec, 'imagePullSecrets', written.length > 0 ? written : undefined);
}
