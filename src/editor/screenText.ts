/** Whether a text moves the cursor to other lines, or erases some, as progress bars of several lines do. */
export function movesCursor(text: string): boolean {
  return /\x1b\[\d*[ABEFJ]/.test(text);
}

/** A carriage return, a line feed, or an escape sequence that moves or erases; all else is text. */
const controls = /(\r+\n|\r|\n|\x1b\[\d*[ABEFJK])/;

/**
 * Text as a terminal shows it that understands what progress bars say: back to the start of the line, up and down by lines,
 * erase. VS Code's outputs know the first only. Colours stay as they are; a line that has some is replaced as a whole.
 */
export class ScreenText {
  private readonly lines: string[];
  private row: number;
  /** The next text covers the line from its start. */
  private atStart = false;

  constructor(text: string) {
    this.lines = text.split('\n');
    this.row = this.lines.length - 1;
  }

  get text(): string {
    return this.lines.join('\n');
  }

  write(text: string): void {
    for (const part of text.split(controls)) {
      const move = /^\x1b\[(\d*)([ABEFJK])$/.exec(part);
      if (part === '') continue;
      if (part === '\r') this.atStart = true;
      else if (part.endsWith('\n') && part.replace(/\r/g, '') === '\n') this.to(this.row + 1, true);
      else if (move) this.move(move[2]!, move[1] === '' ? undefined : Number(move[1]));
      else this.put(part);
    }
  }

  private move(how: string, count: number | undefined): void {
    switch (how) {
      case 'A':
      case 'F':
        return this.to(this.row - (count ?? 1), how === 'F' || this.atStart);
      case 'B':
      case 'E':
        return this.to(this.row + (count ?? 1), how === 'E' || this.atStart);
      case 'K':
        if (this.atStart || count === 2) this.lines[this.row] = '';
        return;
      case 'J':
        this.lines.length = this.row + 1;
        if (this.atStart) this.lines[this.row] = '';
    }
  }

  private to(row: number, atStart: boolean): void {
    this.row = Math.max(0, row);
    while (this.lines.length <= this.row) this.lines.push('');
    this.atStart = atStart;
  }

  private put(text: string): void {
    const line = this.lines[this.row]!;
    if (!this.atStart) this.lines[this.row] = line + text;
    else this.lines[this.row] = `${text}${/\x1b/.test(line + text) ? '' : line.slice(text.length)}`;
    this.atStart = false;
  }
}
