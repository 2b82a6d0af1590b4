import * as vscode from 'vscode';
import type { ServerRef } from '../../editor/address.ts';
import { fromUri } from '../../editor/uri.ts';
import { parentOf } from '../../jupyter/contentsModel.ts';
import { FileNode, FilesNode, FolderNode } from './filesNode.ts';
import { ServerNode } from './serverNode.ts';

/** A file or folder of a server, whichever way it was pointed at. */
export interface Place {
  ref: ServerRef;
  /** From the server's root, '' for the root itself. */
  path: string;
  uri: vscode.Uri;
}

/** The file or folder that a row or a URI stands for; undefined for any other. */
export function placeOf(argument: unknown): Place | undefined {
  if (argument instanceof FileNode || argument instanceof FolderNode || argument instanceof FilesNode)
    return { ref: argument.ref, path: argument.path, uri: argument.uri };
  if (!(argument instanceof vscode.Uri)) return undefined;
  const at = fromUri(argument);
  return at && { ref: at.ref, path: at.path, uri: argument };
}

/** The folder that something goes into when it is dropped on a row: its own, or the one that the file lies in. */
export function folderOf(row: unknown): Place | undefined {
  if (row instanceof ServerNode) return row.files && placeOf(row.files);
  const place = placeOf(row);
  if (!place || !(row instanceof FileNode)) return place;
  const path = parentOf(place.path);
  return { ...place, path, uri: place.uri.with({ path: parentOf(place.uri.path) }) };
}
