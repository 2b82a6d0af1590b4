import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../lab/index.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';
import { killedAt, launchForm, leadsToItsEnd, nextStart, removeAll, standing, wholeSet } from './support/launches.ts';

describe('a launch whose process is killed', function () {
  this.timeout(60_000);
  let lab: Lab;
  let alice: Cluster;
  let journal: string;

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    alice = await clusterOf(lab, 'alice');
  });
  beforeEach(async () => {
    journal = await mkdtemp(join(tmpdir(), 'kubeflow-launches-'));
  });
  afterEach(async () => {
    await removeAll(lab);
    await rm(journal, { recursive: true });
  });
  after(() => alice?.dispose());

  const launchKilledAt = (stopAt: string): Promise<void> =>
    killedAt({ kubeconfig: lab.kubeconfig('alice'), journal, form: launchForm(), stopAt });

  /** Each point of the launch, and what the next start finds. */
  const points: [string, 'nothing' | 'partial' | 'complete'][] = [
    ['before the entry', 'nothing'],
    ['after the entry', 'nothing'],
    ['before making launched-workspace', 'nothing'],
    ['after making launched-workspace', 'partial'],
    ['before making launched-datavol-1', 'partial'],
    ['after making launched-datavol-1', 'partial'],
    ['before making launched', 'partial'],
    ['after making launched', 'complete'],
    ['before the end', 'complete'],
    ['after the end', 'complete'],
  ];
  for (const [point, found] of points) {
    for (const way of found === 'partial' ? (['finish', 'discard'] as const) : (['finish'] as const)) {
      it(`${point}: ${found}${found === 'partial' ? `, and ${way} leads to its end` : ''}`, async () => {
        await launchKilledAt(point);
        assert.equal(await leadsToItsEnd(lab, alice, journal, way), found);
        assert.deepEqual(await readdir(journal), [], 'neither entries nor leases are left');
      });
    }
  }

  for (const point of [
    'before making launched-datavol-1',
    'after making launched-datavol-1',
    'after making launched',
  ]) {
    it(`is complete, or offered again, when its finishing is killed ${point}`, async () => {
      await launchKilledAt('after making launched-workspace');
      await killedAt({ kubeconfig: lab.kubeconfig('alice'), journal, way: 'finish', stopAt: point });
      await leadsToItsEnd(lab, alice, journal, 'finish');
      assert.deepEqual(await standing(lab), wholeSet);
    });
  }

  for (const point of ['before removing launched-datavol-1', 'after removing launched-datavol-1', 'before the end']) {
    it(`is gone, or offered again, when its discarding is killed ${point}`, async () => {
      await launchKilledAt('before making launched');
      await killedAt({ kubeconfig: lab.kubeconfig('alice'), journal, way: 'discard', stopAt: point });
      await leadsToItsEnd(lab, alice, journal, 'discard');
      assert.deepEqual(await standing(lab), []);
    });
  }

  it('is offered again at each start until somebody decides', async () => {
    await launchKilledAt('after making launched-workspace');
    assert.equal((await nextStart(alice, journal)).length, 1);
    assert.equal((await nextStart(alice, journal)).length, 1);
  });
});
