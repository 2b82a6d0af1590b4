import assert from 'node:assert/strict';
import type { Pod, StatefulSet } from '../../../src/k8s/objects.ts';
import { editPlan } from '../../../src/kubeflow/edit/editPlan.ts';
import { changesBetween } from '../../../src/kubeflow/edit/jsonPatch.ts';
import { annotations } from '../../../src/kubeflow/objects.ts';
import type { Notebook } from '../../../src/kubeflow/objects.ts';

const base: Notebook = {
  apiVersion: 'kubeflow.org/v1beta1',
  kind: 'Notebook',
  metadata: { name: 'mnist', namespace: 'alice', uid: 'u1', generation: 3, labels: { app: 'mnist' } },
  spec: { template: { spec: { containers: [{ name: 'mnist', image: 'a', resources: { requests: { cpu: '1' } } }] } } },
};

function changed(change: (notebook: Notebook) => void): Notebook {
  const copy = structuredClone(base);
  change(copy);
  return copy;
}
const image = changed((n) => (n.spec!.template!.spec!.containers[0]!.image = 'b'));
const label = changed((n) => (n.metadata.labels = { app: 'mnist', team: 'blue' }));
const note = changed((n) => (n.metadata.annotations = { 'notebooks.kubeflow.org/x': 'y' }));
const stopped = (n: Notebook): Notebook => ({
  ...n,
  metadata: { ...n.metadata, annotations: { ...n.metadata.annotations, [annotations.stopped]: '' } },
});

/** The StatefulSet that the controller makes of the base. */
function statefulSet(labels: Record<string, string> = {}, of: Record<string, string> = {}): StatefulSet {
  const made = { statefulset: 'mnist', 'notebook-name': 'mnist', app: 'mnist', ...labels };
  return {
    metadata: { name: 'mnist', uid: 's1' },
    spec: { template: { metadata: { labels: made, annotations: of } } },
    status: { updateRevision: 'r1' },
  } as unknown as StatefulSet;
}
function pod(ready = true, revision = 'r1'): Pod {
  return {
    metadata: { name: 'mnist-0', uid: 'p1', labels: { 'controller-revision-hash': revision } },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}
const running = { statefulSet: statefulSet(), pod: pod() };
const said = (wanted: Notebook, standing: Parameters<typeof editPlan>[2], of = base) => {
  const { renew, restarts } = editPlan(of, wanted, standing);
  return [renew, restarts];
};

describe('the plan of an edit', () => {
  it('of nothing does nothing', () => {
    assert.deepEqual(editPlan(base, base, running), { patch: [], restarts: false, isStopped: false });
  });
  it('of the spec restarts a running server by the patch alone', () => {
    assert.deepEqual(said(image, running), [undefined, true]);
  });
  it('of the spec of a stopped server restarts nothing', () => {
    assert.deepEqual(said(stopped(image), { statefulSet: statefulSet() }, stopped(base)), [undefined, false]);
  });
  it('of a label makes the StatefulSet anew', () => {
    assert.deepEqual(said(label, running), ['labels', true]);
  });
  it('of a label of a stopped server makes the StatefulSet anew, and restarts nothing', () => {
    assert.deepEqual(said(stopped(label), { statefulSet: statefulSet() }, stopped(base)), ['labels', false]);
  });
  it('of an annotation that the controller keeps from the pod restarts nothing', () => {
    assert.deepEqual(said(note, running), [undefined, false]);
  });
  it('that takes a label away makes the StatefulSet anew', () => {
    assert.deepEqual(said(base, { ...running, statefulSet: statefulSet({ team: 'blue' }) }, label), ['labels', true]);
  });
  it('repairs labels that an earlier one, or another tool, did not bring to the pod', () => {
    assert.deepEqual(said(label, running, label), ['labels', true]);
  });
  it("leaves a label of the pod template that may be a webhook's, unless the pod goes anyway", () => {
    const withTheirs = { statefulSet: statefulSet({ injected: 'x' }), pod: pod() };
    assert.deepEqual(said(note, withTheirs), [undefined, false]);
    assert.deepEqual(said(image, withTheirs), ['labels', true]);
  });
  it('takes no notice of the stop annotation in a pod template', () => {
    const made = statefulSet({}, { [annotations.stopped]: '' });
    assert.deepEqual(said(image, { statefulSet: made, pod: pod() }), [undefined, true]);
  });
  it('of the spec replaces a pod that is not ready by making the StatefulSet anew', () => {
    assert.deepEqual(said(image, { statefulSet: statefulSet(), pod: pod(false) }), ['stuck', true]);
  });
  it('repairs a pod that stuck in an older revision', () => {
    assert.deepEqual(said(base, { statefulSet: statefulSet(), pod: pod(false, 'r0') }), ['stuck', true]);
    assert.deepEqual(said(base, { statefulSet: statefulSet(), pod: pod(false, 'r1') }), [undefined, false]);
  });
  it('needs no StatefulSet, where there is none yet', () => {
    assert.deepEqual(said(label, {}), [undefined, false]);
  });
});

describe('the patch of an edit', () => {
  const patch = (wanted: Notebook, of = base) => editPlan(of, wanted, {}).patch;

  it('names what changes and nothing else, under the test that it is the same Notebook with the same spec', () => {
    assert.deepEqual(patch(image), [
      { op: 'test', path: '/metadata/uid', value: 'u1' },
      { op: 'test', path: '/metadata/generation', value: 3 },
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'b' },
    ]);
  });
  it('tests a label that it writes over', () => {
    const red = changed((n) => (n.metadata.labels = { app: 'mnist', team: 'red' }));
    assert.deepEqual(patch(red, label).slice(2), [
      { op: 'test', path: '/metadata/labels/team', value: 'blue' },
      { op: 'replace', path: '/metadata/labels/team', value: 'red' },
    ]);
  });
  it('tests that there are still no annotations where it writes the first', () => {
    assert.deepEqual(patch(note).slice(2), [
      { op: 'test', path: '/metadata/annotations', value: null },
      { op: 'add', path: '/metadata/annotations', value: { 'notebooks.kubeflow.org/x': 'y' } },
    ]);
  });
  it('escapes keys, and replaces a list of another length as a whole', () => {
    assert.deepEqual(changesBetween({ 'a/b~c': 1 }, { 'a/b~c': 2 }), [{ op: 'replace', path: '/a~1b~0c', value: 2 }]);
    assert.deepEqual(changesBetween({ a: [1] }, { a: [1, 2] }), [{ op: 'replace', path: '/a', value: [1, 2] }]);
    assert.deepEqual(changesBetween({ a: [{ b: 1 }, 2] }, { a: [{ b: 3 }, 2] }), [
      { op: 'replace', path: '/a/0/b', value: 3 },
    ]);
  });
});
