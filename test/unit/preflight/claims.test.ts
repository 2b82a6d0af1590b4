import assert from 'node:assert/strict';
import type { VolumeChoice } from '../../../src/kubeflow/form.ts';
import { leftoverOf } from '../../../src/kubeflow/preflight/leftovers.ts';
import { merged } from '../../../src/kubeflow/preflight/merged.ts';
import type { Finding } from '../../../src/kubeflow/form/finding.ts';
import { gpus, options } from '../form/support.ts';
import { found, pod, told } from './support.ts';

const existing = (claim: string): VolumeChoice => ({ kind: 'existing', claim, mountPath: '/data' });
const with_ = (claim: string) => ({ dataVolumes: [existing(claim)] });

describe('a volume that somebody uses', () => {
  const o = options({
    claims: {
      alice: [
        { name: 'shared', accessModes: ['ReadWriteMany'], usedBy: [] },
        { name: 'one', accessModes: ['ReadWriteOnce'], usedBy: ['mnist'] },
        { name: 'single', accessModes: ['ReadWriteOncePod'], usedBy: [] },
      ],
    },
  });
  const cases: [what: string, claim: string, pods: ReturnType<typeof pod>[] | undefined, expected: string[]][] = [
    ['is fine on many nodes at once', 'shared', [pod('p', { claims: ['shared'], node: 'n' })], []],
    ['is left to the form where pods may not be listed', 'one', undefined, []],
    [
      'may have to be shared on a node',
      'one',
      [pod('p', { claims: ['one'], node: 'n' })],
      ['warning data.0.claim claimInUseOn'],
    ],
    ['by a pod without a node yet', 'one', [pod('p', { claims: ['one'] })], ['warning data.0.claim claimInUse']],
    ['by a stopped server alone', 'one', [], ['note data.0.claim claimOfStopped']],
    [
      'cannot be shared if it is for one pod',
      'single',
      [pod('p', { claims: ['single'], node: 'n' })],
      ['error data.0.claim claimOnePod'],
    ],
    ['is free once that pod has ended', 'single', [pod('p', { claims: ['single'], node: 'n', phase: 'Failed' })], []],
    ['is no other one’s if it is the server’s own', 'single', [pod('bert-0', { claims: ['single'], node: 'n' })], []],
  ];
  for (const [what, claim, pods, expected] of cases) {
    it(what, () => assert.deepEqual(told(with_(claim), pods ? { pods } : {}, o), expected));
  }

  it('is told with the server’s name, another pod’s, and the node', () => {
    const pods = [
      pod('mnist-0', { claims: ['one'], node: 'n', server: 'mnist' }),
      pod('train-1', { claims: ['one'], node: 'n' }),
    ];
    const [one] = found(with_('one'), { pods }, o);
    assert.deepEqual(one?.params, { claim: 'one', users: 'mnist, pod/train-1', node: 'n' });
  });
});

describe('an object of the server’s name', () => {
  const owned = (kind: string, name: string) => [{ apiVersion: 'v1', kind, name, uid: '1' }];
  const meta = (more = {}) => ({ metadata: { name: 'bert', ...more } });

  it('is in the way where nobody owns it, or somebody else', () => {
    assert.deepEqual(leftoverOf('Service', 'bert', meta()), { kind: 'Service', going: false });
    const release = meta({ ownerReferences: owned('HelmRelease', 'bert') });
    assert.deepEqual(leftoverOf('StatefulSet', 'bert', release), { kind: 'StatefulSet', going: false });
  });

  it('goes by itself where it is deleted already, or its Notebook is', () => {
    const deleted = meta({ deletionTimestamp: '2026-01-01T00:00:00Z' });
    assert.equal(leftoverOf('Service', 'bert', deleted)?.going, true);
    const orphan = meta({ ownerReferences: owned('Notebook', 'bert') });
    assert.equal(leftoverOf('StatefulSet', 'bert', orphan)?.going, true);
  });

  it('is none where there is none, and a pod of its StatefulSet is told of with that', () => {
    assert.equal(leftoverOf('Service', 'bert', undefined), undefined);
    assert.equal(leftoverOf('Pod', 'bert', meta({ ownerReferences: owned('StatefulSet', 'bert') })), undefined);
  });

  it('blocks the launch', () => {
    for (const kind of ['StatefulSet', 'Service', 'Pod'] as const) {
      assert.deepEqual(told({}, { leftovers: [{ kind, going: false }] }), [`error name leftover${kind}`]);
    }
  });

  it('is a note while it is going', () => {
    assert.deepEqual(told({}, { leftovers: [{ kind: 'Service', going: true }] }), ['note name leftoverGoing']);
  });
});

describe('a right that is missing', () => {
  it('to create volumes blocks a new one, not an existing one', () => {
    const rights = { createClaims: 'no', connect: 'yes' } as const;
    assert.deepEqual(told({}, { rights }), ['error workspace mayNotCreateVolumes']);
    assert.deepEqual(told({ workspace: existing('old-workspace') }, { rights }), []);
  });

  it('to connect is a note', () => {
    const rights = { createClaims: 'yes', connect: 'no' } as const;
    assert.deepEqual(told({}, { rights }), ['note namespace mayNotConnect']);
  });

  it('is none where it is unknown', () => {
    assert.deepEqual(told({}, { rights: { createClaims: 'unknown', connect: 'unknown' } }), []);
  });
});

describe('what the cluster says beside what the form says', () => {
  const finding = (severity: Finding['severity'], code: Finding['code'], field = 'data.0.claim'): Finding => ({
    ...{ field, severity, code },
  });
  const codes = (own: Finding[], cluster: Finding[]) => merged(own, cluster).map(({ code }) => code);

  it('takes the place of what it knows better', () => {
    const own = [finding('warning', 'claimInUse')];
    assert.deepEqual(codes(own, [finding('note', 'claimOfStopped')]), ['claimOfStopped']);
    assert.deepEqual(codes(own, [finding('warning', 'claimInUseOn')]), ['claimInUseOn']);
    assert.deepEqual(codes(own, []), ['claimInUse']);
  });

  it('is idle where the field has an error already', () => {
    const own = [finding('error', 'gpuQuota', 'gpus.0.count')];
    assert.deepEqual(codes(own, [finding('note', 'notNow', 'gpus.0.count')]), ['gpuQuota']);
    assert.deepEqual(codes(own, [finding('note', 'notNow', 'cpu')]), ['notNow', 'gpuQuota']);
  });

  it('is said of another field as well as of this one, from the top of the form to its foot', () => {
    const own = [finding('note', 'noWorkspace', 'workspace')];
    assert.deepEqual(codes(own, [finding('error', 'leftoverService', 'name')]), ['leftoverService', 'noWorkspace']);
  });

  it('says that a volume’s place is unknown only where nothing else is to be said of it', () => {
    const unknown = finding('note', 'claimPlaceUnknown');
    assert.deepEqual(codes([], [finding('warning', 'claimInUseOn'), unknown]), ['claimInUseOn']);
    assert.deepEqual(codes([], [unknown]), ['claimPlaceUnknown']);
  });

  it('says nothing of GPUs in a form that asks for none', () => {
    assert.deepEqual(told({ gpus: gpus('0') }, {}), []);
  });
});
