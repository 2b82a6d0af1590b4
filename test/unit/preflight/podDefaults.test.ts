import assert from 'node:assert/strict';
import type { SpawnForm } from '../../../src/kubeflow/form.ts';
import type { PodDefault } from '../../../src/kubeflow/objects.ts';
import { found, told } from './support.ts';

type Spec = NonNullable<PodDefault['spec']>;

function podDefault(name: string, spec: Spec, label = name): PodDefault {
  return { metadata: { name, namespace: 'alice' }, spec: { selector: { matchLabels: { [label]: 'true' } }, ...spec } };
}

const env = (value: string): Spec => ({ env: [{ name: 'REGION', value }] });
const mount = (name: string, mountPath: string): Spec => ({ volumeMounts: [{ name, mountPath }] });
const both: Partial<SpawnForm> = { configurations: ['one', 'two'] };
const conflict = 'warning configurations configurationsConflict';

describe('configurations that contradict each other', () => {
  const cases: [what: string, one: Spec, two: Spec, expected: string[]][] = [
    ['a variable with two values', env('a'), env('b'), [conflict]],
    ['a variable with one value', env('a'), env('a'), []],
    ['two variables', env('a'), { env: [{ name: 'ZONE', value: 'b' }] }, []],
    ['a path for two volumes', mount('x', '/data'), mount('y', '/data'), [conflict]],
    ['a volume at two paths', mount('x', '/a'), mount('x', '/b'), [conflict]],
    [
      'a volume with two sources',
      { volumes: [{ name: 'v', secret: { secretName: 'a' } }] },
      { volumes: [{ name: 'v', secret: { secretName: 'b' } }] },
      [conflict],
    ],
    [
      'two tolerations of one key',
      { tolerations: [{ key: 'gpu', operator: 'Exists' }] },
      { tolerations: [{ key: 'gpu', operator: 'Equal', value: 'yes' }] },
      [conflict],
    ],
    ['a label with two values', { labels: { team: 'a' } }, { labels: { team: 'b' } }, [conflict]],
    ['an annotation with two values', { annotations: { 'a/b': '1' } }, { annotations: { 'a/b': '2' } }, [conflict]],
    [
      'a mount that says that it can be written to',
      mount('x', '/a'),
      { volumeMounts: [{ name: 'x', mountPath: '/a', readOnly: false }] },
      [],
    ],
  ];
  for (const [what, one, two, expected] of cases) {
    it(`${what}: ${expected.length > 0 ? 'told' : 'fine'}`, () => {
      const podDefaults = [podDefault('one', one), podDefault('two', two)];
      assert.deepEqual(told(both, { podDefaults }), expected);
    });
  }

  it('are named, with what they do not agree on, and not with its value', () => {
    const podDefaults = [podDefault('one', env('hidden-a')), podDefault('two', env('hidden-b'))];
    const all = found(both, { podDefaults });
    assert.deepEqual(all[0]?.params, { first: 'one', second: 'two', what: 'REGION' });
    assert.doesNotMatch(JSON.stringify(all), /hidden/);
  });

  it('are no matter where only one of them applies', () => {
    const podDefaults = [podDefault('one', env('a')), podDefault('two', env('b'))];
    assert.deepEqual(told({ configurations: ['one'] }, { podDefaults }), []);
  });

  it('are no matter where the pod asks to be left alone', () => {
    const podDefaults = [podDefault('one', env('a')), podDefault('two', env('b'))];
    const annotations = [{ key: 'poddefault.admission.kubeflow.org/exclude', value: 'true' }];
    assert.deepEqual(told({ ...both, annotations }, { podDefaults }), []);
  });

  it('may apply though nobody has chosen them, by the labels that every server has', () => {
    const everywhere = podDefault('all', env('a'));
    everywhere.spec!.selector = { matchExpressions: [{ key: 'notebook-name', operator: 'Exists' }] };
    const podDefaults = [everywhere, podDefault('two', env('b'))];
    assert.deepEqual(told({ configurations: ['two'] }, { podDefaults }), [conflict]);
  });
});

describe('a configuration that contradicts the form', () => {
  const one = { configurations: ['one'] };

  it('is told at the variable', () => {
    const change: Partial<SpawnForm> = { ...one, env: [{ kind: 'value', name: 'REGION', value: 'b' }] };
    const facts = { podDefaults: [podDefault('one', env('a'))] };
    assert.deepEqual(told(change, facts), ['warning env.0.name configurationConflict']);
  });

  it('is told at the volume whose path it takes', () => {
    const facts = { podDefaults: [podDefault('one', mount('x', '/home/jovyan'))] };
    assert.deepEqual(told(one, facts), ['warning workspace.mountPath configurationConflict']);
  });

  it('is told at the label', () => {
    const facts = { podDefaults: [podDefault('one', { labels: { team: 'a' } })] };
    const change = { ...one, labels: [{ key: 'team', value: 'b' }] };
    assert.deepEqual(told(change, facts), ['warning labels.0.value configurationConflict']);
  });

  it('is told among the configurations where the form has no field for it', () => {
    const prefix: Spec = { env: [{ name: 'NB_PREFIX', value: '/elsewhere' }] };
    assert.deepEqual(told(one, { podDefaults: [podDefault('one', prefix)] }), [
      'warning configurations configurationConflict',
    ]);
  });
});
