import assert from 'node:assert/strict';
import { authorityOf, decodeContext, encodeContext, parseAddress } from '../../../src/editor/address.ts';
import { controllerId, localSessionPath, machineOf } from '../../../src/editor/sessionPath.ts';

describe('addresses of files on notebook servers', () => {
  for (const name of ['prod', 'Prod', 'arn:aws:eks:eu-1:1234:cluster/Prod_x', 'ü~ä@b c', 'a_3ab'])
    it(`keeps the context ${name} through VS Code's lower case`, () => {
      const authority = authorityOf(name, '0123456789abcdef');
      assert.match(authority, /^[a-z0-9._~-]+$/);
      assert.deepEqual(parseAddress(authority.toLowerCase(), '/alice/mnist/a dir/x.py'), {
        ref: { context: name, namespace: 'alice', name: 'mnist' },
        fingerprint: '01234567',
        path: 'a dir/x.py',
      });
    });

  it('tells contexts apart that differ in case only', () => {
    assert.notEqual(encodeContext('Prod'), encodeContext('prod'));
  });

  it('knows what it never made', () => {
    for (const authority of ['prod', '~01234567', 'a%2Fb~01234567', 'a_zz~01234567'])
      assert.equal(parseAddress(authority, '/alice/mnist'), undefined, authority);
    assert.equal(parseAddress('prod~01234567', '/alice'), undefined);
    assert.equal(decodeContext('_3'), undefined);
    assert.equal(parseAddress('prod~01234567', '/alice/mnist')?.path, '');
  });

  it('gives a local notebook a session path of its own in the root of the server', () => {
    const path = localSessionPath('machine', 'file:///home/a/My%20train.ipynb', '/home/a/My train.ipynb');
    assert.match(path, /^My train-[0-9a-f]{8}\.ipynb$/);
    assert.notEqual(path, localSessionPath('other', 'file:///home/a/My%20train.ipynb', '/home/a/My train.ipynb'));
    assert.doesNotMatch(localSessionPath('m', 'u', '/a/x:y*?.ipynb'), /[:*?/]/);
  });

  it('keeps apart files of one URI on machines that are reached from one screen', () => {
    const env = (remoteName?: string) => ({ machineId: 'screen', remoteName });
    assert.notEqual(machineOf(env('ssh-remote'), 'gpu-1'), machineOf(env('ssh-remote'), 'gpu-2'));
    assert.notEqual(machineOf(env('ssh-remote'), 'gpu-1'), machineOf(env(), 'gpu-1'));
    assert.equal(machineOf(env(), 'laptop.home'), machineOf(env(), 'laptop.office'));
  });

  it('names controllers by server, always the same', () => {
    assert.equal(controllerId('a'), controllerId('a'));
    assert.notEqual(controllerId('a'), controllerId('b'));
  });
});
