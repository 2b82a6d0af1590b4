import assert from 'node:assert/strict';
import type { Lab, Person } from '../../lab/index.ts';
import { Access } from '../../src/k8s/access.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { searchedLogger } from './support/log.ts';
import { Inventory } from '../../src/kubeflow/inventory.ts';
import type { InventoryChange, ServerView } from '../../src/kubeflow/inventory.ts';
import { notebooks } from '../../src/kubeflow/objects.ts';
import type { Notebook } from '../../src/kubeflow/objects.ts';
import { startServer, stopServer, waitForPhase } from '../../src/kubeflow/operations.ts';
import type { StatusCauseCode } from '../../src/kubeflow/status.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';
import { smallNotebook, until } from './support/notebooks.ts';

describe('inventory against a real API server', function () {
  this.timeout(90_000);
  let lab: Lab;
  const opened: { dispose(): void }[] = [];
  const names = ['inv-runs', 'inv-image', 'inv-quota', 'inv-many', 'inv-calm'];

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
  });
  afterEach(async () => {
    for (const thing of opened.splice(0).reverse()) thing.dispose();
    for (const namespace of ['alice', 'bob'])
      await lab.kubectl([
        '-n',
        namespace,
        'delete',
        'notebook',
        ...names,
        '--ignore-not-found',
        '--cascade=foreground',
      ]);
  });

  async function inventoryOf(
    who: Person,
    known: string[] = [],
    at: 'local' | 'proxy' = 'local',
  ): Promise<{ cluster: Cluster; inventory: Inventory }> {
    const cluster = await clusterOf(lab, who, { at });
    const access = new Access(cluster, { logger: searchedLogger('cluster') });
    const inventory = new Inventory({
      cluster,
      access,
      logger: searchedLogger('cluster'),
      knownNamespaces: () => known,
    });
    opened.push(cluster, inventory, inventory.look());
    return { cluster, inventory };
  }

  const live = (inventory: Inventory) => until(inventory, () => inventory.view.state.kind === 'live');

  function server(inventory: Inventory, key: string, ...codes: StatusCauseCode[]): Promise<ServerView> {
    return until(
      inventory,
      () => {
        const view = inventory.server(key);
        return view && codes.includes(view.status.cause.code) ? view : undefined;
      },
      { seconds: 60, seen: () => inventory.server(key)?.status },
    );
  }

  it('shows an admin every profile, with the rows that kubectl lists', async () => {
    const { cluster, inventory } = await inventoryOf('admin');
    await cluster.create(notebooks, smallNotebook('inv-runs', 'alice'), { namespace: 'alice' });
    await live(inventory);
    await until(inventory, () => inventory.server('alice/inv-runs'));
    assert.equal(inventory.view.canListProfiles, true);
    const alice = inventory.profile('alice');
    assert.equal(alice?.source, 'profile');
    assert.equal(alice?.owner, 'alice@example.com');
    const listed = JSON.parse(await lab.kubectl(['get', 'notebooks', '-n', 'alice', '-o', 'json'])) as {
      items: Notebook[];
    };
    const rows = inventory.profile('alice')?.servers.map((s) => s.name) ?? [];
    assert.deepEqual([...rows].sort(), listed.items.map((n) => n.metadata.name).sort());
  });

  it('finds the namespaces of somebody who may not list profiles', async () => {
    const { inventory } = await inventoryOf('bob', ['bob', 'alice', 'no-such-namespace', 'kube-system']);
    await live(inventory);
    assert.equal(inventory.view.canListProfiles, false);
    assert.deepEqual(
      inventory.view.profiles.map((p) => [p.name, p.source, p.owner]),
      [
        ['alice', 'profile', 'alice@example.com'],
        ['bob', 'profile', 'bob@example.com'],
      ],
    );
    await until(inventory, () => inventory.view.profiles.every((p) => p.state.kind === 'live'));
  });

  it('shows a user without any right nothing, and no error', async () => {
    const { inventory } = await inventoryOf('dave', ['alice', 'default']);
    await live(inventory);
    assert.deepEqual(inventory.view.profiles, []);
    assert.equal(inventory.view.problem, undefined);
  });

  it('learns of a namespace that is added later', async () => {
    const known = ['bob'];
    const { inventory } = await inventoryOf('bob', known);
    await until(inventory, () => inventory.profile('bob'));
    known.push('alice');
    inventory.addNamespacesChanged();
    await until(inventory, () => inventory.profile('alice'));
  });

  it('follows a server from creation to running, stopped, and started again', async () => {
    const { cluster, inventory } = await inventoryOf('alice', ['alice']);
    opened.push(inventory.open('alice'));
    const phases: string[] = [];
    opened.push(
      inventory.onDidChange(() => {
        const phase = inventory.server('alice/inv-runs')?.status.phase;
        if (phase && phases.at(-1) !== phase) phases.push(phase);
      }),
    );
    await cluster.create(notebooks, smallNotebook('inv-runs', 'alice'), { namespace: 'alice' });
    const running = await server(inventory, 'alice/inv-runs', 'running');
    assert.deepEqual(phases, ['starting', 'running']);
    assert.equal(running.pod?.metadata.name, 'inv-runs-0');
    assert.ok(running.events.length > 0);
    const said = running.events.map((e) => `${e.reason} ${(e.message ?? '').replace(/^Reissued from [^:]*: /, '')}`);
    assert.equal(new Set(said).size, said.length, 'an event and its copy are one');

    inventory.setAnswers('alice/inv-runs', 'another pod', false);
    assert.equal(inventory.server('alice/inv-runs')?.status.phase, 'running');
    inventory.setAnswers('alice/inv-runs', running.pod?.metadata.uid ?? '', false);
    assert.equal(inventory.server('alice/inv-runs')?.status.cause.code, 'notAnswering');
    inventory.setAnswers('alice/inv-runs', running.pod?.metadata.uid ?? '', true);
    assert.equal(inventory.server('alice/inv-runs')?.status.phase, 'running');

    const ref = { namespace: 'alice', name: 'inv-runs' };
    await stopServer(cluster, ref);
    const stopped = await waitForPhase(inventory, ref, ['stopped'], AbortSignal.timeout(60_000));
    assert.equal(stopped?.pod, undefined);
    await startServer(cluster, ref);
    await waitForPhase(inventory, ref, ['running'], AbortSignal.timeout(60_000));
  });

  it('names the causes: image, quota, too many GPUs', async () => {
    const { cluster, inventory } = await inventoryOf('admin');
    opened.push(inventory.open('alice'), inventory.open('bob'));
    const create = (notebook: Notebook) =>
      cluster.create(notebooks, notebook, { namespace: notebook.metadata.namespace ?? '' });
    await create(smallNotebook('inv-image', 'alice', { image: 'ghcr.io/acme/nb:1' }));
    await create(smallNotebook('inv-quota', 'alice', { gpus: 2 }));
    await create(smallNotebook('inv-many', 'bob', { gpus: 64 }));
    const image = await server(inventory, 'alice/inv-image', 'imageNotFound');
    assert.equal(image.status.phase, 'failing');
    assert.deepEqual(image.status.cause, { code: 'imageNotFound', image: 'ghcr.io/acme/nb:1' });
    const quota = await server(inventory, 'alice/inv-quota', 'quotaExceeded');
    assert.equal(quota.status.phase, 'waiting');
    assert.ok(quota.status.cause.code === 'quotaExceeded');
    assert.equal(quota.status.cause.requested, '2');
    assert.equal(quota.status.cause.limited, '1');
    const many = await server(inventory, 'bob/inv-many', 'noNodeFits');
    assert.ok(many.status.cause.code === 'noNodeFits');
    assert.equal(many.status.cause.resource, 'nvidia.com/gpu');
    assert.equal(many.status.cause.asked, '64');
    assert.equal(many.status.cause.nodesTotal, 2);
    assert.equal(inventory.profile('alice')?.gpuQuota?.[0]?.hard, 1);
  });

  it('repaints nothing for a probe time', async () => {
    const { cluster, inventory } = await inventoryOf('admin');
    await cluster.create(notebooks, smallNotebook('inv-calm', 'bob'), { namespace: 'bob' });
    const before = await server(inventory, 'bob/inv-calm', 'running');
    const changes: InventoryChange[] = [];
    opened.push(inventory.onDidChange((change) => changes.push(change)));
    const now = new Date().toISOString();
    const patch = (annotations: Record<string, string>) =>
      cluster.patch(
        notebooks,
        { namespace: 'bob', name: 'inv-calm' },
        { metadata: { annotations } },
        { kind: 'merge' },
      );
    await patch({ 'notebooks.kubeflow.org/last_activity_check_timestamp': now });
    await patch({ seen: now });
    await until(inventory, () => inventory.server('bob/inv-calm')?.notebook.metadata.annotations?.['seen'] === now);
    const about = changes.filter((c) => c.servers.has('bob/inv-calm'));
    assert.equal(about.length, 1);
    assert.notEqual(inventory.server('bob/inv-calm'), before);
  });

  it('keeps its rows, marked as stale, while the cluster does not answer', async () => {
    const { cluster, inventory } = await inventoryOf('alice', ['alice'], 'proxy');
    await cluster.create(notebooks, smallNotebook('inv-calm', 'alice'), { namespace: 'alice' });
    await until(inventory, () => inventory.server('alice/inv-calm'));
    try {
      await lab.proxy.set({ do: { kind: 'cut' } });
      await lab.proxy.cut();
      const stale = await until(inventory, () => {
        const view = inventory.server('alice/inv-calm');
        return view?.stale ? view : undefined;
      });
      assert.ok(stale.stale instanceof Date);
      assert.equal(inventory.profile('alice')?.state.kind, 'stale');
    } finally {
      await lab.proxy.clear();
    }
    inventory.retryNow();
    await until(inventory, () => inventory.server('alice/inv-calm')?.stale === undefined);
    assert.equal(inventory.view.problem, undefined);
  });
});
