import assert from 'node:assert/strict';
import { isKubeError } from '../../../src/k8s/errors.ts';
import { proxyFor, type ProxySources } from '../../../src/k8s/proxy.ts';

describe('which proxy', () => {
  const server = new URL('https://api.corp.example:6443');
  const env = { HTTPS_PROXY: 'http://env:1', HTTP_PROXY: 'http://plain:1' };
  const editor = { url: 'http://e:1', noProxy: [] };
  const host = (url: URL | string, sources: ProxySources): string | undefined =>
    proxyFor(new URL(url), sources)?.url.host;

  it("is the cluster's, then the editor's, then the environment's", () => {
    const cluster = proxyFor(server, { cluster: 'http://c:1', editor, env });
    assert.deepEqual([cluster?.url.host, cluster?.from], ['c:1', 'kubeconfig']);
    const second = proxyFor(server, { editor, env });
    assert.deepEqual([second?.url.host, second?.from], ['e:1', 'editor']);
    const third = proxyFor(server, { env });
    assert.deepEqual([third?.url.host, third?.from], ['env:1', 'environment']);
    assert.equal(host('http://api', { env }), 'plain:1');
    assert.equal(proxyFor(server, { env: {} }), undefined);
  });

  it('of the environment is read in either case, and not from ALL_PROXY', () => {
    assert.equal(proxyFor(server, { env: { https_proxy: 'lower:3128' } })?.url.href, 'http://lower:3128/');
    assert.equal(host(server, { env: { HTTPS_PROXY: '', https_proxy: 'lower:3128' } }), 'lower:3128');
    assert.equal(proxyFor(server, { env: { ALL_PROXY: 'http://all:1', all_proxy: 'http://all:1' } }), undefined);
  });

  for (const noProxy of [
    '*',
    'api.corp.example',
    '.corp.example',
    '*.corp.example',
    'x, corp.example',
    'API.corp.example:6443',
  ]) {
    it(`is none for NO_PROXY ${noProxy}, but for the cluster's own`, () => {
      assert.equal(proxyFor(server, { editor, env: { ...env, NO_PROXY: noProxy } }), undefined);
      assert.equal(proxyFor(server, { env: { ...env, NO_PROXY: noProxy } }), undefined);
      assert.equal(host(server, { cluster: 'http://c:1', env: { NO_PROXY: noProxy } }), 'c:1');
    });
  }

  for (const noProxy of [
    '',
    'orp.example',
    'other',
    'api.corp.example:443',
    '10.0.0.0/8',
    '10.0.0.0/99',
    '/',
    ':6443',
  ]) {
    it(`stays for NO_PROXY "${noProxy}"`, () => {
      assert.equal(host(server, { env: { ...env, NO_PROXY: noProxy } }), 'env:1');
    });
  }

  it('of the editor goes by http.noProxy in place of NO_PROXY', () => {
    const except = { ...editor, noProxy: ['.corp.example'] };
    assert.equal(proxyFor(server, { editor: except, env }), undefined);
    assert.equal(host('https://api.other', { editor: except, env: { NO_PROXY: 'api.other' } }), 'e:1');
  });

  it('is none for addresses in an excluded network', () => {
    const inside = { env: { ...env, no_proxy: '10.96.0.0/12,fd00::/8,[fe80::1]:6443' } };
    assert.equal(host('https://10.100.3.4', inside), undefined);
    assert.equal(host('https://10.90.3.4', inside), 'env:1');
    assert.equal(host('https://[fd12::1]', inside), undefined);
    assert.equal(host('https://[fe80::1]:6443', inside), undefined);
    assert.equal(host('https://[fe80::1]:443', inside), 'env:1');
  });

  it("of the environment is none for loopback, as in Go; VS Code's is none for this computer's own names", () => {
    for (const name of ['localhost', '127.0.0.1', '127.0.0.2:6443', '[::1]:6443']) {
      assert.equal(proxyFor(new URL(`https://${name}`), { env }), undefined, name);
    }
    assert.equal(proxyFor(new URL('https://localhost'), { editor, env }), undefined);
    assert.equal(host('https://127.0.0.2', { editor, env }), 'e:1');
  });

  it('is an error that does not repeat what is no address', () => {
    for (const cluster of ['http://me:secret@', 'http://me:secret@proxy:port']) {
      assert.throws(
        () => proxyFor(server, { cluster, env }),
        (error: unknown) => {
          assert.ok(isKubeError(error, 'Unreachable'));
          assert.doesNotMatch(JSON.stringify(error.problem) + error.message, /secret/);
          return error.problem.code === 'Unreachable' && error.problem.proxy?.trouble === 'address';
        },
      );
    }
  });
});
