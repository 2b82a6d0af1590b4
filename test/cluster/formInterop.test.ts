import assert from 'node:assert/strict';
import type { Lab } from '../../lab/index.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { persistentVolumeClaims } from '../../src/k8s/objects.ts';
import type { KubeObject, PersistentVolumeClaim } from '../../src/k8s/objects.ts';
import type { SpawnForm } from '../../src/kubeflow/form.ts';
import { findings } from '../../src/kubeflow/form/formFindings.ts';
import { manifests } from '../../src/kubeflow/form/manifests.ts';
import { withNewVolumes } from '../../src/kubeflow/form/newVolumes.ts';
import { normalForm } from '../../src/kubeflow/form/normalForm.ts';
import { previewOf } from '../../src/kubeflow/form/preview.ts';
import { formOf } from '../../src/kubeflow/form/readBack.ts';
import { annotations, notebooks } from '../../src/kubeflow/objects.ts';
import type { Notebook } from '../../src/kubeflow/objects.ts';
import { foreignNotebooks } from '../support/foreignNotebooks.ts';
import { config, formIn, formStates, hostileTexts, options, podDefaults } from '../support/formStates.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';

const namespace = 'alice';
const known = { config, podDefaults };

describe('Forms, Notebooks and the API server', function () {
  this.timeout(120_000);
  let lab: Lab;
  let alice: Cluster;
  /** What kubectl says of everything that was made here, by kind and name. */
  let stored: Map<string, KubeObject>;

  const states = Object.keys(formStates).map((state, index) => ({ state, form: formIn(state, `interop-${index}`) }));
  const foreign = foreignNotebooks('interop-foreign-');
  const hostile = hostileForm();

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    alice = await clusterOf(lab, 'alice');
    const made = [...states.map(({ form }) => form), hostile].map((form) =>
      manifests(form, { config, creator: 'alice@example.com', launchId: 'interop' }),
    );
    await Promise.all(
      made.flatMap(({ claims }) => claims).map((c) => alice.create(persistentVolumeClaims, c, { namespace })),
    );
    for (const notebook of [...made.map((m) => m.notebook), ...foreign.map((f) => f.notebook)]) {
      const type = { ...notebooks, version: notebook.apiVersion?.split('/')[1] ?? '' };
      await alice.create<Notebook>(type, stopped(notebook), { namespace });
    }
    const list = await lab.kubectl(['-n', namespace, 'get', 'notebooks.v1beta1.kubeflow.org,pvc', '-o', 'json']);
    const { items } = JSON.parse(list) as { items: KubeObject[] };
    stored = new Map(items.map((item) => [`${item.kind}/${item.metadata.name}`, item]));
  });
  after(async () => {
    const mine = [...(stored?.values() ?? [])].filter(({ kind, metadata }) => made().has(`${kind}/${metadata.name}`));
    const names = mine.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    if (names.length > 0) await lab.kubectl(['-n', namespace, 'delete', '--wait=false', ...names]);
    alice?.dispose();
  });

  function made(): Set<string> {
    const sets = [...states.map(({ form }) => form), hostile].map((form) => manifests(form, { config }));
    return new Set([
      ...sets.flatMap(({ claims }) => claims.map((c) => `PersistentVolumeClaim/${c.metadata.name}`)),
      ...sets.map(({ notebook }) => `Notebook/${notebook.metadata.name}`),
      ...foreign.map(({ notebook }) => `Notebook/${notebook.metadata.name}`),
    ]);
  }
  const notebookOf = (name: string): Notebook => {
    const found = stored.get(`Notebook/${name}`);
    assert.ok(found, name);
    return found;
  };

  describe('a form that was launched', () => {
    for (const { state, form } of states) {
      it(`reads back as it was: ${state}`, () => {
        assert.deepEqual(
          findings(form, options).filter((f) => f.severity === 'error'),
          [],
        );
        const claims = manifests(form, { config }).claims.map(({ metadata }) => metadata.name);
        const standing = claims.map((name) => stored.get(`PersistentVolumeClaim/${name}`) as PersistentVolumeClaim);
        const read = withNewVolumes(formOf(notebookOf(form.name.trim()), known), standing, (claim) => claim);
        assert.deepEqual(normalForm(read, config), normalForm(withClasses(form, standing), config));
      });
    }

    it('is there exactly as its preview says', () => {
      for (const { state, form } of states) {
        const { notebook } = manifests(form, { config });
        assert.deepEqual(notebookOf(form.name.trim()).spec, notebook.spec, state);
      }
    });

    it('has everything that the Jupyter Web App reads without looking', () => {
      for (const { state, form } of states) {
        const { metadata, spec } = notebookOf(form.name.trim());
        const [container] = spec?.template?.spec?.containers ?? [];
        assert.equal(container?.name, metadata.name, state);
        assert.ok(container?.resources?.requests?.['cpu'] && container.resources.requests['memory'], state);
        assert.ok(container.volumeMounts && container.env && spec?.template?.spec?.volumes, state);
        assert.ok(metadata.annotations?.[annotations.serverType], state);
        for (const [key, amount] of Object.entries(container.resources.limits ?? {})) {
          if (key.includes('/')) assert.match(amount, /^\d+$/, `${state}: ${key}`);
        }
      }
    });
  });

  describe('a hostile text', () => {
    it('is stored exactly as a variable and an annotation, or refused before', () => {
      const { env, annotations: kept } = formOf(notebookOf('interop-hostile'), known);
      assert.deepEqual(env, hostile.env);
      assert.deepEqual(byKey(kept), byKey(hostile.annotations));
      assert.deepEqual(
        hostileTexts.filter((value) => !hostile.env.some((one) => one.kind === 'value' && one.value === value)),
        ['\u0000', '\ud800', 'a\udfff'],
      );
    });
    it('is stored exactly as a label, or refused before', () => {
      assert.deepEqual(byKey(formOf(notebookOf('interop-hostile'), known).labels), byKey(hostile.labels));
      assert.ok(hostile.labels.length > 10);
    });
    it('is not refused as a label without need', async () => {
      for (const value of hostileTexts.filter((text) => refused({ labels: [{ key: 'l', value: text }] }))) {
        const form = { ...formIn('no workspace', 'interop-refused'), labels: [{ key: 'l', value }] };
        const { notebook } = manifests(form, { config });
        await assert.rejects(alice.create(notebooks, notebook, { namespace, dryRun: true }), JSON.stringify(value));
      }
    });
    it('survives the preview as YAML', async () => {
      const input = previewOf(manifests(hostile, { config }));
      const seen = JSON.parse(
        await lab.kubectl(['apply', '--dry-run=client', '-f', '-', '-o', 'json'], { input }),
      ) as Notebook;
      assert.deepEqual(seen.spec, notebookOf('interop-hostile').spec);
    });
  });

  describe('a Notebook that others made', () => {
    for (const { made, notebook } of foreign) {
      it(`is made again to the byte by its form, and takes a change and nothing else: ${made}`, async () => {
        const base = notebookOf(notebook.metadata.name);
        const form = formOf(base, known);
        const again = manifests(form, { ...known, base });
        assert.equal(JSON.stringify(again.notebook), JSON.stringify(base));
        assert.deepEqual(again.claims, []);

        const changed: SpawnForm = {
          ...form,
          imageMode: 'custom',
          customImage: 'quay.io/other/image:1',
          memory: '7',
          memoryLimit: '9',
          env: [...form.env, { kind: 'value', name: 'ADDED', value: 'x' }],
          labels: [...form.labels, { key: 'added', value: 'x' }],
        };
        const { notebook: edited } = manifests(changed, { ...known, base });
        const expected =
          /^\/metadata\/labels(\/added)?$|\/(image|env|env\/\d+|requests\/memory|limits\/memory|requests|limits|resources)$/;
        const paths = differences(base, edited);
        const bare = made === 'nothing' ? /^\/spec\/template$/ : expected;
        assert.deepEqual(
          paths.filter((path) => !expected.test(path) && !bare.test(path)),
          [],
        );
        const patch = { metadata: { labels: edited.metadata.labels }, spec: edited.spec };
        const where = { namespace, name: edited.metadata.name };
        const answer = await alice.patch<Notebook>(notebooks, where, patch, { kind: 'merge', dryRun: true });
        assert.deepEqual(answer.spec, edited.spec);
        assert.deepEqual(normalForm(formOf(answer, known), config), normalForm(changed, config));
      });
    }
  });
});

