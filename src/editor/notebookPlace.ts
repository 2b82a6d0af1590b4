import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { sameServer, type ServerRef } from './address.ts';
import { localSessionPath, machineOf } from './sessionPath.ts';
import { fromUri, scheme } from './uri.ts';

/** Where a notebook is on this server, if it is. */
export function hereOf(uri: vscode.Uri, ref: ServerRef) {
  const at = uri.scheme === scheme ? fromUri(uri) : undefined;
  return at && sameServer(at.ref, ref) ? at : undefined;
}

/** The session's path of a notebook that is not on the server. An unsaved one is told from the next of its name. */
export function localPath(uri: vscode.Uri, clientId = ''): string {
  const identity = uri.scheme === 'untitled' ? `${uri.toString()} ${clientId}` : uri.toString();
  return localSessionPath(machineOf(vscode.env, hostname()), identity, uri.path);
}
