import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from '../../lab/index.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { isKubeError, type KubeErrorCode } from '../../src/k8s/errors.ts';
import { configMaps, resourcePath } from '../../src/k8s/objects.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';

describe("the lab's fault proxy", function () {
  this.timeout(60_000);
  let lab: Lab;
  let cluster: Cluster;
  const where = { namespace: 'bob' };
  const list = () => cluster.list(configMaps, where);
  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    cluster = await clusterOf(lab, 'bob', { at: 'proxy' });
  });
  afterEach(() => lab.proxy.clear());
  after(() => cluster.dispose());

  it('passes requests on and counts the connections', async () => {
    assert.ok((await list()).items.length > 0);
    assert.ok((await lab.proxy.connections()) > 0);
  });

  for (const [status, code] of [
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [410, 'Gone'],
    [500, 'ServerError'],
    [503, 'ServerError'],
  ] as const) {
    it(`answers ${status} when told to`, async () => {
      await lab.proxy.set({ match: { method: 'GET', path: '/configmaps' }, do: { kind: 'status', status } });
      await assert.rejects(list(), (error) => isKubeError(error, code satisfies KubeErrorCode));
      await cluster.get(configMaps, { ...where, name: 'none' }).catch(() => undefined);
    });
  }

  it('says with 429 when to come back, and only as often as told', async () => {
    await lab.proxy.set({ do: { kind: 'status', status: 429, retryAfter: 7 }, times: 1 });
    await assert.rejects(
      list(),
      (error) =>
        isKubeError(error) && error.problem.code === 'TooManyRequests' && error.problem.retryAfterSeconds === 7,
    );
    await list();
  });

  it('delays', async () => {
    await lab.proxy.set({ do: { kind: 'delay', ms: 300 }, times: 1 });
    const began = performance.now();
    await list();
    assert.ok(performance.now() - began >= 290);
  });

  it('goes silent on an open watch, and lets it go on', async () => {
    const abort = new AbortController();
    const path = resourcePath(configMaps, where);
    const lines = cluster.lines({ path, query: { watch: true }, signal: abort.signal })[Symbol.asyncIterator]();
    const first = await lines.next();
    assert.ok(!first.done);
    await lab.proxy.set({ match: { path: 'watch=' }, do: { kind: 'silence' } });
    const make = lab.kubectl(['-n', 'bob', 'create', 'configmap', 'silence'], { as: 'bob' });
    try {
      await make;
      const named = (async () => {
        for (;;) {
          const { value, done } = await lines.next();
          if (done) throw new Error('the watch ended');
          if (value.includes('"name":"silence"')) return 'seen';
        }
      })();
      // Nothing can signal that nothing happens: 500 ms is fifty times what the line needs otherwise.
      assert.equal(await Promise.race([named, delay(500, 'silent')]), 'silent');
      await lab.proxy.clear();
      assert.equal(await named, 'seen');
    } finally {
      abort.abort();
      await lab.kubectl(['-n', 'bob', 'delete', 'configmap', 'silence'], { as: 'bob' });
    }
  });

  it('cuts all connections', async () => {
    const path = resourcePath(configMaps, where);
    const lines = cluster.lines({ path, query: { watch: true } })[Symbol.asyncIterator]();
    await lines.next();
    await lab.proxy.cut();
    await assert.rejects(
      (async () => {
        while (!(await lines.next()).done);
        throw new Error('the watch ended as if nothing had happened');
      })(),
      (error) => isKubeError(error, 'Unreachable'),
    );
    await list();
  });
});
