import assert from 'node:assert/strict';
import type { Lab } from '../../lab/index.ts';
import { Access } from '../../src/k8s/access.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { isKubeError } from '../../src/k8s/errors.ts';
import { searchedLogger } from './support/log.ts';
import { persistentVolumeClaims } from '../../src/k8s/objects.ts';
import type { PersistentVolumeClaim } from '../../src/k8s/objects.ts';
import { describeProfile, describeServer, gatherProfile, gatherServer } from '../../src/kubeflow/describe.ts';
import { checkGpus } from '../../src/kubeflow/gpus.ts';
import { Inventory } from '../../src/kubeflow/inventory.ts';
import { notebooks } from '../../src/kubeflow/objects.ts';
import {
  deleteServer,
  deletionPlan,
  profileContents,
  startServer,
  stopServer,
  waitForPhase,
} from '../../src/kubeflow/operations.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';
import { smallNotebook, until } from './support/notebooks.ts';

describe('operations against a real API server', function () {
  this.timeout(120_000);
  let lab: Lab;
  let cluster: Cluster;
  let inventory: Inventory;
  const ref = { namespace: 'bob', name: 'ops-server' };
  const key = 'bob/ops-server';
  const opened: { dispose(): void }[] = [];

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    cluster = await clusterOf(lab, 'bob');
    const access = new Access(cluster, { logger: searchedLogger('cluster') });
    inventory = new Inventory({ cluster, access, logger: searchedLogger('cluster'), knownNamespaces: () => ['bob'] });
    opened.push(cluster, inventory, inventory.open('bob'));
    const claim: PersistentVolumeClaim = {
      metadata: { name: 'ops-home', namespace: 'bob' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    await cluster.create(persistentVolumeClaims, claim, { namespace: 'bob' });
    const notebook = smallNotebook(ref.name, ref.namespace, { gpus: 1 });
    const spec = notebook.spec?.template?.spec;
    spec!.volumes = [{ name: 'home', persistentVolumeClaim: { claimName: 'ops-home' } }];
    spec!.containers[0]!.volumeMounts = [{ name: 'home', mountPath: '/home/jovyan' }];
    spec!.containers[0]!.env = [{ name: 'HF_TOKEN', value: 'not-to-be-shown' }];
    await cluster.create(notebooks, notebook, { namespace: 'bob' });
    await waitForPhase(inventory, ref, ['running'], AbortSignal.timeout(90_000));
  });
  after(async () => {
    for (const thing of opened.reverse()) thing.dispose();
    await lab.kubectl(['-n', 'bob', 'delete', 'notebook', ref.name, '--ignore-not-found', '--cascade=foreground']);
    await lab.kubectl(['-n', 'bob', 'delete', 'pvc', 'ops-home', '--ignore-not-found']);
  });

  it('describes a server with its containers, volumes and events, and without the values of its variables', async () => {
    const { view, extra } = await gatherServer(cluster, ref);
    const text = describeServer(view, extra);
    assert.match(text, /^Status: +running$/m);
    assert.match(text, /^ +Claim: +ops-home$/m);
    assert.match(text, /^ +Status: +Bound$/m);
    assert.match(text, /^ +Asked: +1 x nvidia\.com\/gpu$/m);
    assert.match(text, /HF_TOKEN: <set>/);
    assert.doesNotMatch(text, /not-to-be-shown/);
    assert.match(text, /^Events:\n  Type +Reason +Age +From +Message$/m);
    assert.match(text, /Normal +Scheduled +\S+ +default-scheduler/);
    assert.doesNotMatch(text, /Reissued from/);
  });

  it('describes a profile as its owner sees it', async () => {
    const text = describeProfile(await gatherProfile(cluster, 'bob'));
    assert.match(text, /^Status: +Sound as far as you can see$/m);
    assert.match(text, /^Owner: +bob@example\.com/m);
    assert.match(text, /role binding namespaceAdmin +ok/);
    assert.match(text, /bob@example\.com \(owner\)/);
    assert.match(text, /ops-home +Bound +1Gi .*ops-server/);
  });

  it('shows the GPUs that the pod really has', async () => {
    const view = inventory.server(key);
    assert.ok(view);
    const check = await checkGpus(cluster, view);
    assert.deepEqual(check.asked, [{ key: 'nvidia.com/gpu', count: 1 }]);
    assert.equal(check.seen.length, 1);
    assert.equal(check.simulated, true);
    assert.equal(check.command, 'nvidia-smi -L');
    assert.deepEqual(check.frameworks, [], "the lab's Python has none of them");
  });

  it('stops a server once, and starts it', async () => {
    await stopServer(cluster, ref);
    await waitForPhase(inventory, ref, ['stopped'], AbortSignal.timeout(60_000));
    const at = inventory.server(key)?.status.since;
    await stopServer(cluster, ref);
    const { view } = await gatherServer(cluster, ref);
    assert.equal(view.status.since, at, 'the time of the first stop stays');
    assert.deepEqual(view.status.cause, { code: 'stopped', by: 'user', at });
    await startServer(cluster, ref);
    await waitForPhase(inventory, ref, ['running'], AbortSignal.timeout(60_000));
  });

  it('refuses to delete another server of the same name', async () => {
    await assert.rejects(
      deleteServer(cluster, { ...ref, uid: '00000000-0000-0000-0000-000000000000' }, { claims: ['ops-home'] }),
      (error) => isKubeError(error, 'Conflict'),
    );
    assert.ok(await cluster.get(persistentVolumeClaims, { namespace: 'bob', name: 'ops-home' }));
  });

  it('deletes a server with the volumes that the plan names', async () => {
    assert.deepEqual(deletionPlan(inventory, ref), { claims: [{ name: 'ops-home', size: '1Gi', usedBy: [] }] });
    const contents = await profileContents(cluster, 'bob');
    assert.ok(contents.servers.includes('ops-server') && contents.claims.includes('ops-home'));
    const results = await deleteServer(
      cluster,
      { ...ref, uid: inventory.server(key)?.notebook.metadata.uid ?? '' },
      { claims: ['ops-home', 'no-such-claim'] },
    );
    assert.deepEqual(results, [{ claim: 'ops-home' }, { claim: 'no-such-claim' }]);
    await until(inventory, () => inventory.server(key) === undefined, { seconds: 60 });
    await until(inventory, () => !inventory.claims('bob').some((c) => c.metadata.name === 'ops-home'), { seconds: 60 });
  });
});
