import { homedir } from 'node:os';
import type { Lab, Person } from '../lab/index.ts';
import { Cluster } from '../src/k8s/cluster.ts';
import { Kubeconfig } from '../src/k8s/kubeconfig.ts';
import { silentLogger } from '../src/k8s/log.ts';

/** The cluster as a kubeconfig's current context has it. */
export async function clusterAt(path: string): Promise<Cluster> {
  const config = await Kubeconfig.load({ env: {}, home: homedir(), platform: process.platform, path });
  return Cluster.connect(config.context(config.currentContext ?? ''), { env: process.env, logger: silentLogger });
}

export function clusterOf(lab: Lab, who: Person, at: 'local' | 'remote' | 'proxy'): Promise<Cluster> {
  return clusterAt(lab.kubeconfig(who, { at }));
}
