/** Applies checked documents one after the other, and says of each what became of it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import type { KubeError } from '../../k8s/errors.ts';
import { namespaces, roleBindings, serviceAccounts } from '../../k8s/objects.ts';
import type { KubeObject, Namespace } from '../../k8s/objects.ts';
import { send } from './applyCheck.ts';
import type { ApplyOptions } from './applyCheck.ts';
import type { ParsedDocument } from './applyParse.ts';
import { sameShown } from '../inventory/sameShown.ts';

export interface ApplyResult {
  document: ParsedDocument;
  /** 'notSent': an earlier one failed. 'notReady': the profile was applied, and its namespace did not get ready. */
  outcome: 'created' | 'changed' | 'unchanged' | 'failed' | 'notReady' | 'notSent';
  problem?: KubeError;
}

/** Seconds that a profile's controller may take to make the namespace; it was seen to take 2. */
const readySeconds = 60;

/**
 * Applies the documents in their order (server-side, field manager `kubeflow-notebooks`) and stops at the first one
 * that fails; what was applied stays. Between a Profile and what lives in it, its namespace is waited for.
 * @returns one result per document
 */
export async function applyDocuments(
  cluster: Cluster,
  documents: readonly ParsedDocument[],
  o: ApplyOptions & { onResult?: (result: ApplyResult) => void; readySeconds?: number } = {},
): Promise<ApplyResult[]> {
  const results: ApplyResult[] = [];
  let failed = false;
  for (const document of documents) {
    const result: ApplyResult = failed
      ? { document, outcome: 'notSent' }
      : await applyOne(cluster, document, documents, o);
    failed ||= result.outcome === 'failed' || result.outcome === 'notReady';
    results.push(result);
    o.onResult?.(result);
  }
  return results;
}

async function applyOne(
  cluster: Cluster,
  document: ParsedDocument,
  documents: readonly ParsedDocument[],
  o: ApplyOptions & { readySeconds?: number },
): Promise<ApplyResult> {
  const { type, object, name } = document;
  if (!type || !object || !name) return { document, outcome: 'failed' };
  try {
    const { namespace } = object.metadata;
    const before = await unlessMissing(
      cluster.get<KubeObject>(type, { name, ...(namespace ? { namespace } : {}) }, o.signal),
    );
    const after = await send(cluster, type, object, o);
    const outcome = !before ? 'created' : unchanged(before, after) ? 'unchanged' : 'changed';
    const needed =
      document.kind === 'Profile' && documents.some((d) => d.number > document.number && d.namespace === name);
    if (needed && !(await profileReady(cluster, name, o.readySeconds ?? readySeconds, o.signal)))
      return { document, outcome: 'notReady' };
    return { document, outcome };
  } catch (error) {
    if (!isKubeError(error)) throw error;
    return { document, outcome: 'failed', problem: error };
  }
}

/** Seen: applying the same claim again gives it a new version with nothing in it changed. A status is not our change. */
function unchanged(before: KubeObject, after: KubeObject): boolean {
  if (before.metadata.resourceVersion === after.metadata.resourceVersion) return true;
  const status = { status: undefined };
  return sameShown({ ...before, ...status }, { ...after, ...status });
}

/**
 * Waits for the namespace, the owner's RoleBinding and the service account that notebook servers run as. Asks again and
 * again: who is to own the profile may read it only from the moment that the RoleBinding is there, so no watch can be
 * opened before.
 */
async function profileReady(cluster: Cluster, name: string, seconds: number, signal?: AbortSignal): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  for (let wait = 100; ; wait = Math.min(1000, wait * 2)) {
    const [namespace, binding, account] = await Promise.all([
      unlessMissing(cluster.get<Namespace>(namespaces, { name }, signal)),
      unlessMissing(cluster.get(roleBindings, { namespace: name, name: 'namespaceAdmin' }, signal)),
      unlessMissing(cluster.get(serviceAccounts, { namespace: name, name: 'default-editor' }, signal)),
    ]);
    const active = namespace?.status?.phase === 'Active' && !namespace.metadata.deletionTimestamp;
    if (active && binding && account) return true;
    if (Date.now() + wait > end) return false;
    await pause(wait, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
  }
}

async function unlessMissing<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (isKubeError(error, 'NotFound') || isKubeError(error, 'Forbidden')) return undefined;
    throw error;
  }
}
