import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Lab } from '../../lab/index.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { LiveList } from '../../src/k8s/liveList.ts';
import { silentLogger } from '../../src/k8s/log.ts';
import { pods } from '../../src/k8s/objects.ts';
import type { Pod } from '../../src/k8s/objects.ts';
import { editServer } from '../../src/kubeflow/edit.ts';
import type { EditResult } from '../../src/kubeflow/edit.ts';
import { newVolume } from '../../src/kubeflow/form.ts';
import type { SpawnForm } from '../../src/kubeflow/form.ts';
import { manifests } from '../../src/kubeflow/form/manifests.ts';
import { previewOf } from '../../src/kubeflow/form/preview.ts';
import { formOf } from '../../src/kubeflow/form/readBack.ts';
import { discard } from '../../src/kubeflow/launch/unfinished.ts';
import { annotations, notebooks } from '../../src/kubeflow/objects.ts';
import type { Notebook } from '../../src/kubeflow/objects.ts';
import { foreignNotebooks } from '../support/foreignNotebooks.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';
import { anotherWindow, killedAt, nextStart } from './support/launches.ts';
import { smallNotebook } from './support/notebooks.ts';

const namespace = 'alice';
const onStep = (): void => undefined;

describe('an edit of a server, against a real API server', function () {
  this.timeout(120_000);
  let lab: Lab;
  let alice: Cluster;
  let journal: string;
  const name = 'edited';

  const kubectl = (...args: string[]): Promise<string> => lab.kubectl(['-n', namespace, ...args]);
  const notebook = (of = name): Promise<Notebook> => alice.get<Notebook>(notebooks, { namespace, name: of });
  const pod = async (): Promise<Pod> => JSON.parse(await kubectl('get', 'pod', `${name}-0`, '-o', 'json')) as Pod;
  async function ready(): Promise<void> {
    // A wait for a condition ends at once where there is no pod yet.
    await kubectl('wait', '--for=create', '--timeout=60s', `pod/${name}-0`);
    await kubectl('wait', '--for=condition=Ready', '--timeout=90s', `pod/${name}-0`, `notebook/${name}`);
  }
  /** The claims made for it, but for those on their way out: the cluster lets go of them when it comes to it. */
  async function claims(): Promise<string[]> {
    const columns = 'custom-columns=N:.metadata.name,D:.metadata.deletionTimestamp';
    const lines = await kubectl('get', 'pvc', '-l', `app=${name}`, '--no-headers', '-o', columns);
    return lines.split('\n').flatMap((line) => {
      const [claim, deleted] = line.trim().split(/\s+/);
      return claim && deleted === '<none>' ? [claim] : [];
    });
  }

  async function make(change: Parameters<typeof smallNotebook>[2] = {}): Promise<Notebook> {
    const made = smallNotebook(name, namespace, change);
    // Jupyter would take its time to end.
    made.spec!.template!.spec!.terminationGracePeriodSeconds = 1;
    return alice.create<Notebook>(notebooks, made, { namespace });
  }
  async function edit(change: Partial<SpawnForm>, base?: Notebook): Promise<EditResult> {
    const read = base ?? (await notebook());
    return editServer(alice, { ...formOf(read), ...change }, { base: read, onStep, journal: anotherWindow(journal) });
  }
  /** Waits until the server's pod is so, whichever it is by then. */
  async function podBecomes(isSo: (one: Pod) => boolean): Promise<void> {
    const what = { type: pods, namespace, fieldSelector: `metadata.name=${name}-0` };
    const list = new LiveList<Pod>(alice, what, { logger: silentLogger });
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(() => reject(new Error('the pod has not become what it was to be')), 90_000);
        list.onDidChange(() => {
          if ([...list.items.values()].some(isSo)) resolve();
        });
        list.start();
      });
    } finally {
      clearTimeout(timer);
      list.dispose();
    }
  }
  /** Waits until the pod that another takes the place of is gone, and that one runs. */
  async function replaced(result: EditResult): Promise<Pod> {
    assert.ok(result.ok && result.replaces, JSON.stringify(result));
    await podBecomes(({ metadata }) => metadata.uid !== result.replaces);
    await ready();
    return pod();
  }

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    alice = await clusterOf(lab, 'alice');
  });
  beforeEach(async () => {
    journal = await mkdtemp(join(tmpdir(), 'kubeflow-edits-'));
  });
  afterEach(async () => {
    await kubectl('delete', 'notebook', name, '--ignore-not-found', '--cascade=foreground');
    // What was made just then outlives it for a moment: the next test would take that for its own.
    await kubectl('wait', '--for=delete', '--timeout=60s', `statefulset/${name}`, `pod/${name}-0`);
    await kubectl('delete', 'pvc', '-l', `app=${name}`, '--ignore-not-found');
    await rm(journal, { recursive: true });
  });
  after(() => alice?.dispose());

  it('gives a running server another size: its pod is replaced, and nothing else of it is changed', async () => {
    await make();
    await ready();
    const before = await notebook();
    const after = await replaced(await edit({ cpu: '0.2' }, before));
    assert.equal(after.spec?.containers[0]?.resources?.requests?.['cpu'], '200m');
    const expected = structuredClone(before.spec)!;
    expected.template!.spec!.containers[0]!.resources!.requests!['cpu'] = '0.2';
    assert.deepEqual((await notebook()).spec, expected);
  });

  it('is what its preview shows', async () => {
    const base = await make();
    const form = { ...formOf(base), cpu: '0.2', labels: [{ key: 'team', value: 'blue' }] };
    const shown = parseAllDocuments(previewOf(manifests(form, { base }))).map((one) => one.toJS() as Notebook);
    await editServer(alice, form, { base, onStep });
    const now = await notebook();
    assert.deepEqual(now.spec, shown.at(-1)?.spec);
    assert.deepEqual(now.metadata.labels, shown.at(-1)?.metadata.labels);
  });

  it('brings labels and annotations to the pod, and takes them away again', async () => {
    await make();
    await ready();
    const labels = [{ key: 'team', value: 'blue' }];
    const first = await replaced(await edit({ labels, annotations: [{ key: 'example.com/a', value: 'b' }] }));
    assert.equal(first.metadata.labels?.['team'], 'blue');
    assert.equal(first.metadata.annotations?.['example.com/a'], 'b');
    const second = await replaced(await edit({ labels: [], annotations: [] }));
    assert.equal(second.metadata.labels?.['team'], undefined);
    assert.equal(second.metadata.annotations?.['example.com/a'], undefined);
  });

  it('of size and labels at once ends with one pod that has both', async () => {
    await make();
    await ready();
    const after = await replaced(await edit({ cpu: '0.2', labels: [{ key: 'team', value: 'blue' }] }));
    assert.equal(after.metadata.labels?.['team'], 'blue');
    assert.equal(after.spec?.containers[0]?.resources?.requests?.['cpu'], '200m');
  });

  it('of a stopped server starts nothing, and its next start has the labels', async () => {
    await make();
    await ready();
    await kubectl('annotate', 'notebook', name, `${annotations.stopped}=now`);
    await kubectl('wait', '--for=delete', `pod/${name}-0`, '--timeout=60s');
    const result = await edit({ labels: [{ key: 'team', value: 'blue' }] });
    assert.deepEqual(result, { ok: true, claims: [], then: 'staysStopped' });
    assert.equal((await notebook()).metadata.annotations?.[annotations.stopped], 'now');
    assert.equal(await kubectl('get', 'pods', '-l', `notebook-name=${name}`, '-o', 'name'), '');
    await kubectl('annotate', 'notebook', name, `${annotations.stopped}-`);
    await kubectl('wait', '--for=create', `pod/${name}-0`, '--timeout=60s');
    assert.equal((await pod()).metadata.labels?.['team'], 'blue');
  });

  it('repairs a server whose pod never got ready', async () => {
    await make({ image: 'ghcr.io/acme/missing:1' });
    await kubectl('wait', '--for=create', `pod/${name}-0`, '--timeout=60s');
    const { customImage } = { customImage: smallNotebook(name, namespace).spec!.template!.spec!.containers[0]!.image! };
    const after = await replaced(await edit({ imageMode: 'custom', customImage }));
    assert.equal(after.spec?.containers[0]?.image, customImage);
  });

  it('is a conflict where somebody else has changed the spec since, and does nothing then', async () => {
    const base = await make();
    const path = '{"spec":{"template":{"spec":{"priorityClassName":null,"enableServiceLinks":false}}}}';
    await kubectl('patch', 'notebook', name, '--type=merge', '-p', path);
    const theirs = await notebook();
    const result = await edit({ cpu: '2', dataVolumes: [newVolume('', '1')] }, base);
    assert.equal(result.ok, false);
    assert.equal(result.conflict, true);
    assert.deepEqual((await notebook()).spec, theirs.spec);
    assert.deepEqual(await claims(), []);
  });

  it('is a conflict where somebody else has written the label that it writes', async () => {
    await make({ labels: { team: 'blue' } });
    const base = await notebook();
    await kubectl('label', 'notebook', name, 'team=red', '--overwrite');
    const result = await edit({ labels: [{ key: 'team', value: 'green' }] }, base);
    assert.ok(!result.ok && result.conflict);
    assert.equal((await notebook()).metadata.labels?.['team'], 'red');
  });

  const mine = { key: 'example.com/mine', value: 'y' };

  it('leaves a stop and a start of others in between as they are', async () => {
    await make();
    await kubectl('annotate', 'notebook', name, 'example.com/old=z');
    const base = await notebook();
    await kubectl('annotate', 'notebook', name, `${annotations.stopped}=now`);
    assert.ok((await edit({ annotations: [...formOf(base).annotations, mine] }, base)).ok);
    assert.equal((await notebook()).metadata.annotations?.[annotations.stopped], 'now');
    const stopped = await notebook();
    await kubectl('annotate', 'notebook', name, `${annotations.stopped}-`);
    assert.ok((await edit({ cpu: '0.2' }, stopped)).ok);
    const { metadata } = await notebook();
    assert.equal(metadata.annotations?.[annotations.stopped], undefined);
    assert.equal(metadata.annotations?.['example.com/mine'], 'y');
  });

  it('does not drop an annotation of others where its own would be the first: that is a conflict', async () => {
    await make();
    const base = await notebook();
    assert.equal(base.metadata.annotations, undefined);
    await kubectl('annotate', 'notebook', name, 'example.com/theirs=x');
    const result = await edit({ annotations: [mine] }, base);
    assert.ok(!result.ok && result.conflict);
    assert.equal((await notebook()).metadata.annotations?.['example.com/theirs'], 'x');
  });

  it('makes new volumes first, and mounts them', async () => {
    await make();
    const result = await edit({ workspace: newVolume('', '1'), dataVolumes: [newVolume('/data', '1')] });
    assert.deepEqual(result.ok && result.claims, [`${name}-workspace`, `${name}-datavol-1`]);
    assert.deepEqual(formOf(await notebook()).dataVolumes, [
      { kind: 'existing', claim: `${name}-datavol-1`, mountPath: '/data', from: 1 },
    ]);
    assert.deepEqual(await readdir(journal), []);
  });

  it('is refused at its field by the dry-run, and leaves no volume', async () => {
    const base = await make();
    const change = { nodeSelector: [{ key: 'a b', value: 'x' }], dataVolumes: [newVolume('', '1')] };
    const result = await edit(change, base);
    assert.equal(result.ok, false);
    assert.equal(result.field, 'nodeSelector.0.key');
    assert.deepEqual((await notebook()).spec, base.spec);
    assert.deepEqual(await claims(), []);
  });

  describe('of one field of a Notebook that others made', () => {
    const withContainers = foreignNotebooks('edit-foreign-').filter(({ made }) => made !== 'nothing');
    for (const { made, notebook: theirs } of withContainers) {
      it(`changes that field and nothing else: ${made}`, async () => {
        const of = theirs.metadata.name;
        const type = { ...notebooks, version: theirs.apiVersion?.split('/')[1] ?? '' };
        const marks = { ...theirs.metadata.annotations, [annotations.stopped]: 'now' };
        const stopped = { ...theirs, metadata: { ...theirs.metadata, annotations: marks } };
        await alice.create<Notebook>(type, stopped, { namespace });
        try {
          const base = await notebook(of);
          const form = { ...formOf(base), serviceAccount: 'default-editor' };
          const result = await editServer(alice, form, { base, onStep });
          assert.ok(result.ok, JSON.stringify(result));
          const after = await notebook(of);
          const read = structuredClone(after);
          const pair = [read, structuredClone(base)].map((one) => {
            const spec = one.spec?.template?.spec as Record<string, unknown> | undefined;
            delete spec?.['serviceAccountName'];
            delete spec?.['serviceAccount'];
            return [one.metadata.labels, one.metadata.annotations, one.spec];
          });
          assert.deepEqual(pair[0], pair[1]);
          assert.equal(formOf(after).serviceAccount, 'default-editor');
        } finally {
          await kubectl('delete', 'notebook', of, '--wait=false');
        }
      });
    }
  });

  describe('whose process is killed', () => {
    const claim = `${name}-datavol-1`;
    const change: Partial<SpawnForm> = {
      cpu: '0.2',
      labels: [{ key: 'team', value: 'blue' }],
      dataVolumes: [newVolume('', '1')],
    };
    const kill = (stopAt: string): Promise<void> =>
      killedAt({ kubeconfig: lab.kubeconfig('alice'), journal, edit: { name, change }, stopAt });
    const isStopped = async (): Promise<boolean> =>
      (await notebook()).metadata.annotations?.[annotations.stopped] !== undefined;

    /** Each point before the patch, and what of it stands. */
    const early: [string, string[]][] = [
      ['before the entry', []],
      ['after the entry', []],
      [`before making ${claim}`, []],
      [`after making ${claim}`, [claim]],
      [`before patching ${name}`, [claim]],
    ];
    for (const [stopAt, stands] of early) {
      it(`${stopAt}: the server is what it was, and what was made for it is offered to be discarded`, async () => {
        const base = await make();
        await kill(stopAt);
        const after = await notebook();
        assert.deepEqual([after.spec, after.metadata.labels], [base.spec, base.metadata.labels]);
        assert.equal(await isStopped(), false);
        const [offered] = await nextStart(alice, journal);
        assert.deepEqual(offered?.standing ?? [], stands);
        if (offered) {
          assert.equal(offered.canFinish, false);
          assert.equal(await discard(alice, anotherWindow(journal), offered, { onStep }), 'done');
        }
        assert.deepEqual(await claims(), []);
        assert.deepEqual(await readdir(journal), []);
      });
    }

    it('does not discard a volume that the server was given by hand since', async () => {
      await make();
      await kill(`before patching ${name}`);
      const dataVolumes = [{ kind: 'existing' as const, claim, mountPath: '' }];
      assert.ok((await edit({ dataVolumes })).ok);
      assert.deepEqual(await nextStart(alice, journal), []);
      assert.deepEqual(await claims(), [claim]);
    });

    for (const stopAt of [
      `after patching ${name}`,
      'before the end',
      'after the end',
      `before removing ${name}`,
      `after removing ${name}`,
    ]) {
      it(`${stopAt}: the Notebook says what is wanted, and the next save brings the pod there`, async () => {
        await make();
        await ready();
        await kill(stopAt);
        const { cpu, labels } = formOf(await notebook());
        assert.deepEqual([cpu, labels], ['0.2', change.labels]);
        assert.equal(await isStopped(), false);
        assert.deepEqual(await nextStart(alice, journal), [], 'nothing is left to do but for the pod');
        assert.ok((await edit({})).ok);
        await settled();
      });
    }

    /** The pod becomes what the Notebook says. */
    async function settled(): Promise<void> {
      await podBecomes(({ metadata: { labels, deletionTimestamp }, spec }) => {
        const isNew = labels?.['team'] === 'blue' && deletionTimestamp === undefined;
        return isNew && spec?.containers[0]?.resources?.requests?.['cpu'] === '200m';
      });
      await ready();
      assert.equal(await isStopped(), false);
    }
  });
});
