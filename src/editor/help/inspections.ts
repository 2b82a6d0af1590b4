import * as vscode from 'vscode';
import { activeParameter, callAt, nameAt, parametersOf } from '../../jupyter/callText.ts';
import type { Inspection } from '../../jupyter/kernelReplies.ts';
import { whileWanted, type KernelOfCell } from './cells.ts';

/** A docstring can be a book. */
const mostLines = 60;

/** What the kernel knows about the name under the pointer: its value's type and text, a function's signature. */
export class KernelHovers implements vscode.HoverProvider {
  constructor(private readonly kernelOf: KernelOfCell) {}

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const kernel = this.kernelOf(document);
    const named = kernel && nameAt(document.getText(), document.offsetAt(position));
    if (!named) return undefined;
    const found = await whileWanted(token, (signal) => kernel.help.inspect(named.name, signal));
    if (!found) return undefined;
    const range = new vscode.Range(document.positionAt(named.start), document.positionAt(named.end));
    return new vscode.Hover(described(found, document.languageId), range);
  }
}

/** The parameters of the function whose call is being typed. */
export class KernelSignatures implements vscode.SignatureHelpProvider {
  constructor(private readonly kernelOf: KernelOfCell) {}

  async provideSignatureHelp(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.SignatureHelp | undefined> {
    const kernel = this.kernelOf(document);
    const call = kernel && callAt(document.getText(), document.offsetAt(position));
    if (!call) return undefined;
    const found = await whileWanted(token, (signal) => kernel.help.inspect(call.name, signal));
    if (!found?.signature) return undefined;
    const parameters = parametersOf(found.signature);
    const information = new vscode.SignatureInformation(found.signature, described({ text: found.text }, 'plaintext'));
    information.parameters = parameters.map((parameter) => new vscode.ParameterInformation(parameter));
    const help = new vscode.SignatureHelp();
    help.signatures = [information];
    help.activeSignature = 0;
    // Past the last one none is marked.
    help.activeParameter = activeParameter(parameters, call) ?? parameters.length;
    return help;
  }
}

function described({ signature, text, markdown }: Inspection, language: string): vscode.MarkdownString {
  const whole = new vscode.MarkdownString();
  if (signature) whole.appendCodeblock(signature, language);
  const lines = text.split('\n');
  const shown = lines.length > mostLines ? [...lines.slice(0, mostLines), '...'].join('\n') : text;
  if (markdown) whole.appendMarkdown(shown);
  else if (shown) whole.appendCodeblock(shown, 'plaintext');
  return whole;
}
