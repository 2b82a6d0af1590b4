import assert from 'node:assert/strict';
import type { SpawnOptions } from '../../../src/kubeflow/form.ts';
import { findings } from '../../../src/kubeflow/form/formFindings.ts';
import { parseSpawnerConfig } from '../../../src/kubeflow/form/parseSpawnerConfig.ts';
import { mergeConfigs } from '../../../src/kubeflow/form/spawnerConfig.ts';
import { formFrom } from '../../../src/kubeflow/form/template.ts';
import { askedBy, builtInTemplates } from '../../../src/kubeflow/form/templateBuiltIn.ts';
import { options as plainOptions } from './support.ts';

describe('The built-in templates', () => {
  const ids = (o: SpawnOptions) =>
    builtInTemplates(o, 'alice').map((one) => (one.id === 'gpu' ? one.vendor.label : one.id));
  const set = (text: string) => mergeConfigs(parseSpawnerConfig(`spawnerFormDefaults:\n  ${text}`).config);

  it('are a small server, a large one and one with a GPU, each of which can be launched', () => {
    const o = plainOptions();
    assert.deepEqual(ids(o), ['small', 'large', 'NVIDIA']);
    const asked = builtInTemplates(o, 'alice').map(({ template }) => {
      const form = formFrom(template, o, 'alice');
      assert.deepEqual(findings(form, o), []);
      return askedBy(form, o);
    });
    assert.deepEqual(asked, [
      { cpu: 0.5, memory: 1, devices: [] },
      { cpu: 4, memory: 16, devices: [] },
      { cpu: 4, memory: 16, devices: [{ label: 'NVIDIA', count: 1 }] },
    ]);
  });
  it('have an image with the libraries of the GPU, where one is listed', () => {
    const image = (o: SpawnOptions) => builtInTemplates(o, 'alice').at(-1)?.template.image;
    assert.match(image(plainOptions()) ?? '', /jupyter-pytorch-cuda-full/);
    assert.equal(image(plainOptions({ config: set('image: { value: a, options: [a, b] }') })), undefined);
    assert.equal(image(plainOptions({ config: set('image: { value: cuda, options: [a-cuda, cuda] }') })), undefined);
    assert.equal(
      image(plainOptions({ config: set('image: { value: a, options: [b-cuda], readOnly: true }') })),
      undefined,
    );
  });
  it('have the vendors that are there, as far as that can be told', () => {
    const [nvidia, amd, gaudi] = ['nvidia.com/gpu', 'amd.com/gpu', 'habana.ai/gaudi'] as const;
    const some = { total: 1, largest: 1 };
    assert.deepEqual(ids(plainOptions({ nodeGpus: { [amd]: some, [gaudi]: { total: 0, largest: 0 } } })).slice(2), [
      'AMD',
    ]);
    assert.deepEqual(ids(plainOptions({ nodeGpus: {} })).slice(2), []);
    const quota = (key: string, hard: number) => ({
      quota: { alice: [{ resource: `requests.${key}`, used: 0, hard }] },
    });
    assert.deepEqual(ids(plainOptions({ ...quota(gaudi, 2), servers: {} })).slice(2), ['Intel Gaudi']);
    assert.deepEqual(ids(plainOptions({ ...quota(nvidia, 0), servers: {} })).slice(2), ['AMD']);
    assert.deepEqual(
      ids(plainOptions({ servers: {}, config: set(`gpus: { value: { vendor: ${amd}, num: 1 } }`) })).slice(2),
      ['AMD'],
    );
    assert.deepEqual(ids(plainOptions({ gpuVendors: [] })).slice(2), []);
  });
  it('leave alone what an administrator has fixed or hidden', () => {
    assert.deepEqual(ids(plainOptions({ config: set('gpus: { value: { num: 0 }, readOnly: true }') })), [
      'small',
      'large',
    ]);
    assert.deepEqual(ids(plainOptions({ config: set('gpus: { value: { num: 0 }, hidden: true }') })), [
      'small',
      'large',
    ]);
    const o = plainOptions({
      config: set('cpu: { value: 1, readOnly: true }\n  memory: { value: 2Gi, readOnly: true }'),
    });
    assert.deepEqual(ids(o), ['small', 'NVIDIA']);
    for (const { template } of builtInTemplates(o, 'alice'))
      assert.deepEqual(findings(formFrom(template, o, 'alice'), o), []);
    assert.deepEqual(ids(plainOptions({ config: set('cpu: { value: 8 }\n  memory: { value: 32 }') })), [
      'small',
      'NVIDIA',
    ]);
  });
});
