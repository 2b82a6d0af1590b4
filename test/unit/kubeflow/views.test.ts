import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { age, fields as describeText } from '../../../src/kubeflow/describe/describeText.ts';
import { dedupeEvents, eventCount, eventTime, isAbout, tellersOf } from '../../../src/kubeflow/events.ts';
import { frameworkScript, parseFrameworks } from '../../../src/kubeflow/gpuFrameworks.ts';
import { gpuReport, parseNvidiaSmi, parseRocmSmi } from '../../../src/kubeflow/gpus.ts';
import { gpuQuotas } from '../../../src/kubeflow/inventory/namespaceDetails.ts';
import { claimsOf, gpusOf, notebookContainer, notebookPort } from '../../../src/kubeflow/objects.ts';
import { deletionPlan } from '../../../src/kubeflow/operations.ts';
import { sameShown } from '../../../src/kubeflow/inventory/sameShown.ts';
import { serverView, sortServers } from '../../../src/kubeflow/inventory/serverView.ts';
import { ago, claim, event, notebook, now, pod } from './fixtures.ts';

describe('events', () => {
  it('joins an event and its copy on the Notebook, keeping the original with the widest times and count', () => {
    const original = event({ kind: 'Pod' }, 'FailedScheduling', '0/1 nodes', { firstAge: 90, age: 30, count: 3 });
    const copy = event({ kind: 'Notebook' }, 'FailedScheduling', 'Reissued from pod/mnist-0: 0/1 nodes', { age: 10 });
    const other = event({ kind: 'Pod' }, 'Pulling', 'Pulling image', { age: 60, type: 'Normal' });
    const joined = dedupeEvents([copy, original, other]);
    assert.deepEqual(
      joined.map((e) => e.reason),
      ['Pulling', 'FailedScheduling'],
    );
    assert.equal(joined[1]?.involvedObject.kind, 'Pod');
    assert.equal(eventCount(joined[1]), 3);
    assert.equal(eventTime(joined[1]), Date.parse(ago(10)));
  });

  it("of an earlier Notebook or claim of the same name are not a server's own", () => {
    const mine = notebook({ claims: ['mnist-workspace'] });
    const told = tellersOf(mine, [claim('mnist-workspace')]);
    const about = (kind: 'Notebook' | 'Pod' | 'PersistentVolumeClaim', name: string, uid?: string) =>
      isAbout(event({ kind, name, uid }, 'Any', 'any'), told);
    assert.equal(about('PersistentVolumeClaim', 'mnist-workspace', 'claim-mnist-workspace'), true);
    assert.equal(about('PersistentVolumeClaim', 'mnist-workspace', 'an earlier one'), false);
    assert.equal(about('PersistentVolumeClaim', 'other'), false);
    assert.equal(about('Notebook', 'mnist', mine.metadata.uid), true);
    assert.equal(about('Notebook', 'mnist', 'an earlier one'), false);
    assert.equal(about('Pod', 'mnist-0', 'any'), true);
  });
});

describe('reading a Notebook', () => {
  it('accepts one with nothing but a name', () => {
    const bare = { metadata: { name: 'x', namespace: 'alice' } };
    assert.equal(notebookContainer(bare), undefined);
    assert.equal(notebookPort(bare), 8888);
    assert.deepEqual(gpusOf(bare), []);
    assert.deepEqual(claimsOf(bare), []);
    assert.equal(serverView({ notebook: bare, now }).status.phase, 'failing');
  });

  it('takes the container of its name, also where that is the second, and counts GPUs of all', () => {
    const two = notebook({ resources: { limits: { 'nvidia.com/gpu': '1' } } });
    const containers = two.spec!.template!.spec!.containers;
    containers.unshift({ name: 'proxy', image: 'p', resources: { limits: { 'nvidia.com/mig-1g.5gb': '2' } } });
    assert.equal(notebookContainer(two)?.name, 'mnist');
    assert.deepEqual(gpusOf(two), [
      { key: 'nvidia.com/gpu', count: 1 },
      { key: 'nvidia.com/mig-1g.5gb', count: 2 },
    ]);
  });
});

describe('views', () => {
  it('keep their identity when only stamps changed', () => {
    const before = serverView({ notebook: notebook(), now });
    const stamped = notebook();
    stamped.metadata.resourceVersion = '99';
    stamped.metadata.annotations = { 'notebooks.kubeflow.org/last_activity_check_timestamp': ago(1) };
    assert.notEqual(serverView({ notebook: stamped, now }, before), before, 'an annotation map appeared');
    const noted = notebook({ annotations: { a: 'b', 'notebooks.kubeflow.org/last-activity': ago(9) } });
    const view = serverView({ notebook: noted, now });
    const again = notebook({ annotations: { a: 'b', 'notebooks.kubeflow.org/last-activity': ago(1) } });
    again.metadata.resourceVersion = '100';
    assert.equal(serverView({ notebook: again, now }, view), view);
  });

  it('are other ones when something shown changed', () => {
    const before = serverView({ notebook: notebook(), now });
    assert.notEqual(serverView({ notebook: notebook({ image: 'other' }), now }, before), before);
    assert.notEqual(serverView({ notebook: notebook(), now, stale: now }, before), before);
  });

  it('come with what needs the user first, then by name', () => {
    const running = { readyReplicas: 1 };
    const crash = { readyReplicas: 0, containerState: { waiting: { reason: 'CrashLoopBackOff' } } };
    const list = [
      notebook({ name: 'b', status: running }),
      notebook({ name: 'c', annotations: { 'kubeflow-resource-stopped': ago(9) } }),
      notebook({ name: 'a', status: running }),
      notebook({ name: 'z', status: crash }),
      notebook({ name: 'd', age: 3 }),
    ].map((n) => serverView({ notebook: n, now }));
    assert.deepEqual(
      sortServers(list).map((s) => s.name),
      ['z', 'a', 'b', 'd', 'c'],
    );
  });

  it('compare deeply', () => {
    assert.ok(sameShown({ a: [1, { b: new Date(5) }], c: undefined }, { a: [1, { b: new Date(5) }] }));
    assert.ok(!sameShown({ a: 1 }, { a: 1, b: 2 }));
    assert.ok(!sameShown([1], { 0: 1 }));
    assert.ok(!sameShown({ a: null }, { a: {} }));
  });
});

