import type { Cluster } from '../cluster.ts';
import { isKubeError } from '../errors.ts';
import type { Found } from './steps.ts';
import type { Needs } from './subject.ts';

/** The server's version, and what is known of it. @throws KubeError; the signal's reason */
export async function version(
  cluster: Cluster,
  { oldest, tested }: Needs['kubernetes'],
  signal: AbortSignal,
): Promise<Found<'version'>> {
  try {
    const version = await cluster.serverVersion(signal);
    const minor = Number(/^v1\.(\d+)/.exec(version)?.[1]);
    const is = minor === tested ? 'tested' : minor < oldest ? 'old' : 'fits';
    return { outcome: is === 'old' ? 'warning' : 'ok', facts: { version, is, tested: `v1.${tested}` } };
  } catch (error) {
    // Everybody may ask by default; where not, nothing else depends on it.
    if (isKubeError(error, 'Forbidden')) return { outcome: 'warning', problem: error.problem };
    throw error;
  }
}

/** Whether the API serves the types that are needed, in the versions that are used. @throws KubeError; the signal's reason */
export async function types(cluster: Cluster, needs: Needs['types'], signal: AbortSignal): Promise<Found<'types'>> {
  const groups = new Map<string, Map<string, Set<string>>>();
  for (const { group } of needs) if (!groups.has(group)) groups.set(group, await servedBy(cluster, group, signal));
  const served = [];
  const missing = [];
  let vital = false;
  for (const { group, plural, version: used, optional } of needs) {
    const name = `${plural}.${group}`;
    const versions = [...groups.get(group)!].filter(([, plurals]) => plurals.has(plural)).map(([each]) => each);
    if (versions.length > 0) served.push({ name, versions });
    if (versions.includes(used)) continue;
    missing.push(versions.length > 0 ? `${name}/${used}` : name);
    vital ||= !optional;
  }
  const facts = { served, missing };
  if (!vital) return { outcome: missing.length > 0 ? 'warning' : 'ok', facts };
  return { outcome: 'failed', facts, problem: { code: 'NotFound', missing: 'resource', message: missing.join(', ') } };
}

/** The plurals of each version of a group; empty for a group that is not served. */
async function servedBy(cluster: Cluster, group: string, signal: AbortSignal): Promise<Map<string, Set<string>>> {
  const served = new Map<string, Set<string>>();
  try {
    const path = `/apis/${group}`;
    const { versions = [] } = await cluster.request<{ versions?: { version: string }[] }>({ path, signal });
    for (const { version: each } of versions) {
      const list = await cluster.request<{ resources?: { name: string }[] }>({ path: `${path}/${each}`, signal });
      served.set(each, new Set((list.resources ?? []).map(({ name }) => name)));
    }
  } catch (error) {
    if (!isKubeError(error, 'NotFound')) throw error;
  }
  return served;
}
