import { spawn, type ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { kill } from '../cluster/leftovers.ts';
import { CriLog } from './criLog.ts';

/** The variable by which a pod's processes are found, whatever session or group they moved to. Its value is the pod's uid. */
export const podVariable = 'KUBEFLOW_LAB_POD';

export interface ProcessSpec {
  program: string;
  args: readonly string[];
  env: Record<string, string>;
  folder: string;
  logFile: string;
  podUid: string;
}

export interface ProcessEnd {
  /** As containers report it: 128 + n for a process that signal n ended. */
  exitCode: number;
  signal?: NodeJS.Signals;
  finishedAt: Date;
}

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

/** The one process that a container is, with all that it starts. */
export class PodProcess {
  readonly startedAt = new Date();
  /** Resolves, and never rejects, when the process and all that carries the pod's mark have ended. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  readonly #podUid: string;

  private constructor(spec: ProcessSpec, log: CriLog) {
    this.#podUid = spec.podUid;
    // A session of its own: a Ctrl+C in the lab's terminal ends the lab, which ends this in order.
    this.#child = spawn(spec.program, spec.args, {
      cwd: spec.folder,
      env: { ...spec.env, [podVariable]: spec.podUid },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    log.pipe('stdout', this.#child.stdout!);
    log.pipe('stderr', this.#child.stderr!);
    this.ended = this.#end(log);
  }

  static async start(spec: ProcessSpec): Promise<PodProcess> {
    const log = new CriLog(spec.logFile);
    await log.ready();
    return new PodProcess(spec, log);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks the process to end, and ends it with all its children after `graceMs`. Resolves when all are gone. */
  async stop(graceMs: number): Promise<ProcessEnd> {
    const { pid } = this.#child;
    if (pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null) {
      kill(pid, 'SIGTERM');
      const grace = new AbortController();
      const forced = delay(graceMs, undefined, { signal: grace.signal }).then(
        () => kill(pid, 'SIGKILL'),
        () => undefined,
      );
      await this.#exited();
      grace.abort();
      await forced;
    }
    return this.ended;
  }

  #exited(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return Promise.resolve({ code: exitCode, signal: signalCode });
    return new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => resolve({ code, signal }));
      // It could not be started at all: what a shell says with 127.
      this.#child.once('error', () => resolve({ code: 127, signal: null }));
    });
  }

  async #end(log: CriLog): Promise<ProcessEnd> {
    const { code, signal } = await this.#exited();
    const finishedAt = new Date();
    await endProcesses(this.#podUid);
    await log.close();
    const exitCode = code ?? 128 + (signalNumbers[signal!] ?? 0);
    return { exitCode, ...(signal ? { signal } : {}), finishedAt };
  }
}

/**
 * Ends what a container's main process left behind (kernels run in sessions of their own): with it, the container's
 * processes all end.
 */
export async function endProcesses(podUid: string): Promise<void> {
  for (let rest = await processesOf(podUid); rest.length > 0; rest = await processesOf(podUid)) {
    for (const pid of rest) kill(pid, 'SIGKILL');
    await delay(20);
  }
}

/** Process ids that carry the pod's mark in their environment. Only Linux tells it; elsewhere the list is empty. */
export async function processesOf(podUid: string): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const mark = `${podVariable}=${podUid}`;
  const found = await Promise.all(
    entries
      .map(Number)
      .filter(Number.isInteger)
      .map(async (pid) => {
        // A process that ends while it is looked at, or is somebody else's, is none of the pod's.
        const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
        return environment.split('\0').includes(mark) ? [pid] : [];
      }),
  );
  return found.flat();
}
