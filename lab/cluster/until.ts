import type { LiveList } from '../../src/k8s/liveList.ts';
import type { KubeObject } from '../../src/k8s/objects.ts';

/**
 * Starts live lists and resolves as soon as `met()` is true of them, looking again at each change.
 * @throws the signal's reason, or the error of a list that can't be had
 */
export async function until(
  lists: readonly LiveList<KubeObject>[],
  met: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  for (const list of lists) list.start();
  await Promise.all(lists.map((list) => list.ready(signal)));
  await new Promise<void>((resolve, reject) => {
    const end = () => {
      for (const subscription of subscriptions) subscription.dispose();
      signal.removeEventListener('abort', abort);
    };
    const abort = () => {
      end();
      reject(signal.reason as Error);
    };
    const look = () => {
      if (!met()) return;
      end();
      resolve();
    };
    const subscriptions = lists.map((list) => list.onDidChange(look));
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    else look();
  });
}
