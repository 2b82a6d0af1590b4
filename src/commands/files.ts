import * as vscode from 'vscode';
import { largestFileBytes } from '../jupyter/contents.ts';
import { offerDownload } from '../views/remoteFiles.ts';
import { FileNode, FolderNode } from '../views/tree/filesNode.ts';
import { ContextNode } from '../views/tree/contextNode.ts';
import { ProfileNode } from '../views/tree/profileNode.ts';
import { ServerNode } from '../views/tree/serverNode.ts';
import { VolumeNode } from '../views/tree/volumesNode.ts';
import { openNotebook } from './connect.ts';
import type { CommandParts } from './parts.ts';

/** Opens a file of a server; a notebook comes with the server's kernel selected. One that is too large can be downloaded. */
export async function openFile(parts: CommandParts, argument: unknown): Promise<void> {
  if (!(argument instanceof FileNode)) return;
  const bytes = argument.entry?.size ?? 0;
  if (bytes > largestFileBytes) return offerDownload(argument.uri, bytes);
  if (argument.path.endsWith('.ipynb')) await openNotebook(parts, argument.ref, argument.uri);
  else await vscode.commands.executeCommand('vscode.open', argument.uri, { preview: true });
}

/** Copies a row's name; a file's path. */
export async function copyName(_parts: CommandParts, argument: unknown): Promise<void> {
  const text =
    argument instanceof ServerNode
      ? argument.ref.name
      : argument instanceof ContextNode || argument instanceof ProfileNode || argument instanceof VolumeNode
        ? argument.name
        : argument instanceof FileNode || argument instanceof FolderNode
          ? argument.path
          : undefined;
  if (text) await vscode.env.clipboard.writeText(text);
}
