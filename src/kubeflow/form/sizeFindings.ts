/** What there is to say about CPU, memory, GPUs and shared memory. Pure. */
import type { ResourceEntry, SpawnForm, SpawnOptions } from '../form.ts';
import { isGpuKey } from '../objects.ts';
import { parseCount, parseCpu, parseGi, parseQuantity, plain } from '../quantity.ts';
import type { Report } from './finding.ts';
import { isNoLimit, limitAmount } from './limits.ts';
import { isContainerResource, isNativeResource, isQualifiedName } from './syntax.ts';

/** More than any machine has: cores, and Gi. */
const most = { cpu: 99_999, memory: 9_999_999 };

export function checkSize(form: SpawnForm, o: SpawnOptions, report: Report): void {
  checkAmount('cpu', form, report);
  checkAmount('memory', form, report);
  const keys = new Set<string>();
  form.gpus.forEach((entry, index) => {
    const key = entry.key.trim();
    if (key !== '' && keys.has(key)) report(`gpus.${index}.key`, 'error', 'resourceTwice', { key });
    else checkResource(entry, `gpus.${index}`, o, report);
    keys.add(key);
  });
  checkModel(form, o, report);
  checkSharedMemory(form, o, report);
}

function checkAmount(resource: 'cpu' | 'memory', form: SpawnForm, report: Report): void {
  const parse = resource === 'cpu' ? parseCpu : parseGi;
  const check = (field: 'cpu' | 'memory' | 'cpuLimit' | 'memoryLimit', syntax: Parameters<Report>[2]): number => {
    const typed = form[field];
    // Longer than the form takes, yet a number: a sentence about its syntax would be beside the point.
    const amount = parse(typed) ?? (/^\s*\d{6,}\s*$/.test(typed) ? Infinity : undefined);
    if (amount === undefined) report(field, 'error', syntax);
    else if (amount === 0) report(field, 'error', resource === 'cpu' ? 'cpuZero' : 'memoryZero');
    else if (amount > most[resource]) report(field, 'error', 'tooLarge', { max: most[resource] });
    return amount ?? 0;
  };
  const request = check(resource, resource === 'cpu' ? 'cpuSyntax' : 'memorySyntax');
  const typed = form[`${resource}Limit`];
  if (typed.trim() === '' || isNoLimit(typed)) return;
  const limit = check(`${resource}Limit`, 'limitSyntax');
  if (limit > 0 && limit < request) report(`${resource}Limit`, 'error', 'limitBelowRequest');
}

function checkResource({ key: typed, count: text }: ResourceEntry, at: string, o: SpawnOptions, report: Report): void {
  const key = typed.trim();
  if (isNativeResource(key) && key !== '') {
    const amount = parseQuantity(text);
    if (text.trim() === '' || amount === 0) return;
    if (key === 'cpu' || key === 'memory') report(`${at}.key`, 'error', 'resourceHasField', { key });
    else if (!isContainerResource(key)) report(`${at}.key`, 'error', 'resourceKeyUnknown', { key });
    else if (amount === undefined || amount < 0) report(`${at}.count`, 'error', 'resourceAmount', { key });
    return;
  }
  const count = parseCount(text);
  if (count === undefined) {
    const fraction = /^\s*(\d*\.\d+|\d+m)\s*$/.test(text) && key !== '';
    report(`${at}.count`, 'error', fraction ? 'gpuFraction' : 'gpuSyntax', fraction ? { key } : undefined);
  } else if (count > 0 && key === '') report(`${at}.key`, 'error', 'gpuKeyMissing');
  else if (count > 0 && (!isQualifiedName(key) || key.startsWith('requests.'))) {
    report(`${at}.key`, 'error', 'resourceKeySyntax');
  } else if (count > 0 && o.nodeGpus && isGpuKey(key)) checkOffer(key, count, at, o.nodeGpus, report);
}

/** Of GPUs alone is it known which nodes offer them; other devices are for the preflight to find. */
function checkOffer(
  key: string,
  count: number,
  at: string,
  offers: NonNullable<SpawnOptions['nodeGpus']>,
  report: Report,
): void {
  const offered = offers[key];
  if (!offered) report(`${at}.key`, 'warning', 'gpuNotOffered', { key });
  else if (count > offered.largest) {
    report(`${at}.count`, 'warning', 'gpuTooManyForNode', { count, largest: offered.largest });
  }
}

function checkModel({ gpuModel }: SpawnForm, { gpuModels }: SpawnOptions, report: Report): void {
  const model = gpuModel.value.trim();
  if (model === '') return;
  const key = gpuModel.key.trim();
  if (key === '') report('gpuModel', 'error', 'gpuModelKeyMissing');
  else if (gpuModels && !gpuModels.some((one) => one.key === key && one.value === model)) {
    report('gpuModel', 'warning', 'gpuModelNotOffered', { model });
  }
}

/** Shared memory counts against the memory limit of the container. */
function checkSharedMemory(form: SpawnForm, o: SpawnOptions, report: Report): void {
  if (!form.shm || form.shmSize.trim() === '') return;
  const size = parseGi(form.shmSize);
  const limit = limitAmount('memory', form, o.config);
  if (size === undefined || size === 0) report('shmSize', 'error', 'shmSizeSyntax');
  else if (limit !== undefined && size > limit) report('shmSize', 'warning', 'shmOverMemory', { limit: plain(limit) });
}
