/** Who uses the volumes that a form wants to mount, and whether they can be shared. Pure. */
import type { Pod } from '../../k8s/objects.ts';
import type { Report } from '../form/finding.ts';
import { volumesOf } from '../form.ts';
import type { ClaimOption, SpawnForm, SpawnOptions } from '../form.ts';
import { isGpuKey, podName } from '../objects.ts';
import type { Facts } from './facts.ts';

/** Can pods on several nodes have the volume at once? */
function isShared({ accessModes }: Pick<ClaimOption, 'accessModes'>): boolean {
  return accessModes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
}

/**
 * A volume for one node that a pod has already, be it a notebook server's or any other: pods on one node may share it, so
 * that is a warning. One for a single pod cannot be shared at all. Stopped servers hold nothing until they start.
 */
export function checkClaimUse(
  form: SpawnForm,
  o: Pick<SpawnOptions, 'claims'>,
  { pods }: Pick<Facts, 'pods'>,
  report: Report,
): void {
  if (!pods) return;
  const own = podName({ metadata: { name: form.name.trim() } });
  const living = pods.filter((pod) => pod.metadata.name !== own && !isOver(pod));
  for (const { at, volume } of volumesOf(form)) {
    if (volume.kind !== 'existing') continue;
    const claim = o.claims[form.namespace]?.find(({ name }) => name === volume.claim);
    if (!claim || isShared(claim)) continue;
    const users = living.filter((pod) => mounts(pod, claim.name));
    reportUse(`${at}.claim`, form, claim, users, report);
  }
}

function reportUse(field: string, form: SpawnForm, claim: ClaimOption, users: readonly Pod[], report: Report): void {
  const named = users.map(userName).join(', ');
  const node = users.map(({ spec }) => spec?.nodeName).find((one) => one !== undefined && one !== '');
  if (users.length > 0 && claim.accessModes.includes('ReadWriteOncePod')) {
    report(field, 'error', 'claimOnePod', { claim: claim.name, users: named });
  } else if (node !== undefined) {
    report(field, 'warning', 'claimInUseOn', { claim: claim.name, users: named, node });
  } else if (users.length > 0) {
    report(field, 'warning', 'claimInUse', { claim: claim.name, servers: named });
  } else {
    const others = claim.usedBy.filter((server) => server !== form.name.trim());
    if (others.length > 0) {
      report(field, 'note', 'claimOfStopped', { claim: claim.name, servers: others.join(', ') });
    }
  }
}

/**
 * Where volumes or nodes may not be read, whether the nodes with GPUs can reach a volume stays unknown: said once, of the
 * first volume of which it matters.
 */
export function checkClaimPlace(
  form: SpawnForm,
  o: Pick<SpawnOptions, 'claims'>,
  { nodes, volumes }: Pick<Facts, 'nodes' | 'volumes'>,
  report: Report,
): void {
  if ((nodes && volumes) || !form.gpus.some(({ key, count }) => isGpuKey(key) && Number(count) > 0)) return;
  for (const { at, volume } of volumesOf(form)) {
    if (volume.kind !== 'existing') continue;
    const claim = o.claims[form.namespace]?.find(({ name }) => name === volume.claim);
    if (!claim || claim.volume === undefined || isShared(claim)) continue;
    return report(`${at}.claim`, 'note', 'claimPlaceUnknown', { claim: claim.name });
  }
}

/** The notebook server by its name, any other pod as kubectl writes it. */
function userName({ metadata }: Pod): string {
  return metadata.labels?.['notebook-name'] ?? `pod/${metadata.name}`;
}

function mounts({ spec }: Pod, claim: string): boolean {
  return (spec?.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim);
}

/** A pod that has ended holds no volume any more. */
function isOver({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}
