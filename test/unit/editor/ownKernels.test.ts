import assert from 'node:assert/strict';
import { OwnKernels } from '../../../src/editor/ownKernels.ts';

describe('the kernels of this computer', () => {
  it('are known in every window, the latest of them', async () => {
    const stored = new Map<string, unknown>();
    const memory = {
      get: <T>(key: string) => stored.get(key) as T | undefined,
      update: (key: string, value: unknown) => Promise.resolve(void stored.set(key, value)),
    };
    await new OwnKernels(memory).add('mine');
    const other = new OwnKernels(memory);
    assert.equal(other.has('mine'), true);
    assert.equal(other.has('theirs'), false);
    for (let i = 0; i < 400; i++) await other.add(`k${i}`);
    assert.equal(other.has('k399'), true);
    assert.equal(other.has('mine'), false);
  });

  it('are none where what is stored is nothing of ours', () => {
    assert.equal(new OwnKernels({ get: <T>() => 'broken' as T, update: () => Promise.resolve() }).has('b'), false);
  });
});
