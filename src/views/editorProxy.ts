import * as vscode from 'vscode';
import type { EditorProxy } from '../k8s/proxy.ts';

/**
 * VS Code's own proxy as its settings have it now; undefined where none is set or `http.proxySupport` is off. VS Code's
 * other values of that (on, fallback, override) say how it treats extensions with a proxy agent of their own: alike here.
 */
export function editorProxy(): EditorProxy | undefined {
  const http = vscode.workspace.getConfiguration('http');
  const url = http.get<string>('proxy', '').trim();
  if (url === '' || http.get<string>('proxySupport') === 'off') return undefined;
  const authorization = http.get<string | null>('proxyAuthorization') || undefined;
  return { url, noProxy: http.get<string[]>('noProxy', []), ...(authorization ? { authorization } : {}) };
}
