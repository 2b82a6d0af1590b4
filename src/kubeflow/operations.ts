/** What one can do to a notebook server and to a profile, as the Jupyter Web App does it: by annotation and by deletion. */
import type { Cluster } from '../k8s/cluster.ts';
import type { KubeError } from '../k8s/errors.ts';
import { isKubeError } from '../k8s/errors.ts';
import { persistentVolumeClaims } from '../k8s/objects.ts';
import type { PersistentVolumeClaim } from '../k8s/objects.ts';
import type { Inventory, ServerView } from './inventory.ts';
import { annotations, fieldManager, notebooks, profiles } from './objects.ts';
import type { Notebook } from './objects.ts';
import type { ServerPhase } from './status/statusCause.ts';

export interface ServerName {
  namespace: string;
  name: string;
}

/** Stops a server: its pod goes, its volumes stay. A server that is stopped already stays as it is. */
export async function stopServer(cluster: Cluster, ref: ServerName, signal?: AbortSignal): Promise<void> {
  // the time that is there tells since when, and who stopped it: it is not written over
  const notebook = await cluster.get<Notebook>(notebooks, ref, signal);
  if (notebook.metadata.annotations?.[annotations.stopped] !== undefined) return;
  await annotateStopped(cluster, ref, new Date().toISOString().replace(/\.\d+Z$/, 'Z'), signal);
}

/** Starts a stopped server; does nothing to one that is not stopped. */
export async function startServer(cluster: Cluster, ref: ServerName, signal?: AbortSignal): Promise<void> {
  await annotateStopped(cluster, ref, null, signal);
}

async function annotateStopped(
  cluster: Cluster,
  ref: ServerName,
  value: string | null,
  signal: AbortSignal | undefined,
): Promise<void> {
  const body = { metadata: { annotations: { [annotations.stopped]: value } } };
  await cluster.patch(notebooks, ref, body, { kind: 'merge', fieldManager, signal });
}

/** One volume of a deletion: its problem, where it could not be deleted. */
export interface ClaimDeletion {
  claim: string;
  problem?: KubeError;
}

/**
 * Deletes a server, in the foreground as the Jupyter Web App does, then the chosen claims (Kubernetes keeps a claim
 * until no pod uses it). With `uid` only that very Notebook is deleted. A server that is gone already is no error.
 * @returns what became of each claim: one that could not be deleted does not keep the others
 * @throws KubeError when the Notebook is not deleted; then no claim is touched
 */
export async function deleteServer(
  cluster: Cluster,
  ref: ServerName & { uid?: string },
  o: { claims: readonly string[]; signal?: AbortSignal },
): Promise<ClaimDeletion[]> {
  const { namespace, name, uid } = ref;
  const { signal } = o;
  await unlessGone(
    cluster.delete(notebooks, { namespace, name }, { propagation: 'Foreground', ...(uid ? { uid } : {}), signal }),
  );
  const results: ClaimDeletion[] = [];
  for (const claim of o.claims) {
    try {
      await unlessGone(cluster.delete(persistentVolumeClaims, { namespace, name: claim }, { signal }));
      results.push({ claim });
    } catch (error) {
      if (!isKubeError(error)) throw error;
      results.push({ claim, problem: error });
    }
  }
  return results;
}

/** Deletes a profile, and with it its namespace and everything in there. Resolves when the deletion has begun. */
export async function deleteProfile(cluster: Cluster, name: string, signal?: AbortSignal): Promise<void> {
  await cluster.delete(profiles, { name }, { propagation: 'Foreground', signal });
}

async function unlessGone(deleting: Promise<void>): Promise<void> {
  try {
    await deleting;
  } catch (error) {
    if (!isKubeError(error, 'NotFound')) throw error;
  }
}

export interface PlannedClaim {
  name: string;
  /** As Kubernetes writes it, e.g. 5Gi: what there is, else what was asked for. */
  size?: string;
  /** Other servers of the namespace that mount it; those that are stopped count. */
  usedBy: string[];
}

/** What could go with a server: its claims, and who else uses them. Only claims that exist are named, if those are known. */
export function deletionPlan(
  inventory: Pick<Inventory, 'server' | 'profile' | 'claims'>,
  ref: ServerName,
): {
  claims: PlannedClaim[];
} {
  const key = `${ref.namespace}/${ref.name}`;
  const existing = inventory.claims(ref.namespace);
  const others = (inventory.profile(ref.namespace)?.servers ?? []).filter((s) => s.key !== key);
  const claims = (inventory.server(key)?.claims ?? [])
    .filter(({ claim }) => existing.length === 0 || existing.some((c) => c.metadata.name === claim))
    .map(({ claim }) => {
      const size = claimSize(existing.find((c) => c.metadata.name === claim));
      const usedBy = others.filter((s) => s.claims.some((c) => c.claim === claim)).map((s) => s.name);
      return { name: claim, ...(size ? { size } : {}), usedBy: usedBy.sort() };
    });
  return { claims };
}

/** The size of a claim: its capacity once it is bound, else its request. */
export function claimSize(claim: PersistentVolumeClaim | undefined): string | undefined {
  return claim?.status?.capacity?.['storage'] ?? claim?.spec?.resources?.requests?.['storage'];
}

/** What goes with a profile: the names of all its notebook servers and claims, asked of the cluster now. */
export async function profileContents(
  cluster: Cluster,
  name: string,
  signal?: AbortSignal,
): Promise<{ servers: string[]; claims: string[] }> {
  const names = (list: { items: { metadata: { name: string } }[] }) => list.items.map((i) => i.metadata.name).sort();
  const [servers, claims] = await Promise.all([
    cluster.list<Notebook>(notebooks, { namespace: name, signal }),
    cluster.list<PersistentVolumeClaim>(persistentVolumeClaims, { namespace: name, signal }),
  ]);
  return { servers: names(servers), claims: names(claims) };
}

/**
 * Waits until a server is in one of these phases, or gone (undefined). Its namespace should be open, or causes that only
 * the pod knows are missed. Rejects with the signal's reason.
 */
export function waitForPhase(
  inventory: Pick<Inventory, 'server' | 'onDidChange' | 'look'>,
  ref: ServerName,
  phases: readonly ServerPhase[],
  signal: AbortSignal,
): Promise<ServerView | undefined> {
  const key = `${ref.namespace}/${ref.name}`;
  return new Promise((resolve, reject) => {
    const looking = inventory.look();
    let seen = inventory.server(key) !== undefined;
    const end = () => {
      looking.dispose();
      listener.dispose();
      signal.removeEventListener('abort', abort);
    };
    const abort = () => {
      end();
      reject(signal.reason as Error);
    };
    const look = () => {
      const server = inventory.server(key);
      seen ||= server !== undefined;
      // a server that was never seen may just not be listed yet
      if (server ? !phases.includes(server.status.phase) : !seen) return;
      end();
      resolve(server);
    };
    const listener = inventory.onDidChange(look);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    else look();
  });
}
