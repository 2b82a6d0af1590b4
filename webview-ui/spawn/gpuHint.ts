/** How many GPUs of the chosen kind there are to be had: of the quota, and in the cluster. */
import { gpuQuota } from '../../src/kubeflow/form/formQuota.ts';
import type { FormState } from './state.ts';

export function gpuHint(state: FormState): string {
  const { form, place, checked } = state;
  const key = form.gpus[0]?.key ?? '';
  const said: string[] = [];
  const quota = gpuQuota(form.namespace, key, place.options);
  if (quota) {
    const { hard } = quota;
    const left = Math.max(0, hard - quota.used);
    said.push(state.text(hard === 1 ? 'hintQuota' : 'hintQuotaMany', { left, hard }));
  }
  const { gpus } = checked;
  if (gpus === 'unknown') said.push(state.text(said.length > 0 ? 'hintUnknown' : 'hintUnknownAlone'));
  else if (gpus) {
    const { total, free } = gpus[key] ?? { total: 0, free: 0 };
    said.push(free === undefined ? state.text('hintTotal', { total }) : state.text('hintFree', { free }));
    const largest = place.options.nodeGpus?.[key]?.largest;
    if (largest !== undefined && largest < total) said.push(state.text('hintNode', { largest }));
  }
  return said.join(' · ');
}
