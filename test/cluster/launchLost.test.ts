import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../lab/index.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { isKubeError } from '../../src/k8s/errors.ts';
import type { KubeObject } from '../../src/k8s/objects.ts';
import { newVolume } from '../../src/kubeflow/form.ts';
import { discard, finish } from '../../src/kubeflow/launch/unfinished.ts';
import { launch } from '../../src/kubeflow/spawn.ts';
import type { LaunchOptions, SpawnResult } from '../../src/kubeflow/spawn.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';
import {
  anotherWindow,
  killedAt,
  launchForm,
  name,
  nextStart,
  removeAll,
  standing,
  whenAt,
  wholeSet,
} from './support/launches.ts';

const claims = '/persistentvolumeclaims$';
const notebooks = '/notebooks$';
const onStep = (): void => undefined;

describe('a launch between whose steps something happens', function () {
  this.timeout(60_000);
  let lab: Lab;
  let alice: Cluster;
  let through: Cluster;
  let journal: string;

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    alice = await clusterOf(lab, 'alice');
    through = await clusterOf(lab, 'alice', { at: 'proxy' });
  });
  beforeEach(async () => {
    journal = await mkdtemp(join(tmpdir(), 'kubeflow-launches-'));
  });
  afterEach(async () => {
    await lab.proxy.clear();
    await removeAll(lab);
    await rm(journal, { recursive: true });
  });
  after(() => {
    through?.dispose();
    alice?.dispose();
  });

  const run = (o: Partial<LaunchOptions> = {}): Promise<SpawnResult> =>
    launch(through, launchForm(), { onStep, journal: anotherWindow(journal), ...o });

  for (const path of [claims, notebooks]) {
    it(`counts what was made when the reply to its POST of ${path} is lost`, async () => {
      await lab.proxy.set({ match: { method: 'POST', path }, do: { kind: 'lose' } });
      const result = await run();
      assert.ok(result.ok, JSON.stringify(result));
      assert.deepEqual(await standing(lab), wholeSet);
      assert.deepEqual(await readdir(journal), []);
    });
  }

  it('has undone what was made although the replies to its DELETEs are lost', async () => {
    await lab.proxy.set({ match: { method: 'POST', path: notebooks }, do: { kind: 'status', status: 403 } });
    await lab.proxy.set({ match: { method: 'DELETE' }, do: { kind: 'lose' } });
    const result = await run();
    assert.ok(!result.ok);
    assert.deepEqual(result.left, []);
    assert.deepEqual(await standing(lab), []);
    assert.deepEqual(await readdir(journal), []);
  });

  it('keeps in the journal what it cannot undo, and the next start discards it', async () => {
    await lab.proxy.set({ match: { method: 'POST', path: notebooks }, do: { kind: 'status', status: 403 } });
    await lab.proxy.set({ match: { method: 'DELETE' }, do: { kind: 'status', status: 503 } });
    const result = await run();
    assert.ok(!result.ok);
    assert.deepEqual(result.left, ['launched-datavol-1', 'launched-workspace']);
    await lab.proxy.clear();
    const [offered] = await nextStart(through, journal);
    assert.equal(await discard(through, anotherWindow(journal), offered!, { onStep }), 'done');
    assert.deepEqual(await standing(lab), []);
    assert.deepEqual(await readdir(journal), []);
  });

  it('never removes a claim that another made anew under the same name, whatever its annotations', async () => {
    let uid = '';
    const claim = ['-n', 'alice', 'get', 'pvc', 'launched-workspace', '-o'];
    const replaced = async (): Promise<void> => {
      const copy = JSON.parse(await lab.kubectl([...claim, 'json'])) as { metadata: Record<string, unknown> };
      const { name: same, namespace, labels, annotations } = copy.metadata;
      await lab.kubectl(['-n', 'alice', 'delete', 'pvc', 'launched-workspace', '--cascade=foreground']);
      const { spec } = copy as unknown as { spec: Record<string, unknown> };
      delete spec['volumeName'];
      const anew = { ...copy, metadata: { name: same, namespace, labels, annotations }, spec, status: undefined };
      await lab.kubectl(['create', '-f', '-'], { input: JSON.stringify(anew) });
      uid = await lab.kubectl([...claim, 'jsonpath={.metadata.uid}']);
    };
    const hooked = whenAt(through, 'before making launched', async () => {
      await replaced();
      await lab.proxy.set({ match: { method: 'POST', path: notebooks }, do: { kind: 'status', status: 403 } });
    });
    const result = await launch(hooked, launchForm(), { onStep, journal: anotherWindow(journal) });
    assert.ok(!result.ok);
    assert.deepEqual(await standing(lab), ['persistentvolumeclaim/launched-workspace']);
    assert.equal(await lab.kubectl([...claim, 'jsonpath={.metadata.uid}']), uid);
  });

  it('refuses a claim of somebody else that appears after the check, at its field, and leaves it alone', async () => {
    const hooked = whenAt(alice, 'before making launched-datavol-1', (type, body, options) => {
      const { metadata } = body as KubeObject;
      const theirs = { ...(body as KubeObject), metadata: { ...metadata, annotations: {} } };
      return alice.create(type, theirs, options);
    });
    const result = await launch(hooked, launchForm(), { onStep, journal: anotherWindow(journal) });
    assert.ok(!result.ok);
    assert.equal(result.problem.code, 'AlreadyExists');
    assert.equal(result.field, 'data.0.name');
    assert.deepEqual(await standing(lab), ['persistentvolumeclaim/launched-datavol-1']);
    assert.deepEqual(await readdir(journal), []);
  });

  it('does not discard a volume that another notebook server uses by now', async () => {
    await killedAt({
      kubeconfig: lab.kubeconfig('alice'),
      journal,
      form: launchForm(),
      stopAt: 'before making launched',
    });
    const user = launchForm({
      name: 'other-user',
      workspace: { kind: 'existing', claim: 'launched-workspace', mountPath: '' },
      dataVolumes: [],
    });
    const result = await launch(alice, user, { onStep });
    assert.ok(result.ok);
    try {
      const [offered] = await nextStart(alice, journal);
      await discard(alice, anotherWindow(journal), offered!, { onStep });
      assert.deepEqual(await standing(lab), ['persistentvolumeclaim/launched-workspace']);
    } finally {
      await result.undo(onStep);
    }
  });

  it('does not discard a volume that a pod of no notebook server mounts by now', async () => {
    const kubeconfig = lab.kubeconfig('alice');
    await killedAt({ kubeconfig, journal, form: launchForm(), stopAt: 'before making launched' });
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'launched-workspace' } }];
    const containers = [{ name: 'job', image: 'busybox', volumeMounts: [{ name: 'data', mountPath: '/data' }] }];
    // It stays pending, as no node has this label: what counts is that it names the volume.
    const spec = { nodeSelector: { 'of-no-node': 'true' }, containers, volumes };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'mounts-launched', namespace: 'alice' }, spec };
    await lab.kubectl(['create', '-f', '-'], { input: JSON.stringify(pod) });
    try {
      const [offered] = await nextStart(alice, journal);
      assert.equal(await discard(alice, anotherWindow(journal), offered!, { onStep }), 'done');
      assert.deepEqual(await standing(lab), ['persistentvolumeclaim/launched-workspace']);
    } finally {
      await lab.kubectl(['-n', 'alice', 'delete', 'pod', 'mounts-launched', '--force', '--grace-period=0']);
    }
  });

  it('takes everything back when it is given up after all was made', async () => {
    const result = await run();
    assert.ok(result.ok);
    assert.deepEqual(await result.undo(onStep), []);
    assert.deepEqual(await standing(lab), []);
    assert.deepEqual(await readdir(journal), []);
  });

  it('does not offer a launch that goes on in another window', async () => {
    let offered: unknown;
    // A disk that is busy holds a beat up for a while; one that comes ends the look, whatever the lapse.
    const look = async () => (offered = await nextStart(alice, journal, 30_000));
    const hooked = whenAt(alice, 'before making launched', look);
    assert.ok((await launch(hooked, launchForm(), { onStep, journal: anotherWindow(journal) })).ok);
    assert.deepEqual(offered, []);
  });

  it('keeps no value of an environment variable, and finishes with the values that it is given', async () => {
    const env = [{ kind: 'value' as const, name: 'HF_TOKEN', value: 'a-secret-of-alice' }];
    const form = launchForm({ env, workspace: newVolume('', '1') });
    await killedAt({ kubeconfig: lab.kubeconfig('alice'), journal, form, stopAt: 'before making launched' });
    for (const file of await readdir(journal)) {
      assert.ok(!(await readFile(join(journal, file), 'utf8')).includes('a-secret-of-alice'), file);
    }
    const [offered] = await nextStart(alice, journal);
    assert.deepEqual(offered!.ask, [{ container: name, variable: 'HF_TOKEN', at: 0 }]);
    assert.equal(await finish(alice, anotherWindow(journal), offered!, { onStep, values: ['typed again'] }), 'done');
    const value = 'jsonpath={.spec.template.spec.containers[0].env[?(@.name=="HF_TOKEN")].value}';
    assert.equal(await lab.kubectl(['-n', 'alice', 'get', 'notebook', name, '-o', value]), 'typed again');
  });

  it('stays as it is, and is offered again, when its finishing is refused', async () => {
    await killedAt({
      kubeconfig: lab.kubeconfig('alice', { at: 'proxy' }),
      journal,
      form: launchForm(),
      stopAt: 'before making launched',
    });
    await lab.proxy.set({ match: { method: 'POST', path: notebooks }, do: { kind: 'status', status: 403 } });
    const [offered] = await nextStart(through, journal);
    const end = await finish(through, anotherWindow(journal), offered!, { onStep });
    assert.ok(typeof end === 'object' && isKubeError(end.problem, 'Forbidden'));
    assert.equal((await nextStart(through, journal)).length, 1);
  });
});
