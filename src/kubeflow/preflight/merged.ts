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
 * error makes lesser remarks of the cluster idle, and nothing is said twice.
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
  return [...kept, ...added];
}
