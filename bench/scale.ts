import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RunFolder } from '../lab/folders.ts';
import type { Lab, Person } from '../lab/index.ts';
import { median, sideBySide, timed, type Figure } from './measure.ts';
import { Child } from './scale/child.ts';
import { ClosingProxy } from './scale/closingProxy.ts';
import { inVscode } from './scale/inVscode.ts';
import type { LookAt, Written } from './scale/protocol.ts';
import { makeWorld, namespacesOf, serverOf, type Size } from './scale/world.ts';

const reconnects = 3600;

/** 5,000 notebook servers: how soon they are rows, what a change costs, and what is left behind. */
export async function scale(lab: Lab, size: Size, say: (line: string) => void): Promise<Figure[]> {
  await makeWorld(lab, size, say);
  const bench = new Scale(lab, size, say);
  return [
    ...(await bench.listToRows()),
    ...(await bench.opened()),
    ...(await bench.changes()),
    ...(await bench.inVscode()),
    await bench.reconnected(),
  ];
}

class Scale {
  private readonly count: string;

  constructor(
    private readonly lab: Lab,
    private readonly size: Size,
    private readonly say: (line: string) => void,
  ) {
    this.count = size.servers.toLocaleString('en');
  }

  /** For somebody who may list everything at once, and for alice, who has the same in 50 lists. */
  async listToRows(): Promise<Figure[]> {
    this.say('Measuring from the list to rows');
    const all = ['get', 'notebooks', '-A', '-o', 'json'];
    const admin = await sideBySide(
      { times: 5 },
      () => this.looked('admin'),
      () => this.kubectl('admin', [all]),
    );
    const each = namespacesOf(this.size).map((name) => ['get', 'notebooks', '-n', name, '-o', 'json']);
    const alice = await sideBySide(
      { times: 3 },
      () => this.looked('alice'),
      () => this.kubectl('alice', each),
    );
    return [
      {
        what: `${this.count} servers, list to rows`,
        value: admin.ours,
        unit: 'ms',
        peer: { name: 'kubectl get notebooks -A -o json', value: admin.theirs },
        budget: { value: 0.35, of: 'ratio' },
      },
      {
        what: `the same, by a list of each of ${this.size.profiles} namespaces`,
        value: alice.ours,
        unit: 'ms',
        peer: { name: 'kubectl, one namespace after the other', value: alice.theirs },
      },
    ];
  }

  /** All profiles open: pods, events, claims and quotas of each are listed and watched, too. */
  async opened(): Promise<Figure[]> {
    this.say('Measuring with all profiles open');
    const all = [['get', 'pods,events,persistentvolumeclaims,resourcequotas', '-A', '-o', 'json']];
    const open = async () => {
      const child = await Child.start('subject');
      try {
        await child.ask('look', this.lookAt('admin'));
        return (await child.ask('open', { namespaces: namespacesOf(this.size), pods: this.size.running })).ms;
      } finally {
        await child.end();
      }
    };
    const both = await sideBySide({ times: 3 }, open, () => this.kubectl('admin', all));
    return [
      {
        what: `the same with pods, events and volumes: all ${this.size.profiles} profiles opened`,
        value: both.ours,
        unit: 'ms',
        peer: { name: 'kubectl get pods,events,... -A -o json', value: both.theirs },
      },
    ];
  }

  async changes(): Promise<Figure[]> {
    const subject = await Child.start('subject');
    const idle = await Child.start('subject');
    const load = await Child.start('load');
    try {
      const before = await subject.ask('memory');
      const { block: first } = await subject.ask('look', this.lookAt('admin'));
      const after = await subject.ask('memory');
      this.say('Measuring from a change to its row');
      const single = (await this.changed(subject, load, { perSecond: 4, seconds: 15 })).rows;
      this.say('Measuring 200 changes a second for a minute');
      await subject.ask('meter');
      await idle.ask('meter');
      const many = await this.changed(subject, load, { perSecond: 200, seconds: 60 });
      const reading = await subject.ask('read');
      const still = await idle.ask('read');
      return [
        {
          what: `${this.count} servers: a change to its row`,
          value: median(single),
          unit: 'ms',
          budget: { value: 300, of: 'value' },
        },
        {
          what: 'the slowest of 60 such changes',
          value: Math.max(...single),
          unit: 'ms',
          budget: { value: 300, of: 'value' },
        },
        {
          what: `${(many.changes / reading.seconds).toFixed(0)} changes a second for a minute: of one core`,
          value: reading.cpuShare * 100,
          unit: '%',
          peer: { name: 'an idle Node', value: still.cpuShare * 100 },
          budget: { value: 30, of: 'value' },
        },
        {
          what: 'the longest that the event loop was held by it',
          value: reading.block.cpuMs,
          unit: 'ms',
          peer: { name: 'an idle Node', value: still.block.cpuMs },
          budget: { value: 50, of: 'value' },
        },
        { what: 'and by the first look, which also loads client-node', value: first.cpuMs, unit: 'ms' },
        {
          what: `memory for ${this.count} servers, all of the process`,
          value: after.rssMB - before.rssMB,
          unit: 'MB',
          budget: { value: 150, of: 'value' },
        },
        { what: 'of it in use', value: after.heapMB - before.heapMB, unit: 'MB' },
      ];
    } finally {
      await Promise.all([subject.end(), idle.end(), load.end()]);
    }
  }

