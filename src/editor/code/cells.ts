/** A cell of a Python file; lines are counted from 0, `end` is the line behind its last one. */
export interface CodeCell {
  /** The line of the marker; of a first cell without one, the file's first. */
  line: number;
  end: number;
  /** Prose, in comments: nothing to run. */
  markdown: boolean;
  marked: boolean;
}

/** The markers of VS Code's Python extension, Spyder and nbconvert. */
const marker = /^\s*#\s*(?:%%|<codecell>|In\[\d*\]|In\[ \])/;

/** The cells of a file; none where it has no marker. What stands before the first marker is a cell, too. */
export function cellsOf(text: string): CodeCell[] {
  const lines = text.split(/\r\n|\r|\n/);
  const marks = lines.flatMap((line, at) => (marker.test(line) ? [at] : []));
  if (marks.length === 0) return [];
  const before = lines.slice(0, marks[0]).some((line) => line.trim() !== '') ? [0] : [];
  const starts = [...before, ...marks];
  return starts.map((line, i) => ({
    line,
    end: starts[i + 1] ?? lines.length,
    markdown: /^\s*#\s*%%\s*\[(?:markdown|md)\]/i.test(lines[line]!),
    marked: i >= before.length,
  }));
}

/** The cell that a line lies in. */
export function cellAt(cells: readonly CodeCell[], line: number): CodeCell | undefined {
  return cells.find((cell) => cell.line <= line && line < cell.end);
}

/** A piece of a file that is run as one. */
export interface CodePiece {
  code: string;
  /** Of the code's first line in the file, from 0. */
  line: number;
}

/** A cell without its marker and the blank lines around; nothing where it holds no code. */
export function pieceOf(text: string, cell: CodeCell): CodePiece | undefined {
  if (cell.markdown) return undefined;
  return pieceOfLines(text, cell.marked ? cell.line + 1 : cell.line, cell.end);
}

/** Whole lines of a file, without blank ones around; nothing where they hold no code. */
export function pieceOfLines(text: string, from: number, end: number): CodePiece | undefined {
  const lines = text.split(/\r\n|\r|\n/).slice(from, end);
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0) return undefined;
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return { code: lines.slice(first, last + 1).join('\n'), line: from + first };
}

/**
 * A whole file as it is run: at once, as Python would; cell by cell where it has cell magics (`%%bash`), which are Python's
 * first line or nothing.
 */
export function piecesOfFile(text: string): CodePiece[] {
  const cells = cellsOf(text).flatMap((cell) => pieceOf(text, cell) ?? []);
  if (cells.some(({ code }) => isCellMagic(code))) return cells;
  return [pieceOfLines(text, 0, Infinity) ?? []].flat();
}

/** Whether a cell magic takes the code, which need not be Python then. */
export function isCellMagic(code: string): boolean {
  return /^%%\w/.test(code);
}
