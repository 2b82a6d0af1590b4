/** Limits of CPU and memory: as typed, none, or what the configured factor makes of the request. Pure. */
import type { SpawnForm } from '../form.ts';
import { giQuantity, limitOf, parseCpu, parseGi, plain } from '../quantity.ts';
import type { SpawnerConfig } from './spawnerConfig.ts';

/** Is this the text for no limit? */
export function isNoLimit(text: string): boolean {
  return text.trim().toLowerCase() === 'none';
}

/**
 * The limit that an empty field stands for, as a quantity: the request times the factor with one decimal, as the Jupyter
 * Web App has it (crud-web-apps/jupyter/backend/apps/common/form.py), and never below the request. Undefined where the
 * configuration sets no factor, or the request cannot be read.
 */
export function autoLimit(resource: 'cpu' | 'memory', request: string, config: SpawnerConfig): string | undefined {
  const { limitFactor } = config[resource];
  const amount = resource === 'cpu' ? parseCpu(request) : parseGi(request);
  if (limitFactor === undefined || amount === undefined) return undefined;
  const limit = limitOf(amount, limitFactor);
  if (resource === 'cpu') return plain(limit);
  return limit === amount ? giQuantity(request) : `${plain(limit)}Gi`;
}

/** What is written as the limit of CPU or memory; undefined: none. */
export function limitQuantity(
  resource: 'cpu' | 'memory',
  form: Pick<SpawnForm, 'cpu' | 'cpuLimit' | 'memory' | 'memoryLimit'>,
  config: SpawnerConfig,
): string | undefined {
  const typed = form[`${resource}Limit`].trim();
  if (isNoLimit(typed)) return undefined;
  if (typed === '') return autoLimit(resource, form[resource], config);
  return resource === 'cpu' ? plain(parseCpu(typed) ?? 0) : giQuantity(typed);
}

/** The limit of CPU (cores) or memory (Gi) as a number; undefined: none, or not readable. */
export function limitAmount(
  resource: 'cpu' | 'memory',
  form: Pick<SpawnForm, 'cpu' | 'cpuLimit' | 'memory' | 'memoryLimit'>,
  config: SpawnerConfig,
): number | undefined {
  const typed = form[`${resource}Limit`].trim();
  if (typed !== '' && !isNoLimit(typed)) return resource === 'cpu' ? parseCpu(typed) : parseGi(typed);
  const quantity = limitQuantity(resource, form, config);
  if (quantity === undefined) return undefined;
  return resource === 'cpu' ? parseCpu(quantity) : parseGi(quantity);
}
