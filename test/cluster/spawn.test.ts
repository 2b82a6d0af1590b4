import assert from 'node:assert/strict';
import type { Lab } from '../../lab/index.ts';
import { Access } from '../../src/k8s/access.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { searchedLogger } from './support/log.ts';
import { defaultForm } from '../../src/kubeflow/form/defaultForm.ts';
import { builtInConfig } from '../../src/kubeflow/form/spawnerConfig.ts';
import type { SpawnForm } from '../../src/kubeflow/form.ts';
import { findings } from '../../src/kubeflow/form/formFindings.ts';
import { Inventory } from '../../src/kubeflow/inventory.ts';
import { launch } from '../../src/kubeflow/spawn.ts';
import type { SpawnResult, SpawnStep } from '../../src/kubeflow/spawn.ts';
import { probeCluster, probeNamespace, spawnOptions } from '../../src/kubeflow/form/spawnOptions.ts';
import { storageDefault } from '../../src/kubeflow/form/storage.ts';
import { whoAmI } from '../../src/kubeflow/form/whoAmI.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';

const name = 'spawn-test';

describe('spawn against a real API server', function () {
  this.timeout(60_000);
  let lab: Lab;
  let alice: Cluster;
  let admin: Cluster;

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    alice = await clusterOf(lab, 'alice');
    admin = await clusterOf(lab, 'admin');
  });
  after(() => {
    alice?.dispose();
    admin?.dispose();
  });
  afterEach(async () => {
    await lab.kubectl(['-n', 'alice', 'delete', 'notebook', name, '--ignore-not-found', '--cascade=foreground']);
    await lab.kubectl(['-n', 'alice', 'delete', 'pvc', '-l', `app=${name}`, '--ignore-not-found']);
  });

  async function form(cluster: Cluster, change: Partial<SpawnForm> = {}): Promise<SpawnForm> {
    const probe = await probeCluster(cluster);
    const o = {
      namespaces: ['alice'],
      config: builtInConfig(),
      gpuVendors: [{ key: 'nvidia.com/gpu', label: '' }],
    };
    const empty = { claims: {}, servers: {}, quota: {}, storage: {}, mayCreate: {} };
    return { ...defaultForm({ ...o, ...empty, ...probe }), name, ...change };
  }

  async function run(
    cluster: Cluster,
    change: Partial<SpawnForm> = {},
  ): Promise<{ result: SpawnResult; steps: string[] }> {
    const steps: SpawnStep[] = [];
    const onStep = (step: SpawnStep): void => void steps.push(step);
    const result = await launch(cluster, await form(cluster, change), { onStep });
    return { result, steps: steps.filter((s) => s.state !== 'running').map((s) => `${s.id} ${s.state}`) };
  }

  async function standing(): Promise<string[]> {
    const list = await lab.kubectl(['-n', 'alice', 'get', 'notebooks,pvc', '-l', `app=${name}`, '-o', 'name']);
    return list.split('\n').filter((line) => line !== '');
  }

  it('makes the volume, then the notebook server, and the server gets its pod', async () => {
    const { result, steps } = await run(alice);
    assert.ok(result.ok, JSON.stringify(result));
    assert.deepEqual(steps, ['check done', 'claim done', 'notebook done']);
    assert.deepEqual(await standing(), [`notebook.kubeflow.org/${name}`, `persistentvolumeclaim/${name}-workspace`]);
    await lab.kubectl([
      '-n',
      'alice',
      'wait',
      `notebook/${name}`,
      '--for=jsonpath={.status.readyReplicas}=1',
      '--timeout=50s',
    ]);
  });

  it('refuses a name that is taken at the name field, and leaves what stands alone', async () => {
    assert.ok((await run(alice, { workspace: { kind: 'none' } })).result.ok);
    const { result } = await run(alice);
    assert.ok(!result.ok);
    assert.equal(result.problem.code, 'AlreadyExists');
    assert.equal(result.field, 'name');
    assert.deepEqual(await standing(), [`notebook.kubeflow.org/${name}`]);
  });

  it('names the GPUs when the quota refuses them, before anything is made', async () => {
    const { result, steps } = await run(alice, { gpus: [{ key: 'nvidia.com/gpu', count: '2' }] });
    assert.ok(!result.ok);
    assert.equal(result.problem.code, 'Refused');
    assert.equal(result.field, 'gpus.0.count');
    assert.deepEqual(steps, ['check failed']);
    assert.deepEqual(await standing(), []);
  });

  it('names the field when the API server does not take a value', async () => {
    const bad = await run(alice, { name: 'Bad_Name' });
    assert.ok(!bad.result.ok);
    assert.equal(bad.result.field, 'name');
    const path = await run(alice, {
      workspace: { kind: 'new', name: '', size: '1', mountPath: '/dev/shm', accessMode: 'ReadWriteOnce' },
    });
    assert.ok(!path.result.ok, 'a path that is taken');
    assert.equal(path.result.field, 'workspace.mountPath');
    assert.deepEqual(await standing(), []);
  });

  it('does nothing for somebody who may only look', async () => {
    const carol = await clusterOf(lab, 'carol');
    try {
      const { result } = await run(carol);
      assert.ok(!result.ok);
      assert.equal(result.problem.code, 'Forbidden');
      assert.equal(await storageDefault(carol, 'alice'), 'unknown');
      assert.equal((await probeNamespace(carol, new Access(carol), 'alice')).mayCreate, 'no');
    } finally {
      carol.dispose();
    }
  });

  it('removes the volume again when the notebook server is refused', async () => {
    const through = await clusterOf(lab, 'alice', { at: 'proxy' });
    try {
      await lab.proxy.set({
        match: { method: 'POST', path: '/notebooks$' },
        do: { kind: 'status', status: 500 },
      });
      const { result, steps } = await run(through);
      assert.ok(!result.ok);
      assert.deepEqual(result.left, []);
      assert.deepEqual(steps, ['check done', 'claim done', 'notebook failed', 'undo done']);
      await lab.kubectl(['-n', 'alice', 'wait', 'pvc', `${name}-workspace`, '--for=delete', '--timeout=20s']);
      assert.deepEqual(await standing(), []);
    } finally {
      await lab.proxy.clear();
      through.dispose();
    }
  });

  it('learns of the cluster what the form has to know, as somebody without rights on the whole', async () => {
    const access = new Access(alice);
    const inventory = new Inventory({
      cluster: alice,
      access,
      logger: searchedLogger('cluster'),
      knownNamespaces: () => ['alice'],
    });
    const look = inventory.look();
    const open = inventory.open('alice');
    try {
      const read = new Promise<void>((resolve) => {
        const check = (): void => {
          if (inventory.profile('alice')?.quota?.length) resolve();
        };
        inventory.onDidChange(check);
        check();
      });
      const probe = await probeNamespace(alice, access, 'alice');
      await read;
      const cluster = await probeCluster(alice);
      assert.deepEqual(cluster, {});
      const o = spawnOptions(inventory, new Map([['alice', probe]]), cluster);
      assert.deepEqual(o.namespaces, ['alice']);
      assert.deepEqual(o.mayCreate, { alice: 'yes' });
      assert.deepEqual(o.storage, { alice: 'hasDefault' });
      assert.equal(o.quota['alice']?.find((line) => line.resource === 'requests.nvidia.com/gpu')?.hard, 1);
      const over = { ...defaultForm(o), gpus: [{ key: 'nvidia.com/gpu', count: '2' }] };
      assert.ok(findings(over, o).some((f) => f.field === 'gpus.0.count' && f.severity === 'error'));
    } finally {
      open.dispose();
      look.dispose();
      inventory.dispose();
    }
  });

  it('sees GPUs of nodes and storage classes as an admin, and knows who asks', async () => {
    const cluster = await probeCluster(admin);
    assert.deepEqual(cluster.nodeGpus, { 'nvidia.com/gpu': { total: 2, largest: 2 } });
    assert.ok((cluster.storageClasses ?? []).length > 0);
    assert.match((await whoAmI(alice)) ?? '', /alice/);
  });

  describe('in a cluster without a default storage class', () => {
    let classes: string[] = [];
    const keys = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

    before(async () => {
      const all = JSON.parse(await lab.kubectl(['get', 'storageclass', '-o', 'json'])) as {
        items: { metadata: { name: string; annotations?: Record<string, string> } }[];
      };
      classes = all.items.flatMap(({ metadata }) =>
        keys.filter((key) => metadata.annotations?.[key] === 'true').map((key) => `${metadata.name} ${key}`),
      );
      await mark('false');
    });
    after(() => mark('true'));

    async function mark(value: string): Promise<void> {
      for (const [storageClass = '', key] of classes.map((line) => line.split(' '))) {
        await lab.kubectl(['annotate', '--overwrite', 'storageclass', storageClass, `${key}=${value}`]);
      }
    }

    it('says so before anything is made, to somebody who may not list classes', async () => {
      // The API server's own list of classes follows within moments.
      while ((await storageDefault(alice, 'alice')) !== 'noDefault') await new Promise(setImmediate);
      const { result, steps } = await run(alice);
      assert.ok(!result.ok);
      assert.equal(result.field, 'workspace.storageClass');
      assert.deepEqual(steps, ['check failed']);
      assert.deepEqual(await standing(), []);
    });
  });
});
