import assert from 'node:assert/strict';
import type { CoreEvent } from '../../../src/k8s/objects.ts';
import { EventIndex } from '../../../src/kubeflow/inventory/eventIndex.ts';
import { concerned } from '../../../src/kubeflow/inventory/namespaceDetails.ts';
import { serverView } from '../../../src/kubeflow/inventory/serverView.ts';
import { notebook, now } from './fixtures.ts';

describe('what is known of an open namespace', () => {
  const servers = ['mnist', 'bert', 'llama'].map((name) =>
    serverView({ notebook: notebook({ name, claims: name === 'bert' ? ['data'] : [] }), now }),
  );
  const some = (names: string[], claims: string[] = []) => ({ servers: new Set(names), claims: new Set(claims) });

  it('concerns the servers of the pods and events that changed, and those that mount a claim that did', () => {
    assert.deepEqual(concerned(some(['mnist', 'gone']), servers), ['alice/mnist']);
    assert.deepEqual(concerned(some([], ['data']), servers), ['alice/bert']);
    assert.deepEqual(concerned(some([], ['other']), servers), []);
  });

  it('concerns all of them when a list is there for the first time: what it lacks is news as well', () => {
    assert.deepEqual(
      concerned(undefined, servers),
      servers.map(({ key }) => key),
    );
  });

  describe('events by their object', () => {
    const event = (kind: string, name: string): CoreEvent => ({
      metadata: { name: 'e' },
      involvedObject: { kind, name },
    });

    it('are found, and found no more when they are gone', () => {
      const index = new EventIndex();
      const [one, other] = [event('Pod', 'mnist-0'), event('Pod', 'mnist-0')];
      assert.deepEqual(index.set('alice/1', one), ['Pod/mnist-0']);
      index.set('alice/2', other);
      assert.deepEqual([...index.of('Pod/mnist-0')], [one, other]);
      assert.deepEqual(index.set('alice/1', undefined), ['Pod/mnist-0'], 'whose it was is told');
      assert.deepEqual([...index.of('Pod/mnist-0')], [other]);
      assert.deepEqual(index.set('alice/1', undefined), []);
    });

    it('follow an event of the same name to another object', () => {
      const index = new EventIndex();
      index.set('alice/1', event('Pod', 'mnist-0'));
      const later = event('Notebook', 'bert');
      assert.deepEqual(index.set('alice/1', later), ['Pod/mnist-0', 'Notebook/bert']);
      assert.deepEqual([...index.of('Pod/mnist-0')], []);
      assert.deepEqual([...index.of('Notebook/bert')], [later]);
    });
  });
});
