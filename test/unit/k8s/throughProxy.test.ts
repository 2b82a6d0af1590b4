import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isKubeError, type KubeProblem } from '../../../src/k8s/errors.ts';
import type { EditorProxy } from '../../../src/k8s/proxy.ts';
import { proxyWords } from '../../../src/views/words/proxy.ts';
import { inEnglish } from '../../../src/views/words/translate.ts';
import { ConnectProxy, type ConnectProxyOptions } from '../../support/connectProxy.ts';
import { SocksProxy } from '../../support/socksProxy.ts';
import { certificate } from './certificate.ts';
import { answer, Cleanup, clusterFor, contextFor, serve } from './fixtures.ts';

const secret = 'p@ss word';
const me = `me:${encodeURIComponent(secret)}`;

describe('a connection through a proxy', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());
  const authority = certificate({ name: 'test-ca' });
  const serverCert = certificate({ name: 'api', hosts: ['127.0.0.1', 'api.lab.test'], by: authority });
  const server = () => serve(cleanup, (_, response) => answer(response, 200, { gitVersion: 'v1' }), serverCert);
  const httpProxy = async (o: ConnectProxyOptions = {}): Promise<ConnectProxy> => {
    const proxy = await ConnectProxy.open(o);
    cleanup.add(() => proxy.close());
    return proxy;
  };
  const socksProxy = async (o: Parameters<typeof SocksProxy.open>[0] = {}): Promise<SocksProxy> => {
    const proxy = await SocksProxy.open(o);
    cleanup.add(() => proxy.close());
    return proxy;
  };
  const via = (proxyUrl: string, url = 'https://api.lab.test:6443') =>
    clusterFor(cleanup, contextFor(url, { ca: authority, cluster: { proxyUrl } }));
  const problemOf = async (run: Promise<unknown>): Promise<KubeProblem & { code: 'Unreachable' }> => {
    const error: unknown = await run.catch((reason: unknown) => reason);
    assert.ok(isKubeError(error, 'Unreachable') && error.problem.code === 'Unreachable', String(error));
    assert.equal(error.problem.reason, 'proxy');
    const said = `${error.message} ${JSON.stringify(error.problem)} ${proxyWords(inEnglish, 'prod', error.problem)}`;
    assert.doesNotMatch(said, /p@ss|p%40ss|bWU6/, 'no password in words');
    return error.problem;
  };

  it('is made by CONNECT with TLS inside, with the user name and password of its address', async () => {
    const { url, port } = await server();
    const proxy = await httpProxy({ password: `me:${secret}` });
    assert.equal(await via(proxy.url(me), url).serverVersion(), 'v1');
    const authorization = `Basic ${Buffer.from(`me:${secret}`).toString('base64')}`;
    assert.deepEqual(proxy.seen, [{ authority: `127.0.0.1:${port}`, authorization }]);
  });

  it('gives the proxy the name of the server, which need not be known here', async () => {
    const { port } = await server();
    const where = { host: '127.0.0.1', port };
    const proxy = await httpProxy({ names: { 'api.lab.test:6443': where } });
    assert.equal(await via(proxy.url()).serverVersion(), 'v1');
    const socks = await socksProxy({ names: { 'api.lab.test:6443': where } });
    assert.equal(await via(socks.url()).serverVersion(), 'v1');
    assert.deepEqual(socks.seen, ['api.lab.test:6443']);
  });

  it('is made by an https proxy, whose certificate this computer must know', async () => {
    const { url } = await server();
    const proxy = await httpProxy({ tls: certificate({ name: 'proxy', hosts: ['127.0.0.1'], by: authority }) });
    const problem = await problemOf(via(proxy.url(), url).serverVersion());
    assert.equal(problem.proxy?.trouble, 'certificate');
    const folder = await mkdtemp(join(tmpdir(), 'kubeflow-proxy-'));
    cleanup.add(() => rm(folder, { recursive: true }));
    const env = { SSL_CERT_FILE: join(folder, 'store.crt') };
    await writeFile(env.SSL_CERT_FILE, authority.cert);
    const context = contextFor(url, { ca: authority, cluster: { proxyUrl: proxy.url() } });
    assert.equal(await clusterFor(cleanup, context, { env }).serverVersion(), 'v1');
  });

  it('is made by SOCKS 5, also with a password', async () => {
    const { url, port } = await server();
    for (const [password, who] of [
      [undefined, ''],
      [`me:${secret}`, me],
      [undefined, me],
    ] as const) {
      const socks = await socksProxy({ ...(password ? { password } : {}) });
      assert.equal(await via(socks.url(who), url).serverVersion(), 'v1');
      assert.deepEqual(socks.seen, [`127.0.0.1:${port}`]);
    }
  });

  it("sends VS Code's http.proxyAuthorization to VS Code's proxy as it is, and to no other", async () => {
    const { port } = await server();
    const names = { 'api.lab.test:6443': { host: '127.0.0.1', port } };
    const [editors, own] = [await httpProxy({ names }), await httpProxy({ names })];
    const editorProxy = (): EditorProxy => ({ url: editors.url(), noProxy: [], authorization: 'Negotiate abc' });
    const context = contextFor('https://api.lab.test:6443', { ca: authority });
    await clusterFor(cleanup, context, { editorProxy }).serverVersion();
    assert.deepEqual(editors.seen, [{ authority: 'api.lab.test:6443', authorization: 'Negotiate abc' }]);
    const named = { ...context, cluster: { ...context.cluster, proxyUrl: own.url() } };
    await clusterFor(cleanup, named, { editorProxy }).serverVersion();
    assert.deepEqual(own.seen, [{ authority: 'api.lab.test:6443' }]);
  });

  it("follows VS Code's settings with the next connection", async () => {
    const { port } = await server();
    const names = { 'api.lab.test:6443': { host: '127.0.0.1', port } };
    const [one, two] = [await httpProxy({ names }), await httpProxy({ names })];
    let url = one.url();
    const cluster = clusterFor(cleanup, contextFor('https://api.lab.test:6443', { ca: authority }), {
      editorProxy: () => ({ url, noProxy: [] }),
    });
    await cluster.serverVersion();
    url = two.url();
    await cluster.probe(() => undefined, { anonymous: true });
    assert.deepEqual([one.seen.length, two.seen.length], [1, 1]);
  });

  describe('names a proxy', () => {
    for (const [title, o, who, trouble, status] of [
      ['that asks for a password', { password: 'a:b' }, '', 'password', 407],
      ['that does not take the password', { password: 'a:b' }, me, 'wrongPassword', 407],
      ['that does not allow the server', { instead: 403 }, me, 'denied', 403],
      ['that cannot reach the server', { instead: 502 }, me, 'unreachable', 502],
      ['that answers something else', { instead: 418 }, me, 'answer', 418],
      ['that hangs up', { instead: 'hang up' }, me, 'closed', undefined],
    ] as const) {
      it(title, async () => {
        const proxy = await httpProxy(o);
        const problem = await problemOf(via(proxy.url(who)).serverVersion());
        const name = `127.0.0.1:${proxy.port}`;
        const more = status === undefined ? {} : { status };
        assert.deepEqual(problem.proxy, { name, from: 'kubeconfig', trouble, ...more });
        assert.equal(problem.host, 'api.lab.test:6443');
      });
    }

    it('that says nothing, after the time a connection has', async () => {
      const proxy = await httpProxy({ instead: 'silence' });
      const began = performance.now();
      const problem = await problemOf(via(proxy.url(me)).serverVersion());
      assert.equal(problem.proxy?.trouble, 'silent');
      assert.ok(performance.now() - began < 12_000);
    });

    it('that is down, whose name is not known, or that is of a kind we do not speak', async () => {
      for (const [url, trouble] of [
        [`http://${me}@127.0.0.1:1`, 'down'],
        [`http://${me}@proxy.invalid:3128`, 'dns'],
        [`ftp://${me}@127.0.0.1:1`, 'unsupported'],
        [`http://${me}@`, 'address'],
      ] as const) {
        assert.equal((await problemOf(via(url).serverVersion())).proxy?.trouble, trouble, url);
      }
    });

    it('that speaks something else', async () => {
      const ssh = net.createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-OpenSSH_9.6\r\n'));
      ssh.listen(0, '127.0.0.1');
      await once(ssh, 'listening');
      cleanup.add(() => ssh.close());
      const { port } = ssh.address() as net.AddressInfo;
      assert.equal((await problemOf(via(`http://127.0.0.1:${port}`).serverVersion())).proxy?.trouble, 'closed');
      assert.equal((await problemOf(via(`socks5://127.0.0.1:${port}`).serverVersion())).proxy?.trouble, 'answer');
    });

    it('of SOCKS that refuses', async () => {
      for (const [o, who, trouble] of [
        [{ password: 'a:b' }, '', 'password'],
        [{ password: 'a:b' }, me, 'wrongPassword'],
        [{ reply: 2 }, '', 'denied'],
        [{ reply: 5 }, '', 'unreachable'],
      ] as const) {
        const socks = await socksProxy(o);
        assert.equal((await problemOf(via(socks.url(who)).serverVersion())).proxy?.trouble, trouble);
      }
    });
  });
});
