import * as vscode from 'vscode';
import type { Disposable } from '../k8s/events.ts';
import { Disposables } from '../k8s/events.ts';
import type { Connections } from './connections.ts';
import type { KubeflowFileSystem } from './fileSystem.ts';
import { fromUri } from './uri.ts';

/**
 * Lets VS Code look at files of servers anew when somebody comes back to them: to the window, or to an editor. Only over
 * connections that are up: a look must not dial.
 */
export function lookAgain(files: KubeflowFileSystem, connections: Connections): Disposable {
  const look = (uris: readonly (vscode.Uri | undefined)[]) =>
    files.look(
      uris.filter((uri): uri is vscode.Uri => {
        const at = uri && fromUri(uri);
        return at !== undefined && connections.isUp(at.ref);
      }),
    );
  const { window } = vscode;
  const things = new Disposables();
  things.add(
    window.onDidChangeWindowState(({ focused }) => {
      if (!focused) return;
      look([
        ...window.visibleTextEditors.map(({ document }) => document.uri),
        ...window.visibleNotebookEditors.map(({ notebook }) => notebook.uri),
      ]);
    }),
  );
  things.add(window.onDidChangeActiveTextEditor((editor) => look([editor?.document.uri])));
  things.add(window.onDidChangeActiveNotebookEditor((editor) => look([editor?.notebook.uri])));
  return things;
}
