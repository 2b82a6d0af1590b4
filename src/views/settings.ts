import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';

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

/** Namespaces to show on every context. */
export function namespacesSetting(): readonly string[] {
  return vscode.workspace.getConfiguration('kubeflow').get<string[]>('namespaces', []);
}

/** VS Code's own proxy. */
export function proxySetting(): string | undefined {
  return vscode.workspace.getConfiguration('http').get<string>('proxy', '') || undefined;
}

function atHome(named: string): string {
  return named.replace(/^~(?=$|[\\/])/, homedir());
}
