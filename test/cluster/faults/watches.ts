import { searchedLogger } from '../support/log.ts';
/** Watches and lists. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { LiveList } from '../../../src/k8s/liveList.ts';
import { events, type KubeObject } from '../../../src/k8s/objects.ts';
import { notebooks } from '../../../src/kubeflow/objects.ts';
import { refusal } from '../../../lab/proxy/exchange.ts';
import { clusterOf } from '../support/lab.ts';
import { smallNotebook } from '../support/notebooks.ts';
import { brief } from './client.ts';
import type { Case, Fault } from './row.ts';
import { isLive } from './truth.ts';
import { namespace, type World } from './world.ts';

const clear: Fault['undo'] = ({ lab }) => lab.proxy.clear();
const watches = { path: '[?&]watch=true' };
const stopped = { 'kubeflow-resource-stopped': '2026-01-01T00:00:00Z' };
const pages = 100;

/** Made, changed and deleted within a moment, by somebody whose connection is sound. */
async function storm({ lab }: World): Promise<void> {
  const cluster = await clusterOf(lab, 'admin');
  const one = async (name: string, remains: boolean) => {
    const notebook = smallNotebook(name, namespace);
    const annotated = { ...notebook, metadata: { ...notebook.metadata, annotations: stopped } };
    await cluster.create(notebooks, annotated, { namespace });
    for (let i = 1; i <= 4; i++) {
      const patch = {
        metadata: { annotations: { step: `${i}` } },
        spec: { template: { metadata: { labels: { step: `${i}` } } } },
      };
      await cluster.patch(notebooks, { namespace, name }, patch, { kind: 'merge' });
    }
    if (!remains) await cluster.delete(notebooks, { namespace, name });
  };
  try {
    await Promise.all([one('storm-stays', true), one('storm-goes', false), one('storm-comes-again', false)]);
    await one('storm-comes-again', true);
  } finally {
    cluster.dispose();
  }
}

const calm: Fault['cleanUp'] = ({ lab }) =>
  lab.kubectl(['-n', namespace, 'delete', 'notebook', 'storm-stays', 'storm-comes-again', '--ignore-not-found']);