  /** The tree drawn, with a profile expanded. */
  async inVscode(): Promise<Figure[]> {
    this.say('Measuring the same in VS Code');
    const load = await Child.start('load');
    const { namespace, name } = serverOf(this.size, 0);
    const rate = { perSecond: 200, seconds: 60 };
    try {
      const change = async () => (await this.load(load, rate)).length / rate.seconds;
      return await inVscode(this.lab, { profile: namespace, server: name, count: this.count, change });
    } finally {
      await load.end();
    }
  }

  /** The server ends each watch after a second. All of alice's lists at once, so that 3,600 times are not an hour. */
  async reconnected(): Promise<Figure> {
    this.say(`Measuring memory over ${reconnects} watches`);
    const through = join(this.lab.run, 'closing.yaml');
    const proxy = await ClosingProxy.start(this.lab.kubeconfig('alice'), through);
    const subject = await Child.start('subject');
    try {
      await subject.ask('look', { ...this.lookAt('alice'), kubeconfig: through });
      const watched = async (count: number) => {
        for (const end = proxy.watches + count; proxy.watches < end;) await delay(500);
        return subject.ask('memory');
      };
      // what is made once has been made by then
      const start = await watched(300);
      const end = await watched(reconnects);
      return {
        what: `memory in use after ${reconnects.toLocaleString('en')} watches that the server ended`,
        value: end.heapMB,
        unit: 'MB',
        peer: { name: 'before them', value: start.heapMB },
        budget: { value: 1.05, of: 'ratio' },
      };
    } finally {
      await subject.end();
      await proxy.close();
    }
  }

  private lookAt(who: Person): LookAt {
    const known = who === 'admin' ? [] : namespacesOf(this.size);
    return { kubeconfig: this.lab.kubeconfig(who, { at: 'remote' }), known, servers: this.size.servers };
  }

  /** In a process that has not looked at anything before. Its own start is not counted: VS Code's host runs already. */
  private async looked(who: Person): Promise<number> {
    const child = await Child.start('subject');
    try {
      return (await child.ask('look', this.lookAt(who))).ms;
    } finally {
      await child.end();
    }
  }

  /** From its start to the last byte of its output. */
  private kubectl(who: Person, commands: readonly string[][]): Promise<number> {
    const folder = new RunFolder(this.lab.run);
    const options = ['--kubeconfig', this.lab.kubeconfig(who, { at: 'remote' })];
    const cache = ['--cache-dir', folder.in('kubectl-cache')];
    return timed(async () => {
      for (const command of commands) {
        const child = spawn(folder.program('kubectl'), [...options, ...cache, ...command], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        child.stdout.resume();
        const [code] = (await once(child, 'close')) as [number | null];
        if (code !== 0) throw new Error(`kubectl ${command.join(' ')} ended with ${code}`);
      }
    });
  }

  /** Changes stopped servers. Gives for each change that was a row how long that took from the API server's answer, in ms. */
  private async changed(
    subject: Child,
    load: Child,
    rate: { perSecond: number; seconds: number },
  ): Promise<{ changes: number; rows: readonly number[] }> {
    await subject.ask('seen');
    const written = await this.load(load, rate);
    await delay(1000);
    return { changes: written.length, rows: delays(written, await subject.ask('seen')) };
  }

  private load(load: Child, rate: { perSecond: number; seconds: number }): Promise<readonly Written[]> {
    const { servers, running } = this.size;
    const stopped = Array.from({ length: servers - running }, (_, n) => serverOf(this.size, running + n));
    // not one profile after the other
    const mixed = stopped.map((_, n) => stopped[(n * 1237) % stopped.length]!);
    return load.ask('change', { kubeconfig: this.lab.kubeconfig('admin'), servers: mixed, ...rate });
  }
}

/** @throws Error if the last change of a server did not get to its row; one before it may have been overtaken */
function delays(written: readonly Written[], seen: readonly Written[]): readonly number[] {
  const id = ({ key, value }: Written) => `${key} ${value}`;
  const rows = new Map(seen.map((row) => [id(row), row.at]));
  for (const last of new Map(written.map((change) => [change.key, change])).values())
    if (!rows.has(id(last))) throw new Error(`the change of ${last.key} to ${last.value} got to no row`);
  // the watch may be faster than the answer
  return written.map((change) => Math.max(0, (rows.get(id(change)) ?? NaN) - change.at)).filter((ms) => ms >= 0);
}
