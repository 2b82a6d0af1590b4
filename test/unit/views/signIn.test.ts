import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { maxOutput } from '../../../src/k8s/pluginProcess.ts';
import { SignInChannel } from '../../../src/views/signInChannel.ts';
import { followedKubeconfig, type KubeconfigWishes } from '../../../src/views/followedKubeconfig.ts';
import {
  addressVariable,
  jsonLine,
  JsonLines,
  secretVariable,
  type SignInTask,
} from '../../../src/views/signInProtocol.ts';
import { Cleanup, until } from '../k8s/fixtures.ts';

describe('a sign-in in a terminal', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  const open = async (script: string, more: Partial<SignInTask> = {}): Promise<SignInChannel> => {
    const channel = await SignInChannel.open({
      file: process.execPath,
      args: ['-e', script],
      windowsVerbatimArguments: false,
      env: { PATH: process.env['PATH'], MINE: 'm' },
      capture: true,
      begin: 'Signing in.',
      ...more,
    });
    cleanup.add(() => channel.dispose());
    return channel;
  };
  /** The program of the terminal, with pipes in the place of a terminal; `screen` is what it shows. */
  const start = (channel: SignInChannel): { program: ChildProcessWithoutNullStreams; screen: () => string } => {
    const program = spawn(process.execPath, ['--import', 'tsx', path.resolve('src/views/signInProgram.ts')], {
      env: { ...process.env, ...channel.env, ELECTRON_RUN_AS_NODE: '1', FROM_TERMINAL: 't' },
    });
    let screen = '';
    for (const stream of [program.stdout, program.stderr])
      stream.on('data', (text: Buffer) => (screen += text.toString()));
    cleanup.add(() => program.kill('SIGKILL'));
    return { program, screen: () => screen };
  };
  const ended = (program: ChildProcessWithoutNullStreams): Promise<number | null> =>
    new Promise((resolve) => program.once('exit', resolve));

  it('lets the user answer, and gives what the plugin prints to the extension alone', async () => {
    const channel = await open(`
      process.stderr.write('Password: ');
      process.stdin.once('data', (text) => { console.log('credential for ' + String(text).trim()); process.exit(0); });`);
    const { program, screen } = start(channel);
    await until(() => screen().includes('Password: '), 'the plugin asks');
    program.stdin.write('sesame\n');
    assert.deepEqual(await channel.ended, { kind: 'exit', code: 0, stdout: 'credential for sesame\n', stderr: '' });
    channel.say('You are signed in.');
    channel.dispose();
    await until(() => screen().includes('You are signed in.'), 'the last words');
    assert.ok(screen().startsWith('Signing in.\n'));
    assert.ok(!screen().includes('credential'));
    assert.equal(program.exitCode, null, 'it stays to be read');
    program.stdin.write('x');
    assert.equal(await ended(program), 0);
  });

  it('gives the plugin its own and the terminal’s variables, and nothing of how it was started', async () => {
    const names = ['MINE', 'FROM_TERMINAL', 'ELECTRON_RUN_AS_NODE', addressVariable, secretVariable];
    const channel = await open(
      `console.log(JSON.stringify(${JSON.stringify(names)}.map((name) => process.env[name] ?? null)))`,
    );
    start(channel);
    const end = await channel.ended;
    assert.ok(end.kind === 'exit');
    assert.deepEqual(JSON.parse(end.stdout), ['m', 't', null, null, null]);
  });

  it('shows what a program prints that is not asked for a credential', async () => {
    const channel = await open(`console.log('Username  alice')`, { capture: false });
    const { screen } = start(channel);
    assert.deepEqual(await channel.ended, { kind: 'exit', code: 0, stdout: '', stderr: '' });
    await until(() => screen().includes('Username  alice'), 'its output');
  });

  it('tells of a plugin that fails, cannot be started, or never stops printing', async () => {
    const failing = await open('process.exit(3)');
    start(failing);
    assert.deepEqual(await failing.ended, { kind: 'exit', code: 3, stdout: '', stderr: '' });
    const missing = await open('', { file: '/no/such/program' });
    start(missing);
    const end = await missing.ended;
    assert.equal(end.kind === 'unstarted' && end.error.code, 'ENOENT');
    const endless = await open(`for (;;) require('fs').writeSync(1, 'x'.repeat(65536))`);
    start(endless);
    assert.deepEqual(await endless.ended, { kind: 'flood' });
  });

  it('hands over an output of the largest size', async () => {
    const channel = await open(`process.stdout.write('"\\\\'.repeat(${maxOutput / 2}))`);
    start(channel);
    const end = await channel.ended;
    assert.equal(end.kind === 'exit' && end.stdout.length, maxOutput);
  });

  it('is over when its terminal is closed', async () => {
    const channel = await open('setInterval(() => {}, 1000)');
    const { program, screen } = start(channel);
    await until(() => screen().includes('Signing in.'), 'it has begun');
    program.kill('SIGHUP');
    assert.deepEqual(await channel.ended, { kind: 'closed' });
  });

  it('ends the plugin when the extension calls it off', async () => {
    const channel = await open(`process.stderr.write('pid ' + process.pid + ';'); setInterval(() => {}, 1000)`);
    const { program, screen } = start(channel);
    await until(() => /pid \d+;/.test(screen()), 'the plugin runs');
    channel.dispose();
    assert.deepEqual(await channel.ended, { kind: 'closed' });
    assert.equal(await ended(program), 1);
    const plugin = Number(/pid (\d+);/.exec(screen())![1]);
    await until(() => !existsSync(`/proc/${plugin}`) || process.platform !== 'linux', 'the plugin has ended');
  });

  describe('its socket', () => {
    const task = { env: { SECRET: 'of the kubeconfig' } };
    const say = async (channel: SignInChannel, text: string): Promise<string> => {
      const socket = net.connect(channel.env[addressVariable]!);
      cleanup.add(() => socket.destroy());
      let heard = '';
      socket.setEncoding('utf8').on('data', (more: string) => (heard += more));
      socket.on('error', () => undefined).write(text);
      await until(() => socket.destroyed || heard.includes('\n'), 'an answer');
      return heard;
    };

    it('is in a folder that is this user’s alone, which goes with it', async () => {
      const channel = await open('');
      const folder = path.dirname(channel.env[addressVariable]!);
      assert.equal(statSync(folder).mode & 0o777, 0o700);
      channel.dispose();
      await until(() => !existsSync(folder), 'the folder is gone');
    });

    it('says nothing to who does not know the secret, and goes on listening', async () => {
      const channel = await open('', task);
      const secret = channel.env[secretVariable]!;
      const wrong = [{ secret: 'x'.repeat(64) }, { secret: '' }, { secret: 5 }, {}, null].map(
        (hello) => `${JSON.stringify(hello)}\n`,
      );
      for (const text of [...wrong, 'GET / HTTP/1.1\n', 'x'.repeat(2000)]) {
        assert.equal(await say(channel, text), '');
      }
      assert.match(await say(channel, jsonLine({ secret })), /of the kubeconfig/);
    });

    it('serves one, once', async () => {
      const channel = await open('', task);
      const hello = jsonLine({ secret: channel.env[secretVariable]! });
      assert.match(await say(channel, hello), /of the kubeconfig/);
      assert.equal(await say(channel, hello), '');
    });
  });

  it('is told in lines, however they are cut', () => {
    const lines = new JsonLines(20);
    assert.deepEqual(lines.add('{"a":'), []);
    assert.deepEqual(lines.add('1}\n{"b":2}\n{'), [{ a: 1 }, { b: 2 }]);
    assert.throws(() => lines.add('x'.repeat(20)), /too long/);
  });
});

describe('the kubeconfig that is read', () => {
  const usual = ['/env', '/home/me/.kube/config'];
  const cases: [string, Partial<KubeconfigWishes>, string | undefined][] = [
    ['is our setting before all', { own: '/own', told: '/told', user: '/user' }, '/own'],
    ['is what the Kubernetes extension says, when nobody has set ours', { told: '/told', user: '/user' }, '/told'],
    ['is that extension’s setting while it is not active', { user: '/user' }, '/user'],
    ['is that extension’s setting of the workspace before the user’s', { user: '/user', workspace: '/work' }, '/work'],
    [
      'is not chosen by a workspace that is not trusted',
      { workspace: '/work', told: '/work', trusted: false },
      undefined,
    ],
    [
      'is the user’s choice in a workspace that is not trusted',
      { user: '/user', workspace: '/work', trusted: false },
      '/user',
    ],
    ['is found by kubectl’s rules where that extension says the usual', { told: '/env' }, undefined],
    ['is found by kubectl’s rules where nobody has chosen', {}, undefined],
  ];
  for (const [what, wishes, path_] of cases) {
    it(what, () => assert.equal(followedKubeconfig({ trusted: true, usual, ...wishes }), path_));
  }
});
