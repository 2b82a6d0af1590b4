import assert from 'node:assert/strict';
import { newVolume } from '../../../src/kubeflow/form.ts';
import type { VolumeChoice } from '../../../src/kubeflow/form.ts';
import { findings } from '../../../src/kubeflow/form/formFindings.ts';
import { stockImages } from '../../../src/kubeflow/form/spawnerConfig.ts';
import { form, gpus, options, said } from './support.ts';

const existing = (claim: string, mountPath = ''): VolumeChoice => ({ kind: 'existing', claim, mountPath });

describe('Findings of the form', () => {
  it('has nothing to say about the form as it opens', () => {
    assert.deepEqual(said(), []);
  });

  describe('name', () => {
    const cases: [string, string[]][] = [
      ['', ['name nameMissing']],
      ['a', []],
      ['a-1', []],
      [' bert ', []],
      ['1a', ['name nameStart']],
      ['Bert', ['name nameStart']],
      ['-a', ['name nameStart']],
      ['a_b', ['name nameSyntax']],
      ['a-', ['name nameSyntax']],
      ['aB', ['name nameSyntax']],
      ['노트북', ['name nameStart']],
      ['a'.repeat(50), []],
      ['a'.repeat(51), ['name nameTooLong']],
      ['mnist', ['name nameTaken']],
      ['old', ['workspace.name claimExists']],
    ];
    for (const [name, expected] of cases) {
      it(`${JSON.stringify(name)}: ${expected.join(', ') || 'fine'}`, () => assert.deepEqual(said({ name }), expected));
    }
    it('is free in another profile', () => {
      assert.deepEqual(said({ name: 'mnist', namespace: 'bob' }), []);
    });
  });

  describe('image', () => {
    const good = [
      'jupyter',
      'a/b:c',
      'localhost:5000/x/y:1.0_2',
      'ghcr.io/Acme/nb',
      `quay.io/a/b@sha256:${'0'.repeat(64)}`,
      `a:1@sha256:${'f'.repeat(64)}`,
      'reg.example.com/a__b/c--d:v1',
    ].filter((image) => image !== 'ghcr.io/Acme/nb');
    for (const customImage of good) {
      it(`takes ${customImage.slice(0, 40)}`, () => {
        assert.deepEqual(said({ imageMode: 'custom', customImage }), []);
      });
    }
    for (const customImage of [
      'Foo',
      'a b',
      'a:',
      'a@sha256:12',
      'https://a/b',
      'ghcr.io/Acme/nb',
      'a//b',
      ':v1',
      'a:b c',
    ]) {
      it(`refuses ${customImage}`, () => {
        assert.deepEqual(said({ imageMode: 'custom', customImage }), ['customImage imageSyntax']);
      });
    }
    it('must be there', () => {
      assert.deepEqual(said({ imageMode: 'custom', customImage: ' ' }), ['customImage imageMissing']);
    });
    it('notes a stock image without CUDA when a GPU is asked for', () => {
      assert.deepEqual(said({ gpus: gpus('1') }, options(), 'note'), ['image imageNoCuda']);
      const image = stockImages.find((i) => i.includes('cuda'))!;
      assert.deepEqual(said({ gpus: gpus('1'), image }), []);
      assert.deepEqual(said({ gpus: gpus('1', 'amd.com/gpu') }), []);
    });
  });

  describe('size', () => {
    const cases: [string, Parameters<typeof said>[0], string[]][] = [
      ['half a core', { cpu: '0.5' }, []],
      ['millicores', { cpu: '500m' }, []],
      ['.5', { cpu: '.5' }, []],
      ['no core', { cpu: '0' }, ['cpu cpuZero']],
      ['nothing', { cpu: '' }, ['cpu cpuSyntax']],
      ['a negative core', { cpu: '-1' }, ['cpu cpuSyntax']],
      ['an exponent', { cpu: '1e3' }, ['cpu cpuSyntax']],
      ['a fraction of a millicore', { cpu: '0.0001' }, ['cpu cpuSyntax']],
      ['NaN', { cpu: 'nan' }, ['cpu cpuSyntax']],
      ['memory with its unit', { memory: '1.5 Gi' }, []],
      ['memory in another unit', { memory: '512Mi' }, []],
      ['memory in an unknown unit', { memory: '512MB' }, ['memory memorySyntax']],
      ['memory with an exponent', { memory: '1e3' }, ['memory memorySyntax']],
      ['no memory', { memory: '0.0' }, ['memory memoryZero']],
      ['three GPUs', { gpus: gpus('3', 'amd.com/gpu') }, []],
      ['no number of GPUs', { gpus: gpus('') }, []],
      ['half a GPU', { gpus: gpus('0.5') }, ['gpus.0.count gpuFraction']],
      ['-1 GPU', { gpus: gpus('-1') }, ['gpus.0.count gpuSyntax']],
      ['a GPU of nobody', { gpus: gpus('1', '') }, ['gpus.0.key gpuKeyMissing']],
    ];
    for (const [what, change, expected] of cases) {
      it(`${what}: ${expected.join(', ') || 'fine'}`, () => assert.deepEqual(said(change), expected));
    }
    it('warns of GPUs that no node has', () => {
      const o = options({ nodeGpus: { 'nvidia.com/gpu': { total: 4, largest: 2 } } });
      assert.deepEqual(said({ gpus: gpus('2') }, o, 'warning'), []);
      assert.deepEqual(said({ gpus: gpus('3') }, o, 'warning'), ['gpus.0.count gpuTooManyForNode']);
      assert.deepEqual(said({ gpus: gpus('1', 'amd.com/gpu') }, o, 'warning'), ['gpus.0.key gpuNotOffered']);
    });
  });

  describe('quota', () => {
    const gi = 2 ** 30;
    const full = options({
      quota: {
        alice: [
          { resource: 'requests.nvidia.com/gpu', used: 1, hard: 1 },
          { resource: 'requests.cpu', used: 3, hard: 4 },
          { resource: 'limits.memory', used: 8 * gi, hard: 10 * gi },
          { resource: 'requests.storage', used: 95 * gi, hard: 100 * gi },
          { resource: 'persistentvolumeclaims', used: 2, hard: 3 },
        ],
      },
    });

    it('lets through what fits exactly', () => {
      assert.deepEqual(said({ cpu: '1' }, full), []);
    });
    it('says what is left, of how much, and who has the GPU', () => {
      const found = findings(form({ gpus: gpus('1') }, full), full).filter((f) => f.severity === 'error');
      const params = { namespace: 'alice', left: 0, hard: 1, key: 'nvidia.com/gpu', servers: 'mnist (1)' };
      assert.deepEqual(found, [{ field: 'gpus.0.count', severity: 'error', code: 'gpuQuotaUsed', params }]);
    });
    it('does not count GPUs of another vendor', () => {
      assert.deepEqual(said({ gpus: gpus('1', 'amd.com/gpu') }, full), []);
    });
    it('counts limits and all new volumes', () => {
      assert.deepEqual(said({ cpu: '1.5', memory: '2' }, full), ['cpu quota', 'memory quota']);
      const dataVolumes = [newVolume('', '1')];
      assert.deepEqual(said({ dataVolumes }, full), ['workspace.size quota', 'workspace quota']);
      assert.deepEqual(said({ workspace: existing('old-workspace'), dataVolumes }, full), []);
    });
  });

  describe('volumes', () => {
    it('wants a class named where the cluster has no default one, before anything is made', () => {
      const o = options({ storage: { alice: 'noDefault' } });
      assert.deepEqual(said({}, o, 'error'), ['workspace.storageClass noDefaultClass']);
      assert.deepEqual(said({ workspace: { ...newVolume('/home/jovyan'), storageClass: 'fast' } }, o), []);
      assert.deepEqual(said({ workspace: existing('old-workspace') }, o), []);
      assert.deepEqual(said({ workspace: { kind: 'none' } }, o, 'error'), []);
    });
    it('notes what it cannot know', () => {
      assert.deepEqual(said({}, options({ storage: { alice: 'unknown' } })), ['workspace.storageClass storageUnknown']);
    });
    const cases: [string, Parameters<typeof said>[0], string[]][] = [
      ['no size', { workspace: newVolume('/home/jovyan', '') }, ['workspace.size sizeSyntax']],
      ['size 0', { workspace: newVolume('/home/jovyan', '0') }, ['workspace.size sizeZero']],
      ['a relative path', { workspace: newVolume('data') }, ['workspace.mountPath mountPathSyntax']],
      ['the root', { workspace: newVolume('/') }, ['workspace.mountPath mountPathSyntax']],
      ['a step upwards', { workspace: newVolume('/a/../b') }, ['workspace.mountPath mountPathSyntax']],
      ['a colon', { workspace: newVolume('/a:b') }, ['workspace.mountPath mountPathSyntax']],
      ['shared memory', { workspace: newVolume('/dev/shm') }, ['workspace.mountPath mountPathTaken']],
      ['a path below another', { dataVolumes: [newVolume('/home/jovyan/data')] }, []],
      ['a path twice', { dataVolumes: [newVolume('/home/jovyan/')] }, ['data.0.mountPath mountPathTaken']],
      ['no claim chosen', { workspace: existing('') }, ['workspace.claim claimMissing']],
      ['a claim that is gone', { workspace: existing('ghost') }, ['workspace.claim claimGone']],
      ['one-node claim in use', { workspace: existing('mnist-workspace') }, ['workspace.claim claimInUse']],
      ['shared claim in use', { workspace: existing('datasets') }, []],
      [
        'the same claim twice',
        { workspace: existing('datasets'), dataVolumes: [existing('datasets')] },
        ['data.0.claim claimTwice'],
      ],
      [
        'a new claim named as another new one',
        { dataVolumes: [{ ...newVolume('/x'), name: 'bert-workspace' }] },
        ['data.0.name claimTwice'],
      ],
      ['a bad claim name', { workspace: { ...newVolume(), name: 'My Disk' } }, ['workspace.name claimNameSyntax']],
      ['no workspace', { workspace: { kind: 'none' } }, ['workspace noWorkspace']],
    ];
    for (const [what, change, expected] of cases) {
      it(`${what}: ${expected.join(', ') || 'fine'}`, () => assert.deepEqual(said(change), expected));
    }
  });

  it('says when there is no profile, or no right to create in it', () => {
    assert.deepEqual(said({ namespace: '' }, options(), 'error'), ['namespace namespaceMissing']);
    assert.deepEqual(said({}, options({ mayCreate: { alice: 'no' } })), ['namespace mayNotCreate']);
    assert.deepEqual(said({}, options({ mayCreate: { alice: 'unknown' } })), []);
  });
});
