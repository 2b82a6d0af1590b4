import assert from 'node:assert/strict';
import type { Cluster } from '../../../src/k8s/cluster.ts';
import { KubeError } from '../../../src/k8s/errors.ts';
import type { KubeObject, ResourceType } from '../../../src/k8s/objects.ts';
import type { LaunchEntry, LaunchObject } from '../../../src/kubeflow/launch/entry.ts';
import { noJournal, type JournalPage } from '../../../src/kubeflow/launch/journal.ts';
import { findUnfinished } from '../../../src/kubeflow/launch/unfinished.ts';
import { annotations } from '../../../src/kubeflow/objects.ts';

const forbidden = new KubeError({ code: 'Forbidden', message: 'no' });

/** A launch in a namespace of which the claim was made and the Notebook not. */
function entry(namespace: string): LaunchEntry {
  const objects: LaunchObject[] = [
    { kind: 'claim', name: 'bert-workspace', state: 'made' },
    { kind: 'notebook', name: 'bert', state: 'planned' },
  ];
  const about = { context: 'lab', fingerprint: 'f', namespace, name: 'bert', began: '2026-01-01T00:00:00Z' };
  return { version: 1, id: `L-${namespace}`, ...about, doing: 'making', objects, withheld: [] };
}

/** Each claim stands, but in the namespaces that may not be read. */
function cluster(unreadable: string): Cluster {
  const get = (_type: ResourceType, { namespace, name }: { namespace: string; name: string }): Promise<KubeObject> =>
    namespace === unreadable
      ? Promise.reject(forbidden)
      : Promise.resolve({ metadata: { name, namespace, annotations: { [annotations.launch]: `L-${namespace}` } } });
  return { name: 'lab', fingerprint: 'f', get } as unknown as Cluster;
}

describe('Looking for launches that did not come to their end', () => {
  const journal = { ...noJournal, unfinished: () => Promise.resolve([entry('alice'), entry('bob')]) };

  it('finds the others where one namespace cannot be read, and tells of that one', async () => {
    const told: [string, KubeError][] = [];
    const onUnknown = ({ id }: LaunchEntry, problem: KubeError): void => void told.push([id, problem]);
    const found = await findUnfinished(cluster('alice'), journal, { onUnknown });
    assert.deepEqual(
      found.map(({ entry: { id } }) => id),
      ['L-bob'],
    );
    assert.deepEqual(told, [['L-alice', forbidden]]);
  });

  it('tells that there may be more to find while a request may still be under way, and forgets the launch after that', async () => {
    const tried = {
      ...entry('bob'),
      objects: [{ kind: 'claim', name: 'bert-workspace', state: 'tried' }],
    } as LaunchEntry;
    const ended: string[] = [];
    const page = (id: string) => ({ end: () => Promise.resolve(void ended.push(id)) }) as unknown as JournalPage;
    const one = {
      ...noJournal,
      unfinished: () => Promise.resolve([tried]),
      take: (id: string) => Promise.resolve(page(id)),
    };
    const nothingThere = {
      ...{ name: 'lab', fingerprint: 'f' },
      get: () => Promise.reject(new KubeError({ code: 'NotFound', message: '', missing: 'object' })),
    } as unknown as Cluster;
    const began = Date.parse(tried.began);
    let open = 0;
    const look = (now: number) => findUnfinished(nothingThere, one, { now: () => now, onOpen: () => open++ });
    assert.deepEqual(await look(began + 59_000), []);
    assert.deepEqual([open, ended], [1, []]);
    assert.deepEqual(await look(began + 61_000), []);
    assert.deepEqual([open, ended], [1, [tried.id]]);
  });

  it('leaves out what is known already', async () => {
    assert.deepEqual(await findUnfinished(cluster('alice'), journal, { known: new Set(['L-alice', 'L-bob']) }), []);
  });

  it('throws where nobody is to be told', async () => {
    await assert.rejects(findUnfinished(cluster('alice'), journal), forbidden);
  });
});
