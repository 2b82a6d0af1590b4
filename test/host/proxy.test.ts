import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Connections } from '../../src/editor/connections.ts';
import { Cluster } from '../../src/k8s/cluster.ts';
import { isKubeError } from '../../src/k8s/errors.ts';
import { Disposables } from '../../src/k8s/events.ts';
import { KubeconfigSource } from '../../src/k8s/kubeconfigSource.ts';
import { silentLogger as logger } from '../../src/k8s/log.ts';
import { namespaces } from '../../src/k8s/objects.ts';
import { portForward } from '../../src/k8s/portForward.ts';
import { Sessions } from '../../src/kubeflow/sessions.ts';
import { editorProxy } from '../../src/views/settings.ts';
import { ConnectProxy } from '../support/connectProxy.ts';
import { extensionIn } from './support/extension.ts';
import { labContext, RemoteLab } from './support/remoteLab.ts';

/** Known to the proxies alone: what arrives has come through one. Go's rule sends 127.0.0.2 past the environment's. */
const authority = 'api.lab.test:6443';
const password = 'me:p@ss';
const inUrl = 'me:p%40ss';
const header = `Basic ${Buffer.from(password).toString('base64')}`;

describe("proxies in VS Code's extension host", function () {
  this.timeout(120_000);
  const name = 'host-proxy';
  const clusters: Cluster[] = [];
  let lab: RemoteLab;
  const proxies = {} as Record<'kubeconfig' | 'editor' | 'environment', ConnectProxy>;

  before(async () => {
    lab = await RemoteLab.open();
    const names = { [authority]: lab.address };
    for (const from of ['kubeconfig', 'editor', 'environment'] as const) {
      proxies[from] = await ConnectProxy.open({ names, host: '127.0.0.2' });
    }
    await lab.create(name);
    await answering(lab, name);
  });
  afterEach(async () => {
    for (const cluster of clusters.splice(0)) cluster.dispose();
    for (const proxy of Object.values(proxies)) proxy.take();
    for (const key of ['proxy', 'noProxy', 'proxySupport', 'proxyAuthorization']) await set(key, undefined);
  });
  after(async () => {
    await lab?.remove(name);
    lab?.close();
    for (const proxy of Object.values(proxies)) await proxy.close();
  });

  /** The lab under the name that only the proxies know, or at its address. */
  const connect = (o: { proxyUrl?: string; env?: NodeJS.ProcessEnv; direct?: boolean } = {}): Cluster => {
    const { context } = lab;
    const server = o.direct ? context.server : `https://${authority}`;
    const cluster = { ...context.cluster, server, proxyUrl: o.proxyUrl, tlsServerName: '127.0.0.2' };
    const made = Cluster.connect({ ...context, server, cluster }, { env: o.env ?? {}, logger, editorProxy });
    clusters.push(made);
    return made;
  };
  const set = (key: string, value: unknown): Thenable<void> =>
    vscode.workspace.getConfiguration('http').update(key, value, vscode.ConfigurationTarget.Global);
  const throughWhich = () => Object.entries(proxies).flatMap(([from, proxy]) => proxy.take().map((to) => [from, to]));

  for (const [from, o] of [
    ['kubeconfig', { cluster: true, editor: true }],
    ['editor', { editor: true }],
    ['environment', {}],
    ['environment', { editor: true, support: 'off' }],
  ] as [keyof typeof proxies, { cluster?: boolean; editor?: boolean; support?: string }][]) {
    const others = [o.cluster && 'proxy-url', o.editor && 'http.proxy', o.support && 'proxySupport off', 'HTTPS_PROXY'];
    it(`take the ${from}'s for requests, watches and port-forwards, of ${others.filter(Boolean).join(', ')}`, async () => {
      if (o.editor) await set('proxy', proxies.editor.url());
      if (o.support) await set('proxySupport', o.support);
      const cluster = connect({
        env: { HTTPS_PROXY: proxies.environment.url() },
        ...(o.cluster ? { proxyUrl: proxies.kubeconfig.url() } : {}),
      });
      const before = lab.connections;

      for (let i = 0; i < 8; i++) await cluster.get(namespaces, { name: 'alice' });
      assert.deepEqual(throughWhich(), [[from, authority]], 'eight requests, one connection');

      const watching = new AbortController();
      const lines = cluster.lines({
        path: '/api/v1/namespaces/alice/pods',
        query: { watch: true },
        signal: watching.signal,
      });
      assert.match((await lines.next()).value ?? '', /"ADDED"/);
      await cluster.get(namespaces, { name: 'alice' });
      assert.deepEqual(throughWhich(), [[from, authority]], 'a watch has one of its own');

      const forward = await portForward(cluster, { namespace: 'alice', pod: `${name}-0`, port: 8888 });
      forward.write(`GET /notebook/alice/${name}/api HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      const [head] = (await once(forward, 'data')) as [Buffer];
      assert.match(head.toString(), /^HTTP\/1.1 200/);
      forward.destroy();
      assert.deepEqual(throughWhich(), [[from, authority]], 'a WebSocket too');

      assert.equal(lab.connections - before, 3, 'and the server saw no others');
      watching.abort(new Error('enough'));
      await assert.rejects(lines.next(), /enough/);
    });
  }

  it('are none for a host in http.noProxy, and for one in NO_PROXY while that is empty', async () => {
    await set('proxy', proxies.editor.url());
    await set('noProxy', ['127.0.0.2']);
    await connect({ direct: true }).get(namespaces, { name: 'alice' });
    assert.deepEqual(throughWhich(), []);
    await set('noProxy', undefined);
    await connect({ direct: true, env: { NO_PROXY: '127.0.0.0/8' } }).get(namespaces, { name: 'alice' });
    assert.deepEqual(throughWhich(), []);
    await connect({ direct: true }).get(namespaces, { name: 'alice' });
    assert.deepEqual(throughWhich(), [['editor', `127.0.0.2:${lab.address.port}`]]);
  });

  it('are followed by the extension itself from the next connection on, without a reload', async () => {
    const { sessions } = await extensionIn(lab);
    const { cluster } = sessions.current!;
    await cluster.probe(() => undefined, { anonymous: false });
    assert.deepEqual(throughWhich(), []);
    await set('proxy', proxies.editor.url());
    await cluster.probe(() => undefined, { anonymous: false });
    assert.deepEqual(throughWhich(), [['editor', `127.0.0.2:${lab.address.port}`]]);
    await set('proxy', undefined);
    await cluster.probe(() => undefined, { anonymous: false });
    assert.deepEqual(throughWhich(), []);
  });

  describe('that ask for a password', () => {
    let strict: ConnectProxy;
    before(async () => {
      strict = await ConnectProxy.open({ names: { [authority]: lab.address }, host: '127.0.0.2', password });
    });
    afterEach(() => strict.take());
    after(() => strict?.close());
    const who = () => strict.seen.map(({ authorization }) => authorization);

    it('get the one in proxy-url, in http.proxy, and in the environment', async () => {
      await connect({ proxyUrl: strict.url(inUrl) }).get(namespaces, { name: 'alice' });
      await connect({ env: { HTTPS_PROXY: strict.url(inUrl) } }).get(namespaces, { name: 'alice' });
      await set('proxy', strict.url(inUrl));
      await connect().get(namespaces, { name: 'alice' });
      assert.deepEqual(who(), [header, header, header]);
    });

    it("get http.proxyAuthorization for VS Code's", async () => {
      await set('proxy', strict.url());
      await set('proxyAuthorization', header);
      await connect().get(namespaces, { name: 'alice' });
      assert.deepEqual(who(), [header]);
    });

    it('say that they want one, or another one, and nobody repeats it', async () => {
      for (const [url, trouble] of [
        [strict.url(), 'password'],
        [strict.url('me:wrong-secret'), 'wrongPassword'],
      ] as const) {
        await set('proxy', url);
        await assert.rejects(connect().get(namespaces, { name: 'alice' }), (error) => {
          assert.ok(isKubeError(error, 'Unreachable') && error.problem.code === 'Unreachable');
          assert.deepEqual([error.problem.proxy?.trouble, error.problem.proxy?.from], [trouble, 'editor']);
          assert.doesNotMatch(`${error.message}${JSON.stringify(error.problem)}`, /wrong-secret/);
          return true;
        });
      }
    });
  });
});

describe("authorities in VS Code's extension host", () => {
  // VS Code adds the operating system's to https.request and, by an experimental setting only, to tls.connect.
  it("are this computer's where the kubeconfig names none", async () => {
    const lab = await RemoteLab.open();
    const folder = mkdtempSync(join(tmpdir(), 'kubeflow-ca-'));
    const clusters: Cluster[] = [];
    try {
      const store = join(folder, 'ca-certificates.crt');
      writeFileSync(store, Buffer.from(lab.context.cluster.caData!, 'base64'));
      const context = { ...lab.context, cluster: { ...lab.context.cluster, caData: undefined } };
      const connect = (env: NodeJS.ProcessEnv): Cluster => {
        clusters.push(Cluster.connect(context, { env, logger }));
        return clusters.at(-1)!;
      };
      await connect({ SSL_CERT_FILE: store }).get(namespaces, { name: 'alice' });
      await assert.rejects(connect({}).serverVersion(), (error) => isKubeError(error, 'CertificateUntrusted'));
    } finally {
      for (const cluster of clusters) cluster.dispose();
      lab.close();
      rmSync(folder, { recursive: true });
    }
  });
});

/** Waits until Jupyter answers, over a tunnel that goes straight. */
async function answering(lab: RemoteLab, name: string): Promise<void> {
  const things = new Disposables();
  try {
    const place = { env: {}, home: '/', platform: process.platform, path: lab.kubeconfig, logger };
    const source = things.add(new KubeconfigSource(place));
    const memory = { get: () => undefined, set: () => undefined };
    const sessions = things.add(new Sessions({ source, env: {}, logger, memory, extraNamespaces: () => [] }));
    const connections = things.add(new Connections(sessions, { logger }));
    const { server } = await connections.open({ context: labContext, namespace: 'alice', name });
    await server.waitUntilAnswers(undefined, 90_000);
  } finally {
    things.dispose();
  }
}
