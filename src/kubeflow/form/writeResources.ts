/** CPU, memory and extended resources. Pure. */
import type { Kept, ResourceEntry } from '../form.ts';
import { giQuantity, parseCount, parseCpu, parseQuantity, plain } from '../quantity.ts';
import type { Draft } from './draft.ts';
import { part, put } from './draft.ts';
import { asRecord, asText } from './kept.ts';
import { limitQuantity } from './limits.ts';
import { isNativeResource } from './syntax.ts';

export function writeCpu(draft: Draft): void {
  const { form } = draft;
  const request = form.cpu.trim() === '' ? undefined : plain(parseCpu(form.cpu) ?? 0);
  writeSize(draft, 'cpu', request);
}

export function writeMemory(draft: Draft): void {
  const { form } = draft;
  writeSize(draft, 'memory', form.memory.trim() === '' ? undefined : giQuantity(form.memory));
}

/** Requests are always written for a new server: the Jupyter Web App's list reads them without looking. */
function writeSize({ container, form, config }: Draft, resource: 'cpu' | 'memory', request: string | undefined): void {
  const resources = part(container, 'resources');
  const limit = limitQuantity(resource, form, config);
  put(part(resources, 'requests'), resource, request);
  if (limit !== undefined) part(resources, 'limits')[resource] = limit;
  else if (resources['limits'] !== undefined) delete part(resources, 'limits')[resource];
}

/**
 * Extended resources are limits only, which also makes them requests; a request that stands there is kept equal, as
 * Kubernetes wants it.
 */
export function writeGpus({ container, form, before }: Draft): void {
  const wanted = amountsOf(form.gpus);
  const resources = part(container, 'resources');
  const requests = asRecord(resources['requests']);
  const gone = Object.keys(amountsOf(before?.gpus ?? [])).filter((key) => !(key in wanted));
  for (const key of gone) {
    delete requests[key];
    delete asRecord(resources['limits'])[key];
  }
  for (const [key, amount] of Object.entries(wanted)) {
    part(resources, 'limits')[key] = amount;
    const request = parseQuantity(asText(requests[key]));
    const most = parseQuantity(amount) ?? 0;
    if (request !== undefined && (!isNativeResource(key) || request > most)) requests[key] = amount;
  }
}

/** What is written for each key: integers as texts, as Kubernetes has extended resources; a key's own quantity else. */
export function amountsOf(entries: readonly ResourceEntry[]): Record<string, string> {
  const amounts: Record<string, string> = {};
  for (const { key: typed, count } of entries) {
    const key = typed.trim();
    if (isNativeResource(key)) {
      if (key !== '' && (parseQuantity(count) ?? 0) > 0) amounts[key] = count.trim();
      continue;
    }
    const whole = (parseCount(count) ?? 0) + Number(amounts[key] ?? 0);
    if (whole > 0) amounts[key] = String(whole);
  }
  return amounts;
}

/** The resources of a container that has none yet. */
export function noResources(): Kept {
  return { requests: {}, limits: {} };
}
