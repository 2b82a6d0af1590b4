import assert from 'node:assert/strict';
import type { FaultRule, Lab } from '../../lab/index.ts';
import type { Cluster, KubeList } from '../../src/k8s/cluster.ts';
import { isKubeError } from '../../src/k8s/errors.ts';
import { LiveList } from '../../src/k8s/liveList.ts';
import { searchedLogger } from './support/log.ts';
import { configMaps, type ConfigMap } from '../../src/k8s/objects.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';

const namespace = 'bob';
const labelSelector = 'test=live-list';

describe('a live list of the real API server', function () {
  this.timeout(60_000);
  let lab: Lab;
  /** The list goes through the proxy; changes and the oracle do not. */
  let cluster: Cluster;
  let direct: Cluster;
  let live: LiveList<ConfigMap>;
  let states: string[];

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    cluster = await clusterOf(lab, 'bob', { at: 'proxy' });
    direct = await clusterOf(lab, 'bob');
  });
  beforeEach(async () => {
    for (let i = 0; i < 5; i++) await put(`start-${i}`, '0');
    live = new LiveList(
      cluster,
      { type: configMaps, namespace, labelSelector },
      { logger: searchedLogger('cluster'), silenceMs: 1000 },
    );
    states = [];
    live.onDidChange(({ state }) => state && states.push(live.state.kind));
    live.start();
    await live.ready();
  });
  afterEach(async () => {
    live?.dispose();
    await lab?.proxy.clear();
    await lab?.kubectl(['-n', namespace, 'delete', 'configmap', '-l', labelSelector, '--wait=false']);
  });
  after(() => {
    cluster?.dispose();
    direct?.dispose();
  });

  function put(name: string, value: string): Promise<unknown> {
    const body = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, labels: { test: 'live-list' } },
      data: { value },
    };
    return direct.patch(configMaps, { namespace, name }, body, { kind: 'apply', fieldManager: 'test', force: true });
  }
  /** Adds, changes and deletes, several at a time. */
  async function storm(round: number): Promise<void> {
    await Promise.all(Array.from({ length: 20 }, (_, i) => put(`storm-${i}`, String(round))));
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => put(`start-${i % 5}`, `${round}.${i}`).catch(ignoreConflict)),
    );
    const gone = [0, 3, 7, 11].map((i) => direct.delete(configMaps, { namespace, name: `storm-${i}` }));
    await Promise.all(gone);
  }
  function ignoreConflict(error: unknown): void {
    if (!isKubeError(error, 'Conflict')) throw error;
  }
  const versions = (items: Iterable<ConfigMap>): string[] =>
    [...items].map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`).sort();
  /** What kubectl sees is what we have. */
  async function same(): Promise<void> {
    const printed = await lab.kubectl(['-n', namespace, 'get', 'configmap', '-l', labelSelector, '-o', 'json']);
    const expected = versions((JSON.parse(printed) as KubeList<ConfigMap>).items);
    const began = Date.now();
    while (JSON.stringify(versions(live.items.values())) !== JSON.stringify(expected)) {
      if (Date.now() - began > 20_000) assert.deepEqual(versions(live.items.values()), expected);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('follows a storm of changes', async () => {
    await storm(1);
    await same();
    assert.deepEqual(states, ['live']);
  });

  const configMapsRule = (rule: FaultRule['do'], times?: number): FaultRule => ({
    match: { method: 'GET', path: '/configmaps' },
    do: rule,
    times,
  });
  const faults: [string, FaultRule[]][] = [
    ['connections that are cut', []],
    ['a version that has expired', [configMapsRule({ kind: 'status', status: 410 }, 1)]],
    [
      'a server in trouble',
      [configMapsRule({ kind: 'status', status: 503 }, 2), configMapsRule({ kind: 'status', status: 500 }, 1)],
    ],
    ['too many requests', [configMapsRule({ kind: 'status', status: 429, retryAfter: 1 }, 1)]],
    ['a rejected sign-in', [configMapsRule({ kind: 'status', status: 401 }, 1)]],
  ];
  for (const [name, rules] of faults) {
    it(`is right again after ${name}`, async () => {
      for (const rule of rules) await lab.proxy.set(rule);
      await lab.proxy.cut();
      await storm(2);
      await same();
      assert.equal(live.state.kind, 'live');
      assert.ok(live.items.size >= 5, 'nothing was thrown away');
    });
  }

  it('notices a watch that has gone silent', async () => {
    await lab.proxy.set({ match: { path: 'watch=true' }, do: { kind: 'silence' } });
    await storm(3);
    await lab.proxy.clear();
    await same();
  });
});
