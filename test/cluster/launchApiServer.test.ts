import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLab, stopLab } from '../../lab/index.ts';
import type { Lab } from '../../lab/index.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { KubeError } from '../../src/k8s/errors.ts';
import { findUnfinished } from '../../src/kubeflow/launch/unfinished.ts';
import { launch } from '../../src/kubeflow/spawn.ts';
import type { SpawnStep } from '../../src/kubeflow/spawn.ts';
import { clusterOf } from './support/lab.ts';
import { anotherWindow, launchForm, leadsToItsEnd, whenAt } from './support/launches.ts';

describe('a launch whose API server is killed', function () {
  this.timeout(120_000);
  let folder: string;
  let lab: Lab;
  let journal: string;
  let server: string;
  let count = 0;

  before(async function () {
    this.timeout(600_000);
    folder = await mkdtemp(join(tmpdir(), 'kubeflow-launch-lab-'));
    journal = join(folder, 'journal');
    lab = await startLab({ run: join(folder, 'lab') });
  });
  after(async () => {
    await stopLab(join(folder, 'lab'));
    await rm(folder, { recursive: true });
  });
  // Each launches a server of its own name: what the others left would take long to go, as controllers reconnect slowly.
  beforeEach(() => (server = `launched-${++count}`));
  afterEach(() => lab.component('kube-apiserver', 'start'));

  /** Launches; the API server ends at the point, and is back when it has ended. */
  async function launchKilledAt(point: string): Promise<SpawnStep[]> {
    const steps: SpawnStep[] = [];
    const alice = await clusterOf(lab, 'alice');
    const cluster = whenAt(alice, point.replace(/launched/, server), () => lab.component('kube-apiserver', 'kill'));
    try {
      const result = await launch(cluster, launchForm({ name: server }), {
        onStep: (s) => steps.push(s),
        journal: anotherWindow(journal),
      });
      const undone = steps.filter((s) => s.id === 'undo' && s.state === 'failed').map((s) => s.name);
      assert.deepEqual(result.ok ? [] : result.left, undone, 'it says what may be left');
      return steps;
    } finally {
      alice.dispose();
    }
  }

  const points: [string, 'nothing' | 'partial' | 'complete'][] = [
    ['before the check', 'nothing'],
    ['before making launched-workspace', 'nothing'],
    ['after making launched-workspace', 'partial'],
    ['before making launched-datavol-1', 'partial'],
    ['after making launched-datavol-1', 'partial'],
    ['before making launched', 'partial'],
    ['after making launched', 'complete'],
  ];
  for (const [point, found] of points) {
    for (const way of found === 'partial' ? (['finish', 'discard'] as const) : (['finish'] as const)) {
      it(`${point}: ${found}${found === 'partial' ? `, and ${way} leads to its end` : ''}`, async () => {
        await launchKilledAt(point);
        await lab.component('kube-apiserver', 'start');
        const alice: Cluster = await clusterOf(lab, 'alice');
        try {
          assert.equal(await leadsToItsEnd(lab, alice, journal, way, server), found);
        } finally {
          alice.dispose();
        }
      });
    }
  }

  for (const point of ['before', 'after'] as const) {
    it(`${point} undoing a step of a refused launch: the next start discards the rest`, async () => {
      const refusal = new KubeError({ code: 'Refused', by: 'policy', message: 'no' });
      const alice = await clusterOf(lab, 'alice');
      const refusing = whenAt(alice, `before making ${server}`, () => Promise.reject(refusal));
      const kill = (): Promise<void> => lab.component('kube-apiserver', 'kill');
      const cluster = whenAt(refusing, `${point} removing ${server}-datavol-1`, kill);
      try {
        const form = launchForm({ name: server });
        const result = await launch(cluster, form, { onStep: () => undefined, journal: anotherWindow(journal) });
        assert.ok(!result.ok);
        const both = [`${server}-datavol-1`, `${server}-workspace`];
        assert.deepEqual(result.left, point === 'before' ? both : both.slice(1));
        await lab.component('kube-apiserver', 'start');
        assert.equal(await leadsToItsEnd(lab, alice, journal, 'discard', server), 'partial');
      } finally {
        alice.dispose();
      }
    });
  }

  it('keeps the entry while the API server is away at the next start, too', async () => {
    await launchKilledAt('after making launched-workspace');
    const alice = await clusterOf(lab, 'alice');
    try {
      await assert.rejects(findUnfinished(alice, anotherWindow(journal)));
      assert.equal((await anotherWindow(journal).unfinished()).length, 1);
      await lab.component('kube-apiserver', 'start');
      assert.equal(await leadsToItsEnd(lab, alice, journal, 'discard', server), 'partial');
    } finally {
      alice.dispose();
    }
  });
});
