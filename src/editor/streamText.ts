import { needsScreen, ScreenText } from './screenText.ts';

/** How much of an output's end can still be drawn over by a cursor that moves up; characters. */
const reach = 64_000;

/** The text of one stream output: what is to be drawn next of it, without what would be drawn over at once. */
export class StreamText {
  /** All that was drawn, while that may be drawn over. */
  private drawn = '';
  private next = '';
  /** What `next` has behind the end of its last line: lines before it are not looked at again, however many there are. */
  private lastLine = '';
  private screen: { before: string; text: ScreenText; dirty: boolean } | undefined;
  private shown = 0;
  /** Bytes of the last line: a carriage return takes them back. */
  private line = 0;

  /** Bytes in sight: of a progress bar, which draws one line anew for hours, that line. */
  get bytes(): number {
    return this.shown;
  }

  /** There is something to take. */
  get dirty(): boolean {
    return this.screen?.dirty === true || this.next !== '' || this.lastLine !== '';
  }

  add(text: string): void {
    if (!this.screen && needsScreen(text)) this.turnToScreen();
    if (this.screen) {
      const before = this.screen.text.length;
      this.screen.text.write(text);
      this.screen.dirty = true;
      // Until the next drawing counts its bytes, a character is one.
      this.shown += this.screen.text.length - before;
      return;
    }
    this.count(text);
    if (!/[\r\n]/.test(text)) {
      this.lastLine += text;
      return;
    }
    const whole = withoutOverwritten(this.lastLine + text);
    const end = whole.lastIndexOf('\n') + 1;
    this.next += whole.slice(0, end);
    this.lastLine = whole.slice(end);
  }

  /** What to append to the output, or to put in its place; undefined when nothing changed. */
  take(): { text: string; replace: boolean } | undefined {
    if (this.screen) {
      if (!this.screen.dirty) return undefined;
      this.screen.dirty = false;
      const text = this.screen.before + this.screen.text.text;
      this.shown = Buffer.byteLength(text);
      return { text, replace: true };
    }
    const text = this.next + this.lastLine;
    this.next = this.lastLine = '';
    if (text === '') return undefined;
    this.drawn += text;
    // What a progress bar drew over is not needed: its last state is.
    if (this.drawn.length > 2_000_000) this.drawn = withoutOverwritten(this.drawn);
    return { text, replace: false };
  }

  private turnToScreen(): void {
    const all = withoutOverwritten(this.drawn + this.next + this.lastLine);
    const cut = all.length > reach ? all.indexOf('\n', all.length - reach) + 1 : 0;
    const text = new ScreenText('');
    text.write(all.slice(cut));
    this.screen = { before: all.slice(0, cut), text, dirty: true };
    this.drawn = this.next = this.lastLine = '';
  }

  private count(text: string): void {
    for (const [i, part] of text.split('\r').entries()) {
      if (i > 0) {
        this.shown -= this.line;
        this.line = 0;
      }
      const bytes = Buffer.byteLength(part);
      const newline = part.lastIndexOf('\n');
      this.line = newline < 0 ? this.line + bytes : Buffer.byteLength(part.slice(newline + 1));
      this.shown += bytes;
    }
  }
}

/**
 * Without what a later carriage return in the same text covers. The part before the first return of a line stays, as the
 * line may have begun in an earlier text; so do lines with escape sequences, whose width is not their length.
 */
export function withoutOverwritten(text: string): string {
  if (!text.includes('\r')) return text;
  return text
    .replace(/\r+\n/g, '\n')
    .split('\n')
    .map((line) => {
      const [start = '', ...rest] = line.split('\r');
      if (rest.length < 2 || line.includes('\x1b') || line.includes('\b')) return line;
      const shown = rest.reduce((below, part) => part + below.slice(part.length));
      return `${start}\r${shown}${line.endsWith('\r') ? '\r' : ''}`;
    })
    .join('\n');
}
