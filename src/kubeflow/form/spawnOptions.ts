/** Gathers what the form has to know: from the Inventory, which is live, and from probes of the cluster. */
import type { Access } from '../../k8s/access.ts';
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import { nodes, storageClasses } from '../../k8s/objects.ts';
import type { KubeObject, Node, PersistentVolumeClaim, ResourceQuota } from '../../k8s/objects.ts';
import type { ClaimOption, QuotaLine, Right, ServerOption, SpawnOptions, StorageDefault } from '../form.ts';
import type { Inventory, ServerView } from '../inventory.ts';
import { isGpuKey, isStopped } from '../objects.ts';
import { parseQuantity } from '../quantity.ts';
import { builtInConfig } from './spawnerConfig.ts';
import type { SpawnerConfig } from './spawnerConfig.ts';
import { storageDefault } from './storage.ts';

/** What had to be asked of the cluster for one namespace. */
export interface NamespaceProbe {
  storage: StorageDefault;
  mayCreate: Right;
}
/** What had to be asked of the cluster as a whole; absent where the user may not know. */
export type ClusterProbe = Pick<SpawnOptions, 'storageClasses' | 'nodeGpus'>;

/** The form's options as they stand now. Claims and quota are told only of the namespaces that have been probed. */
export function spawnOptions(
  inventory: Inventory,
  namespaces: ReadonlyMap<string, NamespaceProbe>,
  cluster: ClusterProbe = {},
  config: SpawnerConfig = builtInConfig(),
): SpawnOptions {
  const { profiles } = inventory.view;
  const o: SpawnOptions = {
    namespaces: profiles.map((p) => p.name),
    config,
    gpuVendors: gpuVendors(config, cluster),
    claims: {},
    servers: {},
    quota: {},
    storage: {},
    mayCreate: {},
    ...cluster,
  };
  for (const profile of profiles) {
    o.servers[profile.name] = profile.servers.map(serverOption);
    const probe = namespaces.get(profile.name);
    if (!probe) continue;
    o.storage[profile.name] = probe.storage;
    o.mayCreate[profile.name] = probe.mayCreate;
    o.claims[profile.name] = claimOptions(inventory.claims(profile.name), profile.servers);
    o.quota[profile.name] = quotaLines(profile.quota ?? []);
  }
  return o;
}

/** Asks what only the cluster knows about one namespace. */
export async function probeNamespace(
  cluster: Cluster,
  access: Access,
  namespace: string,
  signal?: AbortSignal,
): Promise<NamespaceProbe> {
  const [storage, mayCreate] = await Promise.all([
    storageDefault(cluster, namespace, signal),
    access.can({ verb: 'create', group: 'kubeflow.org', resource: 'notebooks', namespace }),
  ]);
  return { storage, mayCreate };
}

/** Asks for storage classes and GPUs on nodes; most users may list neither, and then they stay unknown. */
export async function probeCluster(cluster: Cluster, signal?: AbortSignal): Promise<ClusterProbe> {
  const [classes, machines] = await Promise.all([
    unlessRefused(cluster.list<KubeObject>(storageClasses, { signal })),
    unlessRefused(cluster.list<Node>(nodes, { signal })),
  ]);
  return {
    ...(classes ? { storageClasses: classes.items.map((c) => c.metadata.name).sort() } : {}),
    ...(machines ? { nodeGpus: nodeGpus(machines.items) } : {}),
  };
}

async function unlessRefused<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (isKubeError(error)) return undefined;
    throw error;
  }
}

/** GPUs that nodes offer, per key: the sum and the largest node. */
export function nodeGpus(machines: readonly Node[]): Record<string, { total: number; largest: number }> {
  const found: Record<string, { total: number; largest: number }> = {};
  for (const node of machines) {
    for (const [key, value] of Object.entries(node.status?.allocatable ?? {})) {
      const count = parseQuantity(value) ?? 0;
      if (!isGpuKey(key) || count <= 0) continue;
      const so = found[key] ?? { total: 0, largest: 0 };
      found[key] = { total: so.total + count, largest: Math.max(so.largest, count) };
    }
  }
  return found;
}

/** The configured vendors, then whatever else the nodes are known to offer. */
function gpuVendors({ gpus }: SpawnerConfig, cluster: ClusterProbe): SpawnOptions['gpuVendors'] {
  const known = new Set(gpus.vendors.map((v) => v.key));
  const others = Object.keys(cluster.nodeGpus ?? {}).filter((key) => !known.has(key));
  return [...gpus.vendors, ...others.sort().map((key) => ({ key, label: key }))];
}

/** GPUs count as in use where a pod has them: not for a server that is stopped, nor for one that its quota keeps out. */
function serverOption(server: ServerView): ServerOption {
  const uses = !isStopped(server.notebook) && server.status.cause.code !== 'quotaExceeded';
  return { name: server.name, gpus: uses ? [...server.gpus] : [] };
}

function claimOptions(claims: readonly PersistentVolumeClaim[], servers: readonly ServerView[]): ClaimOption[] {
  return claims
    .filter((claim) => claim.metadata.deletionTimestamp === undefined)
    .map((claim) => ({
      name: claim.metadata.name,
      size: claim.status?.capacity?.storage ?? claim.spec?.resources?.requests?.storage,
      accessModes: [...(claim.spec?.accessModes ?? [])],
      usedBy: servers.filter((s) => s.claims.some((c) => c.claim === claim.metadata.name)).map((s) => s.name),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The lines of quotas that hold for every pod and claim; one with scopes holds for some only and is left to the check. */
function quotaLines(quotas: readonly ResourceQuota[]): QuotaLine[] {
  return quotas
    .filter((quota) => !quota.spec?.scopeSelector && (quota.spec?.scopes ?? []).length === 0)
    .flatMap((quota) =>
      Object.entries(quota.status?.hard ?? quota.spec?.hard ?? {}).flatMap(([resource, value]) => {
        const hard = parseQuantity(value);
        if (hard === undefined) return [];
        return [{ resource, hard, used: parseQuantity(quota.status?.used?.[resource]) ?? 0 }];
      }),
    );
}
