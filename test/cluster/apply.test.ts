import assert from 'node:assert/strict';
import type { Lab } from '../../lab/index.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { applyDocuments, checkDocuments, planDocuments } from '../../src/kubeflow/applyYaml.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';

const profileYaml = (name: string, owner = 'erin@example.com') => `apiVersion: kubeflow.org/v1
kind: Profile
metadata:
  name: ${name}
spec:
  owner:
    kind: User
    name: ${owner}
`;
const claimYaml = (name: string, namespace: string, size = '1Gi') => `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: ${size}
`;
const notebookYaml = (
  name: string,
  namespace: string,
  image = 'kubeflow/jupyter-scipy:v1.11.0',
) => `apiVersion: kubeflow.org/v1beta1
kind: Notebook
metadata:
  name: ${name}
  namespace: ${namespace}
  annotations:
    kubeflow-resource-stopped: "2026-01-01T00:00:00Z"
spec:
  template:
    spec:
      containers:
        - name: ${name}
          image: ${image}
`;
const file = (...documents: string[]) => documents.join('---\n');

describe('apply YAML against a real API server', function () {
  this.timeout(90_000);
  let lab: Lab;
  let admin: Cluster;
  let alice: Cluster;

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    admin = await clusterOf(lab, 'admin');
    alice = await clusterOf(lab, 'alice');
  });
  after(async () => {
    admin?.dispose();
    alice?.dispose();
    await lab.kubectl(['delete', 'profile', 'apply-erin', 'apply-taken', '--ignore-not-found']);
    await lab.kubectl(['delete', 'namespace', 'apply-taken', '--ignore-not-found', '--wait=false']);
    await lab.kubectl(['-n', 'alice', 'delete', 'pvc', 'apply-one', '--ignore-not-found']);
  });

  it('creates a profile and what lives in it, from one file, and changes nothing the second time', async () => {
    const documents = planDocuments(
      file(profileYaml('apply-erin'), claimYaml('home', 'apply-erin'), notebookYaml('mnist', 'apply-erin')),
    );
    const check = await checkDocuments(admin, documents);
    assert.deepEqual(check.findings, []);
    assert.deepEqual(
      check.schemaOnly.map((d) => d.kind),
      ['PersistentVolumeClaim', 'Notebook'],
    );
    assert.deepEqual(check.unchecked, []);
    const results = await applyDocuments(admin, documents);
    assert.deepEqual(
      results.map((r) => [r.document.kind, r.outcome]),
      [
        ['Profile', 'created'],
        ['PersistentVolumeClaim', 'created'],
        ['Notebook', 'created'],
      ],
    );
    const manager = await lab.kubectl([
      ...['-n', 'apply-erin', 'get', 'notebook', 'mnist', '--show-managed-fields'],
      ...['-o', 'jsonpath={.metadata.managedFields[?(@.operation=="Apply")].manager}'],
    ]);
    assert.equal(manager, 'kubeflow-notebooks');
    const again = planDocuments(file(profileYaml('apply-erin'), claimYaml('home', 'apply-erin')));
    assert.deepEqual((await checkDocuments(admin, again)).schemaOnly, []);
    const second = await applyDocuments(admin, again);
    assert.deepEqual(
      second.map((r) => r.outcome),
      ['unchanged', 'unchanged'],
    );
  });

  it('names document and line of what the schema refuses in a namespace that is yet to come', async () => {
    const bad = notebookYaml('mnist', 'apply-new').replace(
      '          image: kubeflow/jupyter-scipy:v1.11.0\n',
      '          workingDir: /home\n',
    );
    const { findings } = await checkDocuments(admin, planDocuments(file(profileYaml('apply-new'), bad)));
    const said = findings.map(
      (f) => f.kind === 'schema' && [f.document.number, f.finding.problem, f.finding.field, f.line],
    );
    assert.deepEqual(said, [[2, 'required', 'spec.template.spec.containers[0].image', 21]]);
    await assert.rejects(lab.kubectl(['get', 'profile', 'apply-new']));
  });

  it('names document and line of what the API server refuses', async () => {
    const noImage = notebookYaml('apply-bad', 'alice').replace(/ +image:.*\n/, '');
    const unknown = notebookYaml('apply-bad2', 'alice').replace('  template:', '  tmplate: 1\n  template:');
    const { findings } = await checkDocuments(
      alice,
      planDocuments(file(claimYaml('apply-one', 'alice'), noImage, unknown)),
    );
    assert.deepEqual(
      findings.map((f) => [f.document.number, f.line]),
      [
        [2, 23],
        [3, 33],
      ],
    );
    assert.deepEqual(await lab.kubectl(['-n', 'alice', 'get', 'pvc', 'apply-one', '--ignore-not-found']), '');
  });

  it('tells a missing right as a finding', async () => {
    const { findings } = await checkDocuments(alice, planDocuments(profileYaml('apply-mine')));
    assert.deepEqual(
      findings.map((f) => f.kind === 'cluster' && f.problem.code),
      ['Forbidden'],
    );
  });

  it('says what was applied when a later document is refused all the same', async () => {
    const documents = planDocuments(
      file(claimYaml('apply-one', 'alice'), claimYaml('apply-two', 'bob'), claimYaml('apply-three', 'alice')),
    );
    const results = await applyDocuments(alice, documents);
    assert.deepEqual(
      results.map((r) => [r.outcome, r.problem?.code]),
      [
        ['created', undefined],
        ['failed', 'Forbidden'],
        ['notSent', undefined],
      ],
    );
  });

  it('does not send what belongs into a namespace that never gets ready', async () => {
    await lab.kubectl(['create', 'namespace', 'apply-taken']);
    const documents = planDocuments(file(profileYaml('apply-taken'), claimYaml('home', 'apply-taken')));
    const results = await applyDocuments(admin, documents, { readySeconds: 3 });
    assert.deepEqual(
      results.map((r) => r.outcome),
      ['notReady', 'notSent'],
    );
  });
});
