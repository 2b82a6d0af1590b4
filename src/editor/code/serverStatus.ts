import * as vscode from 'vscode';
import type { Disposable } from '../../k8s/events.ts';
import type { CodeRunners } from './codeRunners.ts';

/** Among the language's states in the status bar: the server that the Python file in sight runs on, and the way to another. */
export class ServerStatus implements Disposable {
  private item: vscode.LanguageStatusItem | undefined;
  private readonly parts: Disposable[];

  constructor(private readonly runners: CodeRunners) {
    const look = () => this.look();
    this.parts = [vscode.window.onDidChangeActiveTextEditor(look), runners.onDidChoose(look)];
    look();
  }

  dispose(): void {
    for (const part of this.parts) part.dispose();
    this.item?.dispose();
  }

  private look(): void {
    const document = vscode.window.activeTextEditor?.document;
    const server = document?.languageId === 'python' ? this.runners.serverOf(document.uri) : undefined;
    if (!server) {
      this.item?.dispose();
      this.item = undefined;
      return;
    }
    const { t } = vscode.l10n;
    this.item ??= vscode.languages.createLanguageStatusItem('kubeflow.codeServer', { language: 'python' });
    this.item.name = t('Kubeflow notebook server');
    this.item.text = t('Runs on {0}', server.name);
    this.item.detail = server.namespace;
    const title = t('Run on Another...');
    this.item.command = { title, command: 'kubeflow.runFile', arguments: [{ choose: true }] };
  }
}
