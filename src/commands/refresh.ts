import { FilesNode, FolderNode } from '../views/tree/filesNode.ts';
import type { CommandParts } from './parts.ts';
import { contextOf } from './pick.ts';
import { handlerFor, type ByKind } from './subject.ts';

const table: ByKind = { files: relist, folder: relist };

/** Lists a folder, or all of a server's files, anew; from any other row all that its context shows, else all in sight. */
export async function refresh(parts: CommandParts, argument: unknown): Promise<void> {
  const handler = handlerFor(table, argument);
  await (handler ? handler(parts, argument, []) : parts.tree.reload(contextOf(argument)));
}

async function relist(_parts: CommandParts, row: unknown): Promise<void> {
  if (row instanceof FilesNode || row instanceof FolderNode) await row.relist();
}
