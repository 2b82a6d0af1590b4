import * as vscode from 'vscode';
import { sameServer, type ServerRef } from '../../editor/address.ts';
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

/**
 * The files and folders that a command is about: all that are selected when it was called on one of them, without those
 * in folders that are selected as well; else the one that it was called on. Never a server's root among others.
 */
export function placesOf(argument: unknown, selected: readonly unknown[]): Place[] {
  const rows = selected.length > 1 ? selected : [argument];
  const places = rows.flatMap((row) => placeOf(row) ?? []);
  if (places.length < 2) return places;
  const within = (one: Place, other: Place) => other.path === '' || one.path.startsWith(`${other.path}/`);
  return places.filter(
    (one) => !places.some((other) => sameServer(one.ref, other.ref) && one !== other && within(one, other)),
  );
}
