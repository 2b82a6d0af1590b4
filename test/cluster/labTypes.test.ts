import assert from 'node:assert/strict';
import type { Lab } from '../../lab/index.ts';
import { lab as theLab } from './support/lab.ts';

const notebook = (podSpec: unknown, version = 'v1') => ({
  apiVersion: `kubeflow.org/${version}`,
  kind: 'Notebook',
  metadata: { name: 'types', namespace: 'alice' },
  spec: { template: { spec: podSpec } },
});
const container = { name: 'types', image: 'kubeflownotebookswg/jupyter:latest' };

describe("the lab's Kubeflow types", function () {
  this.timeout(60_000);
  let lab: Lab;
  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
  });

  const dryRun = (object: unknown, as: 'admin' | 'alice' = 'alice') =>
    lab.kubectl(['create', '--dry-run=server', '-f', '-', '-o', 'json'], { as, input: JSON.stringify(object) });

  for (const version of ['v1', 'v1beta1', 'v1alpha1']) {
    it(`take a Notebook as ${version}`, async () => {
      const made = JSON.parse(await dryRun(notebook({ containers: [container] }, version))) as { apiVersion: string };
      assert.equal(made.apiVersion, `kubeflow.org/${version}`);
    });
  }

  it('refuse a Notebook without a container, or with one that has no name or image', async () => {
    await assert.rejects(dryRun(notebook({})), /spec\.template\.spec\.containers: Required value/);
    await assert.rejects(dryRun(notebook({ containers: [] })), /containers.*at least 1 item/);
    await assert.rejects(dryRun(notebook({ containers: [{ name: 'types' }] })), /containers\[0\]\.image: Required/);
    await assert.rejects(dryRun(notebook({ containers: [{ image: 'x' }] })), /containers\[0\]\.name: Required/);
  });

  it('keep what a pod can have beyond that', async () => {
    const podSpec = { containers: [container], tolerations: [{ key: 'gpu', operator: 'Exists' }], priority: 3 };
    const made = JSON.parse(await dryRun(notebook(podSpec))) as ReturnType<typeof notebook>;
    assert.deepEqual(made.spec.template.spec, podSpec);
  });

  it('drop what is newer than the Kubernetes that Kubeflow is built with, and refuse what is of the wrong type', async () => {
    const newer = {
      containers: [
        { ...container, resources: { claims: [{ name: 'gpu' }], requests: { cpu: '1' } }, resizePolicy: [] },
      ],
      initContainers: [{ name: 'side', image: 'busybox', restartPolicy: 'Always' }],
      resourceClaims: [{ name: 'gpu' }],
      hostUsers: false,
    };
    const ignore = ['create', '--dry-run=server', '--validate=ignore', '-f', '-', '-o', 'json'];
    const made = await lab.kubectl(ignore, { as: 'alice', input: JSON.stringify(notebook(newer)) });
    assert.deepEqual((JSON.parse(made) as ReturnType<typeof notebook>).spec.template.spec, {
      containers: [{ ...container, resources: { requests: { cpu: '1' } } }],
      initContainers: [{ name: 'side', image: 'busybox' }],
    });
    await assert.rejects(dryRun(notebook({ containers: [container], tolerations: 'x' })), /tolerations.*type array/);
  });

  it('refuse a Profile whose owner has no kind or name', async () => {
    const profile = (owner: unknown) => ({
      apiVersion: 'kubeflow.org/v1beta1',
      kind: 'Profile',
      metadata: { name: 'types' },
      spec: { owner },
    });
    await dryRun(profile({ kind: 'User', name: 'types@example.com' }), 'admin');
    await assert.rejects(dryRun(profile({ kind: 'User' }), 'admin'), /spec\.owner\.name: Required/);
    await assert.rejects(dryRun(profile({ name: 'types@example.com' }), 'admin'), /spec\.owner\.kind: Required/);
  });

  it('refuse a PodDefault without a selector', async () => {
    const podDefault = (spec: unknown) => ({
      apiVersion: 'kubeflow.org/v1alpha1',
      kind: 'PodDefault',
      metadata: { name: 'types', namespace: 'alice' },
      spec,
    });
    await dryRun(podDefault({ selector: { matchLabels: { gpu: 'true' } }, desc: 'GPU' }));
    await assert.rejects(dryRun(podDefault({ desc: 'GPU' })), /spec\.selector: Required/);
  });
});
