/** Everything that the cluster's answers have to say about a form. Pure. */
import type { Edit } from '../form/editFindings.ts';
import type { Finding, Report } from '../form/finding.ts';
import { volumesOf } from '../form.ts';
import type { SpawnForm, SpawnOptions } from '../form.ts';
import { podName, podSpec } from '../objects.ts';
import type { Notebook } from '../objects.ts';
import { checkClaimPlace, checkClaimUse } from './claimUse.ts';
import type { Facts } from './facts.ts';
import { checkFit } from './fit.ts';
import { checkLeftovers } from './leftovers.ts';
import { checkPodDefaults } from './podDefaultConflicts.ts';

/** @param notebook what the form makes */
export function clusterFindings(
  form: SpawnForm,
  notebook: Notebook,
  o: Pick<SpawnOptions, 'claims' | 'config'>,
  facts: Facts,
  edit?: Edit,
): Finding[] {
  const found: Finding[] = [];
  const report: Report = (field, severity, code, params) =>
    found.push(params ? { field, severity, code, params } : { field, severity, code });
  checkLeftovers(form, facts.leftovers, report);
  checkRights(form, facts, report);
  const own = `${form.namespace}/${podName(notebook)}`;
  checkFit(form, podSpec(notebook), facts, report, { config: o.config, ...(edit ? { without: own } : {}) });
  checkClaimUse(form, o, facts, report);
  checkClaimPlace(form, o, facts, report);
  checkPodDefaults(form, notebook, facts.podDefaults, report);
  return found;
}

function checkRights(form: SpawnForm, { rights }: Pick<Facts, 'rights'>, report: Report): void {
  const { namespace } = form;
  const fresh = volumesOf(form).find(({ volume }) => volume.kind === 'new');
  if (fresh && rights.createClaims === 'no') report(fresh.at, 'error', 'mayNotCreateVolumes', { namespace });
  if (rights.connect === 'no') report('namespace', 'note', 'mayNotConnect', { namespace });
}
