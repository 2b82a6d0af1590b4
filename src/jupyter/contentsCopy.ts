import type { ContentsClient } from './contents.ts';
import { entryOf, joinPath, parentOf, type Entry, type Model } from './contentsModel.ts';
import { isJupyterError, JupyterError } from './errors.ts';

/** Deeper than any real tree: a link back to its own folder would have no end. */
export const deepestFolder = 40;

/**
 * Copies a file or folder to a path that is free. The server copies by itself where it can, hidden files included; a
 * notebook is read and written as it is, as the server would write its JSON anew.
 */
export async function copyEntry(contents: ContentsClient, from: string, to: string, depth = 0): Promise<Entry> {
  const source = await contents.stat(from);
  if (source.type === 'directory') return copyFolder(contents, from, to, depth);
  if (source.type === 'notebook') return contents.writeFile(to, (await contents.readFile(from)).bytes);
  return entryOf(await post(contents, from, to));
}

/** jupyter_server copies a folder into another one, under a name of its choice; older ones do not, nor over 500 MB. */
async function copyFolder(contents: ContentsClient, from: string, to: string, depth: number): Promise<Entry> {
  if (to === from || to.startsWith(`${from}/`)) throw new JupyterError({ code: 'NotPermitted', path: to });
  let made: Entry;
  try {
    made = entryOf(await post(contents, from, parentOf(to)));
  } catch (error) {
    if (!isJupyterError(error, 'Refused') || error.problem.status !== 400) throw error;
    return copyByHand(contents, from, to, depth);
  }
  return made.path === to ? made : contents.rename(made.path, to);
}

async function copyByHand(contents: ContentsClient, from: string, to: string, depth: number): Promise<Entry> {
  if (depth > deepestFolder) throw new JupyterError({ code: 'NameTooLong', path: from });
  const folder = await contents.mkdir(to);
  for (const entry of await contents.list(from))
    await copyEntry(contents, entry.path, joinPath(to, entry.name), depth + 1);
  return folder;
}

function post(contents: ContentsClient, from: string, to: string): Promise<Model> {
  return contents.call<Model>('POST', to, { body: { copy_from: from } });
}
