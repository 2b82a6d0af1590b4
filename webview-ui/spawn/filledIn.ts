import { withServerType } from '../../src/kubeflow/form/defaultForm.ts';
import type { SpawnForm, SpawnOptions } from '../../src/kubeflow/form.ts';
import type { KeptDraft } from '../contract.ts';

/** What is filled in counts as chosen, but for a name that is yet to be found; the rest is as the form begins. */
export function filledIn(filled: Partial<SpawnForm>, start: SpawnForm, options: SpawnOptions): KeptDraft {
  const form = { ...withServerType(start, filled.serverType ?? start.serverType, options), ...filled };
  const touched = Object.keys(filled).map((field) => (field === 'dataVolumes' ? 'data' : field));
  return { form, touched: touched.filter((field) => field !== 'name' || form.name !== '') };
}
