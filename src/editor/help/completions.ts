import * as vscode from 'vscode';
import type { Completion } from '../../jupyter/kernelReplies.ts';
import { whileWanted, type KernelOfCell } from './cells.ts';

/** Completes members, magics and paths as soon as they are begun; names while they are typed. */
export const completionTriggers = ['.', '%', '/'];

/** The kernel's completions: what exists now, columns of a table and files included. */
export class KernelCompletions implements vscode.CompletionItemProvider {
  constructor(private readonly kernelOf: KernelOfCell) {}

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionList | undefined> {
    const kernel = this.kernelOf(document);
    if (!kernel) return undefined;
    // VS Code's lines may end otherwise than the text that is sent; the offsets are of this text.
    const code = document.getText();
    const found = await whileWanted(token, (signal) => kernel.help.complete(code, document.offsetAt(position), signal));
    if (!found) return undefined;
    const range = new vscode.Range(document.positionAt(found.start), document.positionAt(found.end));
    // VS Code takes no range over lines, nor one that the cursor is not in.
    if (!range.isSingleLine || !range.contains(position)) return undefined;
    const replacing = { inserting: new vscode.Range(range.start, position), replacing: range };
    return new vscode.CompletionList(found.items.map((item, i) => itemOf(item, i, replacing)));
  }
}

function itemOf(
  { text, type, signature }: Completion,
  place: number,
  range: { inserting: vscode.Range; replacing: vscode.Range },
): vscode.CompletionItem {
  const item = new vscode.CompletionItem(
    { label: text, ...(signature ? { detail: signature } : {}) },
    kinds[type ?? ''] ?? vscode.CompletionItemKind.Variable,
  );
  item.range = range;
  item.sortText = String(place).padStart(6, '0');
  if (type) item.detail = type;
  return item;
}

const kinds: Record<string, vscode.CompletionItemKind | undefined> = {
  function: vscode.CompletionItemKind.Function,
  method: vscode.CompletionItemKind.Method,
  class: vscode.CompletionItemKind.Class,
  module: vscode.CompletionItemKind.Module,
  keyword: vscode.CompletionItemKind.Keyword,
  property: vscode.CompletionItemKind.Property,
  param: vscode.CompletionItemKind.Property,
  path: vscode.CompletionItemKind.File,
  magic: vscode.CompletionItemKind.Operator,
  'dict key': vscode.CompletionItemKind.Value,
};
