/** A container's requests and limits as the form has them. Pure. */
import type { Kept, ResourceEntry, SpawnForm } from '../form.ts';
import { cpuText, giText } from '../quantity.ts';
import { asRecord, asText } from './kept.ts';
import { autoLimit } from './limits.ts';
import type { SpawnerConfig } from './spawnerConfig.ts';

/** CPU and memory. A limit that the factor would make of the request reads as empty, a missing one as "none". */
export function readSize(
  container: Kept,
  config: SpawnerConfig,
): Pick<SpawnForm, 'cpu' | 'cpuLimit' | 'memory' | 'memoryLimit'> {
  const { requests, limits } = resourcesOf(container);
  const cpu = shown(requests['cpu'], cpuText);
  const memory = shown(requests['memory'], giText);
  return {
    cpu,
    cpuLimit: readLimit(limits['cpu'], cpuText, autoLimit('cpu', cpu, config)),
    memory,
    memoryLimit: readLimit(limits['memory'], giText, autoLimit('memory', memory, config)),
  };
}

function readLimit(found: unknown, read: (text: string) => string, auto: string | undefined): string {
  if (asText(found) === '') return auto === undefined ? '' : 'none';
  const text = read(asText(found));
  return auto !== undefined && read(auto) === text ? '' : text;
}

function shown(found: unknown, read: (text: string) => string): string {
  return asText(found) === '' ? '' : read(asText(found));
}

/** Every resource beside CPU and memory: its limit, else its request. */
export function readGpus(container: Kept): ResourceEntry[] {
  const { requests, limits } = resourcesOf(container);
  return Object.entries({ ...limits, ...without(requests, limits) })
    .filter(([key]) => key !== 'cpu' && key !== 'memory')
    .map(([key, count]) => ({ key, count: asText(count) }));
}

function without(map: Kept, other: Kept): Kept {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !(key in other)));
}

function resourcesOf(container: Kept): { requests: Kept; limits: Kept } {
  const resources = asRecord(container['resources']);
  return { requests: asRecord(resources['requests']), limits: asRecord(resources['limits']) };
}
