import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

export interface ChildResult {
  code: number | null;
  timedOut: boolean;
  /** What it printed, unless it was shown as it came. */
  output: string;
}

/**
 * Runs a program in a process group of its own, so that a time limit or a signal ends it with everything that it started.
 * @param o.show prints its output as it comes; otherwise it is kept for the result
 */
export async function runChild(
  command: string,
  args: readonly string[],
  o: { cwd: string; limitMs: number; show: boolean; env?: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<ChildResult> {
  const child = spawn(command, args, {
    cwd: o.cwd,
    env: { ...process.env, ...o.env },
    stdio: ['ignore', o.show ? 'inherit' : 'pipe', o.show ? 'inherit' : 'pipe'],
    detached: process.platform !== 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (output += data.toString()));
  const done = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));

  const limit = AbortSignal.timeout(o.limitMs);
  const end = () => void endGroup(child.pid!);
  const either = AbortSignal.any([limit, o.signal]);
  either.addEventListener('abort', end, { once: true });
  if (either.aborted) end();
  try {
    const code = await done;
    return { code, timedOut: limit.aborted, output };
  } finally {
    either.removeEventListener('abort', end);
  }
}

async function endGroup(pid: number): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  // Long enough for a suite to take its own VS Code and browser down.
  await delay(10_000, undefined, { ref: false });
  signalGroup(pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
