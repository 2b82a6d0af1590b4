import * as vscode from 'vscode';
import type { Disposable } from '../k8s/events.ts';
import type { PluginLogins } from '../k8s/pluginLogins.ts';
import type { Sessions } from '../kubeflow/sessions.ts';

/** Lets a change of a setting count at once where something has been made of it. */
export function followSettings(sessions: Sessions, logins: PluginLogins): Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration('kubeflow.additionalPath')) {
      logins.retryNow();
      for (const session of sessions.made) session.inventory.retryNow();
    }
    if (change.affectsConfiguration('kubeflow.namespaces')) sessions.namespacesChanged();
  });
}
