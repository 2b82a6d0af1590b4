/** Makes a server's StatefulSet anew, and with it its pod. */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import { LiveList } from '../../k8s/liveList.ts';
import { silentLogger } from '../../k8s/log.ts';
import { statefulSets } from '../../k8s/objects.ts';
import type { StatefulSet } from '../../k8s/objects.ts';
import { step } from '../launch/making.ts';
import type { StepOptions } from '../launch/making.ts';
import type { Notebook } from '../objects.ts';
import { isStale } from './editPlan.ts';

/** ms until a controller that does not follow a patch is no longer waited for. */
const following = 10_000;
/** ms until a new StatefulSet is no longer waited for: a pod may take half a minute to end, and longer on a lost node. */
const patience = 300_000;
/** How often it is deleted: the controller may have made it of the Notebook as it was before the patch. */
const tries = 3;

export interface Renewal extends StepOptions {
  /** The Notebook before and after the patch. */
  base: Notebook;
  wanted: Notebook;
  /** As it was before the patch; undefined: there is nothing to do. */
  statefulSet: StatefulSet | undefined;
  /** The patch is one of the spec: the controller writes it over the StatefulSet. */
  isFollowed: boolean;
}

/**
 * Deletes the StatefulSet once the controller is seen to know of the patch. In the foreground: the pod goes first, so that
 * the pod of the new one finds its name free, and all of it goes on without us. Then waits for the one that the controller
 * makes of the Notebook as it is now.
 * @returns whether it was deleted; the step tells why it was not
 */
export async function renewed(cluster: Cluster, o: Renewal): Promise<boolean> {
  const { base, wanted } = o;
  let old = o.statefulSet;
  let deleted = false;
  await step(o, { id: 'renew', name: wanted.metadata.name }, async () => {
    if (old && o.isFollowed) old = (await followed(cluster, old)) ?? old;
    for (let n = 0; old && n < tries; n++) {
      await remove(cluster, old);
      deleted = true;
      const made = await madeAfter(cluster, old);
      old = made && isStale(base, wanted, made, { goesAnyway: false }) ? made : undefined;
    }
  });
  return deleted;
}

async function remove(cluster: Cluster, { metadata }: StatefulSet): Promise<void> {
  const { namespace, name, uid } = metadata;
  try {
    await cluster.delete(statefulSets, { namespace, name }, { propagation: 'Foreground', uid });
  } catch (error) {
    // Gone, or another one by now, which the controller has made of the Notebook as it is.
    if (!isKubeError(error, 'NotFound') && !isKubeError(error, 'Conflict')) throw error;
  }
}

/** The StatefulSet with the patch written over it. */
function followed(cluster: Cluster, { metadata: old }: StatefulSet): Promise<StatefulSet | undefined> {
  const isAnother = ({ metadata }: StatefulSet): boolean =>
    metadata.uid !== old.uid || metadata.generation !== old.generation;
  return seen(cluster, old, isAnother, following);
}

/** The StatefulSet that takes this one's place. */
function madeAfter(cluster: Cluster, { metadata: old }: StatefulSet): Promise<StatefulSet | undefined> {
  return seen(cluster, old, ({ metadata }) => metadata.uid !== old.uid, patience);
}

/** The StatefulSet of this name once it is so; undefined where it does not become so in time, or may not be watched. */
async function seen(
  cluster: Cluster,
  { namespace, name }: StatefulSet['metadata'],
  isSo: (one: StatefulSet) => boolean,
  ms: number,
): Promise<StatefulSet | undefined> {
  const what = { type: statefulSets, namespace, fieldSelector: `metadata.name=${name}` };
  const list = new LiveList<StatefulSet>(cluster, what, { logger: silentLogger });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve) => {
      timer = setTimeout(() => resolve(undefined), ms);
      list.onDidChange(() => {
        const found = [...list.items.values()].find(isSo);
        if (found || list.state.kind === 'denied') resolve(found);
      });
      list.start();
    });
  } finally {
    clearTimeout(timer);
    list.dispose();
  }
}
