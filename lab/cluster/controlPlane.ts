import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import https from 'node:https';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunFolder } from '../folders.ts';
import type { ComponentAction, ComponentName, LabPorts } from '../types.ts';
import { certificate } from './certificate.ts';
import { Component, type Program } from './component.ts';
import { writeKubeconfigs, writeTokens } from './people.ts';
import { remoteAddress } from './ports.ts';

/** For the programs that are clients of the API server: alone, without a port, and not throttled as in a large cluster. */
const quick = ['--leader-elect=false', '--secure-port', '0', '--kube-api-qps', '200', '--kube-api-burst', '400'];

/** A program ended while the control plane was coming up. */
export class BootProblem extends Error {
  constructor(
    message: string,
    /** Somebody took one of the free ports in the meantime: worth another try with others. */
    readonly lostPort: boolean,
  ) {
    super(message);
  }
}

/** etcd, the API server, the controllers, the scheduler and kwok, all on loopback. */
export class ControlPlane {
  /** In the order of their start. */
  private readonly components = new Map<ComponentName, Component>();
  private stopping = false;
  private adminToken = '';

  /** @param onEnded told, in a sentence, when a program ends that was not asked to */
  constructor(
    private readonly run: RunFolder,
    private readonly ports: LabPorts,
    private readonly onEnded: (sentence: string) => void,
  ) {}

