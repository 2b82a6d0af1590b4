import type { Cluster, KubeList } from './cluster.ts';
import { isKubeError, type KubeError } from './errors.ts';
import type { LiveQuery } from './liveQuery.ts';
import type { KubeObject } from './objects.ts';

const pageSize = 500;

/**
 * A whole collection and the resource version it is true at. With `oldest` ('0': any age) in one answer from the API
 * server's watch cache, which is fastest; without it, or where the server has no such cache, cannot be that new, or
 * has no time for one big answer, in pages of what is newest.
 * @param what.slim takes out of each object what nobody reads
 */
export async function listAll<T>(
  cluster: Cluster,
  what: LiveQuery & { oldest?: string; slim?: (object: KubeObject) => void },
  signal: AbortSignal,
): Promise<{ items: T[]; version: string | undefined }> {
  const { type, namespace, labelSelector, fieldSelector, oldest, slim } = what;
  const common = { namespace, labelSelector, fieldSelector, signal, slim };
  if (oldest !== undefined) {
    try {
      const list = await cluster.list<T>(type, { ...common, resourceVersion: oldest });
      if (!list.metadata.continue) return { items: list.items, version: list.metadata.resourceVersion };
    } catch (error) {
      if (signal.aborted || !wantsPages(error)) throw error;
    }
  }
  const items: T[] = [];
  let next: string | undefined;
  for (;;) {
    let page: KubeList<T>;
    try {
      page = await cluster.list<T>(type, { ...common, limit: pageSize, continue: next });
    } catch (error) {
      // The place to go on from has expired between two pages: the server wants one answer after all.
      if (next === undefined || !isKubeError(error, 'Gone')) throw error;
      page = await cluster.list<T>(type, common);
      items.length = 0;
    }
    for (const item of page.items) items.push(item);
    next = page.metadata.continue;
    if (!next) return { items, version: page.metadata.resourceVersion };
  }
}

/** Too old or too new a version (410, 504 with ResourceVersionTooLarge), a time limit, or a server in trouble. */
function wantsPages(error: unknown): error is KubeError {
  if (isKubeError(error, 'Gone') || isKubeError(error, 'Timeout')) return true;
  return isKubeError(error) && error.problem.code === 'ServerError' && [500, 504].includes(error.problem.status);
}
