import { setImmediate as turn } from 'node:timers/promises';
import { Access } from '../../src/k8s/access.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { silentLogger } from '../../src/k8s/log.ts';
import { Inventory, type InventoryChange } from '../../src/kubeflow/inventory.ts';
import { serverDescription, serverIcon } from '../../src/views/tree/serverLook.ts';
import { statusSentence } from '../../src/views/words.ts';
import { inEnglish as t } from '../../src/views/words/translate.ts';
import { answers } from './answers.ts';
import { clusterAt } from '../clusters.ts';
import { LoopWatch } from './loopWatch.ts';
import { loadAnnotation, type LookAt, type Looked, type Memory, type Reading, type Written } from './protocol.ts';

// What the extension host does with a cluster, without VS Code: the inventory, and of each row what is ours to make.

const wallClock = () => performance.timeOrigin + performance.now();

class Subject {
  private readonly loop = new LoopWatch();
  private readonly rows = new Map<string, string>();
  private seen: Written[] = [];
  private events = 0;
  private made = 0;
  private since = { at: 0, cpu: process.cpuUsage(), events: 0, made: 0 };
  private inventory: Inventory | undefined;
  private cluster: Cluster | undefined;

  async look({ kubeconfig, known, servers }: LookAt): Promise<Looked> {
    this.meter();
    const cluster = (this.cluster = await clusterAt(kubeconfig));
    const access = new Access(cluster, { logger: silentLogger });
    const options = { cluster, access, logger: silentLogger, knownNamespaces: () => known };
    const inventory = (this.inventory = new Inventory(options));
    inventory.onDidChange((change) => this.draw(inventory, change));
    const there = until(inventory, () => inventory.view.state.kind === 'live' && this.rows.size >= servers);
    inventory.look();
    await there;
    const { seconds, cpuShare, block } = this.read();
    return { ms: seconds * 1000, cpuMs: seconds * cpuShare * 1000, block };
  }

  async open({ namespaces, pods }: { namespaces: readonly string[]; pods: number }): Promise<{ ms: number }> {
    const inventory = this.inventory!;
    const began = performance.now();
    const views = () => inventory.view.profiles.flatMap(({ servers }) => servers);
    const there = until(inventory, () => views().filter(({ pod }) => pod).length >= pods);
    for (const name of namespaces) inventory.open(name);
    await there;
    return { ms: performance.now() - began };
  }

  meter(): void {
    this.loop.start();
    this.since = { at: performance.now(), cpu: process.cpuUsage(), events: this.events, made: this.made };
  }

  read(): Reading {
    const { at, cpu, events, made } = this.since;
    const ms = performance.now() - at;
    const { user, system } = process.cpuUsage(cpu);
    return {
      seconds: ms / 1000,
      cpuShare: (user + system) / 1000 / ms,
      block: this.loop.read(),
      rows: this.made - made,
      events: this.events - events,
    };
  }

  async memory(): Promise<Memory> {
    for (let round = 0; round < 4; round++) {
      gc!();
      await turn();
    }
    const { heapUsed, external, rss } = process.memoryUsage();
    return { heapMB: (heapUsed + external) / 2 ** 20, rssMB: rss / 2 ** 20 };
  }

  taken(): readonly Written[] {
    const { seen } = this;
    this.seen = [];
    return seen;
  }

  private draw(inventory: Inventory, { servers }: InventoryChange): void {
    this.events++;
    const now = new Date();
    for (const key of servers) {
      const view = inventory.server(key);
      if (!view) {
        this.rows.delete(key);
        continue;
      }
      const { icon } = serverIcon(view.status.phase, view.stale !== undefined);
      this.rows.set(key, [icon, serverDescription(t, view, now), statusSentence(t, view.status, { now })].join('\n'));
      this.made++;
      const value = view.notebook.metadata.annotations?.[loadAnnotation];
      if (value !== undefined) this.seen.push({ key, value, at: wallClock() });
    }
  }
}

function until(inventory: Inventory, is: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const listener = inventory.onDidChange(() => {
      if (!is()) return;
      listener.dispose();
      resolve();
    });
  });
}

const subject = new Subject();
answers({
  look: (ask) => subject.look(ask),
  open: (ask) => subject.open(ask),
  meter: () => subject.meter(),
  read: () => subject.read(),
  memory: () => subject.memory(),
  seen: () => subject.taken(),
});
