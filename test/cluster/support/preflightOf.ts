/** The preflight of a form without anybody who types it. */
import { persistentVolumeClaims, resourceQuotas } from '../../../src/k8s/objects.ts';
import type { PersistentVolumeClaim, ResourceQuota } from '../../../src/k8s/objects.ts';
import { probeCluster, probeNamespace, spawnOptions } from '../../../src/kubeflow/form/spawnOptions.ts';
import type { SpawnerConfig } from '../../../src/kubeflow/form/spawnerConfig.ts';
import type { SpawnForm, SpawnOptions } from '../../../src/kubeflow/form.ts';
import { serverView } from '../../../src/kubeflow/inventory/serverView.ts';
import { notebooks } from '../../../src/kubeflow/objects.ts';
import type { Notebook } from '../../../src/kubeflow/objects.ts';
import type { Session } from '../../../src/kubeflow/sessions.ts';
import type { DryRun } from '../../../src/kubeflow/preflight/dryRun.ts';
import { Preflight } from '../../../src/kubeflow/preflight/preflight.ts';
import type { Looked, PreflightAbout } from '../../../src/kubeflow/preflight/preflight.ts';

type Asked = Pick<Session, 'cluster' | 'access'>;

/**
 * What stands in a form's way, asked of the cluster now: its findings, and where there is no error among them the API
 * server's word by a dry-run. Writes nothing.
 * @param o.config whose groups and factors the form uses; the built-in ones by default
 * @throws KubeError where the namespace cannot be read; the signal's reason
 */
export async function preflightOf(
  session: Asked,
  form: SpawnForm,
  o: PreflightAbout & { config?: SpawnerConfig; signal?: AbortSignal } = {},
): Promise<Looked & DryRun> {
  const options = await optionsNow(session, form.namespace, o);
  const preflight = new Preflight(session);
  try {
    const looked = await preflight.look(form, options, o);
    if (o.edit || looked.all.some(({ severity }) => severity === 'error')) return looked;
    return { ...looked, ...(await preflight.dryRun(form, options, o)) };
  } finally {
    preflight.dispose();
  }
}

/** The form's options for one namespace, as they are now. */
async function optionsNow(
  { cluster, access }: Asked,
  namespace: string,
  o: { config?: SpawnerConfig; signal?: AbortSignal },
): Promise<SpawnOptions> {
  const where = { namespace, signal: o.signal };
  const [servers, claims, quotas, probe, whole] = await Promise.all([
    cluster.list<Notebook>(notebooks, where),
    cluster.list<PersistentVolumeClaim>(persistentVolumeClaims, where),
    cluster.list<ResourceQuota>(resourceQuotas, where),
    probeNamespace(cluster, access, namespace, o.signal),
    probeCluster(cluster, o.signal),
  ]);
  const now = new Date();
  const profile = {
    name: namespace,
    source: 'namespace' as const,
    servers: servers.items.map((notebook) => serverView({ notebook, now })),
    state: { kind: 'live' as const },
    quota: quotas.items,
    claims: claims.items,
  };
  const view = { state: profile.state, profiles: [profile], canListProfiles: false };
  return spawnOptions({ view, claims: () => claims.items }, new Map([[namespace, probe]]), whole, o.config);
}
