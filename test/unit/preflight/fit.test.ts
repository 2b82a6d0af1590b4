import assert from 'node:assert/strict';
import type { Pod } from '../../../src/k8s/objects.ts';
import { builtInConfig } from '../../../src/kubeflow/form/spawnerConfig.ts';
import type { SpawnForm, VolumeChoice } from '../../../src/kubeflow/form.ts';
import type { Facts } from '../../../src/kubeflow/preflight/facts.ts';
import { isTolerated, meets } from '../../../src/kubeflow/preflight/nodeMatch.ts';
import { podRequests } from '../../../src/kubeflow/preflight/podRequests.ts';
import { gpuRoom } from '../../../src/kubeflow/preflight/room.ts';
import { gpus, options } from '../form/support.ts';
import { found, gpuNode, inZone, node, onNode, told, volumeIn } from './support.ts';

const gi = 2 ** 30;
const existing = (claim: string, mountPath = ''): VolumeChoice => ({ kind: 'existing', claim, mountPath });
const trouble = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' };

describe('whether a node can take the server', () => {
  const cases: [what: string, change: Partial<SpawnForm>, facts: Partial<Facts>, expected: string[]][] = [
    ['says nothing where nodes may not be read', { cpu: '999' }, {}, []],
    ['is fine on an empty node', {}, { nodes: [node('a')], podsOnNodes: [] }, []],
    ['is fine where only nodes may be read', {}, { nodes: [node('a')] }, []],
    ['warns of more CPU than any node has', { cpu: '9' }, { nodes: [node('a')] }, ['warning cpu noNodeFits']],
    ['warns of more memory than any node has', { memory: '33' }, { nodes: [node('a')] }, ['warning memory noNodeFits']],
    ['leaves GPUs that no node has to the form itself', { gpus: gpus('4') }, { nodes: [gpuNode('a'), node('b')] }, []],
    [
      'warns of another device that no node has',
      { gpus: gpus('1', 'acme.com/fpga') },
      { nodes: [node('a')] },
      ['warning gpus.0.count noNodeFits'],
    ],
    [
      'warns where one node has the GPUs and another one the memory',
      { gpus: gpus('1'), memory: '64' },
      { nodes: [gpuNode('a'), node('b', { allocatable: { memory: '128Gi' } })] },
      ['warning gpus.0.count noNodeFitsAll'],
    ],
    [
      'warns where GPUs are on tainted nodes only',
      { gpus: gpus('1') },
      { nodes: [gpuNode('a', '2', { taints: [trouble] }), node('b')] },
      ['warning gpus.0.count noNodeFits'],
    ],
    [
      'warns of a label that no node has',
      { nodeSelector: [{ key: 'disk', value: 'fast' }] },
      { nodes: [node('a')] },
      ['warning nodeSelector.0.value noNodePlaces'],
    ],
    [
      'warns of taints that nothing tolerates',
      {},
      { nodes: [node('a', { taints: [trouble] })] },
      ['warning namespace noNodePlaces'],
    ],
    [
      'takes a taint that only prefers for none',
      {},
      { nodes: [node('a', { taints: [{ ...trouble, effect: 'PreferNoSchedule' }] })] },
      [],
    ],
    [
      'notes that all GPUs are in use',
      { gpus: gpus('1') },
      { nodes: [gpuNode('a')], podsOnNodes: [onNode('a', { 'nvidia.com/gpu': 2 })] },
      ['note gpus.0.count notNow'],
    ],
    [
      'notes that no one node has the CPU free',
      { cpu: '5' },
      { nodes: [node('a'), node('b')], podsOnNodes: [onNode('a', { cpu: 4 }), onNode('b', { cpu: 4 })] },
      ['note cpu notNow'],
    ],
    [
      'notes that one node has memory left and the other one CPU',
      { cpu: '5', memory: '20' },
      { nodes: [node('a'), node('b')], podsOnNodes: [onNode('a', { cpu: 4 }), onNode('b', { memory: 20 * gi })] },
      ['note memory notNowAll'],
    ],
    [
      'notes that nodes which suit are cordoned or down',
      {},
      {
        nodes: [node('a', { unschedulable: true }), node('b', { conditions: [{ type: 'Ready', status: 'Unknown' }] })],
        podsOnNodes: [],
      },
      ['note namespace noNodeNow'],
    ],
    [
      'does not take what a down node’s condition puts on it for a lasting taint',
      {},
      {
        nodes: [node('a', { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }] }), node('b')],
        podsOnNodes: [],
      },
      [],
    ],
  ];
  for (const [what, change, facts, expected] of cases) {
    it(what, () => assert.deepEqual(told(change, facts), expected));
  }

  it('names what is asked for, what is free and the resource', () => {
    const facts = { nodes: [node('a')], podsOnNodes: [onNode('a', { memory: 30 * gi })] };
    assert.deepEqual(found({ memory: '4' }, facts)[0]?.params, { resource: 'memory', asked: '4 Gi', free: '2 Gi' });
  });

  it('goes by the tolerations and the affinity of the chosen groups', () => {
    const o = options({
      config: {
        ...builtInConfig(),
        tolerationGroup: {
          ...{ value: '', readOnly: false, hidden: false },
          options: [{ key: 'gpu', label: '', tolerations: [{ key: trouble.key, operator: 'Exists' }] }],
        },
        affinityConfig: {
          ...{ value: '', readOnly: false, hidden: false },
          options: [{ key: 'big', label: '', affinity: requiring('size', 'big') }],
        },
      },
    });
    const tainted = { nodes: [node('a', { taints: [trouble] })] };
    assert.deepEqual(told({ tolerationGroup: 'gpu' }, tainted, o), []);
    assert.deepEqual(told({}, tainted, o), ['warning tolerationGroup noNodePlaces']);
    const small = { nodes: [node('a', { labels: { size: 'small' } })] };
    assert.deepEqual(told({ affinityGroup: 'big' }, small, o), ['warning affinityGroup noNodePlaces']);
  });

  function requiring(key: string, value: string): Record<string, unknown> {
    const nodeSelectorTerms = [{ matchExpressions: [{ key, operator: 'In', values: [value] }] }];
    return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
  }
});

