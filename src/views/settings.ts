import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { kernelSettings, type KernelSetting } from '../editor/jupyterExtension/whoRuns.ts';
import type { EditorProxy } from '../k8s/proxy.ts';

// Settings are read when they are needed, so that a change counts at once.

/** The kubeconfig to read in place of kubectl's; undefined when none is named. `~` is the home folder. */
export function kubeconfigSetting(): string | undefined {
  const named = vscode.workspace.getConfiguration('kubeflow').get<string>('kubeconfig', '').trim();
  return named ? atHome(named) : undefined;
}

/** Folders to look for credential plugins in before those of PATH. `~` is the home folder; relative ones do not count. */
export function additionalPathSetting(): readonly string[] {
  const listed = vscode.workspace.getConfiguration('kubeflow').get<string[]>('additionalPath', []);
  return listed.map((folder) => atHome(folder.trim())).filter((folder) => path.isAbsolute(folder));
}

/** The file with the form's defaults and choices; undefined when none is named. `~` is the home folder. */
export function formConfigSetting(): string | undefined {
  const named = vscode.workspace.getConfiguration('kubeflow').get<string>('form.configFile', '').trim();
  return named ? atHome(named) : undefined;
}

/** Namespaces to show on every context. */
export function namespacesSetting(): readonly string[] {
  return vscode.workspace.getConfiguration('kubeflow').get<string[]>('namespaces', []);
}

/** Who runs the cells of notebooks on a server. What is no known value counts as the default. */
export function kernelSetting(): KernelSetting {
  const named = vscode.workspace.getConfiguration('kubeflow').get<string>('kernel');
  return kernelSettings.find((known) => known === named) ?? 'auto';
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

function atHome(named: string): string {
  return named.replace(/^~(?=$|[\\/])/, homedir());
}
