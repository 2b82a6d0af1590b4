import * as vscode from 'vscode';
import { Emitter, type Disposable } from '../k8s/events.ts';

const patienceMs = 5000;

/** Which notebooks have a controller selected: VS Code tells of changes only. */
export class Selection implements Disposable {
  private readonly notebooks = new Set<vscode.NotebookDocument>();
  private readonly watch: vscode.Disposable;
  private readonly selects = new Emitter<vscode.NotebookDocument>();
  /** By the user, or by VS Code as it was before. */
  readonly onDidSelect = this.selects.event;

  constructor(readonly controller: vscode.NotebookController) {
    this.watch = controller.onDidChangeSelectedNotebooks(({ notebook, selected }) => {
      if (selected) this.notebooks.add(notebook);
      else this.notebooks.delete(notebook);
      if (selected) this.selects.fire(notebook);
    });
  }

  has(notebook: vscode.NotebookDocument): boolean {
    return this.notebooks.has(notebook);
  }

  forget(notebook: vscode.NotebookDocument): void {
    this.notebooks.delete(notebook);
  }

  /**
   * Selects the controller for a notebook without a click; false when VS Code did not do so within a few seconds. There
   * is no API for it, but VS Code's own command takes the choice as an argument (not documented: test/host proves it).
   * For a notebook in no editor there is nothing to select in.
   */
  async make(notebook: vscode.NotebookDocument, extension: string): Promise<boolean> {
    if (this.has(notebook)) return true;
    const notebookEditor = vscode.window.visibleNotebookEditors.find((editor) => editor.notebook === notebook);
    if (!notebookEditor) return false;
    const selected = this.until(notebook);
    await vscode.commands.executeCommand('notebook.selectKernel', {
      notebookEditor,
      id: this.controller.id,
      extension,
    });
    return selected;
  }

  dispose(): void {
    this.watch.dispose();
    this.selects.dispose();
    this.notebooks.clear();
  }

  private until(notebook: vscode.NotebookDocument): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (selected: boolean) => {
        watch.dispose();
        clearTimeout(timer);
        resolve(selected);
      };
      const watch = this.controller.onDidChangeSelectedNotebooks((change) => {
        if (change.notebook === notebook && change.selected) end(true);
      });
      const timer = setTimeout(() => end(false), patienceMs);
    });
  }
}