describe('deletion plan', () => {
  it('names the claims of a server, their size and who else mounts them, stopped servers too', () => {
    const mine = serverView({ notebook: notebook({ claims: ['home', 'data', 'gone'] }), now });
    const other = serverView({
      notebook: notebook({ name: 'bert', claims: ['data'], annotations: { 'kubeflow-resource-stopped': '' } }),
      now,
    });
    const inventory = {
      server: () => mine,
      profile: () => ({ name: 'alice', source: 'profile', servers: [mine, other], state: { kind: 'live' } }) as const,
      claims: () => [claim('home', { size: '5Gi' }), claim('data', { size: '1Ti' })],
    };
    assert.deepEqual(deletionPlan(inventory, { namespace: 'alice', name: 'mnist' }).claims, [
      { name: 'home', size: '5Gi', usedBy: [] },
      { name: 'data', size: '1Ti', usedBy: ['bert'] },
    ]);
  });
});

describe('GPUs', () => {
  it('reads the devices that nvidia-smi lists', () => {
    const output = 'GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-1)\n  MIG 1g.5gb     Device  0: (UUID: MIG-2)\nnoise\n';
    assert.deepEqual(parseNvidiaSmi(output), ['GPU 0: NVIDIA A100-SXM4-40GB', '  MIG 1g.5gb     Device  0:']);
  });

  it('reads the devices that rocm-smi lists', () => {
    const output = `====== Product Info ======
GPU[0]\t\t: Card Series: \t\tAMD Instinct MI210
GPU[0]\t\t: Card Model: \t\t0x740f
GPU[1]\t\t: Card Series: \t\tAMD Instinct MI210
GPU[1]\t\t: Card Vendor: \t\tAdvanced Micro Devices, Inc. [AMD/ATI]
==========================
`;
    assert.deepEqual(parseRocmSmi(output), ['GPU 0: AMD Instinct MI210', 'GPU 1: AMD Instinct MI210']);
  });

  it('asks the frameworks that are there, each by itself, and loads none that is not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'frameworks-'));
    try {
      const torch = `class version: cuda = '12.8'
class cuda:
  is_available = staticmethod(lambda: True)
  device_count = staticmethod(lambda: 1)
  get_device_name = staticmethod(lambda i: 'Tesla T4')
print('noise')
__version__ = '2.9.0'`;
      writeFileSync(join(folder, 'torch.py'), torch);
      writeFileSync(join(folder, 'jax.py'), 'raise ImportError("no jaxlib")');
      const ran = spawnSync('python3', ['-c', frameworkScript], { cwd: folder, encoding: 'utf8' });
      assert.deepEqual(parseFrameworks(`${ran.stdout}\n{"name":"other"}\nnoise`), [
        { name: 'PyTorch', version: '2.9.0', devices: ['Tesla T4'], builtForGpu: true },
        { name: 'JAX', devices: [], problem: 'ImportError: no jaxlib' },
      ]);
      assert.equal(ran.stderr, '');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('tells what the pod was given only once it is on a node', () => {
    const view = serverView({ notebook: notebook({ resources: { limits: { 'nvidia.com/gpu': '2' } } }), now });
    assert.deepEqual(gpuReport(view), { asked: [{ key: 'nvidia.com/gpu', count: 2 }] });
    assert.deepEqual(gpuReport({ ...view, pod: pod() }).given, []);
  });

  it('takes the tightest of several quotas', () => {
    const quota = (hard: string, used: string) => ({
      metadata: { name: hard },
      status: { hard: { 'requests.nvidia.com/gpu': hard, cpu: '4' }, used: { 'requests.nvidia.com/gpu': used } },
    });
    assert.deepEqual(gpuQuotas([quota('8', '1'), quota('2', '1')]), [{ key: 'nvidia.com/gpu', used: 1, hard: 2 }]);
  });
});

describe('describe', () => {
  it('aligns values, nests fields and leaves out what is undefined', () => {
    assert.deepEqual(
      describeText([
        ['Name', 'mnist'],
        ['Nothing', undefined],
        ['Labels', ['a=b', 'c=d']],
        ['Cause', { fields: [['code', 'x']] }],
      ]),
      ['Name:    mnist', 'Labels:  a=b', '         c=d', 'Cause:', '  code:  x'],
    );
  });

  it('writes ages as kubectl does', () => {
    const ages = [5, 119, 150, 900, 7200, 4 * 3600 + 120, 100_000, 3 * 86_400 + 7200, 30 * 86_400];
    assert.deepEqual(
      ages.map((s) => age(ago(s), now)),
      ['5s', '119s', '2m30s', '15m', '120m', '4h2m', '27h', '3d2h', '30d'],
    );
  });
});