  /**
   * Starts etcd and the API server and waits until it is ready; keys, tokens and kubeconfigs are in the run folder then.
   * @param o.egressFile names the way to nodes and pods; without one the API server dials them itself
   * @throws BootProblem
   */
  async startApiServer(o: { egressFile?: string } = {}): Promise<void> {
    const { run, ports } = this;
    await mkdir(run.in('logs'), { recursive: true, mode: 0o700 });
    const etcd = `http://127.0.0.1:${ports.etcd}`;
    const peer = `http://127.0.0.1:${ports.etcdPeer}`;
    this.start('etcd', [
      ...['--data-dir', run.etcd(), '--listen-client-urls', etcd, '--advertise-client-urls', etcd],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`],
      // A lab's data does not outlive its run: no waiting for the disk.
      ...['--unsafe-no-fsync', '--log-level', 'warn'],
    ]);
    await this.writeServiceAccountKeys();
    await this.writeClientAuthority();
    const tokens = await writeTokens(run);
    this.start('kube-apiserver', [
      ...['--etcd-servers', etcd, '--bind-address', '127.0.0.1', '--secure-port', `${ports.api}`],
      // Both addresses get into the certificate that it makes for itself: the one it listens on and the one it advertises.
      ...['--cert-dir', run.certificates(), '--advertise-address', remoteAddress],
      ...['--endpoint-reconciler-type', 'none', '--service-cluster-ip-range', '10.96.0.0/16'],
      ...['--service-account-issuer', 'https://kubernetes.default.svc.cluster.local'],
      ...['--service-account-key-file', run.in('service-account.pub')],
      ...['--service-account-signing-key-file', run.in('service-account.key')],
      ...['--authorization-mode', 'RBAC', '--token-auth-file', run.tokensFile(), '--allow-privileged'],
      ...['--client-ca-file', run.clientAuthority().cert],
      ...['--kubelet-preferred-address-types', 'InternalIP'],
      ...(o.egressFile ? ['--egress-selector-config-file', o.egressFile] : []),
    ]);
    this.adminToken = tokens.admin;
    const ca = await this.ready();
    await writeFile(run.in('ca.crt'), ca);
    await writeKubeconfigs(run, {
      tokens,
      ca,
      servers: {
        local: `https://127.0.0.1:${ports.api}`,
        remote: `https://${remoteAddress}:${ports.api}`,
        proxy: `https://127.0.0.1:${ports.proxy}`,
      },
    });
  }

  startScheduler(): void {
    this.start('kube-scheduler', ['--kubeconfig', this.run.kubeconfig('scheduler'), ...quick]);
  }

  /** Starts Kubernetes' own controllers. */
  startControllerManager(): void {
    const { run } = this;
    this.start('kube-controller-manager', [
      ...['--kubeconfig', run.kubeconfig('controller-manager'), ...quick],
      ...['--service-account-private-key-file', run.in('service-account.key'), '--root-ca-file', run.in('ca.crt')],
      ...[
        '--use-service-account-credentials',
        '--pvclaimbinder-sync-period',
        '2s',
        '--resource-quota-sync-period',
        '5s',
      ],
    ]);
  }

  /**
   * Starts kwok, which plays the nodes; its CRDs must be there.
   * @param programs a folder whose programs `kubectl exec` finds before all others
   */
  async startKwok(programs: string): Promise<void> {
    const { run, ports } = this;
    // Without a configuration of its own it would read one from the home directory.
    await writeFile(run.in('kwok.yaml'), '');
    const kubelet = `127.0.0.1:${ports.kubelet}`;
    this.start(
      'kwok',
      [
        ...['--kubeconfig', run.kubeconfig('kwok'), '--config', run.in('kwok.yaml'), '--manage-all-nodes'],
        ...['--node-ip', '127.0.0.1', '--node-port', `${ports.kubelet}`, '--server-address', kubelet],
        // Without leases the node controller takes the nodes for dead every 40 s.
        ...['--node-lease-duration-seconds', '40'],
        ...['--enable-crds', 'Stage,PortForward,ClusterPortForward,Logs,Exec,Attach'],
      ],
      { PATH: `${programs}${path.delimiter}${process.env['PATH'] ?? ''}` },
    );
  }

  /**
   * Does to one program what a fault does. Resolves when it is done; an API server that was started is ready then.
   * @throws Error when the program does not run and is not to be started; BootProblem
   */
  async control(name: ComponentName, action: ComponentAction): Promise<void> {
    const component = this.components.get(name);
    if (!component) throw new Error(`${name} was never started`);
    if (action !== 'start') {
      if (!component.running) throw new Error(`${name} does not run`);
      return component[action]();
    }
    if (component.running) return;
    this.launch(name, component.o);
    if (name === 'kube-apiserver') await this.ready();
  }

  /** Ends all programs, the API server before etcd: without etcd it does not end when asked. */
  async stop(): Promise<void> {
    this.stopping = true;
    const last: ComponentName[] = ['kube-apiserver', 'etcd'];
    const others = [...this.components.values()].filter(({ name }) => !last.includes(name));
    // A paused etcd keeps the API server from ending.
    this.components.get('etcd')?.resume();
    await Promise.all(others.map((component) => component.stop(2000)));
    for (const name of last) await this.components.get(name)?.stop(3000);
  }

  private start(name: ComponentName, args: string[], env?: NodeJS.ProcessEnv): void {
    this.launch(name, { program: this.run.program(name), args, log: this.run.log(name), env });
  }

  private launch(name: ComponentName, program: Program): void {
    const component = new Component(name, program);
    this.components.set(name, component);
    void component.ended.then((sentence) => {
      if (!this.stopping && !component.wasAsked) this.onEnded(sentence);
    });
  }

  /** Waits for the API server and gives the certificate of the authority that signed its certificate. */
  private async ready(): Promise<string> {
    let dead: { component: Component; sentence: string } | undefined;
    for (const component of this.components.values()) {
      void component.ended.then((sentence) => (dead ??= { component, sentence }));
    }
    let ca: string | undefined;
    for (const began = Date.now(); Date.now() - began < 60_000; await delay(50)) {
      if (dead) throw new BootProblem(dead.sentence, await dead.component.lostItsPort());
      ca ??= await authority(this.run.in('certificates', 'apiserver.crt'));
      if (ca && (await isReady(this.ports.api, ca, this.adminToken))) return ca;
    }
    throw new BootProblem(`the API server is not ready after 60 s; its log: ${this.run.log('kube-apiserver')}`, false);
  }

  /** Whoever holds its key can make client certificates that the API server believes. */
  private async writeClientAuthority(): Promise<void> {
    const { cert, key } = certificate({ name: 'lab-clients', days: 365 });
    await writeFile(this.run.clientAuthority().cert, cert);
    await writeFile(this.run.clientAuthority().key, key, { mode: 0o600 });
  }

  private async writeServiceAccountKeys(): Promise<void> {
    const keys = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    await writeFile(this.run.in('service-account.pub'), keys.publicKey);
    await writeFile(this.run.in('service-account.key'), keys.privateKey, { mode: 0o600 });
  }
}

/** The API server writes its own certificate first and its authority's last into one file. */
async function authority(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n/g) ?? [];
  return certificates.length >= 2 ? certificates.at(-1) : undefined;
}

function isReady(port: number, ca: string, token: string): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path: '/readyz', ca, headers: { authorization: `Bearer ${token}` } };
    https
      .get({ ...options, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      })
      .on('error', () => resolve(false));
  });
}
