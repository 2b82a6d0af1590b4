import assert from 'node:assert/strict';
import type { Lab, Person } from '../../lab/index.ts';
import { Access } from '../../src/k8s/access.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import type { VolumeChoice, SpawnForm } from '../../src/kubeflow/form.ts';
import { preflightOf } from './support/preflightOf.ts';
import type { Looked } from '../../src/kubeflow/preflight/preflight.ts';
import type { DryRun } from '../../src/kubeflow/preflight/dryRun.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';
import { launchForm } from './support/launches.ts';
import { silentLogger } from '../../src/k8s/log.ts';

const name = 'preflight-test';
const label = `preflight=${name}`;
const none = { workspace: { kind: 'none' as const }, dataVolumes: [] };
const existing = (claim: string): VolumeChoice => ({ kind: 'existing', claim, mountPath: '/data' });

describe('the preflight against a real API server', function () {
  this.timeout(60_000);
  let lab: Lab;
  const clusters = new Map<Person, Cluster>();

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    for (const who of ['alice', 'carol', 'admin'] as const) clusters.set(who, await clusterOf(lab, who));
  });
  after(() => {
    for (const cluster of clusters.values()) cluster.dispose();
  });
  afterEach(async () => {
    const gone = ['--ignore-not-found', '--force', '--grace-period=0'];
    await lab.kubectl([
      '-n',
      'alice',
      'delete',
      'pods,statefulsets,services,poddefaults,resourcequotas',
      '-l',
      label,
      ...gone,
    ]);
    await lab.kubectl(['-n', 'alice', 'delete', 'pvc', '-l', label, '--ignore-not-found']);
    await lab.kubectl(['delete', 'pv', '-l', label, '--ignore-not-found']);
  });

  function look(who: Person, change: Partial<SpawnForm> = {}): Promise<Looked & DryRun> {
    const cluster = clusters.get(who)!;
    return preflightOf({ cluster, access: new Access(cluster) }, launchForm({ name, ...none, ...change }));
  }

  async function said(who: Person, change: Partial<SpawnForm> = {}): Promise<string[]> {
    const { all } = await look(who, change);
    return all.filter(({ code }) => code !== 'noWorkspace').map((f) => `${f.severity} ${f.field} ${f.code}`);
  }

  async function make(kind: string, apiVersion: string, its: { name: string; namespace?: string }, spec: object) {
    const { namespace = 'alice' } = its;
    const metadata = { name: its.name, namespace, labels: { preflight: name } };
    await lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify({ apiVersion, kind, metadata, spec }) });
  }

  const container = { name: 'main', image: 'busybox', resources: { requests: { cpu: '10m' } } };

  it('has nothing to say about a form that nothing stands in the way of', async () => {
    assert.deepEqual(await said('alice'), []);
    assert.deepEqual(await said('admin'), []);
  });

  it('finds a Service of that name that no notebook server owns', async () => {
    await make('Service', 'v1', { name }, { ports: [{ port: 80 }], selector: { app: 'other' } });
    assert.deepEqual(await said('alice'), ['error name leftoverService']);
  });

  it('finds a StatefulSet of that name', async () => {
    const template = { metadata: { labels: { app: 'other' } }, spec: { containers: [container] } };
    const spec = { replicas: 0, serviceName: '', selector: { matchLabels: { app: 'other' } }, template };
    await make('StatefulSet', 'apps/v1', { name }, spec);
    assert.deepEqual(await said('alice'), ['error name leftoverStatefulSet']);
  });

  it('finds the volume that an earlier server of that name has left behind', async () => {
    await claim(`${name}-workspace`, 'ReadWriteOnce');
    assert.deepEqual(await said('alice', { workspace: { ...launchForm().workspace } }), [
      'error workspace.name claimExists',
    ]);
  });

  it('sees who else has a volume for one node, though it is no notebook server, and on which node', async () => {
    await claim('taken', 'ReadWriteOnce');
    await user('trainer', 'taken');
    const { all } = await look('alice', { dataVolumes: [existing('taken')] });
    const use = all.find(({ field }) => field === 'data.0.claim');
    assert.equal(use?.code, 'claimInUseOn');
    assert.equal(use?.severity, 'warning');
    assert.equal(use?.params?.['users'], 'pod/trainer');
    assert.match(String(use?.params?.['node']), /-node-/);
  });

  it('lets nobody share a volume for one pod', async () => {
    await claim('single', 'ReadWriteOncePod');
    await user('trainer', 'single');
    assert.deepEqual(await said('alice', { dataVolumes: [existing('single')] }), ['error data.0.claim claimOnePod']);
  });

  it('knows as an admin that a volume is where no GPU is, and as a user that it cannot know', async () => {
    await boundTo('cpu-node-1', 'far');
    const change = { gpus: [{ key: 'nvidia.com/gpu', count: '1' }], dataVolumes: [existing('far')] };
    const atClaim = async (who: Person) => (await said(who, change)).filter((one) => one.includes('data.0'));
    assert.deepEqual(await atClaim('admin'), ['warning data.0.claim claimElsewhere']);
    assert.deepEqual(await atClaim('alice'), ['note data.0.claim claimPlaceUnknown']);
  });

  it('knows as an admin what no node has, and how many GPUs are free', async () => {
    assert.deepEqual(await said('admin', { memory: '1000' }), ['warning memory noNodeFits']);
    const { total, free } = await gpuRoom();
    assert.equal(total, 2);
    assert.ok(free > 0 && free <= total, String(free));
    assert.equal((await look('alice')).gpus, undefined);
  });

  it('knows as an admin that the GPUs are in use now', async () => {
    const limits = { 'nvidia.com/gpu': String((await gpuRoom()).free) };
    await make(
      'Pod',
      'v1',
      { name: 'hog', namespace: 'bob' },
      { containers: [{ ...container, resources: { limits } }] },
    );
    try {
      await lab.kubectl(['-n', 'bob', 'wait', 'pod/hog', '--for=condition=PodScheduled', '--timeout=30s']);
      const all = await said('admin', { gpus: [{ key: 'nvidia.com/gpu', count: '1' }] });
      assert.ok(all.includes('note gpus.0.count notNow'), all.join(', '));
    } finally {
      await lab.kubectl(['-n', 'bob', 'delete', 'pod', 'hog', '--force', '--grace-period=0']);
    }
  });

  it('finds configurations that contradict each other', async () => {
    const spec = (value: string) => ({
      selector: { matchLabels: { shared: 'true' } },
      env: [{ name: 'REGION', value }],
    });
    await make('PodDefault', 'kubeflow.org/v1alpha1', { name: 'west' }, spec('hidden-west'));
    await make('PodDefault', 'kubeflow.org/v1alpha1', { name: 'east' }, spec('hidden-east'));
    const { all } = await look('alice', { configurations: ['shared'] });
    const conflict = all.find(({ code }) => code === 'configurationsConflict');
    assert.deepEqual(conflict?.params, { first: 'east', second: 'west', what: 'REGION' });
  });

  it('tells somebody who may only look what is missing', async () => {
    const all = await said('carol', { workspace: launchForm().workspace });
    assert.ok(all.includes('error namespace mayNotCreate'), all.join(', '));
    assert.ok(all.includes('error workspace mayNotCreateVolumes'), all.join(', '));
    assert.ok(!all.includes('note namespace mayNotConnect'), 'the field has an error already');
  });

  it('has the API server judge the whole by a dry-run, and names the field', async () => {
    const { all, refusal } = await look('alice', { serviceAccount: 'nobody' });
    assert.ok(!all.some(({ severity }) => severity === 'error'));
    assert.equal(refusal?.problem.code, 'Refused');
    assert.equal(refusal?.field, 'serviceAccount');
  });

  it('hears from the dry-run of a quota that the form cannot judge', async () => {
    await make(
      'ResourceQuota',
      'v1',
      { name: 'tight' },
      { hard: { 'requests.cpu': '1m' }, scopes: ['NotTerminating'] },
    );
    const known = ['--for=jsonpath={.status.hard}', '--timeout=30s'];
    await lab.kubectl(['-n', 'alice', 'wait', 'resourcequota/tight', ...known]);
    const { all, refusal } = await look('alice');
    assert.ok(!all.some(({ severity }) => severity === 'error'));
    assert.equal(refusal?.problem.code, 'Refused');
    assert.equal(refusal?.field, 'cpu');
  });

  it('writes nothing, and nothing of what it sends into the log', async () => {
    const lines: string[] = [];
    const keep = (line: string): void => void lines.push(line);
    const logger = { ...silentLogger, trace: keep, debug: keep, info: keep, warn: keep, error: keep };
    const cluster = await clusterOf(lab, 'alice', { logger });
    try {
      const before = await everything();
      const env: SpawnForm['env'] = [{ kind: 'value', name: 'TOKEN', value: 'hidden-value' }];
      const form = launchForm({ name, env });
      const { refusal, all } = await preflightOf({ cluster, access: new Access(cluster) }, form);
      assert.equal(refusal, undefined);
      assert.deepEqual(all, []);
      assert.deepEqual(await everything(), before);
      assert.ok(
        lines.some((line) => line.includes('dryRun=All')),
        'it has been asked',
      );
      assert.ok(!lines.join('\n').includes('hidden-value'));
    } finally {
      cluster.dispose();
    }
  });

  it('takes a cluster that does not answer for no refusal', async () => {
    const cluster = await clusterOf(lab, 'alice', { at: 'proxy' });
    try {
      await lab.proxy.set({ match: { method: 'POST', path: 'dryRun' }, do: { kind: 'status', status: 503 } });
      const form = launchForm({ name, ...none });
      const { refusal, unanswered } = await preflightOf({ cluster, access: new Access(cluster) }, form);
      assert.equal(refusal, undefined);
      assert.equal(unanswered?.code, 'ServerError');
    } finally {
      await lab.proxy.clear();
      cluster.dispose();
    }
  });

  async function gpuRoom(): Promise<{ total: number; free: number }> {
    const { total = 0, free = 0 } = (await look('admin')).gpus?.['nvidia.com/gpu'] ?? {};
    return { total, free };
  }

  /** Names and identities of all that a launch could touch. */
  async function everything(): Promise<string> {
    const what = 'notebooks,pvc,pods,statefulsets,services';
    const path = '{range .items[*]}{.kind} {.metadata.name} {.metadata.uid}{"\\n"}{end}';
    return lab.kubectl(['-n', 'alice', 'get', what, '-o', `jsonpath=${path}`]);
  }

  function claim(its: string, accessMode: string, more: object = {}): Promise<void> {
    const spec = { accessModes: [accessMode], resources: { requests: { storage: '1Gi' } }, ...more };
    return make('PersistentVolumeClaim', 'v1', { name: its }, spec);
  }

  /** A pod that is no notebook server's, on its node. */
  async function user(its: string, claimName: string): Promise<void> {
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName } }];
    await make('Pod', 'v1', { name: its }, { containers: [container], volumes });
    await lab.kubectl(['-n', 'alice', 'wait', `pod/${its}`, '--for=condition=PodScheduled', '--timeout=30s']);
  }

  /** A claim that is bound to a volume on one node. */
  async function boundTo(node: string, its: string): Promise<void> {
    const matchExpressions = [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }];
    const volume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `${name}-${its}`, labels: { preflight: name } },
      spec: {
        ...{ capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: name },
        ...{
          hostPath: { path: '/nowhere' },
          nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } },
        },
      },
    };
    await lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(volume) });
    await claim(its, 'ReadWriteOnce', { storageClassName: name, volumeName: `${name}-${its}` });
    const bound = ['--for=jsonpath={.status.phase}=Bound', '--timeout=30s'];
    await lab.kubectl(['-n', 'alice', 'wait', `pvc/${its}`, ...bound]);
  }
});
