import { setMaxListeners } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { Cluster } from '../src/k8s/cluster.ts';
import { Kubeconfig } from '../src/k8s/kubeconfig.ts';
import type { Logger } from '../src/k8s/log.ts';
import { startControllers } from './controllers/index.ts';
import { applyDefinitions, applyStorage, applyWebApps } from './cluster/objects.ts';
import { ControlPlane } from './cluster/controlPlane.ts';
import { Egress } from './cluster/egress.ts';
import { remoteAddress } from './cluster/ports.ts';
import { Provisioner } from './cluster/provisioner.ts';
import { Relay } from './cluster/relay.ts';
import { nodesReady } from './cluster/nodesReady.ts';
import { createTenants } from './cluster/tenants.ts';
import type { RunFolder } from './folders.ts';
import { execFolder, startNodes } from './nodes/index.ts';
import { FaultProxyServer } from './proxy/faultProxy.ts';
import type { LabPorts, LabSettings } from './types.ts';

/** All of a lab: what is started by `boot` and ended, in the other order, by `stop`. */
export class RunningLab {
  private readonly endings: (() => void | Promise<void>)[] = [];
  private readonly aborted = new AbortController();
  proxy: FaultProxyServer | undefined;
  controlPlane: ControlPlane | undefined;

  constructor(
    private readonly o: {
      run: RunFolder;
      ports: LabPorts;
      settings: LabSettings;
      logger: Logger;
      /** Told what is being done. */
      progress: (line: string) => void;
      /** Told, in a sentence, when a program ends that should not. */
      onEnded: (sentence: string) => void;
    },
  ) {}

  /**
   * Brings everything up and resolves when people can work with it.
   * @throws BootProblem, or whatever else went wrong; call `stop` then
   */
  async boot(): Promise<void> {
    const { run, ports, settings, logger, progress } = this.o;
    const signal = AbortSignal.any([this.aborted.signal, AbortSignal.timeout(60_000)]);
    // Dozens of requests listen to it at the same time; that is no leak.
    setMaxListeners(0, signal);
    const controlPlane = new ControlPlane(run, ports, this.o.onEnded);
    this.controlPlane = controlPlane;
    this.endings.push(() => controlPlane.stop());
    progress('Starting etcd and the API server');
    const egress = settings.podNetwork ? await Egress.start(run) : undefined;
    if (egress) this.endings.unshift(() => egress.stop());
    await controlPlane.startApiServer(egress ? { egressFile: run.egressFile() } : {});
    const [relay, cluster] = await Promise.all([
      Relay.start({ port: ports.api, from: remoteAddress, to: '127.0.0.1' }),
      this.connect(),
      this.startProxy(),
    ]);
    this.endings.push(
      () => relay.stop(),
      () => cluster.dispose(),
    );
    progress('Adding what makes a cluster a Kubeflow');
    controlPlane.startScheduler();
    await Promise.all([
      applyDefinitions(cluster, { run, logger, signal }),
      applyWebApps(cluster),
      mkdir(run.volumes()).then(() => applyStorage(cluster, { run, storage: settings.storage })),
    ]);
    // The garbage collector looks for new types every 30 s only: it starts when they are there.
    controlPlane.startControllerManager();
    await controlPlane.startKwok(execFolder(run.root));
    if (settings.storage === 'default') {
      const provisioner = new Provisioner(cluster, { folder: run.volumes(), logger });
      this.endings.push(() => provisioner.dispose());
      provisioner.start();
    }
    progress('Starting nodes, controllers and profiles');
    const nodes = await startNodes(cluster, {
      run: run.root,
      readyBeforeAnswering: settings.readyBeforeAnswering,
      logger,
    });
    this.endings.push(() => nodes.dispose());
    if (egress) egress.route = (host, port) => nodes.at(host, port);
    const controllers = startControllers(cluster, {
      logger,
      culling: settings.culling,
      kernels: (namespace, name) => nodes.kernels(namespace, name),
    });
    this.endings.push(() => controllers.dispose());
    await Promise.all([createTenants(cluster, { logger, signal }), nodesReady(cluster, { logger, signal })]);
  }

  /** Ends everything, the last started first. One that can't be ended does not keep the others. */
  async stop(): Promise<void> {
    this.aborted.abort(new Error('the lab was told to stop'));
    for (const end of this.endings.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        this.o.logger.error(`While stopping: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  private async connect(): Promise<Cluster> {
    const kubeconfig = await Kubeconfig.load({
      env: {},
      home: this.o.run.root,
      platform: process.platform,
      path: this.o.run.kubeconfig('controllers'),
    });
    // No environment: a proxy that the user has set is not for loopback.
    return Cluster.connect(kubeconfig.context('kubeflow-lab'), { env: {}, logger: this.o.logger });
  }

  private async startProxy(): Promise<void> {
    const { run, ports, logger } = this.o;
    const read = (...names: string[]) => readFile(run.in(...names), 'utf8');
    const [cert, key, ca] = await Promise.all([
      read('certificates', 'apiserver.crt'),
      read('certificates', 'apiserver.key'),
      read('ca.crt'),
    ]);
    const proxy = new FaultProxyServer({ cert, key, upstream: { host: '127.0.0.1', port: ports.api, ca }, logger });
    await proxy.listen(ports.proxy);
    this.endings.push(() => proxy.close());
    this.proxy = proxy;
  }
}
