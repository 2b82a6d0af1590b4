/** How what the cluster says of a form joins what the form says itself. Pure: runs in the webview at each key. */
import { findingKey } from '../form/finding.ts';
import type { Finding, FindingCode } from '../form/finding.ts';

/** What the cluster knows better than the form does. */
const better: Partial<Record<FindingCode, readonly FindingCode[]>> = {
  claimInUse: ['claimInUse'],
  claimInUseOn: ['claimInUse'],
  claimOnePod: ['claimInUse'],
  claimOfStopped: ['claimInUse'],
};

/**
 * The form's own findings with the cluster's. Where both speak of one field, what the cluster knows better stands, an
 * error makes lesser remarks of the cluster idle, and nothing is said twice. In the order of the fields.
 */
export function merged(own: readonly Finding[], cluster: readonly Finding[]): Finding[] {
  const replaced = (one: Finding): boolean =>
    cluster.some(({ field, code }) => field === one.field && (better[code] ?? []).includes(one.code));
  const kept = own.filter((one) => !replaced(one));
  const keys = new Set(kept.map(findingKey));
  const codes = new Set(kept.map(({ field, code }) => `${field} ${code}`));
  const added = cluster.filter((one) => {
    if (keys.has(findingKey(one)) || codes.has(`${one.field} ${one.code}`)) return false;
    const beside = [...kept, ...cluster].filter((other) => other !== one && other.field === one.field);
    if (one.severity !== 'error' && beside.some(({ severity }) => severity === 'error')) return false;
    return !(one.code === 'claimPlaceUnknown' && beside.length > 0);
  });
  return [...kept, ...added].sort((a, b) => placeOf(a) - placeOf(b));
}

/** The fields from the top of the form to its foot; what is not named is among the folded ones. */
const fields: readonly string[] = [
  ...['namespace', 'name', 'serverType', 'image', 'customImage', 'cpu', 'cpuLimit', 'memory', 'memoryLimit'],
  ...['gpus', 'gpuModel', 'workspace', 'data'],
];

function placeOf({ field }: Finding): number {
  const index = fields.indexOf(field.split('.')[0] ?? '');
  return index < 0 ? fields.length : index;
}
