import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Credentials } from '../../../src/k8s/credentials.ts';
import { KubeError } from '../../../src/k8s/errors.ts';
import { runExecPlugin } from '../../../src/k8s/execPlugin.ts';
import type { ExecConfig, KubeUser } from '../../../src/k8s/kubeconfig.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import { answer, Cleanup, clusterFor, contextFor, serve } from './fixtures.ts';

const v1 = 'client.authentication.k8s.io/v1';

describe('credentials', () => {
  let folder: string;
  let now: number;
  const cleanup = new Cleanup();
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'credentials-'));
    now = Date.parse('2026-01-01T00:00:00Z');
  });
  afterEach(async () => {
    await cleanup.run();
    await rm(folder, { recursive: true });
  });

  const credentialsOf = (user: Partial<KubeUser>): Credentials => {
    const credentials = new Credentials(contextFor('https://api', { user }), {
      env: { ...process.env, FROM_OUTSIDE: 'yes' },
      logger: silentLogger,
      now: () => now,
    });
    cleanup.add(() => credentials.dispose());
    return credentials;
  };
  /** A plugin that is a script for Node; `runs` is how often it was started. */
  const plugin = async (script: string, more: Partial<ExecConfig> = {}) => {
    const file = path.join(folder, 'plugin.cjs');
    const log = path.join(folder, 'runs');
    await writeFile(log, '');
    await writeFile(
      file,
      `require('fs').appendFileSync(${JSON.stringify(log)}, 'x');
       const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
       const give = (status) => console.log(JSON.stringify({ apiVersion: info.apiVersion, kind: 'ExecCredential', status }));
       ${script}`,
    );
    const exec: ExecConfig = {
      apiVersion: v1,
      command: process.execPath,
      args: [file],
      env: [],
      provideClusterInfo: false,
      interactiveMode: 'IfAvailable',
      ...more,
    };
    return { exec, runs: async () => (await readFile(log, 'utf8')).length };
  };
  const failureOf = async (
    running: Promise<unknown>,
  ): Promise<Extract<KubeError['problem'], { code: 'ExecPluginFailed' }>> => {
    const error: unknown = await running.then(
      () => assert.fail('it gave credentials'),
      (e: unknown) => e,
    );
    assert.ok(error instanceof KubeError && error.problem.code === 'ExecPluginFailed', String(error));
    return error.problem;
  };

  it('sends a token, or a user name and password', async () => {
    assert.deepEqual((await credentialsOf({ token: 't\n' }).authorize()).headers, { Authorization: 'Bearer t' });
    const basic = await credentialsOf({ username: 'me', password: 'p' }).authorize();
    assert.equal(basic.headers.Authorization, `Basic ${Buffer.from('me:p').toString('base64')}`);
  });

  it('acts as somebody else with groups', async () => {
    const impersonate = { user: 'bob', uid: '7', groups: ['a', 'b'], extra: { 'acme.org/role': ['x'] } };
    assert.deepEqual((await credentialsOf({ impersonate }).authorize()).headers, {
      'Impersonate-User': 'bob',
      'Impersonate-Uid': '7',
      'Impersonate-Group': ['a', 'b'],
      'Impersonate-Extra-acme.org%2Frole': ['x'],
    });
  });

  it('sends each group as a header of its own', async () => {
    let groups: unknown;
    const server = await serve(cleanup, (request, response) => {
      const raw = request.rawHeaders;
      groups = raw.filter((_, index) => raw[index - 1] === 'Impersonate-Group');
      answer(response, 200, {});
    });
    const user = { impersonate: { user: 'bob', groups: ['a', 'b'], extra: {} } };
    await clusterFor(cleanup, contextFor(server.url, { user })).serverVersion();
    assert.deepEqual(groups, ['a', 'b']);
  });

  it('reads a token file again: after a while, and at once when it was rejected', async () => {
    const tokenFile = path.join(folder, 'token');
    await writeFile(tokenFile, 'one\n');
    const credentials = credentialsOf({ tokenFile, token: 'stale' });
    const token = async () => (await credentials.authorize()).headers.Authorization;
    assert.equal(await token(), 'Bearer one');
    await writeFile(tokenFile, 'two');
    assert.equal(await token(), 'Bearer one');
    now += 11_000;
    assert.equal(await token(), 'Bearer two');
    await writeFile(tokenFile, 'three');
    credentials.rejected();
    assert.equal(await token(), 'Bearer three');
  });

  it('names a file that it cannot read', async () => {
    const tokenFile = path.join(folder, 'missing');
    await assert.rejects(credentialsOf({ tokenFile }).authorize(), {
      problem: { code: 'KubeconfigInvalid', path: tokenFile, detail: `${tokenFile} cannot be read (ENOENT)` },
    });
  });

  describe('by a plugin', () => {
    it('are asked for once at a time, and kept until they end', async () => {
      const expires = new Date(now + 60_000).toISOString();
      const { exec, runs } = await plugin(`give({ token: 't', expirationTimestamp: '${expires}' })`);
      const credentials = credentialsOf({ exec });
      const all = await Promise.all([credentials.authorize(), credentials.authorize(), credentials.authorize()]);
      assert.deepEqual(new Set(all.map(({ headers }) => headers.Authorization)), new Set(['Bearer t']));
      assert.equal(await runs(), 1);
      now += 55_000;
      await credentials.authorize();
      assert.equal(await runs(), 2);
    });

    it('are asked for once also when that fails', async () => {
      const { exec, runs } = await plugin('process.exit(1)');
      const credentials = credentialsOf({ exec });
      const all = await Promise.allSettled([credentials.authorize(), credentials.authorize(), credentials.authorize()]);
      assert.deepEqual(new Set(all.map(({ status }) => status)), new Set(['rejected']));
      assert.equal(await runs(), 1);
      await assert.rejects(credentials.authorize());
      assert.equal(await runs(), 2);
    });

    it('are waited for without the time limit of a request, but no longer than its signal', async () => {
      const { exec } = await plugin(`setTimeout(() => give({ token: 't' }), 1500)`);
      const server = await serve(cleanup, (_, response) => answer(response, 200, {}));
      const cluster = clusterFor(cleanup, contextFor(server.url, { user: { exec } }), { env: process.env });
      const began = Date.now();
      await assert.rejects(cluster.request({ path: '/', signal: AbortSignal.timeout(50) }), { name: 'TimeoutError' });
      assert.ok(Date.now() - began < 1400, `${Date.now() - began} ms`);
      await cluster.request({ path: '/', timeoutMs: 900 });
    });

    it('are renewed once when many requests were rejected together', async () => {
      const { exec, runs } = await plugin(`give({ token: String(Math.random()) })`);
      const credentials = credentialsOf({ exec });
      const old = await credentials.authorize();
      credentials.rejected(old);
      const renewed = await credentials.authorize();
      credentials.rejected(old);
      assert.deepEqual(await credentials.authorize(), renewed);
      assert.equal(await runs(), 2);
    });

    it('renew a request that gets a 401', async () => {
      const { exec } = await plugin(`
        const fs = require('fs'), count = ${JSON.stringify(path.join(folder, 'count'))};
        const n = fs.existsSync(count) ? Number(fs.readFileSync(count)) + 1 : 1;
        fs.writeFileSync(count, String(n));
        give({ token: 'token-' + n });`);
      const server = await serve(cleanup, ({ headers }, response) =>
        answer(response, headers.authorization === 'Bearer token-2' ? 200 : 401, { gitVersion: 'v1' }),
      );
      assert.equal(
        await clusterFor(cleanup, contextFor(server.url, { user: { exec } }), { env: process.env }).serverVersion(),
        'v1',
      );
    });

    it('may be a certificate', async () => {
      const { exec } = await plugin(`give({ clientCertificateData: 'C', clientKeyData: 'K' })`);
      assert.deepEqual(await credentialsOf({ exec }).authorize(), { headers: {}, cert: 'C', key: 'K' });
    });

    it('get the environment, their own variables and what cluster it is', async () => {
      const { exec } = await plugin(
        `give({ token: JSON.stringify([process.env.FROM_OUTSIDE, process.env.MINE, info.spec]) })`,
        { env: [{ name: 'MINE', value: 'm' }], provideClusterInfo: true },
      );
      const cluster = { caData: 'Q0E=', tlsServerName: 'sni', execConfig: { audience: 'a' } };
      const context = contextFor('https://api', { user: { exec }, cluster });
      const credentials = new Credentials(context, { env: { FROM_OUTSIDE: 'yes' }, logger: silentLogger });
      const { headers } = await credentials.authorize();
      assert.deepEqual(JSON.parse(String(headers.Authorization).slice('Bearer '.length)), [
        'yes',
        'm',
        {
          interactive: false,
          cluster: {
            server: 'https://api',
            'tls-server-name': 'sni',
            'certificate-authority-data': 'Q0E=',
            config: { audience: 'a' },
          },
        },
      ]);
    });

    it('that is not installed says so, with the hint of the kubeconfig', async () => {
      const { exec } = await plugin('', { command: 'no-such-program-here', installHint: 'Install it.' });
      const problem = await failureOf(credentialsOf({ exec }).authorize());
      assert.deepEqual(
        [problem.reason, problem.command, problem.installHint],
        ['missing', 'no-such-program-here', 'Install it.'],
      );
    });

    it('that must ask is not started', async () => {
      const { exec, runs } = await plugin(`give({ token: 't' })`, { interactiveMode: 'Always' });
      assert.equal((await failureOf(credentialsOf({ exec }).authorize())).reason, 'interactive');
      assert.equal(await runs(), 0);
    });

    it('that fails is quoted, without anything like a token', async () => {
      const secret = 'A'.repeat(60);
      const { exec } = await plugin(`console.error('first'); console.error('expired: ${secret}'); process.exit(3)`);
      const { reason, detail } = await failureOf(credentialsOf({ exec }).authorize());
      assert.deepEqual([reason, detail], ['failed', 'expired: [hidden] (it ended with exit code 3)']);
    });

    it('that hangs is ended', async () => {
      const { exec } = await plugin('setInterval(() => {}, 1000)');
      const { cluster } = contextFor('https://api');
      const running = runExecPlugin(exec, cluster, { env: process.env, timeoutMs: 300 });
      assert.equal((await failureOf(running)).reason, 'timeout');
    });

    for (const [what, script] of [
      ['nothing', ''],
      ['no JSON', `console.log('Sign in at https://...')`],
      ['no status', 'give(undefined)'],
      ['no credential', 'give({ token: "" })'],
      ['a certificate without its key', `give({ clientCertificateData: 'C' })`],
      [
        'another version',
        `console.log(JSON.stringify({ apiVersion: 'v9', kind: 'ExecCredential', status: { token: 't' } }))`,
      ],
      ['a bad time', `give({ token: 't', expirationTimestamp: 'soon' })`],
    ] as const) {
      it(`that prints ${what} is not believed`, async () => {
        const { exec } = await plugin(script);
        assert.equal((await failureOf(credentialsOf({ exec }).authorize())).reason, 'badOutput');
      });
    }
  });

  describe('by OIDC', () => {
    const idToken = (seconds: number): string =>
      `x.${Buffer.from(JSON.stringify({ exp: now / 1000 + seconds })).toString('base64url')}.y`;

    it('use the id-token while it lasts, then say that you are signed out', async () => {
      const config = { 'id-token': idToken(60), 'refresh-token': 'never spent' };
      const credentials = credentialsOf({ authProvider: { name: 'oidc', config } });
      assert.equal((await credentials.authorize()).headers.Authorization, `Bearer ${config['id-token']}`);
      now += 120_000;
      await assert.rejects(credentials.authorize(), { code: 'SignedOut' });
    });

    it('are not had from a provider that Kubernetes has dropped', async () => {
      await assert.rejects(credentialsOf({ authProvider: { name: 'gcp', config: {} } }).authorize(), {
        code: 'SignedOut',
      });
    });
  });
});
