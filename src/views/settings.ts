import { homedir } from 'node:os';
import * as vscode from 'vscode';

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
