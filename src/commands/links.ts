import { copyServerLink } from '../views/copiedLinks.ts';
import { FileNode } from '../views/tree/filesNode.ts';
import type { CommandParts } from './parts.ts';
import { chooseServer } from './pick.ts';

/** Copies a link that connects to a server, and opens a file there when it was asked for at that file's row. */
export async function copyLink(parts: CommandParts, argument: unknown): Promise<void> {
  const file = argument instanceof FileNode ? argument.path : undefined;
  const chosen = await chooseServer(parts, argument instanceof FileNode ? argument.ref : argument);
  if (!chosen) return;
  const { fingerprint } = chosen.session.context;
  await copyServerLink({ ...chosen.ref, fingerprint, file });
}
