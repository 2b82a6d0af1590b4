import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { CommandLine } from './programPath.ts';

/** How a plugin's run ended. */
export type PluginEnd =
  | { kind: 'exit'; code: number; stdout: string; stderr: string }
  | { kind: 'killed'; by: string; stderr: string }
  | { kind: 'timeout' }
  /** It printed more than {@link maxOutput}. */
  | { kind: 'flood' }
  /** The system would not start it. */
  | { kind: 'unstarted'; error: { code?: string; message: string } }
  /** The person who was to answer it closed the terminal. */
  | { kind: 'closed' };

/** Far more than any credential takes, in bytes. */
export const maxOutput = 1024 * 1024;
/** What a plugin leaves behind may hold its output open; it has this long to close it. */
const graceMs = 500;

/**
 * Runs a program without stdin and gives what it printed. Whatever ends it early ends its children too: a plugin starts
 * browsers' helpers and other programs. Rejects only with the signal's reason.
 */
export function runProgram(
  { file, args, windowsVerbatimArguments }: CommandLine,
  o: { env: NodeJS.ProcessEnv; platform: NodeJS.Platform; timeoutMs: number; signal?: AbortSignal },
): Promise<PluginEnd> {
  const windows = o.platform === 'win32';
  const start = (): ChildProcessByStdio<null, Readable, Readable> =>
    spawn(file, args, {
      env: o.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      windowsVerbatimArguments,
      // A process group of its own, so that it can be ended with everything that it started.
      detached: !windows,
    });
  return new Promise((resolve, reject) => {
    let child: ReturnType<typeof start>;
    try {
      child = start();
    } catch (error) {
      // What no system would take as an argument, such as a zero byte.
      return resolve({ kind: 'unstarted', error: error as NodeJS.ErrnoException });
    }
    const stdout: Buffer[] = [];
    let size = 0;
    let stderr = '';
    let grace: NodeJS.Timeout | undefined;
    const settle = (then: () => void): void => {
      clearTimeout(limit);
      clearTimeout(grace);
      o.signal?.removeEventListener('abort', abort);
      child.stdout.destroy();
      child.stderr.destroy();
      then();
    };
    const stop = (end: PluginEnd): void => {
      endTree(child, windows);
      settle(() => resolve(end));
    };
    const abort = (): void => {
      endTree(child, windows);
      settle(() => reject(o.signal!.reason as Error));
    };
    const ended = (code: number | null, killer: NodeJS.Signals | null): void => {
      const text = Buffer.concat(stdout).toString('utf8');
      const end: PluginEnd =
        code === null
          ? { kind: 'killed', by: killer ?? 'a signal', stderr }
          : { kind: 'exit', code, stdout: text, stderr };
      settle(() => resolve(end));
    };
    const limit = setTimeout(() => stop({ kind: 'timeout' }), o.timeoutMs);
    child.stdout.on('data', (part: Buffer) => {
      size += part.length;
      if (size > maxOutput) return stop({ kind: 'flood' });
      stdout.push(part);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-4000)));
    child.on('error', (error) => settle(() => resolve({ kind: 'unstarted', error })));
    child.once('exit', (...how) => (grace = setTimeout(() => ended(...how), graceMs)));
    child.once('close', ended);
    if (o.signal?.aborted) abort();
    else o.signal?.addEventListener('abort', abort, { once: true });
  });
}

function endTree(child: ChildProcess, windows: boolean): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (windows) {
    // Windows knows no process groups; without taskkill the program alone is ended.
    const killer = spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    killer.once('error', () => child.kill());
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') child.kill('SIGKILL');
  }
}
