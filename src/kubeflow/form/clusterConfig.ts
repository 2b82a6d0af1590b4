/** The form's configuration as the cluster has it. */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import { configMaps } from '../../k8s/objects.ts';
import type { ConfigMap } from '../../k8s/objects.ts';

/** Where Kubeflow's web apps are installed, and what their ConfigMap's name begins with: a hash of its content ends it. */
const where = { namespace: 'kubeflow', prefix: 'jupyter-web-app-config-', file: 'spawner_ui_config.yaml' };

/**
 * The text of the Jupyter Web App's spawner_ui_config.yaml, or undefined where there is none or the user may not read it,
 * which is the rule: then the next source counts.
 */
export async function clusterConfigText(cluster: Cluster, signal?: AbortSignal): Promise<string | undefined> {
  try {
    const { items } = await cluster.list<ConfigMap>(configMaps, { namespace: where.namespace, signal });
    return configText(items);
  } catch (error) {
    if (isKubeError(error)) return undefined;
    throw error;
  }
}

/** The file in the newest of those ConfigMaps that have it: an old one stays behind when the content changes. */
export function configText(maps: readonly ConfigMap[]): string | undefined {
  const age = (map: ConfigMap): string => map.metadata.creationTimestamp ?? '';
  return maps
    .filter(({ metadata, data }) => metadata.name.startsWith(where.prefix) && data?.[where.file] !== undefined)
    .sort((a, b) => age(b).localeCompare(age(a)))[0]?.data?.[where.file];
}