describe('whether the volumes can be reached from the nodes that fit', () => {
  const nodes = [gpuNode('a', '2', { labels: inZone('west') }), node('b', { labels: inZone('east') })];
  const claims = {
    alice: ['one', 'two'].map((name) => ({
      ...{ name, volume: `pv-${name}`, accessModes: ['ReadWriteOnce'], usedBy: [] },
    })),
  };
  const o = options({ claims });

  it('warns of one that is in a zone without GPUs, and names the zone', () => {
    const change = { gpus: gpus('1'), workspace: existing('one') };
    const [one, ...more] = found(change, { nodes, volumes: new Map([['one', volumeIn('east')]]) }, o);
    assert.deepEqual(one, {
      ...{ field: 'workspace.claim', severity: 'warning', code: 'claimElsewhere' },
      params: { claim: 'one', place: 'east' },
    });
    assert.deepEqual(more, []);
  });

  it('has nothing to say of one where the GPUs are', () => {
    const change = { gpus: gpus('1'), workspace: existing('one') };
    assert.deepEqual(told(change, { nodes, volumes: new Map([['one', volumeIn('west')]]) }, o), []);
  });

  it('warns of two that are apart', () => {
    const change = { workspace: existing('one'), dataVolumes: [existing('two', '/two')] };
    const volumes = new Map([
      ['one', volumeIn('east')],
      ['two', volumeIn('west')],
    ]);
    assert.deepEqual(told(change, { nodes, volumes }, o), ['warning data.0.claim claimsApart']);
  });

  it('says once that it is unknown, where GPUs are asked for', () => {
    const change = { gpus: gpus('1'), workspace: existing('one'), dataVolumes: [existing('two', '/two')] };
    assert.deepEqual(told(change, {}, o), ['note workspace.claim claimPlaceUnknown']);
    assert.deepEqual(told({ ...change, gpus: gpus('0') }, {}, o), []);
  });
});

