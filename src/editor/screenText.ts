/** Cursor shown and hidden: nothing that a page could show. */
const cursorShown = /\x1b\[\?25[hl]/g;

/**
 * Whether a text moves the cursor to other lines, or erases some, as progress bars of several lines do; or draws over a
 * line with colours, of which VS Code, which counts their sequences as characters, would leave a part.
 */
export function needsScreen(text: string): boolean {
  // The cursor that is hidden and shown: VS Code's outputs would take the text behind it for a part of the sequence.
  if (/\x1b\[(\d*[ABEFJ]|\?25[hl])/.test(text)) return true;
  return text.includes('\x1b[') && /\r(?!\r*\n)/.test(text);
}

/** A carriage return, a line feed, or an escape sequence that moves or erases; all else is text. */
const controls = /(\r+\n|\r|\n|\x1b\[\d*[ABEFJK])/;
const reset = '\x1b[0m';
/** A sequence, which takes no room, or text. Columns are counted in UTF-16: a terminal gives an emoji two as well. */
const pieces = /\x1b\[[\d;?]*[A-Za-z]|\x1b|[^\x1b]+/g;

/**
 * Text as a terminal shows it that understands what progress bars say: back to the start of the line, up and down by lines,
 * erase. VS Code's outputs know the first only, and that without colours.
 */
export class ScreenText {
  private readonly lines: string[];
  private row: number;
  /** Where in the line the next text goes; behind its end when undefined. */
  private column: number | undefined;
  /** The sequences that colour what is written next. */
  private pen = '';
  private size: number;

  constructor(text: string) {
    this.lines = text.split('\n');
    this.row = this.lines.length - 1;
    this.size = text.length;
  }

  /** Of `text`, without making it. */
  get length(): number {
    return this.size;
  }

  get text(): string {
    return this.lines.join('\n');
  }

  write(text: string): void {
    for (const part of text.replace(cursorShown, '').split(controls)) {
      const move = /^\x1b\[(\d*)([ABEFJK])$/.exec(part);
      if (part === '') continue;
      if (part === '\r') this.column = 0;
      else if (part.endsWith('\n') && part.replace(/\r/g, '') === '\n') this.to(this.row + 1, 0);
      else if (move) this.move(move[2]!, move[1] === '' ? undefined : Number(move[1]));
      else this.put(part);
    }
  }

  private move(how: string, count: number | undefined): void {
    switch (how) {
      case 'A':
      case 'F':
        return this.to(this.row - (count ?? 1), how === 'F' ? 0 : this.column);
      case 'B':
      case 'E':
        return this.to(this.row + (count ?? 1), how === 'E' ? 0 : this.column);
      case 'K':
        return this.erase(count === 2 ? 0 : this.column);
      case 'J':
        for (const gone of this.lines.splice(this.row + 1)) this.size -= gone.length + 1;
        this.erase(this.column);
    }
  }

  private to(row: number, column: number | undefined): void {
    this.row = Math.max(0, row);
    for (; this.lines.length <= this.row; this.size++) this.lines.push('');
    this.column = column;
  }

  private erase(from: number | undefined): void {
    if (from === undefined) return;
    const { left, colours } = cut(this.lines[this.row]!, from);
    this.set(left + (colours && reset));
  }

  private set(line: string): void {
    this.size += line.length - this.lines[this.row]!.length;
    this.lines[this.row] = line;
  }

  private put(text: string): void {
    const line = this.lines[this.row]!;
    const before = this.pen;
    this.pen = coloursAfter(text, before);
    if (this.column === undefined) {
      this.set(line + text);
      return;
    }
    const end = this.column + widthOf(text);
    const { left, colours } = cut(line, this.column);
    const { right } = line === '' ? { right: '' } : cut(line, end);
    const start = colours === before ? '' : `${colours && reset}${before}`;
    this.set(`${left}${start}${text}${right && this.pen && reset}${right}`);
    this.column = right ? end : undefined;
  }
}

function coloursAfter(text: string, before: string): string {
  let colours = before;
  if (!text.includes('\x1b')) return colours;
  for (const [sequence] of text.matchAll(/\x1b\[[\d;]*m/g)) colours = sequence === reset ? '' : colours + sequence;
  return colours;
}

function widthOf(text: string): number {
  return text.includes('\x1b') ? text.replace(/\x1b\[[\d;?]*[A-Za-z]/g, '').length : text.length;
}

/** The parts of a line beside a column: the left one, the colours at its end, and the right one in those that it had. */
function cut(line: string, column: number): { left: string; colours: string; right: string } {
  if (column === 0 || line === '') return { left: '', colours: '', right: line };
  let at = 0;
  let end = 0;
  let room = column;
  for (const [piece] of line.matchAll(pieces)) {
    if (!piece.startsWith('\x1b[')) {
      if (piece.length > room) {
        const right = at + room;
        const left = line.slice(0, room === 0 ? end : right);
        return {
          left,
          colours: coloursAfter(left, ''),
          right: coloursAfter(line.slice(0, at), '') + line.slice(right),
        };
      }
      room -= piece.length;
      end = at + piece.length;
    }
    at += piece.length;
  }
  return { left: line, colours: coloursAfter(line, ''), right: '' };
}
