/** What stands in a form's way, as data; the words are in views/words/form.ts. Pure: runs in the webview at each key. */
import { imageOf } from '../form.ts';
import type { SpawnForm, SpawnOptions } from '../form.ts';
import { parseCount } from '../quantity.ts';
import { checkAdminFixed, overlooked } from './editFindings.ts';
import type { Edit } from './editFindings.ts';
import { checkEnv } from './envFindings.ts';
import type { Finding, Report } from './finding.ts';
import { quotaFindings } from './formQuota.ts';
import { checkObjects } from './objectFindings.ts';
import { checkPlacement } from './placementFindings.ts';
import { checkSize } from './sizeFindings.ts';
import { isImageReference, isServerName, maxNameLength } from './syntax.ts';
import { checkVolumes } from './volumeFindings.ts';

/**
 * Everything to say about a form, in the order of its fields. Errors keep it from being launched. With `edit`, the form
 * is that of a server that stands: its own name and volumes are no clash, and what was odd before is only noted.
 */
export function findings(form: SpawnForm, o: SpawnOptions, edit?: Edit): Finding[] {
  const found: Finding[] = [];
  const report: Report = (field, severity, code, params) =>
    found.push(params ? { field, severity, code, params } : { field, severity, code });
  checkPlace(form, o, report);
  checkImage(form, report);
  checkSize(form, o, report);
  found.push(...quotaFindings(form, o, edit));
  checkVolumes(form, o, report, edit !== undefined);
  checkPlacement(form, o, report);
  checkEnv(form, report);
  checkObjects(form, o, report);
  checkAdminFixed(form, o, report);
  return edit ? overlooked(found, form, edit.start) : found;
}

function checkPlace(form: SpawnForm, o: SpawnOptions, report: Report): void {
  const { namespace } = form;
  if (namespace === '') report('namespace', 'error', o.namespaces.length > 0 ? 'namespaceMissing' : 'noNamespaces');
  else if (o.mayCreate[namespace] === 'no') report('namespace', 'error', 'mayNotCreate', { namespace });
  const name = form.name.trim();
  if (name === '') report('name', 'error', 'nameMissing');
  else if (name.length > maxNameLength) report('name', 'error', 'nameTooLong', { max: maxNameLength });
  else if (/^[^a-z]/.test(name)) report('name', 'error', 'nameStart');
  else if (!isServerName(name)) report('name', 'error', 'nameSyntax');
  else if (isTaken(form, o)) report('name', 'error', 'nameTaken', { name, namespace });
}

/** Has a notebook server this name already? */
function isTaken(form: Pick<SpawnForm, 'name' | 'namespace'>, o: SpawnOptions): boolean {
  return o.servers[form.namespace]?.some((s) => s.name === form.name.trim()) ?? false;
}

function checkImage(form: SpawnForm, report: Report): void {
  const field = form.imageMode === 'custom' ? 'customImage' : 'image';
  const image = imageOf(form);
  if (image === '') report(field, 'error', 'imageMissing');
  else if (!isImageReference(image)) report(field, 'error', 'imageSyntax');
  else if (asksForNvidia(form) && isStockWithoutCuda(image)) report(field, 'note', 'imageNoCuda');
}

/** Only of Kubeflow's own images is it known what is inside. */
function isStockWithoutCuda(image: string): boolean {
  return /\/notebook-servers\/jupyter-(?!.*cuda)/.test(image);
}

function asksForNvidia({ gpus }: SpawnForm): boolean {
  return gpus.some(({ key, count }) => /^nvidia\.com\/(gpu|mig-)/.test(key) && (parseCount(count) ?? 0) > 0);
}
