/** How typing ended: a line, or thinking better of it. */
export type Typed = { value: string } | 'cancelled';

/** The keys that a terminal sends. */
const keys = { enter: /^(?:\r\n?|\n)/, escape: /^\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O.|.)?/ };
/** What Python takes for the end of its input. */
const endOfInput = '\x04';

/** A line that is typed into a terminal for Python's `input()`; hidden for passwords. */
export class LineInput {
  private typed: string[] = [];
  private readonly graphemes = new Intl.Segmenter();

  constructor(private readonly hidden: boolean) {}

  /** Takes what a terminal sent. Gives what it shall show, how the line ended if it did, and what was typed behind that. */
  take(data: string): { echo: string; end?: Typed; rest: string } {
    let echo = '';
    for (let rest = data; rest !== '';) {
      const special = (keys.enter.exec(rest) ?? keys.escape.exec(rest))?.[0];
      const key = special ?? [...this.graphemes.segment(rest.slice(0, 200))][0]!.segment;
      rest = rest.slice(key.length);
      if (keys.enter.test(key)) return { echo: `${echo}\r\n`, end: { value: this.typed.join('') }, rest };
      if (key === '\x03') return { echo: `${echo}^C\r\n`, end: 'cancelled', rest: '' };
      if (key === endOfInput && this.typed.length === 0)
        return { echo: `${echo}\r\n`, end: { value: endOfInput }, rest };
      if (key === '\x7f' || key === '\b') echo += this.erase(1);
      else if (key === '\x15') echo += this.erase(this.typed.length);
      else if (key >= ' ' || key === '\t') {
        this.typed.push(key);
        if (!this.hidden) echo += key;
      }
    }
    return { echo, rest: '' };
  }

  private erase(count: number): string {
    const gone = count > 0 ? this.typed.splice(-count) : [];
    const columns = gone.reduce((sum, one) => sum + columnsOf(one), 0);
    return this.hidden ? '' : '\b \b'.repeat(columns);
  }
}

/** As a terminal draws it: Korean, Chinese, Japanese and emoji are two columns wide. */
function columnsOf(grapheme: string): number {
  return /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|^\p{Extended_Pictographic}/u.test(
    grapheme,
  )
    ? 2
    : 1;
}
