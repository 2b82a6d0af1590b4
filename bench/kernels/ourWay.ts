import { Connections } from '../../src/editor/connections.ts';
import { Disposables } from '../../src/k8s/events.ts';
import { KubeconfigSource } from '../../src/k8s/kubeconfigSource.ts';
import { silentLogger } from '../../src/k8s/log.ts';
import { Sessions } from '../../src/kubeflow/sessions.ts';
import type { JupyterServer } from '../../src/jupyter/server.ts';
import type { Lab } from '../../lab/index.ts';
import type { BenchServer } from '../server.ts';
import type { LastingWay } from './restarts.ts';

/** Our tunnel, as the extension makes it, with the profile's folder open in the view. */
export class OurWay implements LastingWay {
  private constructor(
    private readonly server: JupyterServer,
    private readonly things: Disposables,
  ) {}

  static async make(lab: Lab, { namespace, name }: BenchServer): Promise<OurWay> {
    const things = new Disposables();
    const logger = silentLogger;
    const path = lab.kubeconfig('alice', { at: 'remote' });
    const source = things.add(
      new KubeconfigSource({ env: {}, home: lab.run, platform: process.platform, path, logger }),
    );
    const memory = { get: () => undefined, set: () => undefined };
    const sessions = things.add(new Sessions({ source, env: {}, logger, memory, extraNamespaces: () => [] }));
    const connections = things.add(new Connections(sessions, { logger }));
    const { server } = await connections.open({ context: 'kubeflow-lab', namespace, name });
    const inventory = sessions.current?.inventory;
    if (!inventory) throw new Error('the lab’s kubeconfig cannot be used');
    things.add(inventory.look());
    things.add(inventory.open(namespace));
    return new OurWay(server, things);
  }

  answers(): Promise<boolean> {
    return this.server.answers();
  }

  dispose(): Promise<void> {
    this.things.dispose();
    return Promise.resolve();
  }
}
