import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * The environment variable that every process of a lab carries, inherited from its daemon down to the kernels that a Jupyter
 * starts. Its value is random and kept in the run folder, so a process id that was used again is never mistaken for ours.
 */
export const markVariable = 'KUBEFLOW_LAB_MARK';

/** Ids of the running processes that carry the mark, this one excepted. Only Linux tells a process's environment. */
export async function marked(mark: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (Number.isInteger(pid) && pid !== process.pid && (await carries(pid, mark))) found.push(pid);
  }
  return found;
}

/** True while the process runs and carries the mark. */
export async function carries(pid: number, mark: string): Promise<boolean> {
  try {
    // The environment of a process that has ended and was not yet waited for reads as empty.
    return (await readFile(`/proc/${pid}/environ`, 'latin1')).split('\0').includes(`${markVariable}=${mark}`);
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/**
 * Ends every process that carries the mark, at once: what is left when a lab's daemon is gone has nothing to save.
 * @returns how many there were
 * @throws Error when one does not end within 10 s
 */
export async function reap(mark: string): Promise<number> {
  const seen = new Set<number>();
  for (const began = Date.now(); Date.now() - began < 10_000; await delay(50)) {
    const left = await marked(mark);
    if (left.length === 0) return seen.size;
    for (const pid of left) {
      seen.add(pid);
      kill(pid, 'SIGKILL');
    }
  }
  throw new Error(`processes of a lab don't end: ${(await marked(mark)).join(', ')}`);
}

/** Signals a process; one that has just ended is fine. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
