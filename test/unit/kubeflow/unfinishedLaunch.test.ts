import assert from 'node:assert/strict';
import type { Cluster } from '../../../src/k8s/cluster.ts';
import { KubeError } from '../../../src/k8s/errors.ts';
import type { KubeObject, ResourceType } from '../../../src/k8s/objects.ts';
import type { LaunchEntry, LaunchObject } from '../../../src/kubeflow/launch/entry.ts';
import { noJournal } from '../../../src/kubeflow/launch/journal.ts';
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

  it('throws where nobody is to be told', async () => {
    await assert.rejects(findUnfinished(cluster('alice'), journal), forbidden);
  });
});
