/**
 * Namespaces for somebody who may not list Profiles: of each name that is known from elsewhere, is it there, and is it
 * one where this user may see notebook servers?
 */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import { apiVersionOf, namespaces } from '../../k8s/objects.ts';
import type { KubeObject, Namespace } from '../../k8s/objects.ts';
import { annotations, notebooks, profileLabel, profiles } from '../objects.ts';
import type { Profile } from '../objects.ts';
import { isLabel } from '../form/syntax.ts';

export interface FoundNamespace {
  name: string;
  owner?: string;
  source: 'profile' | 'namespace';
  /** It is being deleted, with all that is in it. */
  deleting?: true;
}

/** Requests at a time: a kubeconfig may hold a hundred contexts of one cluster. */
const atOnce = 8;

/**
 * The candidates that exist and may be looked at, plus every profile's namespace where namespaces may be listed (a
 * cluster viewer has that right without the one to Profiles). Rejects with the KubeError of a cluster that does not
 * answer; a refusal is an answer.
 */
export async function discoverNamespaces(
  cluster: Cluster,
  candidates: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, FoundNamespace>> {
  const found = new Map<string, FoundNamespace>();
  const listed = unlessRefused(
    cluster.list<Namespace>(namespaces, { labelSelector: `${profileLabel.key}=${profileLabel.value}`, signal }),
  );
  // a setting may hold anything; what can be no namespace (`..`, `a/b`) must not get into a path
  const queue = [...new Set(candidates)].filter(isLabel);
  const worker = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const one = await lookAt(cluster, name, signal);
      if (one) found.set(name, one);
    }
  };
  // allSettled before the throw: no worker may outlive the answer
  const ends = await Promise.allSettled([listed, ...Array.from({ length: atOnce }, worker)]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  for (const namespace of (await listed)?.items ?? [])
    if (!found.has(namespace.metadata.name)) found.set(namespace.metadata.name, asProfile(namespace));
  return found;
}

/**
 * Does the cluster serve no Notebooks at all? Everybody signed in may read which types there are, also who may not list
 * a single one. False where that can't be learned.
 */
export async function isKubeflowMissing(cluster: Cluster, signal: AbortSignal): Promise<boolean> {
  try {
    const path = `/apis/${apiVersionOf(notebooks)}`;
    const served = await cluster.request<{ resources?: { name: string }[] }>({ path, signal });
    return !served.resources?.some((r) => r.name === notebooks.plural);
  } catch (error) {
    if (isKubeError(error, 'NotFound')) return true;
    if (isKubeError(error, 'Forbidden')) return false;
    throw error;
  }
}

/** What a Profile says of its namespace. */
export function ofProfile(profile: Profile): FoundNamespace {
  return { ...stub(profile), ...(profile.spec?.owner ? { owner: profile.spec.owner.name } : {}) };
}

function stub({ metadata }: KubeObject): FoundNamespace {
  return { name: metadata.name, source: 'profile', ...(metadata.deletionTimestamp ? { deleting: true } : {}) };
}

function asProfile(namespace: Namespace): FoundNamespace {
  const owner = namespace.metadata.annotations?.[annotations.owner];
  return { ...stub(namespace), ...(owner ? { owner } : {}) };
}

async function lookAt(cluster: Cluster, name: string, signal: AbortSignal): Promise<FoundNamespace | undefined> {
  const namespace = await unlessRefused(cluster.get<Namespace>(namespaces, { name }, signal));
  if (namespace?.metadata.labels?.[profileLabel.key] === profileLabel.value) return asProfile(namespace);
  const profile = await unlessRefused(cluster.get<Profile>(profiles, { name }, signal));
  if (profile) return ofProfile(profile);
  // some roles allow what is in a namespace and not the namespace itself
  const listing = await unlessRefused(cluster.list(notebooks, { namespace: name, limit: 1, signal }));
  if (!listing) return undefined;
  // whoever may list everywhere may list in a namespace that does not exist, too
  if (!namespace && listing.items.length === 0 && (await isMissing(cluster, name, signal))) return undefined;
  return { name, source: 'namespace' };
}

async function isMissing(cluster: Cluster, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    await cluster.get(namespaces, { name }, signal);
    return false;
  } catch (error) {
    return isKubeError(error, 'NotFound');
  }
}

/** Undefined for 403 and 404; everything else is thrown. */
async function unlessRefused<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (isKubeError(error, 'Forbidden') || isKubeError(error, 'Refused') || isKubeError(error, 'NotFound'))
      return undefined;
    throw error;
  }
}
