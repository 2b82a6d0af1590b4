import { setTimeout as delay } from 'node:timers/promises';
import { annotations, notebooks } from '../../src/kubeflow/objects.ts';
import { answers } from './answers.ts';
import { clusterAt } from '../clusters.ts';
import { loadAnnotation, type Load, type Written } from './protocol.ts';

// Changes stopped notebook servers at a steady rate: who made them, which its view shows, and with each tenth change since
// when it is stopped, which its row shows. (The notebook controller writes the latter into the StatefulSet, so that ten
// times as many would measure the API server.)

/** More requests at a time are not begun: a server that does not keep up is not buried. */
const mostAtOnce = 64;

/** Another one each time, from a minute to about a year ago. */
const stoppedAt = (n: number) => new Date(Date.now() - 60_000 - ((n * 7919) % 525_600) * 60_000).toISOString();

async function change({ kubeconfig, servers, perSecond, seconds }: Load): Promise<readonly Written[]> {
  const cluster = await clusterAt(kubeconfig);
  const written: Written[] = [];
  const running = new Set<Promise<void>>();
  try {
    const began = performance.timeOrigin + performance.now();
    const over = () => performance.timeOrigin + performance.now() - began > seconds * 1000;
    // a server that does not keep up gets fewer changes, not a longer time
    for (let n = 0; n < perSecond * seconds && !over(); n++) {
      const wait = began + (n * 1000) / perSecond - performance.timeOrigin - performance.now();
      if (wait > 0) await delay(wait);
      if (running.size >= mostAtOnce) await Promise.race(running);
      const { namespace, name } = servers[n % servers.length]!;
      const value = `change-${began.toFixed()}-${n}@example.com`;
      const changed = { [loadAnnotation]: value, ...(n % 10 === 0 ? { [annotations.stopped]: stoppedAt(n) } : {}) };
      const body = { metadata: { annotations: changed } };
      const one = cluster.patch(notebooks, { namespace, name }, body, { kind: 'merge' }).then(() => {
        written.push({ key: `${namespace}/${name}`, value, at: performance.timeOrigin + performance.now() });
        running.delete(one);
      });
      running.add(one);
    }
    await Promise.all(running);
    return written;
  } finally {
    cluster.dispose();
  }
}

answers({ change });
