import assert from 'node:assert/strict';
import type { Cluster } from '../../../src/k8s/cluster.ts';
import { KubeError } from '../../../src/k8s/errors.ts';
import type { KubeProblem } from '../../../src/k8s/errors.ts';
import type { KubeObject, ResourceType } from '../../../src/k8s/objects.ts';
import { newVolume } from '../../../src/kubeflow/form.ts';
import { annotations } from '../../../src/kubeflow/objects.ts';
import { launch } from '../../../src/kubeflow/spawn.ts';
import type { SpawnStep } from '../../../src/kubeflow/spawn.ts';
import { storageDefault } from '../../../src/kubeflow/form/storage.ts';
import { form } from './support.ts';

/** An API server in a map: refuses what it is told to, keeps what it takes. */
class FakeCluster {
  readonly objects = new Map<string, KubeObject>();
  readonly dryRuns: string[] = [];
  defaultClass = true;
  /** Problems by "plural" or "dry plural"; 'lost': kept, but the reply does not arrive. */
  readonly refuse = new Map<string, KubeProblem | 'lost'>();

  create<T extends KubeObject>(type: ResourceType, body: T, o: { dryRun?: boolean }): Promise<T> {
    const key = `${type.plural}/${body.metadata.name}`;
    const refusal = this.refuse.get(`${o.dryRun ? 'dry ' : ''}${type.plural}`);
    if (refusal && refusal !== 'lost') return Promise.reject(new KubeError(refusal));
    if (this.objects.has(key))
      return Promise.reject(new KubeError({ code: 'AlreadyExists', message: `${key} exists` }));
    const made = structuredClone(body);
    made.metadata.uid = `uid-${this.objects.size}`;
    if (type.plural === 'persistentvolumeclaims' && this.defaultClass) {
      (made as unknown as { spec: { storageClassName?: string } }).spec.storageClassName ??= 'standard';
    }
    if (o.dryRun) this.dryRuns.push(key);
    else this.objects.set(key, made);
    if (refusal === 'lost') return Promise.reject(new KubeError({ code: 'Timeout', seconds: 30 }));
    return Promise.resolve(made);
  }

  get<T>(type: ResourceType, where: { name: string }): Promise<T> {
    const found = this.objects.get(`${type.plural}/${where.name}`);
    if (found) return Promise.resolve(found as T);
    return Promise.reject(new KubeError({ code: 'NotFound', message: where.name, missing: 'object' }));
  }

  delete(type: ResourceType, where: { name: string }, o: { uid?: string }): Promise<void> {
    const key = `${type.plural}/${where.name}`;
    assert.equal(o.uid, this.objects.get(key)?.metadata.uid, 'deletes that very object only');
    this.objects.delete(key);
    return Promise.resolve();
  }
}

async function run(cluster: FakeCluster, change: Parameters<typeof form>[0] = {}) {
  const steps: SpawnStep[] = [];
  const onStep = (step: SpawnStep): void => void steps.push(step);
  const result = await launch(cluster as unknown as Cluster, form(change), { onStep, launchId: 'L1' });
  return { result, steps: steps.filter((s) => s.state !== 'running').map((s) => `${s.id} ${s.state}`) };
}

const quota: KubeProblem = {
  code: 'Refused',
  by: 'quota',
  message: 'exceeded quota: q, requested: requests.nvidia.com/gpu=2, used: x',
};

