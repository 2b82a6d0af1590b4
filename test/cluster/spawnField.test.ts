import assert from 'node:assert/strict';
import type { Lab } from '../../lab/index.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { newVolume } from '../../src/kubeflow/form.ts';
import type { SpawnForm } from '../../src/kubeflow/form.ts';
import { launch } from '../../src/kubeflow/spawn.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';
import { launchForm } from './support/launches.ts';

const none = { workspace: { kind: 'none' as const }, dataVolumes: [] };
const value = (name: string): SpawnForm['env'][number] => ({ kind: 'value', name, value: '1' });

describe("the field that an API server's refusal is about", function () {
  this.timeout(60_000);
  let lab: Lab;
  let alice: Cluster;

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    alice = await clusterOf(lab, 'alice');
  });
  after(() => alice?.dispose());

  const cases: [what: string, change: Partial<SpawnForm>, field: string][] = [
    ['a name', { name: 'Bad_Name' }, 'name'],
    ['the second variable', { env: [value('GOOD'), value('a=b')] }, 'env.1.name'],
    [
      'the key in a Secret',
      { env: [value('A'), { kind: 'secret', name: 'B', secret: 'tokens', key: 'not a key' }] },
      'env.1.key',
    ],
    [
      'the prefix of all keys of a ConfigMap',
      { envFrom: [{ kind: 'configMap', name: 'settings', prefix: 'a=' }] },
      'envFrom.0.prefix',
    ],
    ["a label's value", { labels: [{ key: 'team', value: 'a b' }] }, 'labels.0.value'],
    [
      "a label's key",
      {
        labels: [
          { key: 'ok', value: 'x' },
          { key: 'not a key', value: 'x' },
        ],
      },
      'labels.1.key',
    ],
    ["an annotation's key", { annotations: [{ key: 'not a key', value: 'x' }] }, 'annotations.0.key'],
    ["a node selector's value", { nodeSelector: [{ key: 'disk', value: 'very fast' }] }, 'nodeSelector.0.value'],
    ['the image', { imageMode: 'custom', customImage: ' ' }, 'customImage'],
    ['the pull policy', { imagePullPolicy: 'Sometimes' as 'Always' }, 'imagePullPolicy'],
    ['a service account that is not there', { serviceAccount: 'nobody' }, 'serviceAccount'],
    ['a memory limit below the request', { memory: '2', memoryLimit: '1' }, 'memoryLimit'],
    [
      'a second resource',
      {
        gpus: [
          { key: 'nvidia.com/gpu', count: '1' },
          { key: 'gpu', count: '1' },
        ],
      },
      'gpus.1.count',
    ],
    ['a path that is mounted twice', { dataVolumes: [newVolume('/a'), newVolume('/a')] }, 'data.0.mountPath'],
    [
      'a folder of a volume',
      { dataVolumes: [{ kind: 'existing', claim: 'data', mountPath: '/a', subPath: '../b' }] },
      'data.0.subPath',
    ],
    ["a claim's name", { dataVolumes: [{ ...newVolume('/a'), name: 'Bad' }] }, 'data.0.name'],
    ["a claim's size", { workspace: newVolume('', '0') }, 'workspace.size'],
    [
      'a folder of a Secret that is taken',
      {
        secretFiles: [
          { secret: 'tokens', mountPath: '/a' },
          { secret: 'more', mountPath: '/a' },
        ],
      },
      'secretFiles.0.mountPath',
    ],
    ['more GPUs than the quota has', { gpus: [{ key: 'nvidia.com/gpu', count: '2' }] }, 'gpus.0.count'],
  ];
  for (const [what, change, field] of cases) {
    it(`of ${what} is ${field}`, async () => {
      const result = await launch(alice, launchForm({ ...none, ...change }), { onStep: () => undefined });
      assert.ok(!result.ok);
      assert.equal(result.field, field, result.problem.message);
    });
  }
});
