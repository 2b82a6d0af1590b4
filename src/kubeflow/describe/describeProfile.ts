/** A profile described. Profile.status is always empty, so its health is derived from what the controller should have made. */
import type {
  CoreEvent,
  Namespace,
  PersistentVolumeClaim,
  ResourceQuota,
  RoleBinding,
  ServiceAccount,
} from '../../k8s/objects.ts';
import { eventLines, section } from './describeServer.ts';
import { fields, pairs, table, when } from './describeText.ts';
import type { ServerView } from '../inventory/inventoryView.ts';
import { annotations, profileLabel } from '../objects.ts';
import type { Profile } from '../objects.ts';
import { claimSize } from '../operations.ts';
import { sortServers } from '../inventory/serverView.ts';
import type { ServerStatus } from '../status/statusCause.ts';

/** All that could be read of a profile; undefined is what could not. */
export interface ProfileFacts {
  name: string;
  now: Date;
  profile?: Profile;
  namespace?: Namespace;
  serviceAccounts?: readonly ServiceAccount[];
  roleBindings?: readonly RoleBinding[];
  quotas?: readonly ResourceQuota[];
  claims?: readonly PersistentVolumeClaim[];
  servers?: readonly ServerView[];
  /** A server's status in words; without them its phase stands there. */
  statusWords?: (status: ServerStatus) => string;
  events?: readonly CoreEvent[];
  unread?: readonly { what: string; why: string }[];
}

/** One thing that a sound profile has; `ok` is undefined where the user may not see it. */
export interface HealthCheck {
  what: string;
  ok: boolean | undefined;
  detail?: string;
}

/** What the profile controller makes of a Profile, and whether it is there. */
export function profileHealth(facts: ProfileFacts): HealthCheck[] {
  const { namespace, profile, serviceAccounts, roleBindings } = facts;
  const owner = namespace?.metadata.annotations?.[annotations.owner];
  const wanted = profile?.spec?.owner?.name;
  const phase = namespace?.status?.phase;
  const account = (name: string) => serviceAccounts?.some((a) => a.metadata.name === name);
  const binding = (name: string) => roleBindings?.some((b) => b.metadata.name === name);
  return [
    {
      what: 'namespace is active',
      ok: namespace ? phase === 'Active' && !namespace.metadata.deletionTimestamp : undefined,
      ...(phase && phase !== 'Active' ? { detail: phase } : {}),
    },
    {
      what: 'namespace belongs to Kubeflow',
      ok: namespace ? namespace.metadata.labels?.[profileLabel.key] === profileLabel.value : undefined,
    },
    {
      what: 'owner is the one of the profile',
      ok: namespace && profile ? owner === wanted : undefined,
      ...(namespace && profile && owner !== wanted
        ? { detail: `${owner ?? 'none'} instead of ${wanted ?? 'none'}` }
        : {}),
    },
    ...['default-editor', 'default-viewer'].map((name) => ({ what: `service account ${name}`, ok: account(name) })),
    ...['namespaceAdmin', 'default-editor', 'default-viewer'].map((name) => ({
      what: `role binding ${name}`,
      ok: binding(name),
    })),
  ];
}

/** Who may work in the profile, from the annotations that Kubeflow puts on its RoleBindings. */
export function contributors(bindings: readonly RoleBinding[]): { user: string; role: string }[] {
  return bindings
    .flatMap((b) => {
      const { user, role } = b.metadata.annotations ?? {};
      return user && role ? [{ user, role: role === 'admin' ? 'owner' : role }] : [];
    })
    .sort((a, b) => Number(b.role === 'owner') - Number(a.role === 'owner') || a.user.localeCompare(b.user));
}

/** The whole text, ending in a newline. */
export function describeProfile(facts: ProfileFacts): string {
  const { profile, namespace, now } = facts;
  const health = profileHealth(facts);
  const wrong = health.filter((h) => h.ok === false);
  const unknown = health.filter((h) => h.ok === undefined);
  const owner = profile?.spec?.owner;
  const lines = [
    ...fields([
      ['Name', facts.name],
      ['Status', wrong.length > 0 ? 'Not sound' : unknown.length > 0 ? 'Sound as far as you can see' : 'Sound'],
      ['Owner', owner ? `${owner.name} (${owner.kind})` : namespace?.metadata.annotations?.[annotations.owner]],
      ['Created', when(profile?.metadata.creationTimestamp ?? namespace?.metadata.creationTimestamp, now)],
      ['Deleting since', when(profile?.metadata.deletionTimestamp ?? namespace?.metadata.deletionTimestamp, now)],
      ['API version', profile?.apiVersion],
      ['Labels', profile ? pairs(profile.metadata.labels) : undefined],
      ['Annotations', profile ? pairs(profile.metadata.annotations, ': ') : undefined],
      ['Plugins', profile?.spec?.plugins?.map((p) => p.kind)],
      ['Namespace labels', namespace ? pairs(namespace.metadata.labels) : undefined],
    ]),
    'Health:',
    ...table(
      ['Check', 'State'],
      health.map((h) => [
        h.what,
        (h.ok === undefined ? 'unknown' : h.ok ? 'ok' : 'missing') + (h.detail ? `: ${h.detail}` : ''),
      ]),
    ),
    ...section(
      'Contributors',
      (facts.roleBindings ? contributors(facts.roleBindings) : []).map((c) => `  ${c.user} (${c.role})`),
    ),
    ...quotaLines(facts.quotas),
    ...serverLines(facts),
    ...claimLines(facts.claims, facts.servers ?? []),
    ...eventLines(facts.events ?? [], now),
    ...section(
      'Not read',
      (facts.unread ?? []).map((u) => `  ${u.what}: ${u.why}`),
    ),
  ];
  return lines.join('\n') + '\n';
}

function quotaLines(quotas: readonly ResourceQuota[] | undefined): string[] {
  if (!quotas) return [];
  if (quotas.length === 0) return ['Quotas:  <none>'];
  return quotas.flatMap((quota) => {
    const hard = quota.status?.hard ?? quota.spec?.hard ?? {};
    const rows = Object.keys(hard)
      .sort()
      .map((key) => [key, quota.status?.used?.[key] ?? '?', hard[key] ?? '']);
    return [`Quota ${quota.metadata.name}:`, ...table(['Resource', 'Used', 'Hard'], rows)];
  });
}

function serverLines(facts: ProfileFacts): string[] {
  if (!facts.servers) return [];
  if (facts.servers.length === 0) return ['Notebook servers:  <none>'];
  const rows = sortServers(facts.servers).map((s) => [
    s.name,
    facts.statusWords?.(s.status) ?? s.status.phase,
    s.gpus.map((g) => `${g.count} x ${g.key}`).join(', '),
    s.image ?? '',
  ]);
  return ['Notebook servers:', ...table(['Name', 'State', 'GPUs', 'Image'], rows)];
}

function claimLines(claims: readonly PersistentVolumeClaim[] | undefined, servers: readonly ServerView[]): string[] {
  if (!claims) return [];
  if (claims.length === 0) return ['Volumes:  <none>'];
  const rows = claims.map((c) => [
    c.metadata.name,
    c.status?.phase ?? '',
    claimSize(c) ?? '',
    c.spec?.storageClassName ?? '',
    servers
      .filter((s) => s.claims.some((m) => m.claim === c.metadata.name))
      .map((s) => s.name)
      .join(', '),
  ]);
  return ['Volumes:', ...table(['Name', 'Status', 'Size', 'Class', 'Used by'], rows)];
}
