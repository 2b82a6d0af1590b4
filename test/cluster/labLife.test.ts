import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Owner } from '../../lab/client.ts';
import { marked } from '../../lab/cluster/leftovers.ts';
import { attachLab, labState, startLab, stopLab } from '../../lab/index.ts';

describe('the life of a lab', function () {
  this.timeout(120_000);
  let run: string;
  const owner = async () => JSON.parse(await readFile(path.join(run, 'owner.json'), 'utf8')) as Owner;
  before(async () => {
    run = await mkdtemp(path.join(tmpdir(), 'kubeflow-lab-'));
  });
  after(async () => {
    await stopLab(run);
    await rm(run, { recursive: true, force: true });
  });

  it('starts once, also for two who start it at the same time', async () => {
    const start = () => startLab({ run, storage: 'static' });
    const [one, other] = await Promise.all([start(), start()]);
    assert.equal(one.server, other.server);
    assert.equal((await attachLab(run))?.server, one.server);
  });

  it('has, when asked to, nothing but a static volume and a default class by the old annotation', async () => {
    const lab = await startLab({ run });
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'static', namespace: 'alice' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
    };
    const dryRun = ['create', '--dry-run=server', '-f', '-', '-o', 'jsonpath={.spec.storageClassName}'];
    assert.equal(await lab.kubectl(dryRun, { as: 'alice', input: JSON.stringify(claim) }), 'local-storage');
    await lab.kubectl(['wait', 'pv/local-volume', '--for=jsonpath={.status.phase}=Available', '--timeout=60s']);
    assert.match(await lab.kubectl(['get', 'pv', '--no-headers']), /^local-volume +10Gi +RWO +Retain +Available/);
  });

  it('refuses to be started with other settings while it runs', async () => {
    await assert.rejects(startLab({ run, storage: 'default' }), /another "storage" runs in/);
  });

  it('takes everything with it when its daemon is killed, and comes up again', async () => {
    const crashed = await owner();
    assert.ok((await marked(crashed.mark)).length > 6);
    process.kill(crashed.pid, 'SIGKILL');
    while ((await marked(crashed.mark)).length > 0) await delay(50);
    assert.equal((await labState(run))?.phase, 'failed');
    assert.equal(await attachLab(run), undefined);
    const lab = await startLab({ run });
    assert.match(await lab.kubectl(['get', 'profiles', '-o', 'name']), /alice/);
  });

  it('ends what a crash has left when it comes up again', async () => {
    const crashed = await owner();
    const pids = await marked(crashed.mark);
    const guardians = await asyncFilter(pids, async (pid) =>
      (await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes('kubeflow-lab-guardian'),
    );
    assert.equal(guardians.length, 1);
    for (const pid of [...guardians, crashed.pid]) process.kill(pid, 'SIGKILL');
    while ((await labState(run))?.phase !== 'failed') await delay(20);
    assert.ok((await marked(crashed.mark)).length > 0, 'the control plane outlives its daemon');
    await startLab({ run });
    assert.deepEqual(await marked(crashed.mark), []);
  });

  it('leaves no process when it is stopped', async () => {
    const { mark } = await owner();
    assert.ok((await marked(mark)).length >= 6);
    assert.equal(await stopLab(run), true);
    assert.deepEqual(await marked(mark), []);
    assert.equal(await labState(run), undefined);
    assert.equal(await stopLab(run), false);
  });

  it("does not touch a folder that is not a lab's", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'not-a-lab-'));
    try {
      await writeFile(path.join(folder, 'thesis.txt'), 'precious');
      await assert.rejects(startLab({ run: folder }), /no lab's run folder/);
      assert.equal(await readFile(path.join(folder, 'thesis.txt'), 'utf8'), 'precious');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

async function asyncFilter<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_, index) => kept[index]);
}
