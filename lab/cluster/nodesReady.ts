import type { Cluster } from '../../src/k8s/cluster.ts';
import { LiveList } from '../../src/k8s/liveList.ts';
import type { Logger } from '../../src/k8s/log.ts';
import { nodes, type Node } from '../../src/k8s/objects.ts';
import { until } from './until.ts';

/** Waits until there are nodes and the scheduler may use all of them. */
export async function nodesReady(cluster: Cluster, o: { logger: Logger; signal: AbortSignal }): Promise<void> {
  const list = new LiveList<Node>(cluster, { type: nodes }, { logger: o.logger, batchMs: 20 });
  const ready = (node: Node) =>
    !node.spec?.taints?.length && node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');
  try {
    await until([list], () => list.items.size > 0 && [...list.items.values()].every(ready), o.signal);
  } finally {
    list.dispose();
  }
}
