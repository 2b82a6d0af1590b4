import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../k8s/events.ts';

/** What stands in the way of applying a file, as squiggles on its lines until the file changes. */
export class ApplyProblems implements Disposable {
  private readonly disposables = new Disposables();
  private readonly diagnostics: vscode.DiagnosticCollection;

  constructor() {
    this.diagnostics = this.disposables.add(vscode.languages.createDiagnosticCollection('kubeflow'));
    this.disposables.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.diagnostics.delete(document.uri);
      }),
    );
    this.disposables.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.diagnostics.delete(uri)));
  }

  /** Lines count from 1. An empty list clears the file. */
  show(document: vscode.TextDocument, problems: readonly { line: number; text: string }[]): void {
    this.diagnostics.set(
      document.uri,
      problems.map(({ line, text }) => {
        const { range } = document.lineAt(Math.min(Math.max(line, 1), document.lineCount) - 1);
        const from = document.lineAt(range.start.line).firstNonWhitespaceCharacterIndex;
        const diagnostic = new vscode.Diagnostic(range.with(range.start.with({ character: from })), text);
        diagnostic.source = 'Kubeflow';
        return diagnostic;
      }),
    );
  }

  dispose(): void {
    this.disposables.dispose();
  }
}
