import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { mock } from 'node:test';
import { Credentials } from '../../../src/k8s/credentials.ts';
import { KubeError } from '../../../src/k8s/errors.ts';
import { runExecPlugin } from '../../../src/k8s/execPlugin.ts';
import type { ExecConfig, KubeUser } from '../../../src/k8s/kubeconfig.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import type { PluginEnd } from '../../../src/k8s/pluginProcess.ts';
import { PluginLogins } from '../../../src/k8s/pluginLogins.ts';
import { answer, Cleanup, clusterFor, contextFor, serve, until } from './fixtures.ts';

const v1 = 'client.authentication.k8s.io/v1';

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended, and that nobody has asked about yet, still has a number.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

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

  const credentialsOf = (user: Partial<KubeUser>, more: { timeoutMs?: number } = {}): Credentials => {
    const options = { env: { ...process.env, FROM_OUTSIDE: 'yes' }, logger: silentLogger, now: () => now };
    const logins = new PluginLogins({ ...options, ...more });
    const credentials = new Credentials(contextFor('https://api', { user }), { ...options, logins });
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
  /** One that starts fast enough for a time limit to be tested, in the test's folder. */
  const shellPlugin = (script: string): ExecConfig => ({
    apiVersion: v1,
    command: '/bin/sh',
    args: ['-c', `cd '${folder}'; ${script}`],
    env: [],
    provideClusterInfo: false,
  });
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

  it('sends nothing over plain http, except to this computer', async () => {
    const headers = async (server: string) => {
      const context = contextFor(server, { user: { token: 't' } });
      return (await new Credentials(context, { env: {}, logger: silentLogger }).authorize()).headers;
    };
    for (const server of ['http://api', 'HTTP://127.0.0.1.example.com', 'http://localhost.evil']) {
      assert.deepEqual(await headers(server), {}, server);
    }
    for (const server of ['https://api', 'http://127.0.0.1:80', 'http://localhost', 'http://[::1]:80/path']) {
      assert.deepEqual(await headers(server), { Authorization: 'Bearer t' }, server);
    }
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

    it('are asked for once also when that fails, and then left alone: 8 s, 16 s, at most 5 minutes', async () => {
      const { exec, runs } = await plugin('process.exit(1)');
      const credentials = credentialsOf({ exec });
      const all = await Promise.allSettled([credentials.authorize(), credentials.authorize(), credentials.authorize()]);
      assert.deepEqual(new Set(all.map(({ status }) => status)), new Set(['rejected']));
      for (const [run, pause] of [8, 16, 32, 64, 128, 256, 300, 300].entries()) {
        assert.equal(await runs(), run + 1);
        now += pause * 1000 - 1;
        assert.equal((await failureOf(credentials.authorize())).reason, 'failed');
        assert.equal(await runs(), run + 1, `started again before ${pause} s`);
        now += 1;
        await failureOf(credentials.authorize());
      }
    });

    it('are asked for again at once when the user asks', async () => {
      const { exec, runs } = await plugin('process.exit(1)');
      const credentials = credentialsOf({ exec });
      await failureOf(credentials.authorize());
      credentials.retryNow();
      await failureOf(credentials.authorize());
      assert.equal(await runs(), 2);
    });

    it('are had as soon as a plugin that was missing is there', async () => {
      const { exec } = await plugin(`give({ token: 't' })`);
      const credentials = credentialsOf({ exec: { ...exec, command: path.join(folder, 'node') } });
      assert.equal((await failureOf(credentials.authorize())).reason, 'missing');
      await symlink(process.execPath, path.join(folder, 'node'));
      assert.equal((await credentials.authorize()).headers.Authorization, 'Bearer t');
    });

    it('that our clock calls over are used until the server rejects them', async () => {
      const { exec, runs } = await plugin(`give({ token: 't', expirationTimestamp: '2020-01-01T00:00:00Z' })`);
      const credentials = credentialsOf({ exec });
      const sent = await credentials.authorize();
      await credentials.authorize();
      assert.equal(await runs(), 1);
      credentials.rejected(sent);
      await credentials.authorize();
      assert.equal(await runs(), 2);
    });

    it('cost two runs, not one per request, where the server goes on rejecting them', async () => {
      const { exec, runs } = await plugin(`give({ token: 'never right' })`);
      const credentials = credentialsOf({ exec });
      for (let i = 0; i < 10; i++) credentials.rejected(await credentials.authorize());
      assert.equal(await runs(), 2);
      now += 8_000;
      for (let i = 0; i < 10; i++) credentials.rejected(await credentials.authorize());
      assert.equal(await runs(), 3);
    });

    it('are waited for without the time limit of a request, but no longer than its signal', async () => {
      const mayAnswer = path.join(folder, 'may-answer');
      const { exec } = await plugin(`
        const look = () => require('fs').existsSync(${JSON.stringify(mayAnswer)}) ? give({ token: 't' }) : setTimeout(look, 20);
        look();`);
      const server = await serve(cleanup, (_, response) => answer(response, 200, {}));
      const cluster = clusterFor(cleanup, contextFor(server.url, { user: { exec } }), { env: process.env });
      await assert.rejects(cluster.request({ path: '/', signal: AbortSignal.timeout(50) }), { name: 'TimeoutError' });
      const limit = 10_000;
      mock.timers.enable({ apis: ['setTimeout'] });
      cleanup.add(() => mock.timers.reset());
      const request = cluster.request({ path: '/', timeoutMs: limit });
      await new Promise(setImmediate);
      mock.timers.tick(2 * limit);
      mock.timers.reset();
      await writeFile(mayAnswer, '');
      await request;
    });

    for (const [what, status] of [
      ['a token', `{ token: String(process.hrtime.bigint()) }`],
      ['a certificate', `{ clientCertificateData: String(process.hrtime.bigint()), clientKeyData: 'K' }`],
    ] as const) {
      it(`are renewed once when 200 requests with ${what} were rejected`, async () => {
        const { exec, runs } = await plugin(`give(${status})`);
        const credentials = credentialsOf({ exec });
        const sent = await Promise.all(Array.from({ length: 200 }, () => credentials.authorize()));
        const renewed = await Promise.all(
          sent.map(async (one, i) => {
            // Half of them hear of it before the new run, half while it is under way or after it.
            if (i % 2 === 0) credentials.rejected(one);
            const own = await credentials.authorize();
            if (i % 2 === 1) credentials.rejected(one);
            return own;
          }),
        );
        assert.equal(await runs(), 2);
        assert.notDeepEqual(renewed.at(-1), sent[0]);
        assert.deepEqual(await credentials.authorize(), renewed.at(-1));
        assert.equal(await runs(), 2);
      });
    }

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

    it('that hangs is ended with the programs that it started', async () => {
      const exec = shellPlugin(`sleep 1000 & echo $! > child; wait`);
      const { cluster } = contextFor('https://api');
      const running = runExecPlugin(exec, cluster, { env: process.env, timeoutMs: 2000 });
      assert.equal((await failureOf(running)).reason, 'timeout');
      const child = Number(await readFile(path.join(folder, 'child'), 'utf8'));
      await until(() => !lives(child), 'the plugin’s own child has ended');
    });

    it('that hung is not started again until the user asks, as it may have opened a browser', async () => {
      const exec = shellPlugin('printf x >> hung; sleep 1000');
      const runs = async () => (await readFile(path.join(folder, 'hung'), 'utf8')).length;
      const credentials = credentialsOf({ exec }, { timeoutMs: 2000 });
      assert.equal((await failureOf(credentials.authorize())).reason, 'timeout');
      now += 24 * 3600_000;
      assert.equal((await failureOf(credentials.authorize())).reason, 'timeout');
      assert.equal(await runs(), 1);
      credentials.retryNow();
      await failureOf(credentials.authorize());
      assert.equal(await runs(), 2);
    });

    it('that leaves a program behind which holds its output open is not waited for', async () => {
      const { exec } = await plugin(`
        require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 8000)'], { stdio: 'inherit', detached: true }).unref();
        give({ token: 't' });`);
      const began = Date.now();
      assert.equal((await credentialsOf({ exec }).authorize()).headers.Authorization, 'Bearer t');
      assert.ok(Date.now() - began < 7000);
    });

    it('that never stops printing is ended', async () => {
      const { exec } = await plugin(`for (;;) require('fs').writeSync(1, 'x'.repeat(65536))`);
      const { reason, detail } = await failureOf(credentialsOf({ exec }).authorize());
      assert.deepEqual([reason, detail], ['badOutput', 'it printed more than 1024 KiB']);
    });

    it('are looked for in additional folders, which the plugin finds its own programs in too', async () => {
      const { exec } = await plugin(`give({ token: process.env.PATH })`);
      await symlink(process.execPath, path.join(folder, 'my-login'));
      const env = { PATH: '/usr/bin:/bin' };
      const { cluster } = contextFor('https://api');
      const place = { env, folders: [folder], timeoutMs: 20_000 };
      const { token } = await runExecPlugin({ ...exec, command: 'my-login' }, cluster, place);
      assert.equal(token, `${folder}:/usr/bin:/bin`);
    });

    it('are shared by contexts with the same user entry, but not where the plugin is told which cluster it is', async () => {
      const { exec, runs } = await plugin(`give({ token: 't' })`);
      const logins = new PluginLogins({ env: process.env, logger: silentLogger });
      cleanup.add(() => logins.dispose());
      const enter = async (server: string, user: ExecConfig, file: string): Promise<void> => {
        const context = contextFor(server, { user: { exec: user, file } });
        await new Credentials(context, { env: {}, logger: silentLogger, logins }).authorize();
      };
      await enter('https://one', exec, 'a');
      await enter('https://two', exec, 'a');
      assert.equal(await runs(), 1);
      await enter('https://one', exec, 'b');
      assert.equal(await runs(), 2);
      for (const server of ['https://one', 'https://two'])
        await enter(server, { ...exec, provideClusterInfo: true }, 'a');
      assert.equal(await runs(), 4);
    });

    describe('while the user signs in', () => {
      const credential = (token: string): string =>
        JSON.stringify({ apiVersion: v1, kind: 'ExecCredential', status: { token } });

      it('are waited for, and nothing else is started', async () => {
        const { exec, runs } = await plugin(`give({ token: 'alone' })`, { interactiveMode: 'Always' });
        const credentials = credentialsOf({ exec });
        assert.equal((await failureOf(credentials.authorize())).reason, 'interactive');
        let answer: (text: string) => void = () => assert.fail('nobody asks');
        let asked = 0;
        const ask = ({ env }: { env: NodeJS.ProcessEnv }): Promise<PluginEnd> => {
          asked++;
          const { spec } = JSON.parse(env.KUBERNETES_EXEC_INFO!) as { spec: unknown };
          assert.deepEqual(spec, { interactive: true });
          return new Promise(
            (resolve) => (answer = (stdout) => resolve({ kind: 'exit', code: 0, stdout, stderr: '' })),
          );
        };
        const signing = [credentials.login!.signIn(ask), credentials.login!.signIn(ask)];
        const waiting = Array.from({ length: 20 }, () => credentials.authorize());
        await until(() => asked > 0, 'the plugin is asked');
        answer(credential('by hand'));
        await Promise.all(signing);
        const tokens = new Set((await Promise.all(waiting)).map(({ headers }) => headers.Authorization));
        assert.deepEqual([tokens, asked, await runs()], [new Set(['Bearer by hand']), 1, 0]);
      });

      it('take the place of a run that is under way', async () => {
        const { exec, runs } = await plugin(`setInterval(() => {}, 1000)`);
        const credentials = credentialsOf({ exec });
        const waiting = credentials.authorize();
        await until(() => readFileSync(path.join(folder, 'runs'), 'utf8') === 'x', 'the plugin runs');
        await credentials.login!.signIn(() =>
          Promise.resolve({ kind: 'exit', code: 0, stdout: credential('by hand'), stderr: '' }),
        );
        assert.equal((await waiting).headers.Authorization, 'Bearer by hand');
        assert.equal(await runs(), 1);
      });

      it('are kept when the user asks to try again after that', async () => {
        const { exec, runs } = await plugin(`give({ token: 'rejected' })`);
        const credentials = credentialsOf({ exec });
        for (let i = 0; i < 2; i++) credentials.rejected(await credentials.authorize());
        const stdout = credential('by hand');
        await credentials.login!.signIn(() => Promise.resolve({ kind: 'exit', code: 0, stdout, stderr: '' }));
        credentials.retryNow();
        assert.equal((await credentials.authorize()).headers.Authorization, 'Bearer by hand');
        assert.equal(await runs(), 2);
      });

      it('need another sign-in after one that did not work, and nothing is started by itself', async () => {
        const { exec, runs } = await plugin(`give({ token: 't' })`);
        const credentials = credentialsOf({ exec });
        const wrong = { kind: 'exit', code: 3, stdout: '', stderr: '' } as const;
        assert.equal((await failureOf(credentials.login!.signIn(() => Promise.resolve(wrong)))).reason, 'failed');
        now += 3600_000;
        assert.equal((await failureOf(credentials.authorize())).reason, 'interactive');
        assert.equal(await runs(), 0);
      });

      it('are not asked for by themselves after the user gave up', async () => {
        const { exec, runs } = await plugin(`give({ token: 't' })`);
        const credentials = credentialsOf({ exec });
        const signing = credentials.login!.signIn(() => Promise.resolve({ kind: 'closed' }));
        const waiting = failureOf(credentials.authorize());
        await failureOf(signing);
        assert.equal((await waiting).reason, 'interactive');
        now += 3600_000;
        assert.equal((await failureOf(credentials.authorize())).reason, 'interactive');
        assert.equal(await runs(), 0);
        credentials.retryNow();
        assert.equal((await credentials.authorize()).headers.Authorization, 'Bearer t');
      });
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

    it('use an id-token that our clock calls over until the server does so too, then say that you are signed out', async () => {
      const config = { 'id-token': idToken(60), 'refresh-token': 'never spent' };
      const credentials = credentialsOf({ authProvider: { name: 'oidc', config } });
      const sent = await credentials.authorize();
      assert.equal(sent.headers.Authorization, `Bearer ${config['id-token']}`);
      credentials.rejected(sent);
      assert.deepEqual(await credentials.authorize(), sent, 'a valid token that is rejected is Unauthorized');
      now += 120_000;
      assert.deepEqual(await credentials.authorize(), sent);
      credentials.rejected(sent);
      await assert.rejects(credentials.authorize(), {
        problem: { code: 'SignedOut', detail: 'the id-token ended 2026-01-01T00:01:00.000Z' },
      });
    });

    it('are not had from a provider that Kubernetes has dropped', async () => {
      await assert.rejects(credentialsOf({ authProvider: { name: 'gcp', config: {} } }).authorize(), {
        code: 'SignedOut',
      });
    });
  });
});
