import * as vscode from 'vscode';
import { authorityOf, parseAddress, type ServerRef } from './address.ts';

/** The scheme of files on notebook servers. */
export const scheme = 'kubeflow';

/** The URI of a file on a notebook server; `path` from the server's root, without a leading slash. */
export function toUri(ref: ServerRef, fingerprint: string, path: string): vscode.Uri {
  return vscode.Uri.from({
    scheme,
    authority: authorityOf(ref.context, fingerprint),
    path: `/${ref.namespace}/${ref.name}${path ? `/${path}` : ''}`,
  });
}

/** What a URI of ours names; undefined for any other. `fingerprint` is the first part of the API server's. */
export function fromUri(uri: vscode.Uri): { ref: ServerRef; fingerprint: string; path: string } | undefined {
  return uri.scheme === scheme ? parseAddress(uri.authority, uri.path) : undefined;
}

/** The file as the server has it, beside an open document of it that holds changes: to compare, and never written. */
export function serverCopy(uri: vscode.Uri): vscode.Uri {
  return uri.with({ query: 'server' });
}

export function isServerCopy(uri: vscode.Uri): boolean {
  return uri.query === 'server';
}
