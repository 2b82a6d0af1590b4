import assert from 'node:assert/strict';
import { proxyFor } from '../../../src/k8s/proxy.ts';

describe('which proxy', () => {
  const server = new URL('https://api.corp.example:6443');
  const env = { HTTPS_PROXY: 'http://env:1', HTTP_PROXY: 'http://plain:1' };

  it("is the cluster's, then the editor's, then the environment's", () => {
    assert.equal(proxyFor(server, { cluster: 'http://c:1', editor: 'http://e:1', env })?.host, 'c:1');
    assert.equal(proxyFor(server, { editor: 'http://e:1', env })?.host, 'e:1');
    assert.equal(proxyFor(server, { env })?.host, 'env:1');
    assert.equal(proxyFor(server, { env: { https_proxy: 'lower:3128' } })?.href, 'http://lower:3128/');
    assert.equal(proxyFor(new URL('http://api'), { env })?.host, 'plain:1');
    assert.equal(proxyFor(server, { env: {} }), undefined);
  });

  for (const noProxy of [
    '*',
    'api.corp.example',
    '.corp.example',
    '*.corp.example',
    'x, corp.example',
    'api.corp.example:6443',
  ]) {
    it(`is none for NO_PROXY ${noProxy}`, () => {
      assert.equal(proxyFor(server, { editor: 'http://e:1', env: { ...env, NO_PROXY: noProxy } }), undefined);
      assert.equal(proxyFor(server, { cluster: 'http://c:1', env: { NO_PROXY: noProxy } })?.host, 'c:1');
    });
  }

  for (const noProxy of ['', 'orp.example', 'other', 'api.corp.example:443', '10.0.0.0/8']) {
    it(`stays for NO_PROXY "${noProxy}"`, () => {
      assert.equal(proxyFor(server, { env: { ...env, NO_PROXY: noProxy } })?.host, 'env:1');
    });
  }

  it('is none for addresses in an excluded network, nor for this computer', () => {
    const inside = { env: { ...env, no_proxy: '10.96.0.0/12' } };
    assert.equal(proxyFor(new URL('https://10.100.3.4'), inside), undefined);
    assert.equal(proxyFor(new URL('https://10.90.3.4'), inside)?.host, 'env:1');
    for (const host of ['localhost', '127.0.0.2:6443', '[::1]:6443']) {
      assert.equal(proxyFor(new URL(`https://${host}`), { env }), undefined);
    }
  });
});