/** No pod is made of it. */
function stopped(notebook: Notebook): Notebook {
  const marks = { [annotations.stopped]: '2026-01-01T00:00:00Z', ...notebook.metadata.annotations };
  return { ...notebook, metadata: { ...notebook.metadata, annotations: marks } };
}

/** Every text that the form does not refuse, as a variable, an annotation and a label. */
function hostileForm(): SpawnForm {
  const each = hostileTexts.map((value, index) => ({ key: `h${index}`, value }));
  return {
    ...formIn('no workspace', 'interop-hostile'),
    env: each
      .map(({ key, value }) => ({ kind: 'value' as const, name: key, value }))
      .filter((one) => !refused({ env: [one] })),
    annotations: each.filter((pair) => !refused({ annotations: [pair] })),
    labels: each.filter((pair) => !refused({ labels: [pair] })),
  };
}

function refused(change: Partial<SpawnForm>): boolean {
  const form = { ...formIn('no workspace', 'interop-hostile'), ...change };
  return findings(form, options).some(({ severity }) => severity === 'error');
}

/** A claim without a class comes back with the default one: that much the launch does not leave as it was. */
function withClasses(form: SpawnForm, claims: readonly PersistentVolumeClaim[]): SpawnForm {
  const classes = claims.map(({ spec }) => spec?.storageClassName);
  const named = [form.workspace, ...form.dataVolumes].map((volume) =>
    volume.kind === 'new' ? { ...volume, storageClass: classes.shift() } : volume,
  );
  const [workspace = form.workspace, ...dataVolumes] = named as SpawnForm['dataVolumes'];
  return { ...form, workspace, dataVolumes };
}

function byKey(pairs: readonly { key: string; value: string }[]): Record<string, string> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}

/** JSON pointers to what differs. */
function differences(a: unknown, b: unknown, path = ''): string[] {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b ? [] : [path];
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
    differences(left[key], right[key], `${path}/${key}`),
  );
}
