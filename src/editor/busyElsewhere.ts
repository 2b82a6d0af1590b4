import * as vscode from 'vscode';
import type { Disposable } from '../k8s/events.ts';
import type { ServerRef } from './address.ts';

/** Says in the status bar that the kernel of the notebook in sight runs a cell of another window. */
export class BusyElsewhere implements Disposable {
  private readonly servers = new Map<vscode.NotebookDocument, string>();
  private readonly item = vscode.window.createStatusBarItem(
    'kubeflow.busyElsewhere',
    vscode.StatusBarAlignment.Right,
    100,
  );
  private readonly watch: vscode.Disposable;

  constructor() {
    this.item.name = vscode.l10n.t('Kubeflow: Kernel');
    this.watch = vscode.window.onDidChangeActiveNotebookEditor(() => this.show());
  }

  set(notebook: vscode.NotebookDocument, { name }: ServerRef, busy: boolean): void {
    if (busy) this.servers.set(notebook, name);
    else this.servers.delete(notebook);
    this.show();
  }

  dispose(): void {
    this.watch.dispose();
    this.item.dispose();
  }

  private show(): void {
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    const server = notebook && this.servers.get(notebook);
    if (server === undefined) return this.item.hide();
    this.item.text = `$(circuit-board) ${vscode.l10n.t('{0}: kernel busy', server)}`;
    this.item.tooltip = vscode.l10n.t(
      'The kernel of this notebook runs a cell of another window. What you run here waits for it.',
    );
    this.item.show();
  }
}
