import type { ContentsClient } from './contents.ts';
import { isJupyterError, JupyterError } from './errors.ts';

/**
 * Removes a file or folder by other means than the Contents API, links themselves and not what they lead to. `absent`:
 * there is no such path where these means work. Rejects with JupyterError where they are not there.
 */
export type Sweep = (path: string) => Promise<'removed' | 'absent'>;

/**
 * Deletes a file or folder. Most servers move a folder to their trash whatever is in it, so one that is not to go with
 * all of it is looked into first. Others (`delete_to_trash` off) refuse a folder that is not empty, and some cannot reach
 * their trash (a volume of its own): then `sweep` does it. Only where files are not on the server's own disk the folder is
 * emptied entry by entry: the API does not tell a link from a folder, and would empty what a link leads to.
 */
export async function deleteEntry(
  contents: ContentsClient,
  path: string,
  o: { recursive: boolean; sweep?: Sweep },
): Promise<void> {
  if (path === '') throw new JupyterError({ code: 'NotPermitted', path });
  if (!o.recursive) await mustBeEmpty(contents, path);
  try {
    await contents.call('DELETE', path, {});
  } catch (error) {
    const full = isJupyterError(error, 'NotEmpty');
    const noTrash = isJupyterError(error, 'Refused') && /send2trash/.test(error.problem.message);
    if (!o.sweep || !(noTrash || (full && o.recursive))) throw error;
    if ((await o.sweep(path)) === 'removed') return;
    if (!full) throw error;
    for (const entry of await contents.list(path)) await deleteEntry(contents, entry.path, o);
    await contents.call('DELETE', path, {});
  }
}

async function mustBeEmpty(contents: ContentsClient, path: string): Promise<void> {
  if ((await contents.stat(path)).type !== 'directory') return;
  if ((await contents.list(path)).length > 0) throw new JupyterError({ code: 'NotEmpty', path });
}
