/** Amounts in a spawner_ui_config.yaml, which may be numbers or texts, as the form has them. Pure. */
import { giText, parseCount, parseCpu, parseGi } from '../quantity.ts';
import { asText } from './kept.ts';

/** CPU in cores, memory in Gi (a bare number is Gi, as in the form); undefined where it is neither, or 0. */
export function sizeText(resource: 'cpu' | 'memory', value: unknown): string | undefined {
  if (typeof value === 'boolean') return undefined;
  const text = asText(value).trim();
  const amount = resource === 'cpu' ? parseCpu(text) : parseGi(text);
  if (amount === undefined || amount === 0) return undefined;
  // Kubeflow's own "1.0Gi" is 1.
  if (resource === 'cpu') return text;
  const shown = /[a-zA-Z]$/.test(text) ? giText(text) : text;
  return /^\d+\.\d+$/.test(shown) ? String(Number(shown)) : shown;
}

/** A number of GPUs, where "none" and nothing are 0; undefined where it is none. */
export function gpuCountText(value: unknown): string | undefined {
  const text = asText(value).trim();
  if (text === '' || text === 'none') return '0';
  return parseCount(text) === undefined ? undefined : text;
}
