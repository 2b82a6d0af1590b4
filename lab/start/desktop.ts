import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Profile } from '../vscode/profile.ts';
import type { StartTarget } from './target.ts';
import type { OpenVscode } from './openVscode.ts';

const oldest = [1, 106];

/** True if a desktop VS Code that is new enough can open a window here. */
export async function hasDesktop(env: NodeJS.ProcessEnv): Promise<boolean> {
  // In a terminal of a remote VS Code, and in WSL, `code` opens a window elsewhere, without our environment.
  if (env['VSCODE_IPC_HOOK_CLI'] || env['WSL_DISTRO_NAME'] || env['SSH_CONNECTION']) return false;
  if (process.platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return false;
  const version = await code(['--version']).catch(() => '');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest[0]! || (major === oldest[0] && minor >= oldest[1]!);
}

/** Opens a desktop VS Code with a profile of its own on the extension's source folder. */
export function openDesktop(profile: Profile, extension: string, folder: string, target: StartTarget): OpenVscode {
  const args = [
    ...[`--extensionDevelopmentPath=${extension}`, `--user-data-dir=${profile.userData}`],
    ...[`--extensions-dir=${profile.extensions}`, '--disable-workspace-trust', '--new-window', '--wait', folder],
  ];
  const child = spawn('code', args, {
    env: { ...process.env, ...target.env },
    stdio: 'ignore',
    shell: process.platform === 'win32',
    // A Ctrl+C is for us to hand on: `code` would end and leave its window open.
    detached: true,
  });
  const ended = new Promise<void>((resolve, reject) => child.once('error', reject).once('exit', () => resolve()));
  return {
    ready: 'VS Code is open.',
    ended,
    close: async () => {
      const main = Number(await readFile(join(profile.userData, 'code.lock'), 'utf8').catch(() => ''));
      if (main > 0) process.kill(main, 'SIGTERM');
      else child.kill();
      await ended;
    },
  };
}

async function code(args: string[]): Promise<string> {
  return (await promisify(execFile)('code', args, { shell: process.platform === 'win32', timeout: 20_000 })).stdout;
}
