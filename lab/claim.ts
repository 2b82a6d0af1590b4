import { link, mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { livingOwner, readJson, type Owner } from './client.ts';
import { reap } from './cluster/leftovers.ts';
import type { RunFolder } from './folders.ts';

/** The daemon's own output, which is there before the folder is claimed. */
const daemonLog = 'daemon.log';

/** Somebody else runs a lab in this folder. */
export class RunFolderTaken extends Error {}

/**
 * Makes this process the owner of a run folder and empties it. What a crashed lab has left is ended first.
 * @throws RunFolderTaken when a lab runs there; Error when the folder is somebody's who has nothing to do with the lab
 */
export async function claim(run: RunFolder, owner: Owner): Promise<void> {
  await mkdir(run.root, { recursive: true, mode: 0o700 });
  await clearLeftovers(run);
  const others = (await readdir(run.root)).filter((name) => name !== daemonLog && !name.startsWith('owner.'));
  const last = path.basename(run.ownerFile());
  if (others.length > 0 && !(await readdir(run.root)).includes(last)) {
    throw new Error(`${run.root} is not empty and no lab's run folder; choose another one`);
  }
  if (await livingOwner(run)) throw new RunFolderTaken(`a lab runs in ${run.root} already`);
  await rm(run.ownerFile(), { force: true });
  const mine = `${run.ownerFile()}.${owner.pid}`;
  await writeFile(mine, JSON.stringify(owner), { mode: 0o600 });
  try {
    // A link appears with its content, and for one process only.
    await link(mine, run.ownerFile());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new RunFolderTaken(`a lab starts in ${run.root}`);
    throw error;
  } finally {
    await rm(mine, { force: true });
  }
  await Promise.all(others.map((name) => rm(run.in(name), { recursive: true, force: true })));
  await truncate(run.in(daemonLog)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** Ends what is left of a lab whose daemon is gone. @returns the number of processes that were still there */
export async function clearLeftovers(run: RunFolder): Promise<number> {
  const last = await readJson<Owner>(run.ownerFile());
  if (!last || (await livingOwner(run))) return 0;
  return reap(last.mark);
}