describe('what a pod asks of a node', () => {
  const container = (requests: Record<string, string>, more = {}) => ({ name: 'c', resources: { requests }, ...more });
  const cases: [what: string, spec: object, expected: Record<string, number>][] = [
    ['all containers together', { containers: [container({ cpu: '1' }), container({ cpu: '500m' })] }, { cpu: 1.5 }],
    [
      'a limit where there is no request',
      {
        containers: [{ name: 'c', resources: { limits: { cpu: '2', 'nvidia.com/gpu': '1' }, requests: { cpu: '1' } } }],
      },
      { cpu: 1, 'nvidia.com/gpu': 1 },
    ],
    [
      'the largest init container where that is more',
      { containers: [container({ cpu: '1' })], initContainers: [container({ cpu: '2' }), container({ cpu: '3' })] },
      { cpu: 3 },
    ],
    [
      'a sidecar beside the containers and beside later init containers',
      {
        containers: [container({ cpu: '1' })],
        initContainers: [container({ cpu: '1' }, { restartPolicy: 'Always' }), container({ cpu: '2' })],
      },
      { cpu: 3 },
    ],
    ['its overhead', { containers: [container({ cpu: '1' })], overhead: { cpu: '250m' } }, { cpu: 1.25 }],
  ];
  for (const [what, spec, expected] of cases) {
    it(`is ${what}`, () => assert.deepEqual(podRequests(spec as Pod['spec']), { ...expected, pods: 1 }));
  }
});

describe('a requirement of labels', () => {
  const labels = { zone: 'west', cores: '8' };
  const cases: [key: string, operator: string, values: string[], expected: boolean][] = [
    ['zone', 'In', ['west', 'east'], true],
    ['zone', 'In', ['east'], false],
    ['none', 'In', [''], false],
    ['zone', 'NotIn', ['west'], false],
    ['none', 'NotIn', ['west'], true],
    ['zone', 'Exists', [], true],
    ['none', 'Exists', [], false],
    ['none', 'DoesNotExist', [], true],
    ['cores', 'Gt', ['4'], true],
    ['cores', 'Lt', ['8'], false],
    ['zone', 'Like', ['west'], false],
  ];
  for (const [key, operator, values, expected] of cases) {
    it(`${key} ${operator} ${values.join(',')}: ${expected}`, () => {
      assert.equal(meets(labels, { key, operator, values }), expected);
    });
  }
});

describe('a taint', () => {
  const tainted = node('a', { taints: [trouble] });
  const cases: [toleration: object, expected: boolean][] = [
    [{ operator: 'Exists' }, true],
    [{ key: 'nvidia.com/gpu', operator: 'Exists' }, true],
    [{ key: 'nvidia.com/gpu', value: 'present' }, true],
    [{ key: 'nvidia.com/gpu', value: 'absent' }, false],
    [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoExecute' }, false],
    [{ key: 'other', operator: 'Exists' }, false],
  ];
  for (const [toleration, expected] of cases) {
    it(`${JSON.stringify(toleration)} ${expected ? 'tolerates' : 'does not tolerate'} it`, () => {
      assert.equal(isTolerated(tainted, { containers: [], tolerations: [toleration] }), expected);
    });
  }
});

describe('GPUs in the cluster', () => {
  it('are counted over all nodes, and as free on those that take pods now', () => {
    const nodes = [gpuNode('a', '4'), gpuNode('b', '2', { unschedulable: true }), node('c')];
    const room = gpuRoom(nodes, [onNode('a', { 'nvidia.com/gpu': 1 })]);
    assert.deepEqual(room, { 'nvidia.com/gpu': { total: 6, free: 3 } });
  });

  it('are counted without a word on what is free where pods may not be read', () => {
    assert.deepEqual(gpuRoom([gpuNode('a')], undefined), { 'nvidia.com/gpu': { total: 2 } });
  });
});
