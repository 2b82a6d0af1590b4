import type { Cluster } from '../../src/k8s/cluster.ts';
import { LiveList } from '../../src/k8s/liveList.ts';
import type { Logger } from '../../src/k8s/log.ts';
import { clusterRoles, resourceQuotas, roleBindings, serviceAccounts, type KubeObject } from '../../src/k8s/objects.ts';
import { profiles, type Profile } from '../../src/kubeflow/objects.ts';
import type { Person } from '../types.ts';
import { email } from './people.ts';
import { until } from './until.ts';

/** Who owns a profile of the same name; alice may have one GPU, which runs out before the nodes' do. */
const owners: { owner: Person; hard?: Record<string, string> }[] = [
  { owner: 'alice', hard: { 'requests.nvidia.com/gpu': '1' } },
  { owner: 'bob' },
];

const contributors: { profile: Person; person: Person; role: 'edit' | 'view' }[] = [
  { profile: 'alice', person: 'bob', role: 'edit' },
  { profile: 'alice', person: 'carol', role: 'view' },
];

/**
 * Creates the profiles and shares them, and waits until the profile controller has made what gives people their rights.
 * Needs the running controllers.
 */
export async function createTenants(cluster: Cluster, o: { logger: Logger; signal: AbortSignal }): Promise<void> {
  const list = (type: typeof roleBindings) =>
    new LiveList<KubeObject>(cluster, { type }, { logger: o.logger, batchMs: 20 });
  const lists = {
    roles: list(clusterRoles),
    bindings: list(roleBindings),
    accounts: list(serviceAccounts),
    quotas: list(resourceQuotas),
  };
  /** True when a role has got what the others give it by aggregation, which takes the controllers a moment. */
  const aggregated = (role: string) => {
    const { rules } = (lists.roles.items.get(role) ?? {}) as { rules?: { resources?: string[] }[] };
    return rules?.some((rule) => rule.resources?.includes('pods/log'));
  };
  try {
    await Promise.all(owners.map((owner) => cluster.create(profiles, profile(owner), { signal: o.signal })));
    await until(
      Object.values(lists),
      () =>
        ['kubeflow-admin', 'kubeflow-edit', 'kubeflow-view'].every(aggregated) &&
        owners.every(
          ({ owner, hard }) =>
            lists.bindings.items.has(`${owner}/namespaceAdmin`) &&
            lists.accounts.items.has(`${owner}/default-editor`) &&
            (!hard || lists.quotas.items.has(`${owner}/kf-resource-quota`)),
        ),
      o.signal,
    );
    await Promise.all(
      contributors.map((c) => cluster.create(roleBindings, binding(c), { namespace: c.profile, signal: o.signal })),
    );
  } finally {
    for (const one of Object.values(lists)) one.dispose();
  }
}

function profile({ owner, hard }: (typeof owners)[number]): Profile {
  return {
    apiVersion: `${profiles.group}/${profiles.version}`,
    kind: 'Profile',
    metadata: { name: owner },
    spec: { owner: { kind: 'User', name: email(owner) }, ...(hard && { resourceQuotaSpec: { hard } }) },
  };
}

/** A contributor's RoleBinding, named and annotated as Kubeflow's access management does it. */
function binding({ profile: namespace, person, role }: (typeof contributors)[number]) {
  const user = email(person);
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: {
      name: `user-${user.replace(/[^a-z0-9]+/g, '-')}-clusterrole-${role}`,
      namespace,
      annotations: { user, role },
    },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `kubeflow-${role}` },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  };
}
