import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { repository } from '../folders.ts';
import { cacheRoot } from '../folders.ts';
import { withLock } from '../vscode/lock.ts';

const requirements = path.join(repository, 'lab', 'nodes', 'python', 'requirements.txt');
const complete = 'complete';
const oldestPython = [3, 11] as const;

/** A Python environment with JupyterLab, ipykernel, numpy and scikit-learn. */
export interface JupyterEnv {
  folder: string;
  /** Holds `jupyter-lab`, `python` and what else a notebook server's PATH has. */
  bin: string;
}

/**
 * Gives the environment that notebook servers run in, from the cache, or makes it (about 15 s, once: the key is the hash of
 * the pinned requirements and the Python version). Two callers at the same time make one.
 * @param progress told in one line each what is being done
 * @throws Error with one sentence when Python is missing or too old, or when pip ends in an error
 */
export async function ensureJupyterEnv(progress: (line: string) => void): Promise<JupyterEnv> {
  const version = await pythonVersion();
  const pins = await readFile(requirements);
  const hash = createHash('sha256').update(pins).update(`${process.platform} ${process.arch} ${version}`).digest('hex');
  const folder = path.join(cacheRoot(), `venv-${hash.slice(0, 12)}`);
  const env: JupyterEnv = { folder, bin: path.join(folder, 'bin') };
  if (await exists(path.join(folder, complete))) return env;
  return withLock(`${folder}.lock`, async () => {
    if (await exists(path.join(folder, complete))) return env;
    progress(
      'Notebook servers run a real Jupyter: its Python packages are installed into the cache, once (about 15 s).',
    );
    // A virtual environment knows its own path: it is made in place, and counts once it is marked complete.
    await rm(folder, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', folder], 'Python cannot make a virtual environment');
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
    const python = path.join(env.bin, 'python');
    await run(python, [...pip, '--only-binary=:all:', '-r', requirements], 'pip cannot install Jupyter');
    await writeFile(path.join(folder, `${complete}.partial`), version);
    await rename(path.join(folder, `${complete}.partial`), path.join(folder, complete));
    progress('Jupyter is installed.');
    return env;
  });
}

async function pythonVersion(): Promise<string> {
  const needed = `The lab needs Python ${oldestPython.join('.')} or newer with its venv module`;
  const print = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
  const version = (await run('python3', ['-c', print], needed)).trim();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < oldestPython[0] || (major === oldestPython[0] && minor < oldestPython[1])) {
    throw new Error(`${needed}; python3 is ${version}.`);
  }
  return version;
}

function run(program: string, args: string[], problem: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)));
    child.on('error', (error) => reject(new Error(`${problem}: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${problem}: ${errors.trim().split('\n').slice(-3).join(' ') || `it ended with ${code}`}`));
    });
  });
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
