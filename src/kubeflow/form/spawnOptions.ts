/** Gathers what the form has to know: from the Inventory, which is live, and from probes of the cluster. */
import type { Access } from '../../k8s/access.ts';
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import { nodes, storageClasses } from '../../k8s/objects.ts';
import type { KubeObject, Node, PersistentVolumeClaim, ResourceQuota } from '../../k8s/objects.ts';
import type { ClaimOption, GpuModelOption, PodDefaultOption, QuotaLine, Right } from '../form.ts';
import type { ServerOption, SpawnOptions, StorageDefault } from '../form.ts';
import type { Inventory, ServerView } from '../inventory.ts';
import { isGpuKey, isStopped, podDefaults } from '../objects.ts';
import type { PodDefault } from '../objects.ts';
import { parseQuantity } from '../quantity.ts';
import { clusterConfigText } from './clusterConfig.ts';
import { omit } from './kept.ts';
import { gpuModelLabels } from './readBack.ts';
import { builtInConfig } from './spawnerConfig.ts';
import type { SpawnerConfig } from './spawnerConfig.ts';
import { storageDefault } from './storage.ts';

/** What had to be asked of the cluster for one namespace. */
export interface NamespaceProbe {
  storage: StorageDefault;
  mayCreate: Right;
  /** Absent where they may not be listed. */
  podDefaults?: PodDefaultOption[];
}
/** What had to be asked of the cluster as a whole; absent where the user may not know. */
export type ClusterProbe = Pick<SpawnOptions, 'storageClasses' | 'nodeGpus' | 'gpuModels'> & {
  /** The text of Kubeflow's own configuration of its form. */
  configText?: string;
};

/**
 * The form's options as they stand now. Claims and quota are told only of the namespaces that have been probed. `config`
 * is what came of the sources, the cluster's first (see mergeConfigs).
 */
export function spawnOptions(
  inventory: Pick<Inventory, 'view' | 'claims'>,
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
    podDefaults: {},
    ...omit(cluster, 'configText'),
  };
  for (const profile of profiles) {
    o.servers[profile.name] = profile.servers.map(serverOption);
    const probe = namespaces.get(profile.name);
    if (!probe) continue;
    o.storage[profile.name] = probe.storage;
    o.mayCreate[profile.name] = probe.mayCreate;
    if (probe.podDefaults) o.podDefaults![profile.name] = probe.podDefaults;
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
  const [storage, mayCreate, defaults] = await Promise.all([
    storageDefault(cluster, namespace, signal),
    access.can({ verb: 'create', group: 'kubeflow.org', resource: 'notebooks', namespace }),
    unlessRefused(cluster.list<PodDefault>(podDefaults, { namespace, signal })),
  ]);
  return { storage, mayCreate, ...(defaults ? { podDefaults: podDefaultOptions(defaults.items) } : {}) };
}

/**
 * Asks for storage classes, GPUs on nodes and Kubeflow's configuration; most users may list none of them, and then they
 * stay unknown.
 */
export async function probeCluster(cluster: Cluster, signal?: AbortSignal): Promise<ClusterProbe> {
  const [classes, machines, configText] = await Promise.all([
    unlessRefused(cluster.list<KubeObject>(storageClasses, { signal })),
    unlessRefused(cluster.list<Node>(nodes, { signal })),
    clusterConfigText(cluster, signal),
  ]);
  return {
    ...(classes ? { storageClasses: classes.items.map((c) => c.metadata.name).sort() } : {}),
    ...(machines ? { nodeGpus: nodeGpus(machines.items), gpuModels: gpuModels(machines.items) } : {}),
    ...(configText === undefined ? {} : { configText }),
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

/** Models of GPUs by the labels that the vendors' operators put on nodes, each with the number of nodes that have it. */
export function gpuModels(machines: readonly Node[]): GpuModelOption[] {
  const found = new Map<string, GpuModelOption & { nodes: number }>();
  for (const { metadata } of machines) {
    for (const key of gpuModelLabels) {
      const value = metadata.labels?.[key];
      if (value === undefined || value === '') continue;
      const so = found.get(`${key}=${value}`) ?? { key, value, nodes: 0 };
      found.set(`${key}=${value}`, { ...so, nodes: so.nodes + 1 });
    }
  }
  return [...found.values()].sort((a, b) => a.value.localeCompare(b.value));
}

/** Those that one label with the value "true" selects, as the Jupyter Web App's form offers them. */
function podDefaultOptions(found: readonly PodDefault[]): PodDefaultOption[] {
  return found.flatMap(({ metadata, spec }) => {
    const [first, ...others] = Object.entries(spec?.selector?.matchLabels ?? {});
    const more = others.length > 0 || (spec?.selector?.matchExpressions ?? []).length > 0;
    if (!first || first[1] !== 'true' || more) return [];
    return [{ name: metadata.name, label: first[0], ...(spec?.desc ? { description: spec.desc } : {}) }];
  });
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
      ...(claim.spec?.storageClassName ? { storageClass: claim.spec.storageClassName } : {}),
      ...(claim.spec?.volumeName ? { volume: claim.spec.volumeName } : {}),
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