describe('Launch', () => {
  it('checks all, then makes the claims, then the Notebook', async () => {
    const cluster = new FakeCluster();
    const { result, steps } = await run(cluster, { dataVolumes: [newVolume()] });
    assert.ok(result.ok);
    assert.deepEqual(steps, ['check done', 'claim done', 'claim done', 'notebook done']);
    assert.deepEqual(
      [...cluster.objects.keys()],
      ['persistentvolumeclaims/bert-workspace', 'persistentvolumeclaims/bert-datavol-1', 'notebooks/bert'],
    );
    assert.equal(cluster.dryRuns.length, 4);
  });

  for (const at of ['check', 'claim', 'notebook'] as const) {
    it(`leaves nothing when it is given up while making the ${at}`, async () => {
      const cluster = new FakeCluster();
      const control = new AbortController();
      const onStep = (step: SpawnStep): void => {
        if (step.id === at && step.state === 'running') control.abort(new Error('enough'));
      };
      const launching = launch(cluster as unknown as Cluster, form(), { onStep, signal: control.signal });
      await assert.rejects(launching, /enough/);
      assert.deepEqual([...cluster.objects.keys()], []);
    });
  }

  it('makes nothing when the pod would be over quota, and names the field', async () => {
    const cluster = new FakeCluster();
    cluster.refuse.set('dry pods', quota);
    const { result, steps } = await run(cluster);
    assert.ok(!result.ok);
    assert.equal(result.field, 'gpus.0.count');
    assert.deepEqual(steps, ['check failed']);
    assert.equal(cluster.objects.size, 0);
  });

  it('does not mind that the user may not create pods', async () => {
    const cluster = new FakeCluster();
    cluster.refuse.set('dry pods', { code: 'Forbidden', verb: 'create', resource: 'pods', message: '' });
    assert.ok((await run(cluster)).result.ok);
  });

  it('makes nothing when a claim would get no class', async () => {
    const cluster = new FakeCluster();
    cluster.defaultClass = false;
    const { result } = await run(cluster);
    assert.ok(!result.ok);
    assert.equal(result.field, 'workspace.storageClass');
    assert.equal(cluster.objects.size, 0);
    assert.ok((await run(cluster, { workspace: { ...newVolume(), storageClass: 'fast' } })).result.ok);
  });

  it('removes its claims when the Notebook is refused', async () => {
    const cluster = new FakeCluster();
    cluster.refuse.set('notebooks', { code: 'Refused', by: 'webhook', message: 'no' });
    const { result, steps } = await run(cluster, { dataVolumes: [newVolume()] });
    assert.ok(!result.ok);
    assert.deepEqual(result.left, []);
    assert.deepEqual(steps, ['check done', 'claim done', 'claim done', 'notebook failed', 'undo done', 'undo done']);
    assert.equal(cluster.objects.size, 0);
  });

  it("never removes what is somebody else's", async () => {
    const cluster = new FakeCluster();
    const theirs: KubeObject = { metadata: { name: 'bert', uid: 'x', annotations: { [annotations.launch]: 'L0' } } };
    const check = cluster.create.bind(cluster);
    // It appears between the check and the creation.
    cluster.create = (type, body, o) => {
      if (type.plural === 'notebooks' && !o.dryRun) cluster.objects.set('notebooks/bert', theirs);
      return check(type, body, o);
    };
    const { result } = await run(cluster);
    assert.ok(!result.ok);
    assert.equal(result.field, 'name');
    assert.deepEqual([...cluster.objects.values()], [theirs]);
  });

  it('finds what was made although the reply got lost', async () => {
    const cluster = new FakeCluster();
    cluster.refuse.set('persistentvolumeclaims', 'lost');
    cluster.refuse.set('notebooks', 'lost');
    const { result } = await run(cluster);
    assert.ok(result.ok);
    assert.equal(cluster.objects.size, 2);
  });

  it('says at each object why it could not be taken back when nobody knows who else uses it', async () => {
    const cluster = new FakeCluster();
    const forbidden = new KubeError({ code: 'Forbidden', message: 'no' });
    const unlisted = Object.assign(cluster, { list: () => Promise.reject(forbidden) });
    const { result } = await run(unlisted);
    assert.ok(result.ok);
    const steps: SpawnStep[] = [];
    const left = await result.undo((step) => void steps.push(step));
    assert.deepEqual(left, ['bert-workspace', 'bert']);
    assert.deepEqual(
      steps,
      left.map((name) => ({ id: 'undo', name, state: 'failed', problem: forbidden, ms: 0 })),
    );
    assert.equal(cluster.objects.size, 2);
  });

  it('says what it had to leave behind', async () => {
    const cluster = new FakeCluster();
    cluster.refuse.set('notebooks', { code: 'Refused', by: 'policy', message: 'no' });
    cluster.delete = () => Promise.reject(new KubeError({ code: 'Timeout', seconds: 30 }));
    const { result } = await run(cluster);
    assert.ok(!result.ok);
    assert.deepEqual(result.left, ['bert-workspace']);
  });
});

describe('Storage check', () => {
  const ask = (cluster: FakeCluster) => storageDefault(cluster as unknown as Cluster, 'alice');
  it('reads from a dry-run whether a claim gets a class', async () => {
    const cluster = new FakeCluster();
    assert.equal(await ask(cluster), 'hasDefault');
    cluster.defaultClass = false;
    assert.equal(await ask(cluster), 'noDefault');
    cluster.refuse.set('dry persistentvolumeclaims', { code: 'Forbidden', message: '' });
    assert.equal(await ask(cluster), 'unknown');
    assert.equal(cluster.objects.size, 0);
  });
});
