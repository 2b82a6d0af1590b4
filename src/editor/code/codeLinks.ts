import * as vscode from 'vscode';
import type { Disposable } from '../../k8s/events.ts';
import type { CodeOutputs } from './codeOutputs.ts';
import type { CodeRunner } from './codeRunner.ts';
import { frameLinks, namesFile } from './frameLinks.ts';

type Link = vscode.TerminalLink & { open: () => Promise<void> };

/** The links in our terminals: frames of a traceback lead into the editor, also of files that lie on a server. */
export class CodeLinks implements vscode.TerminalLinkProvider<Link>, Disposable {
  private readonly registration: vscode.Disposable;

  constructor(
    private readonly outputs: CodeOutputs,
    private readonly runnerOf: (terminal: vscode.Terminal) => CodeRunner | undefined,
  ) {
    this.registration = vscode.window.registerTerminalLinkProvider(this);
  }

  provideTerminalLinks({ terminal, line }: vscode.TerminalLinkContext): Link[] {
    const runner = this.runnerOf(terminal);
    if (!runner) return [];
    const { uri, file } = runner.o;
    const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
    const frames = frameLinks(line, (path) => path === name || namesFile(path, file)).map((frame) => ({
      startIndex: frame.start,
      length: frame.length,
      tooltip: vscode.l10n.t('Go to line {0}', frame.line + 1),
      open: () => show(uri, frame.line),
    }));
    const kept = this.outputs.linksIn(line).map((words) => ({
      startIndex: line.indexOf(`[${words}]`) + 1,
      length: words.length,
      open: () => this.open(words),
    }));
    return [...frames, ...kept];
  }

  handleTerminalLink(link: Link): Promise<void> {
    return link.open();
  }

  dispose(): void {
    this.registration.dispose();
  }

  private async open(words: string): Promise<void> {
    if (await this.outputs.open(words)) return;
    void vscode.window.showInformationMessage(vscode.l10n.t('This output is not kept any more. Run the code again.'));
  }
}

async function show(uri: vscode.Uri, line: number): Promise<void> {
  const open = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
  const selection = new vscode.Range(line, 0, line, 0);
  await vscode.window.showTextDocument(uri, { selection, viewColumn: open?.viewColumn });
}