export const watching: (Fault | Case)[] = [
  {
    name: 'a server that closes each watch after a second',
    fromStart: true,
    make: ({ lab }) => lab.proxy.set({ match: watches, do: { kind: 'end', afterMs: 1000 } }),
    during: async (world) => {
      // Nothing tells that nothing happens: each watch is closed three times.
      await delay(3000);
      await storm(world);
    },
    undo: clear,
    cleanUp: calm,
  },
  {
    name: 'events that come twice and in the wrong order',
    fromStart: true,
    make: ({ lab }) => lab.proxy.set({ match: watches, do: { kind: 'shuffle' } }),
    during: storm,
    undo: clear,
    cleanUp: calm,
  },
  {
    name: 'watches whose version is too old, told in an event (410)',
    fromStart: true,
    make: ({ lab }) =>
      lab.proxy.set({
        match: watches,
        do: { kind: 'end', afterMs: 1500, line: { type: 'ERROR', object: refusal(410, undefined) } },
        // Once for each list: those of profiles and notebooks, and the four of the open namespace.
        times: 6,
      }),
    undo: clear,
  },
  {
    name: 'watches that are refused as too old (410)',
    make: async ({ lab }) => {
      await lab.proxy.set({ match: watches, do: { kind: 'status', status: 410 } });
      await lab.proxy.cut();
    },
    sees: { rows: 'any', also: (seen) => !isLive(seen) },
    undo: clear,
  },
  {
    name: 'watches that the server is too busy for (429)',
    make: async ({ lab }) => {
      await lab.proxy.set({ match: watches, do: { kind: 'status', status: 429, retryAfter: 3 } });
      await lab.proxy.cut();
    },
    sees: { problem: 'TooManyRequests', said: /is busy and asks to wait/, rows: 'stale' },
    undo: clear,
    detectable: { after: 3, because: 'the server asked to wait for 3 s' },
  },
  {
    name: 'watches that are cut within a line',
    make: async ({ lab }) => {
      await lab.proxy.set({ match: watches, do: { kind: 'cut', withinLine: true } });
      await lab.proxy.cut();
    },
    sees: { problem: 'Unreachable', rows: 'stale' },
    undo: clear,
  },
  {
    name: `a list in more than ${pages} pages whose place to go on from expires`,
    fromStart: true,
    prepare: async (world) => {
      const { uid = '' } = (await world.truth()).rows[`${namespace}/changed`] ?? {};
      const cluster = await clusterOf(world.lab, 'admin');
      const all = Array.from({ length: pages + 5 }, (_, i) => eventAbout(uid, i));
      await Promise.all(all.map((event) => cluster.create(events, event, { namespace }))).finally(() =>
        cluster.dispose(),
      );
    },
    make: async ({ lab }) => {
      await lab.proxy.set({
        match: { path: '/events\\?resourceVersion=' },
        do: { kind: 'status', status: 504 },
        times: 1,
      });
      await lab.proxy.set({
        match: { path: '/events\\?.*continue=' },
        do: { kind: 'status', status: 410 },
        after: pages - 10,
        times: 1,
      });
      await lab.proxy.set({ match: { path: '/events\\?.*limit=' }, do: { kind: 'pages', limit: 1 } });
    },
    undo: clear,
    cleanUp: ({ kubectl }) =>
      kubectl('delete', '--raw', `/api/v1/namespaces/${namespace}/events?fieldSelector=reason%3DPage`),
  },
  {
    name: 'an object of 1 MB',
    make: async (world) => {
      const notebook = smallNotebook('large', namespace);
      notebook.spec!.template!.spec!.containers[0]!.env = [{ name: 'LARGE', value: 'x'.repeat(1_000_000) }];
      const annotated = { ...notebook, metadata: { ...notebook.metadata, annotations: stopped } };
      // Not by apply, which would write it into an annotation once more.
      await world.lab.kubectl(['create', '-f', '-'], { input: JSON.stringify(annotated) });
    },
    undo: ({ kubectl }) => kubectl('-n', namespace, 'delete', 'notebook', 'large'),
  },
  {
    name: 'a watch that alone is silent is noticed by its missing bookmark',
    run: async (world) => {
      const { lab, kubectl } = world;
      const cluster = await clusterOf(lab, 'admin', { at: 'proxy' });
      // Bookmarks come each minute, so 75 s are allowed; here less, so that one need not wait for it.
      const list = new LiveList<KubeObject>(
        cluster,
        { type: notebooks, namespace },
        { logger: searchedLogger('faults'), silenceMs: 3000 },
      );
      const states: string[] = [];
      list.onDidChange(() => states.push(list.state.kind));
      try {
        list.start();
        await list.ready();
        await lab.proxy.set({ match: { path: 'notebooks\\?watch=true' }, do: { kind: 'silence' }, times: 1 });
        await world.change();
        const versions = async () => {
          const listed = JSON.parse(await kubectl('-n', namespace, 'get', 'notebooks', '-o', 'json')) as {
            items: KubeObject[];
          };
          return listed.items.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`).sort();
        };
        const wanted = await versions();
        const same = () => {
          const seen = [...list.items.values()]
            .map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`)
            .sort();
          return JSON.stringify(seen) === JSON.stringify(wanted);
        };
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(() => reject(new Error('not as kubectl says after 10 s')), 10_000);
          const look = () => {
            if (!same()) return;
            clearTimeout(timer);
            resolve();
          };
          list.onDidChange(look);
          look();
        });
        assert.deepEqual([...new Set(states)], ['live']);
      } finally {
        list.dispose();
        cluster.dispose();
      }
    },
  },
  {
    name: 'a look that ends and is taken up again, without a flash',
    run: async (world) => {
      await world.write('admin');
      await world.startClient();
      const { local } = world;
      await world.settled(40);
      const before = Object.keys(local.seen.rows).length;
      const linger = new ShortMinute();
      try {
        local.hide();
        await linger.passed;
      } finally {
        linger.restore();
      }
      await world.change();
      local.forget();
      local.show();
      await world.settled(10);
      assert.deepEqual(local.history.filter((seen) => !isLive(seen)).map(brief), []);
      assert.ok(local.history.every((seen) => Object.keys(seen.rows).length >= before - world.deleted.size));
    },
  },
];

/** The minute for which lists go on after the last look, in no time. */
class ShortMinute {
  private readonly real = globalThis.setTimeout;
  readonly passed: Promise<void>;

  constructor() {
    const { real } = this;
    this.passed = new Promise((resolve) => {
      globalThis.setTimeout = ((what: () => void, ms?: number, ...rest: unknown[]) => {
        if (ms !== 60_000 && ms !== 30_000) return real(what, ms, ...(rest as []));
        const short = () => {
          what();
          if (ms === 60_000) resolve();
        };
        return real(short, ms / 1000);
      }) as typeof setTimeout;
    });
  }

  restore(): void {
    globalThis.setTimeout = this.real;
  }
}

function eventAbout(uid: string, i: number) {
  const at = new Date().toISOString();
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `page-${i}`, namespace },
    involvedObject: { apiVersion: 'kubeflow.org/v1beta1', kind: 'Notebook', namespace, name: 'changed', uid },
    reason: 'Page',
    type: 'Normal',
    message: `Event ${i} of a long list`,
    source: { component: 'faults' },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  };
}
