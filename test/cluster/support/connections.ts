import type { Lab, Person } from '../../../lab/index.ts';
import { Connections } from '../../../src/editor/connections.ts';
import { Disposables } from '../../../src/k8s/events.ts';
import { KubeconfigSource } from '../../../src/k8s/kubeconfigSource.ts';
import type { Logger } from '../../../src/k8s/log.ts';
import { searchedLogger } from './log.ts';
import { Sessions } from '../../../src/kubeflow/sessions.ts';

/** The lab's one context, by its name in the kubeconfigs. */
export const labContext = 'kubeflow-lab';

/** Sessions and Connections as the extension makes them, for somebody's kubeconfig. Dispose `things`. */
export async function connectionsOf(
  lab: Lab,
  who: Person,
  o: { at?: 'local' | 'remote' | 'proxy'; logger?: Logger } = {},
): Promise<{ sessions: Sessions; connections: Connections; things: Disposables }> {
  const things = new Disposables();
  const logger = o.logger ?? searchedLogger('cluster');
  const place = { env: {}, home: lab.run, platform: process.platform, path: lab.kubeconfig(who, o), logger };
  const source = things.add(new KubeconfigSource(place));
  const memory = { get: () => undefined, set: () => undefined };
  const sessions = things.add(new Sessions({ source, env: {}, logger, memory, extraNamespaces: () => [] }));
  const connections = things.add(new Connections(sessions, { logger }));
  await sessions.ensureLoaded();
  return { sessions, connections, things };
}
