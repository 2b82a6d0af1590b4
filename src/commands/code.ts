import * as vscode from 'vscode';
import { cellAt, cellsOf, pieceOf, pieceOfLines, piecesOfFile, type CodePiece } from '../editor/code/cells.ts';
import type { CellsToRun } from '../editor/code/runLenses.ts';
import { Told } from '../views/words.ts';
import { chooseRunningServer } from './connect.ts';
import type { CommandParts } from './parts.ts';
import { demandTrust } from './trust.ts';

/** Runs a Python file, as it stands in the editor, in a kernel of its own on a notebook server; `choose`: on another one. */
export async function runFile(parts: CommandParts, argument: unknown): Promise<void> {
  const document = await programOf(argument instanceof vscode.Uri ? argument : undefined);
  const choose = (argument as { choose?: unknown } | undefined)?.choose === true;
  const pieces = piecesOfFile(document.getText());
  if (pieces.length === 0) throw new Told(vscode.l10n.t('There is no code in this file.'));
  await run(parts, document, pieces, choose);
}

/** Runs the selection, else the cell (`# %%`) that the cursor is in; from a CodeLens its cell, or all above it. */
export async function runCell(parts: CommandParts, argument: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const asked = isCells(argument) ? argument : undefined;
  const document = await programOf(asked?.uri);
  const text = document.getText();
  const cells = cellsOf(text);
  const selection = asked ? undefined : vscode.window.activeTextEditor?.selection;
  if (selection && !selection.isEmpty) return run(parts, document, selected(document, selection));
  if (cells.length === 0)
    throw new Told(t('Nothing is selected, and the file has no cells. A line with # %% begins one.'));
  const line = asked?.line ?? selection?.active.line ?? 0;
  const wanted = asked?.above ? cells.filter((cell) => cell.line < line) : [cellAt(cells, line) ?? []].flat();
  const pieces = wanted.flatMap((cell) => pieceOf(text, cell) ?? []);
  if (pieces.length === 0)
    throw new Told(asked?.above ? t('There is no code above.') : t('There is no code in this cell.'));
  await run(parts, document, pieces);
}

async function run(
  parts: CommandParts,
  document: vscode.TextDocument,
  pieces: readonly CodePiece[],
  choose = false,
): Promise<void> {
  const { code } = parts;
  const usual = choose ? undefined : (code.serverOf(document.uri) ?? code.suggestedFor(document.uri));
  const ref = await chooseRunningServer(parts, { usual });
  // One that the user chose just now may be in another cluster than before, by the same names.
  if (ref) await code.run(document, ref === usual ? usual : { ...ref, fingerprint: undefined }, pieces);
}

/** Whole lines, as a selection seldom begins at a line's start; within one line what is selected, which may be a name. */
function selected(document: vscode.TextDocument, { start, end }: vscode.Selection): CodePiece[] {
  const text = document.getText();
  if (start.line === end.line)
    return [{ code: document.getText(new vscode.Range(start, end)).trim(), line: start.line }];
  return [pieceOfLines(text, start.line, end.character === 0 ? end.line : end.line + 1) ?? []].flat();
}

/** The Python file that is meant: the given one, else that of the editor in sight. */
async function programOf(uri: vscode.Uri | undefined): Promise<vscode.TextDocument> {
  const { t } = vscode.l10n;
  demandTrust();
  const document = uri ? await vscode.workspace.openTextDocument(uri) : vscode.window.activeTextEditor?.document;
  if (!document) throw new Told(t('Open a Python file first.'));
  if (document.uri.scheme === 'vscode-notebook-cell') throw new Told(t('Run the cell with its own button.'));
  if (document.languageId === 'python') return document;
  throw new Told(t('{0} is not a Python file.', document.uri.path.split('/').pop() ?? ''));
}

function isCells(argument: unknown): argument is CellsToRun {
  const cells = argument as Partial<CellsToRun> | null | undefined;
  return cells?.uri instanceof vscode.Uri && typeof cells.line === 'number';
}
