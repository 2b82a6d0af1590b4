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
 * the launch's own mounts.
 * @throws KubeError where the Notebooks, or the pods for another reason than a missing right, cannot be listed
 */
export async function claimsOfOthers(
  cluster: Cluster,
  { namespace, name }: Pick<LaunchEntry, 'namespace' | 'name'>,
): Promise<Set<string>> {
  const { items } = await cluster.list<Notebook>(notebooks, { namespace });
  const servers = items.filter(({ metadata }) => metadata.name !== name);
  const others = (await podsOf(cluster, namespace)).filter(
    ({ metadata }) => metadata.name !== podName({ metadata: { name } }),
  );
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
