import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { Access } from '../../../src/k8s/access.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import { Inventory, type InventoryChange, type ServerView } from '../../../src/kubeflow/inventory.ts';
import { ServerViews } from '../../../src/kubeflow/inventory/serverViews.ts';
import { serverView, sortServers } from '../../../src/kubeflow/inventory/serverView.ts';
import { annotations } from '../../../src/kubeflow/objects.ts';
import { answer, Cleanup, clusterFor, contextFor, serve, until } from '../k8s/fixtures.ts';
import { ago, notebook, now } from './fixtures.ts';

const namespaces = 50;
const perNamespace = 100;
const namespaceOf = (n: number) => `team-${n % namespaces}`;

/** A stopped server, or one that starts. */
function stored(n: number, o: { version?: number; starting?: boolean } = {}) {
  const stopped = { [annotations.stopped]: ago(60) };
  const made = notebook({ name: `server-${n}`, ...(o.starting ? {} : { annotations: stopped }) });
  return {
    ...made,
    metadata: { ...made.metadata, namespace: namespaceOf(n), resourceVersion: String(o.version ?? 1) },
  };
}

describe('5,000 notebook servers in 50 profiles', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  async function live() {
    const watches: ServerResponse[] = [];
    const server = await serve(cleanup, (request, response) => {
      const url = new URL(request.url ?? '', 'http://x');
      const isProfiles = url.pathname.endsWith('/profiles');
      if (url.searchParams.has('watch')) {
        if (!isProfiles) watches.push(response);
        return response.writeHead(200).flushHeaders();
      }
      const names = Array.from({ length: namespaces }, (_, n) => ({
        metadata: { name: namespaceOf(n), resourceVersion: '1' },
      }));
      const items = isProfiles ? names : Array.from({ length: namespaces * perNamespace }, (_, n) => stored(n));
      answer(response, 200, { kind: 'List', metadata: { resourceVersion: '5' }, items });
    });
    const cluster = clusterFor(cleanup, contextFor(server.url));
    const access = new Access(cluster, { logger: silentLogger });
    const inventory = new Inventory({ cluster, access, logger: silentLogger, knownNamespaces: () => [] });
    const changes: { change: InventoryChange; state: string; servers: number }[] = [];
    inventory.onDidChange((change) => {
      const servers = inventory.view.profiles.reduce((sum, profile) => sum + profile.servers.length, 0);
      changes.push({ change, state: inventory.view.state.kind, servers });
    });
    cleanup.add(() => inventory.dispose());
    inventory.look();
    await until(() => inventory.view.state.kind === 'live' && watches.length === 1, 'all rows');
    const send = (type: string, object: unknown) => void watches[0]!.write(`${JSON.stringify({ type, object })}\n`);
    return { inventory, changes, send };
  }

  it('come in slices, and are said to be live when the last one is there', async () => {
    const { changes } = await live();
    const slices = changes.filter(({ change }) => change.servers.size > 0);
    assert.ok(slices.length >= 10, `${slices.length} slices`);
    assert.ok(slices.every(({ change }) => change.servers.size <= 500));
    for (const { state, servers } of changes) if (state === 'live') assert.equal(servers, namespaces * perNamespace);
  });

  it('are the same views after a change of one of them, but for that one and its profile', async () => {
    const { inventory, changes, send } = await live();
    const before = inventory.view.profiles;
    changes.length = 0;
    send('MODIFIED', stored(7, { version: 6, starting: true }));
    await until(() => changes.length > 0, 'the change');
    assert.deepEqual([...changes[0]!.change.servers], ['team-7/server-7']);
    assert.deepEqual([...changes[0]!.change.namespaces], ['team-7']);
    const after = inventory.view.profiles;
    assert.deepEqual(
      after.filter((profile, n) => profile !== before[n]).map(({ name }) => name),
      ['team-7'],
    );
    const known = new Set<ServerView>(before.flatMap(({ servers }) => servers));
    const fresh = after.flatMap(({ servers }) => servers).filter((view) => !known.has(view));
    assert.deepEqual(
      fresh.map(({ key }) => key),
      ['team-7/server-7'],
    );
    assert.equal(
      inventory.profile('team-7')?.servers[0]?.name,
      'server-7',
      'what starts stands before what is stopped',
    );
  });
});

describe('views of servers in their order', () => {
  const view = (n: number, o?: { starting: boolean }) => serverView({ notebook: stored(n, o), now });
  /** Counts how often any view is looked at. */
  function counted(all: ServerView[]) {
    const looks = { count: 0 };
    const views = all.map((one) => {
      const { status } = one;
      return Object.defineProperty({ ...one }, 'status', { get: () => (looks.count++, status), enumerable: true });
    });
    return { views, looks };
  }

  it('looks at the servers of one namespace only when one of them changes', () => {
    const { views, looks } = counted(Array.from({ length: namespaces * perNamespace }, (_, n) => view(n)));
    const all = new ServerViews();
    for (const one of views) all.set(one);
    for (let n = 0; n < namespaces; n++) all.sortedIn(namespaceOf(n));
    looks.count = 0;
    all.set(view(7));
    all.sortedIn('team-7');
    assert.ok(looks.count <= 4, `${looks.count} looks after a change that moves nothing`);
    all.set(view(7, { starting: true }));
    all.sortedIn('team-7');
    assert.ok(looks.count < 20 * perNamespace, `${looks.count} looks after a change that moves one`);
    looks.count = 0;
    for (let n = 0; n < namespaces; n++) all.sortedIn(namespaceOf(n));
    assert.equal(looks.count, 0);
  });

  it('keeps the order whatever comes, changes and goes, and the array where nothing does', () => {
    const all = new ServerViews();
    const expected = new Map<string, ServerView>();
    let seed = 1;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    for (let step = 0; step < 500; step++) {
      const n = random(40) * namespaces;
      if (random(4) === 0) {
        assert.equal(all.delete(`team-0/server-${n}`), expected.delete(`team-0/server-${n}`));
      } else {
        const one = view(n, { starting: random(2) === 0 });
        all.set(one);
        expected.set(one.key, one);
      }
      if (random(3) > 0) continue;
      const sorted = all.sortedIn('team-0');
      assert.deepEqual(
        sorted.map(({ key }) => key),
        sortServers(expected.values()).map(({ key }) => key),
      );
      assert.ok(sorted.every((one) => one === expected.get(one.key)));
      assert.equal(all.sortedIn('team-0'), sorted);
      const transitional = [...expected.values()].filter(({ status }) => status.phase === 'starting');
      assert.deepEqual([...all.transitional].sort(), transitional.map(({ key }) => key).sort());
    }
  });
});
