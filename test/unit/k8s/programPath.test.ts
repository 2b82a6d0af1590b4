import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { commandLine, findProgram, withFolders, withVariables } from '../../../src/k8s/programPath.ts';

describe('a program', () => {
  /** Looks in a world where only these files are programs. */
  const find = (
    command: string,
    o: { platform: NodeJS.Platform; env: NodeJS.ProcessEnv; there: string[]; folders?: string[] },
  ): Promise<string | undefined> =>
    findProgram(command, { ...o, isProgram: (file) => Promise.resolve(o.there.includes(file)) });

  for (const platform of ['linux', 'darwin'] as const) {
    describe(`on ${platform}`, () => {
      const env = { PATH: 'relative::/usr/local/bin:/usr/bin', Path: '/wrong' };
      const cases: [string, string, string[], string | undefined, string[]?][] = [
        ['is the first of PATH', 'aws', ['/usr/bin/aws', '/usr/local/bin/aws'], '/usr/local/bin/aws'],
        ['is not looked for where one is', 'aws', ['relative/aws', 'aws', '/aws'], undefined],
        ['is found in an additional folder first', 'aws', ['/usr/bin/aws', '/opt/aws'], '/opt/aws', ['/opt']],
        ['is not found in an additional folder that is relative', 'aws', ['opt/aws'], undefined, ['opt']],
        [
          'with a folder in its name is looked for there alone',
          '/home/me/bin/aws',
          ['/home/me/bin/aws'],
          '/home/me/bin/aws',
        ],
        ['with a folder in its name is not looked for on PATH', '/home/me/aws', ['/usr/bin/aws'], undefined],
        ['has no extensions to be found by', 'aws', ['/usr/bin/aws.exe', '/usr/bin/aws.cmd'], undefined],
        ['may have a backslash in its name', 'a\\b', ['/usr/bin/a\\b'], '/usr/bin/a\\b'],
      ];
      for (const [what, command, there, found, folders] of cases) {
        it(what, async () => assert.equal(await find(command, { platform, env, there, folders }), found));
      }
    });
  }

  describe('on win32', () => {
    const platform = 'win32';
    const env = { Path: 'relative;C:\\Windows;"C:\\Program Files\\AWS";D:\\tools', PATHEXT: '.COM;.EXE;.BAT;.CMD' };
    const cases: [string, string, string[], string | undefined, string[]?][] = [
      [
        'is found by the extensions of PATHEXT, in their order',
        'aws',
        ['C:\\Windows\\aws.cmd', 'C:\\Windows\\aws.exe'],
        'C:\\Windows\\aws.exe',
      ],
      [
        'is found in a folder that stands in quotes',
        'aws',
        ['C:\\Program Files\\AWS\\aws.exe'],
        'C:\\Program Files\\AWS\\aws.exe',
      ],
      [
        'of an earlier folder wins, whatever its extension',
        'aws',
        ['D:\\tools\\aws.exe', 'C:\\Windows\\aws.cmd'],
        'C:\\Windows\\aws.cmd',
      ],
      ['without any extension is none', 'aws', ['C:\\Windows\\aws'], undefined],
      ['with an extension is found as it is', 'aws.exe', ['C:\\Windows\\aws.exe'], 'C:\\Windows\\aws.exe'],
      [
        'with an extension may have another one behind it',
        'aws.v2',
        ['C:\\Windows\\aws.v2.exe'],
        'C:\\Windows\\aws.v2.exe',
      ],
      [
        'with a folder in its name is tried with extensions too',
        'C:\\me\\bin\\login',
        ['C:\\me\\bin\\login.cmd'],
        'C:\\me\\bin\\login.cmd',
      ],
      ['may name its folder with slashes', 'C:/me/login.exe', ['C:/me/login.exe'], 'C:/me/login.exe'],
      [
        'is found in an additional folder first',
        'aws',
        ['D:\\tools\\aws.exe', 'E:\\x\\aws.cmd'],
        'E:\\x\\aws.cmd',
        ['E:\\x'],
      ],
      ['is not looked for where one is', 'aws', ['relative\\aws.exe', 'aws.exe'], undefined],
    ];
    for (const [what, command, there, found, folders] of cases) {
      it(what, async () => assert.equal(await find(command, { platform, env, there, folders }), found));
    }

    it('is found by the usual extensions where PATHEXT is not set', async () => {
      const there = ['C:\\x\\aws.bat'];
      assert.equal(await find('aws', { platform, env: { PATH: 'C:\\x' }, there }), there[0]);
    });

    it('that is a batch file is started by cmd.exe, with each argument as it is', () => {
      const place = { env: { COMSPEC: 'C:\\Windows\\system32\\cmd.exe' }, platform } as const;
      const line = (...args: string[]) => commandLine('C:\\Program Files\\g.cmd', args, place);
      assert.deepEqual(line('a b', '%PATH%', 'x&y', 'say "hi"', 'C:\\end\\', ''), {
        file: 'C:\\Windows\\system32\\cmd.exe',
        args: [
          '/d',
          '/s',
          '/c',
          '"C:\\Program^ Files\\g.cmd ^"a^ b^" ^"^%PATH^%^" ^"x^&y^" ^"say^ \\^"hi\\^"^" ^"C:\\end\\\\^" ^"^""',
        ],
        windowsVerbatimArguments: true,
      });
    });

    it('that is none is started by itself', () => {
      const made = commandLine('C:\\aws.exe', ['a b', '%'], { env: {}, platform });
      assert.deepEqual(made, { file: 'C:\\aws.exe', args: ['a b', '%'], windowsVerbatimArguments: false });
    });

    it('gets variables whatever the case of their names', () => {
      assert.deepEqual(withVariables({ Path: 'a', Other: 'b' }, [{ name: 'PATH', value: 'c' }], platform), {
        PATH: 'c',
        Other: 'b',
      });
      assert.deepEqual(withFolders({ env: { Path: 'C:\\a' }, platform, folders: ['D:\\b'] }), { PATH: 'D:\\b;C:\\a' });
    });
  });

  it('gets additional folders before those of its PATH', () => {
    const env = { PATH: '/usr/bin', Path: 'kept' };
    assert.deepEqual(withFolders({ env, platform: 'linux', folders: ['/a', '/b'] }), {
      PATH: '/a:/b:/usr/bin',
      Path: 'kept',
    });
    assert.deepEqual(withFolders({ env: {}, platform: 'linux', folders: ['/a'] }), { PATH: '/a' });
    assert.deepEqual(withFolders({ env, platform: 'linux' }), env);
  });

  describe('of this computer', () => {
    let folder: string;
    beforeEach(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'programs-'))));
    afterEach(() => rm(folder, { recursive: true }));

    it('is a file that may be run: no folder, and not one without the right', async () => {
      const [first, second, third] = ['1', '2', '3'].map((name) => path.join(folder, name)) as [string, string, string];
      await mkdir(path.join(first, 'login'), { recursive: true });
      for (const place of [second, third]) {
        await mkdir(place);
        await writeFile(path.join(place, 'login'), '#!/bin/sh\necho "$1"\n');
      }
      await chmod(path.join(third, 'login'), 0o755);
      const place = { env: { PATH: [first, second, third].join(':') }, platform: process.platform };
      const found = await findProgram('login', place);
      assert.equal(found, path.join(third, 'login'));
      const { file, args } = commandLine(found, ['a b'], place);
      assert.equal((await promisify(execFile)(file, args)).stdout, 'a b\n');
    });
  });
});
