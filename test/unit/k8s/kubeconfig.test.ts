import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeError } from '../../../src/k8s/errors.ts';
import { Kubeconfig, kubeconfigPaths, KubeconfigSource } from '../../../src/k8s/kubeconfig.ts';
import { parseKubeconfig } from '../../../src/k8s/kubeconfigFile.ts';
import { silentLogger } from '../../../src/k8s/log.ts';

const config = (o: {
  cluster?: string;
  server?: string;
  user?: string;
  context?: string;
  current?: string;
}): string => `
apiVersion: v1
kind: Config
clusters: [{ name: ${o.cluster ?? 'c'}, cluster: { server: '${o.server ?? 'https://one:6443'}' } }]
users: [{ name: ${o.user ?? 'u'}, user: { token: secret-token } }]
contexts: [{ name: ${o.context ?? 'x'}, context: { cluster: ${o.cluster ?? 'c'}, user: ${o.user ?? 'u'} } }]
current-context: '${o.current ?? ''}'
`;

describe('kubeconfig', () => {
  let home: string;
  beforeEach(async () => (home = await mkdtemp(path.join(os.tmpdir(), 'kubeconfig-'))));
  afterEach(() => rm(home, { recursive: true }));

  const write = async (name: string, text: string): Promise<string> => {
    const file = path.join(home, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  };
  const load = (env: NodeJS.ProcessEnv = {}, more: { path?: string; serviceAccount?: string } = {}) =>
    Kubeconfig.load({ env, home, platform: 'linux', ...more });
  const problemOf = async (loading: Promise<unknown>): Promise<KubeError> => {
    const error: unknown = await loading.then(
      () => assert.fail('it was loaded'),
      (e: unknown) => e,
    );
    assert.ok(error instanceof KubeError, String(error));
    return error;
  };

  it('is ~/.kube/config without KUBECONFIG', async () => {
    const file = await write('.kube/config', config({ current: 'x' }));
    const loaded = await load();
    assert.deepEqual([loaded.files, loaded.currentContext], [[file], 'x']);
    assert.equal(loaded.context('x').server, 'https://one:6443');
    assert.equal(loaded.context('x').user.token, 'secret-token');
  });

  it('merges several files: missing ones are skipped, the first to name a thing wins', async () => {
    const files = [
      path.join(home, 'missing'),
      await write('a', config({ server: 'https://first' })),
      await write('b', config({ server: 'https://second', current: 'y' })),
      await write('c', config({ context: 'y', cluster: 'd', server: 'https://third', current: 'x' })),
      await write('empty', ''),
    ];
    const loaded = await load({ KUBECONFIG: files.join(':') + '::' });
    assert.equal(loaded.currentContext, 'y');
    assert.deepEqual(
      loaded.contexts.map(({ name, server }) => [name, server]),
      [
        ['x', 'https://first'],
        ['y', 'https://third'],
      ],
    );
  });

  it('takes a context from one file with the cluster and user of another', async () => {
    const a = await write('a', 'contexts: [{ name: x, context: { cluster: c, user: u, namespace: alice } }]');
    const b = await write('b', config({ context: 'other' }));
    const loaded = await load({ KUBECONFIG: `${a}:${b}` });
    assert.equal(loaded.context('x').namespace, 'alice');
    assert.equal(loaded.context('x').server, 'https://one:6443');
  });

  it('says which paths it looked at when there is none', async () => {
    const missing = await problemOf(load());
    assert.deepEqual(missing.problem, { code: 'KubeconfigMissing', paths: [path.join(home, '.kube', 'config')] });
    const named = await problemOf(load({}, { path: '~/mine' }));
    assert.deepEqual(named.problem, { code: 'KubeconfigMissing', paths: [path.join(home, 'mine')] });
  });

  const broken: [string, string, RegExp][] = [
    ['bad YAML', 'clusters:\n  - name: a\n users: [secret-token\n', /^line 3: /],
    ['a tab', 'clusters:\n\t- name: secret-token\n', /^line 2: /],
    ['a list', '- secret-token\n', /no map/],
    ['plain words', 'secret-token', /no map/],
    ['clusters as a map', 'clusters: { a: secret-token }', /clusters is no list/],
    ['an empty file', '', /^it is empty$/],
    ['only comments', '# secret-token', /^it is empty$/],
    ['no contexts', 'clusters: [{ name: a, cluster: { server: "https://a" } }]', /names no context/],
  ];
  for (const [name, text, detail] of broken) {
    it(`says what is wrong with ${name}, and shows nothing of it`, async () => {
      const file = await write('.kube/config', text);
      const { problem, message } = await problemOf(load());
      assert.ok(problem.code === 'KubeconfigInvalid');
      assert.equal(problem.path, file);
      assert.match(problem.detail, detail);
      assert.ok(!message.includes('secret-token'), message);
    });
  }

  it('says so when it is a folder', async () => {
    await mkdir(path.join(home, '.kube/config'), { recursive: true });
    assert.match((await problemOf(load())).message, /it is a folder/);
  });

  it('leaves out a context whose cluster or user is not there, and says why when it is asked for', async () => {
    await write(
      '.kube/config',
      `${config({})}\n`.replace('contexts: [', 'contexts: [{ name: z, context: { cluster: gone, user: u } }, '),
    );
    const loaded = await load();
    assert.deepEqual(
      loaded.contexts.map(({ name }) => name),
      ['x'],
    );
    assert.throws(() => loaded.context('z'), /names the cluster "gone", which it lacks/);
    assert.throws(() => loaded.context('nope'), { problem: { code: 'ContextMissing', context: 'nope' } });
  });

  it('survives entries of the wrong shape beside good ones', async () => {
    const odd = 'clusters: [null, 3, { name: a }, { cluster: {} }, ';
    await write(
      '.kube/config',
      config({}).replace('clusters: [', odd).replace('users: [', 'users: [null, { name: 5 }, '),
    );
    assert.equal((await load()).context('x').clusterName, 'c');
  });

  it('keeps a context that names no user, and leaves one out that names no cluster or one without a server', async () => {
    const more = `clusters: [{ name: bare, cluster: {} }, `;
    const odd =
      'contexts: [{ name: nobody, context: { cluster: c } }, { name: none }, { name: bad, context: { cluster: bare } }, ';
    await write('.kube/config', config({}).replace('clusters: [', more).replace('contexts: [', odd));
    const loaded = await load();
    assert.deepEqual(
      loaded.contexts.map(({ name, userName }) => [name, userName]),
      [
        ['nobody', ''],
        ['x', 'u'],
      ],
    );
    assert.throws(() => loaded.context('none'), /names no cluster/);
    assert.throws(() => loaded.context('bad'), /the cluster "bare" has no server/);
  });

  it('reads 300 contexts, and none of the files that they name', async () => {
    const names = Array.from({ length: 300 }, (_, i) => i);
    const text = JSON.stringify({
      clusters: names.map((i) => ({
        name: `c${i}`,
        cluster: { server: `https://c${i}`, 'certificate-authority-data': 'QUJD'.repeat(500) },
      })),
      users: names.map((i) => ({ name: `u${i}`, user: { tokenFile: `gone${i}`, 'client-key': `gone${i}` } })),
      contexts: names.map((i) => ({ name: `x${i}`, context: { cluster: `c${i}`, user: `u${i}` } })),
    });
    await write('.kube/config', text);
    assert.equal((await load()).contexts.length, 300);
  });

  it('reads a file with a byte order mark and Windows line ends', async () => {
    await write('.kube/config', `\uFEFF${config({})}`.replace(/\n/g, '\r\n'));
    assert.equal((await load()).contexts.length, 1);
  });

  it('knows a cluster by its address and CA, given as a file or inline', async () => {
    const ca = 'the CA';
    await write('ca.pem', ca);
    const withCa = (name: string, field: string) => config({}).replace("6443'", `6443', ${name}: ${field}`);
    const file = await load({}, { path: await write('a', withCa('certificate-authority', 'ca.pem')) });
    const inline = await load(
      {},
      { path: await write('b', withCa('certificate-authority-data', Buffer.from(ca).toString('base64'))) },
    );
    const none = await load({}, { path: await write('c', config({})) });
    assert.match(file.context('x').fingerprint, /^[0-9a-f]{16}$/);
    assert.equal(file.context('x').fingerprint, inline.context('x').fingerprint);
    assert.notEqual(file.context('x').fingerprint, none.context('x').fingerprint);
  });

  it('falls back to the service account inside a pod', async () => {
    await write('sa/token', 't');
    await write('sa/namespace', 'alice\n');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    const context = (await load(env, { serviceAccount: path.join(home, 'sa') })).context('in-cluster');
    assert.deepEqual([context.server, context.namespace], ['https://[fd00::1]:443', 'alice']);
    assert.equal(context.user.tokenFile, path.join(home, 'sa/token'));
  });

  for (const [system, paths] of [
    ['POSIX', path.posix],
    ['Windows', path.win32],
  ] as const) {
    it(`makes paths relative to the file that names them (${system} rules)`, async () => {
      const file = paths.join(paths.resolve('/home/me'), '.kube', 'config');
      const text = `
clusters: [{ name: c, cluster: { server: 'https://a', certificate-authority: ca.pem } }]
users:
- name: u
  user: { client-certificate: certs/me.pem, client-key: ../me.key, tokenFile: token, exec: { command: ./bin/login } }
- { name: v, user: { exec: { command: aws, args: [eks, 1], env: [{ name: A, value: 1 }] } } }
`;
      const { clusters, users } = await parseKubeconfig(text, file, paths);
      const folder = paths.dirname(file);
      assert.equal(clusters[0]?.caFile, paths.join(folder, 'ca.pem'));
      assert.equal(users[0]?.certFile, paths.join(folder, 'certs', 'me.pem'));
      assert.equal(users[0]?.keyFile, paths.join(paths.dirname(folder), 'me.key'));
      assert.equal(users[0]?.tokenFile, paths.join(folder, 'token'));
      assert.equal(users[0]?.exec?.command, paths.join(folder, 'bin', 'login'));
      assert.equal(users[1]?.exec?.command, 'aws');
      assert.deepEqual([users[1]?.exec?.args, users[1]?.exec?.env], [['eks', '1'], [{ name: 'A', value: '1' }]]);
    });
  }

  it('splits KUBECONFIG by the separator of the system', () => {
    const env = { KUBECONFIG: 'C:\\a;C:\\b' };
    assert.deepEqual(kubeconfigPaths({ env, home: 'C:\\Users\\me', platform: 'win32' }), ['C:\\a', 'C:\\b']);
    assert.deepEqual(kubeconfigPaths({ env: { KUBECONFIG: '/a:/b:/a' }, home: '/h', platform: 'darwin' }), [
      '/a',
      '/b',
    ]);
    const windowsHome = kubeconfigPaths({ env: {}, home: 'C:\\Users\\me', platform: 'win32' });
    assert.deepEqual(windowsHome, ['C:\\Users\\me\\.kube\\config']);
  });

  describe('source', () => {
    it('tells when the contents change, also of a file that was not there', async () => {
      const source = new KubeconfigSource({ env: {}, home, platform: 'linux', logger: silentLogger });
      try {
        await problemOf(source.load());
        for (const text of [config({}), config({ server: 'https://two' })]) {
          const changed = new Promise<void>((resolve) => {
            const listener = source.onDidChange(() => {
              listener.dispose();
              resolve();
            });
          });
          await write('.kube/config', text);
          await changed;
          assert.equal((await source.load()).contexts.length, 1);
        }
      } finally {
        source.dispose();
      }
    });

    it('tells when another path counts', async () => {
      const place = {
        env: {},
        home,
        platform: 'linux' as const,
        path: await write('one', config({})),
        logger: silentLogger,
      };
      const source = new KubeconfigSource(place);
      try {
        await source.load();
        let fired = 0;
        source.onDidChange(() => fired++);
        await source.look();
        assert.equal(fired, 0);
        place.path = await write('two', config({ server: 'https://two' }));
        await source.look();
        assert.equal(fired, 1);
        assert.equal((await source.load()).context('x').server, 'https://two');
      } finally {
        source.dispose();
      }
    });

    it('says nothing when a file is only touched', async () => {
      const file = await write('.kube/config', config({}));
      const source = new KubeconfigSource({ env: {}, home, platform: 'linux', logger: silentLogger });
      try {
        await source.load();
        let fired = 0;
        source.onDidChange(() => fired++);
        await utimes(file, new Date(), new Date());
        await sleep(600);
        assert.equal(fired, 0);
      } finally {
        source.dispose();
      }
    });
  });
});
