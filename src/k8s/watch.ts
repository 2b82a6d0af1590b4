import type { Cluster } from './cluster.ts';
import type { LiveQuery } from './liveQuery.ts';
import { KubeError } from './errors.ts';
import { apiVersionOf, resourcePath, type KubeObject } from './objects.ts';
import { errorFromStatus } from './problems.ts';

export interface WatchListener<T> {
  /** The server has accepted the watch. */
  opened(): void;
  /** @param version where a watch goes on after this event */
  event(type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK', object: T, version: string | undefined): void;
}

/**
 * One watch from a resource version to its end.
 * @returns 'closed' when the server ended it (it does so after `timeoutSeconds`), 'silent' after `silenceMs` without a line
 * @throws KubeError (Gone: the version is too old); the signal's reason
 */
export async function watchOnce<T extends KubeObject>(
  cluster: Cluster,
  what: LiveQuery & { version: string; silenceMs: number },
  signal: AbortSignal,
  listener: WatchListener<T>,
): Promise<'closed' | 'silent'> {
  const { type, namespace, labelSelector, fieldSelector, version, silenceMs } = what;
  const control = new AbortController();
  let isSilent = false;
  const end = (): void => control.abort(signal.reason);
  const silent = setTimeout(() => {
    isSilent = true;
    control.abort(new Error('The watch said nothing for too long'));
  }, silenceMs);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    const lines = cluster.lines({
      path: resourcePath(type, { namespace }),
      query: {
        watch: true,
        resourceVersion: version,
        allowWatchBookmarks: true,
        // Many watches that started together should not all end together.
        timeoutSeconds: 260 + Math.floor(Math.random() * 60),
        labelSelector,
        fieldSelector,
      },
      signal: control.signal,
      onOpen: () => listener.opened(),
    });
    for await (const line of lines) {
      silent.refresh();
      if (line === '') continue;
      const { type: kind, object } = parse<T>(line, cluster.name);
      if (kind === 'ERROR') throw errorFromStatus(object);
      if (kind !== 'ADDED' && kind !== 'MODIFIED' && kind !== 'DELETED' && kind !== 'BOOKMARK') continue;
      object.apiVersion ??= apiVersionOf(type);
      object.kind ??= type.kind;
      listener.event(kind, object, object.metadata?.resourceVersion);
    }
    return 'closed';
  } catch (error) {
    if (isSilent && !signal.aborted) return 'silent';
    throw error;
  } finally {
    clearTimeout(silent);
    signal.removeEventListener('abort', end);
  }
}

/** A connection that was cut within a line ends it there. What stood in it must not get into an error's words. */
function parse<T>(line: string, host: string): { type: string; object: T } {
  try {
    return JSON.parse(line) as { type: string; object: T };
  } catch {
    throw new KubeError({ code: 'Unreachable', host, reason: 'reset', detail: 'the watch was cut within a line' });
  }
}
