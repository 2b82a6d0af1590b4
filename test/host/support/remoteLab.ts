import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComponentAction, ComponentName, LabState } from '../../../lab/types.ts';
import { Cluster } from '../../../src/k8s/cluster.ts';
import { Kubeconfig, type KubeContext } from '../../../src/k8s/kubeconfig.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import { notebooks } from '../../../src/kubeflow/objects.ts';
import { smallNotebook } from '../../cluster/support/notebooks.ts';

/** The lab's one context, by its name in the kubeconfigs. */
export const labContext = 'kubeflow-lab';

/**
 * The lab's API server on 127.0.0.2, which VS Code's patched http treats as any other host, through a relay of our own on
 * the same address that counts connections.
 */
export class RemoteLab {
  /** How many connections were made so far. */
  connections = 0;
  private isAway = false;
  private readonly sockets = new Set<net.Socket>();

  private constructor(
    private readonly relay: net.Server,
    private readonly folder: string,
    private readonly run: string,
    readonly kubeconfig: string,
    readonly context: KubeContext,
    readonly cluster: Cluster,
  ) {}

  /** Where the relay listens. */
  get address(): { host: string; port: number } {
    const { address, port } = this.relay.address() as AddressInfo;
    return { host: address, port };
  }

  static async open(who = 'alice'): Promise<RemoteLab> {
    const run = process.env['KUBEFLOW_LAB_RUN'];
    if (!run) throw new Error('KUBEFLOW_LAB_RUN does not name a running lab');
    const original = readFileSync(join(run, 'kubeconfigs', `${who}.remote.yaml`), 'utf8');
    const [, host, port] = /server: https:\/\/([\d.]+):(\d+)/.exec(original) ?? [];
    if (!host || !port) throw new Error('the kubeconfig names no server');
    const state: { made?: RemoteLab } = {};
    const relay = net.createServer((incoming) => state.made?.pass(incoming, host, Number(port)));
    await new Promise<void>((resolve) => relay.listen(0, host, resolve));
    const folder = mkdtempSync(join(tmpdir(), 'kubeflow-host-'));
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, original.replace(`:${port}`, `:${(relay.address() as AddressInfo).port}`));
    const config = await Kubeconfig.load({ env: {}, home: folder, platform: process.platform, path: kubeconfig });
    const context = config.context(labContext);
    const cluster = Cluster.connect(context, { env: {}, logger: silentLogger });
    state.made = new RemoteLab(relay, folder, run, kubeconfig, context, cluster);
    return state.made;
  }

  /** Makes a notebook server in alice's profile. */
  async create(name: string, o: { env?: Record<string, string> } = {}): Promise<void> {
    await this.remove(name);
    await this.cluster.create(notebooks, smallNotebook(name, 'alice', o), { namespace: 'alice' });
  }

  /** Removes it and waits until it is gone. */
  async remove(name: string): Promise<void> {
    const where = { namespace: 'alice', name };
    for (;;) {
      try {
        await this.cluster.delete(notebooks, where, { propagation: 'Foreground' });
      } catch (error) {
        if ((error as { code?: string }).code === 'NotFound') return;
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  /** Cuts every connection and makes none, or does again: the network is away. */
  away(isAway: boolean): void {
    this.isAway = isAway;
    if (isAway) for (const socket of this.sockets) socket.destroy();
  }

  /** Nothing passes any more over the connections of now, which stay; new ones work. */
  forget(): void {
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  /** Kills a program of the lab's, or starts it again. */
  async component(name: ComponentName, action: ComponentAction): Promise<void> {
    const { ports } = JSON.parse(readFileSync(join(this.run, 'state.json'), 'utf8')) as LabState;
    const secret = readFileSync(join(this.run, 'control.secret'), 'utf8');
    const response = await fetch(`http://127.0.0.1:${ports.control}/component`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: JSON.stringify({ name, action }),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  close(): void {
    this.cluster.dispose();
    this.relay.close();
    for (const socket of this.sockets) socket.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private pass(incoming: net.Socket, host: string, port: number): void {
    if (this.isAway) return void incoming.destroy();
    this.connections++;
    const outgoing = net.connect(port, host);
    incoming.setNoDelay();
    outgoing.setNoDelay();
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      this.sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        this.sockets.delete(from);
      });
    }
  }
}
