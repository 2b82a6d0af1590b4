import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs `work` while this process alone holds the lock file; others wait for it. A lock whose owner is gone is taken over.
 * @param path a file beside the thing that is guarded; it holds its owner's process id
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!(await take(path))) await delay(500);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  const mine = `${path}.${process.pid}`;
  await writeFile(mine, String(process.pid));
  try {
    // A link appears with its content; a file made under the final name would be empty for a moment.
    await link(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(mine, { force: true });
  }
  const owner = Number(await readFile(path, 'utf8').catch(() => ''));
  if (!(owner > 0 && isAlive(owner))) await rm(path, { force: true });
  return false;
}

/** True while a process with this id runs (as whichever user). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
