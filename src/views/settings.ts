import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { EditorProxy } from '../k8s/proxy.ts';

// Settings are read when they are needed, so that a change counts at once.

/** The kubeconfig to read in place of kubectl's; undefined when none is named. `~` is the home folder. */
export function kubeconfigSetting(): string | undefined {
  const path = vscode.workspace.getConfiguration('kubeflow').get<string>('kubeconfig', '').trim();
  return path ? path.replace(/^~(?=$|[\\/])/, homedir()) : undefined;
}

/** Namespaces to show on every context. */
export function namespacesSetting(): readonly string[] {
  return vscode.workspace.getConfiguration('kubeflow').get<string[]>('namespaces', []);
}

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
