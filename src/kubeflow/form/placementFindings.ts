/** What there is to say about groups, configurations, labels, annotations, node selector and accounts. Pure. */
import type { Pair, SpawnForm, SpawnOptions } from '../form.ts';
import { groupAsFound } from '../form.ts';
import type { Report } from './finding.ts';
import { isOwnAnnotation } from './readBack.ts';
import { isLabelValue, isObjectName, isQualifiedName, isStorable } from './syntax.ts';

/** Labels that tell a server's objects apart: the form's own, and those of the controller. */
const ownLabels = new Set(['app', 'notebook-name', 'statefulset']);
/** Bytes that Kubernetes takes of all annotations together. */
const annotationBytes = 256 * 1024;

export function checkPlacement(form: SpawnForm, o: SpawnOptions, report: Report): void {
  checkGroups(form, o, report);
  const selector = keys(form.gpuModel.value.trim() === '' ? [] : [form.gpuModel.key.trim()]);
  checkPairs('nodeSelector', form.nodeSelector, selector, report);
  form.imagePullSecrets.forEach((name, index) => checkObject(name, `imagePullSecrets.${index}`, report));
  if (form.serviceAccount.trim() !== '') checkObject(form.serviceAccount, 'serviceAccount', report);
  checkPairs('labels', form.labels, keys(form.configurations), report, (key) => ownLabels.has(key));
  checkAnnotations(form, report);
}

function checkGroups(form: SpawnForm, { config, podDefaults }: SpawnOptions, report: Report): void {
  const known = (options: readonly { key: string }[], key: string): boolean =>
    key === '' || key === groupAsFound || options.some((option) => option.key === key);
  if (!known(config.affinityConfig.options, form.affinityGroup)) {
    report('affinityGroup', 'warning', 'groupUnknown', { key: form.affinityGroup });
  }
  if (!known(config.tolerationGroup.options, form.tolerationGroup)) {
    report('tolerationGroup', 'warning', 'groupUnknown', { key: form.tolerationGroup });
  }
  const { namespace } = form;
  const offered = podDefaults?.[namespace];
  for (const label of form.configurations) {
    if (!isQualifiedName(label)) report('configurations', 'error', 'labelKeySyntax');
    else if (offered && !offered.some((one) => one.label === label)) {
      report('configurations', 'warning', 'configurationUnknown', { label, namespace });
    }
  }
}

/** Keys and values of labels, which a node selector's are as well. */
function checkPairs(
  list: 'labels' | 'nodeSelector',
  pairs: readonly Pair[],
  seen: Set<string>,
  report: Report,
  isOwn: (key: string) => boolean = () => false,
): void {
  pairs.forEach(({ key: typed, value }, index) => {
    const key = typed.trim();
    if (key === '' && value === '') return;
    if (checkKey(`${list}.${index}.key`, key, key, seen, isOwn(key), report) && !isLabelValue(value)) {
      report(`${list}.${index}.value`, 'error', 'labelValueSyntax');
    }
  });
}

function checkAnnotations({ annotations }: SpawnForm, report: Report): void {
  const seen = new Set<string>();
  let bytes = 0;
  annotations.forEach(({ key: typed, value }, index) => {
    const key = typed.trim();
    const at = `annotations.${index}`;
    bytes += new TextEncoder().encode(key + value).length;
    if (key === '' && value === '') return;
    // An annotation's prefix may have capital letters.
    if (!checkKey(`${at}.key`, key, key.toLowerCase(), seen, isOwnAnnotation(key), report)) return;
    if (!isStorable(value)) report(`${at}.value`, 'error', 'textNotStorable');
    else if (/kubectl|notebook/.test(key)) report(`${at}.key`, 'note', 'annotationNotOnPod', { key });
  });
  if (bytes > annotationBytes) report('annotations', 'error', 'annotationsTooLarge', { max: annotationBytes / 1024 });
}

/** Reports what is wrong with a key; true where nothing is. */
function checkKey(
  field: string,
  key: string,
  syntax: string,
  seen: Set<string>,
  own: boolean,
  report: Report,
): boolean {
  const before = seen.has(key);
  seen.add(key);
  if (!isQualifiedName(syntax)) report(field, 'error', 'labelKeySyntax');
  else if (own) report(field, 'error', 'keyTaken', { key });
  else if (before) report(field, 'error', 'keyTwice', { key });
  else return true;
  return false;
}

function checkObject(name: string, field: string, report: Report): void {
  if (name.trim() === '') report(field, 'error', 'objectMissing');
  else if (!isObjectName(name.trim())) report(field, 'error', 'objectNameSyntax');
}

function keys(of: readonly string[]): Set<string> {
  return new Set(of);
}
