import * as vscode from 'vscode';
import type { Disposable } from '../../k8s/events.ts';
import { cellsOf } from './cells.ts';
import type { CodeRunners } from './codeRunners.ts';

/** Where a cell begins, and which cells are meant: the argument of the command that runs cells. */
export interface CellsToRun {
  uri: vscode.Uri;
  line: number;
  above: boolean;
}

/** "Run on mnist" at the cells of files that ran on a notebook server once: nobody else is bothered. */
export class RunLenses implements vscode.CodeLensProvider, Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly parts: Disposable[];

  constructor(private readonly runners: CodeRunners) {
    this.parts = [
      vscode.languages.registerCodeLensProvider({ language: 'python' }, this),
      runners.onDidChoose(() => this.changed.fire()),
      this.changed,
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const server = this.runners.serverOf(document.uri);
    if (!server || !vscode.workspace.isTrusted) return [];
    const { t } = vscode.l10n;
    return cellsOf(document.getText())
      .filter(({ marked, markdown }) => marked && !markdown)
      .flatMap(({ line }) => {
        const range = new vscode.Range(line, 0, line, 0);
        const lens = (title: string, above: boolean) =>
          new vscode.CodeLens(range, {
            title,
            command: 'kubeflow.runCell',
            arguments: [{ uri: document.uri, line, above } satisfies CellsToRun],
          });
        const run = lens(t('Run on {0}', server.name), false);
        return line === 0 ? [run] : [run, lens(t('Run Above'), true)];
      });
  }

  dispose(): void {
    for (const part of this.parts) part.dispose();
  }
}
