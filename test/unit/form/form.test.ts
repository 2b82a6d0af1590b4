import assert from 'node:assert/strict';
import { claimName, mountPath, newVolume } from '../../../src/kubeflow/form.ts';
import { defaultForm } from '../../../src/kubeflow/form/defaultForm.ts';
import { stockImages } from '../../../src/kubeflow/form/spawnerConfig.ts';
import { amountOf, limitOf, parseQuantity } from '../../../src/kubeflow/quantity.ts';
import { form, options } from './support.ts';

describe('Default form', () => {
  it('takes the first name that neither a server nor a leftover workspace has', () => {
    const o = options({
      servers: { alice: [{ name: 'notebook-1', gpus: [] }] },
      claims: { alice: [{ name: 'notebook-2-workspace', accessModes: [], usedBy: [] }] },
    });
    assert.equal(defaultForm(o, { namespace: 'alice' }).name, 'notebook-3');
  });
  it('starts in the profile that was asked for, else in the first', () => {
    assert.equal(defaultForm(options(), { namespace: 'bob' }).namespace, 'bob');
    assert.equal(defaultForm(options(), { namespace: 'gone' }).namespace, 'alice');
    assert.equal(defaultForm(options({ namespaces: [] })).namespace, '');
  });
  it('brings back the last image, as a custom one where the list lacks it', () => {
    const [, second] = stockImages;
    assert.deepEqual(pick(defaultForm(options(), { image: second })), ['list', second, '']);
    assert.deepEqual(pick(defaultForm(options(), { image: 'a/b:c' })), ['custom', stockImages[0], 'a/b:c']);
  });
  const pick = (f: ReturnType<typeof defaultForm>): string[] => [f.imageMode, f.image, f.customImage];
});

describe('Names and paths of volumes', () => {
  it('follow the server where none is typed', () => {
    const f = form();
    assert.equal(claimName(f, { at: 'workspace', volume: newVolume() }), 'bert-workspace');
    assert.equal(claimName(f, { at: 'data.1', volume: newVolume() }), 'bert-datavol-2');
    assert.equal(mountPath(f, { at: 'workspace', volume: newVolume() }), '/home/jovyan');
    assert.equal(mountPath(f, { at: 'data.0', volume: newVolume() }), '/home/jovyan/bert-datavol-1');
    assert.equal(mountPath(f, { at: 'data.0', volume: newVolume('/data/') }), '/data');
  });
});

describe('Quantities', () => {
  const cases: [string, number | undefined][] = [
    ['1', 1],
    ['500m', 0.5],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['2k', 2000],
    ['1e3', 1000],
    ['1E', 1e18],
    ['-1', -1],
    ['.5', 0.5],
    ['', undefined],
    ['1 Gi', undefined],
    ['Gi', undefined],
    ['1gi', undefined],
    ['0x1', undefined],
  ];
  for (const [text, value] of cases) {
    it(`reads ${JSON.stringify(text)} as ${value}`, () => assert.equal(parseQuantity(text), value));
  }
  it('makes limits with one decimal, never below the request', () => {
    assert.equal(limitOf(0.5, 1.2), 0.6);
    assert.equal(limitOf(1, 1.2), 1.2);
    assert.equal(limitOf(0.01, 1.2), 0.01);
  });
  it('shows memory and storage in Gi', () => {
    assert.equal(amountOf('requests.storage', 2.5 * 2 ** 30), '2.5 Gi');
    assert.equal(amountOf('requests.cpu', 0.5), '0.5');
  });
});
