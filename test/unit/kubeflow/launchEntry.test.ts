import assert from 'node:assert/strict';
import type { Manifests } from '../../../src/kubeflow/form/manifests.ts';
import { entryOf, withValues } from '../../../src/kubeflow/launch/entry.ts';
import type { Notebook } from '../../../src/kubeflow/objects.ts';

const about = {
  id: 'L1',
  context: 'lab',
  fingerprint: 'f',
  namespace: 'alice',
  name: 'bert',
  began: '2026-01-01T00:00:00Z',
};

describe('The entry of a launch', () => {
  it('gives each variable its own value back, also where a name stands twice and where another has none', () => {
    const env = [
      { name: 'PATHS', value: 'first' },
      { name: 'EMPTY', value: '' },
      { name: 'FROM', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'PATHS', value: 'second' },
    ];
    const containers = [
      { name: 'bert', env },
      { name: 'sidecar', env: [{ name: 'PATHS', value: 'third' }] },
    ];
    const notebook: Notebook = { metadata: { name: 'bert' }, spec: { template: { spec: { containers } } } };
    const made: Manifests = { claims: [], notebook };
    const { objects, withheld } = entryOf(made, about, false);
    const body = objects[0]?.body;
    assert.ok(body);
    assert.doesNotMatch(JSON.stringify({ objects, withheld }), /first|second|third/);
    assert.deepEqual(withValues(body, withheld, ['first', 'second', 'third']), notebook);
  });
});
