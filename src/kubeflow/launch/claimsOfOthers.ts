/** Whose data a launch must leave alone when it is undone. */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import { pods } from '../../k8s/objects.ts';
import type { Pod } from '../../k8s/objects.ts';
import { claimsOf, notebooks, podName } from '../objects.ts';
import type { Notebook } from '../objects.ts';
import type { LaunchEntry } from './entry.ts';

/**
 * Names of the claims in the launch's namespace that other notebook servers name, stopped ones too, or that any pod but
 * the launch's own mounts. An edited server's Notebook names only what its edit was not cut short of, so it counts as well.
 * @throws KubeError where the Notebooks, or the pods for another reason than a missing right, cannot be listed
 */
export async function claimsOfOthers(
  cluster: Cluster,
  { namespace, name, edit }: Pick<LaunchEntry, 'namespace' | 'name' | 'edit'>,
): Promise<Set<string>> {
  const isOther = (one: string, own: string): boolean => edit === true || one !== own;
  const { items } = await cluster.list<Notebook>(notebooks, { namespace });
  const servers = items.filter(({ metadata }) => isOther(metadata.name, name));
  const ownPod = podName({ metadata: { name } });
  const others = (await podsOf(cluster, namespace)).filter(({ metadata }) => isOther(metadata.name, ownPod));
  const mounted = others.flatMap(({ spec }) => spec?.volumes ?? []).map((one) => one.persistentVolumeClaim?.claimName);
  const named = servers.flatMap((one) => claimsOf(one).map(({ claim }) => claim));
  return new Set([...named, ...mounted].filter((claim) => claim !== undefined));
}

/** None where the user may not list them: the Notebooks alone tell then. */
async function podsOf(cluster: Cluster, namespace: string): Promise<Pod[]> {
  try {
    return (await cluster.list<Pod>(pods, { namespace })).items;
  } catch (error) {
    if (isKubeError(error, 'Forbidden')) return [];
    throw error;
  }
}
