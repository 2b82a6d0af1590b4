import { FileNode, FilesNode, FolderNode } from '../views/tree/filesNode.ts';
import { ProfileNode } from '../views/tree/profileNode.ts';
import { ServerNode } from '../views/tree/serverNode.ts';
import type { CommandParts } from './parts.ts';
import { isProfileRef, isServerRef } from './refs.ts';

/** What a command that means the same for several kinds of rows can be about. */
export type SubjectKind = 'server' | 'profile' | 'files' | 'folder' | 'file';

export type Handler = (parts: CommandParts, argument: unknown, selected: readonly unknown[]) => unknown;

/** What such a command does, by the kind of what it is about. */
export type ByKind = Partial<Record<SubjectKind, Handler>>;

const rows = [
  [ServerNode, 'server'],
  [ProfileNode, 'profile'],
  [FilesNode, 'files'],
  [FolderNode, 'folder'],
  [FileNode, 'file'],
] as const;

/** The kind of a command's argument, a row or a reference; undefined when there is none, or it is of another kind. */
export function kindOf(argument: unknown): SubjectKind | undefined {
  const row = rows.find(([type]) => argument instanceof type);
  if (row) return row[1];
  return isServerRef(argument) ? 'server' : isProfileRef(argument) ? 'profile' : undefined;
}

/** Whether all of them are of a server's files: the only rows that a command may be about together. */
export function allFiles(selected: readonly unknown[]): boolean {
  return selected.every((row) => ['files', 'folder', 'file'].includes(kindOf(row) ?? ''));
}

/** What the table has for what the command is about. */
export function handlerFor(table: ByKind, argument: unknown): Handler | undefined {
  const kind = kindOf(argument);
  return kind && table[kind];
}
