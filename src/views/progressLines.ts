/** The lines that tell of a launch: which of them goes on, and what is left of one that is over. */
import type { ProgressLine } from '../../webview-ui/contract.ts';
import type { StateLine } from './launchTruth.ts';

/** A state's line also knows its cause, and what it says when it is over. */
export type Line = ProgressLine & Partial<Pick<StateLine, 'code' | 'over'>>;

/** States whose end tells a node or an image. */
const facts: ReadonlySet<string> = new Set(['scheduling', 'pullingImage']);

export class ProgressLines {
  private readonly lines: Line[] = [];

  constructor(private readonly o: { now: () => number; changed: () => void }) {}

  /** As the page is told of them. */
  get shown(): ProgressLine[] {
    return this.lines.map(({ over: _over, code: _code, ...line }) => line);
  }

  /** A name for the state that comes next. */
  get nextState(): string {
    return `state ${this.lines.length}`;
  }

  /** Puts a line in its place, or at the end. */
  put(line: Line): void {
    const at = this.lines.findIndex((other) => other.id === line.id);
    if (at < 0) this.lines.push(line);
    else this.lines[at] = line;
    this.o.changed();
  }

  /** A line that stands in one place and is over once it is done. */
  putWithTime(id: string, line: { text: string; state: 'running' | 'done' } | undefined): void {
    const before = this.lines.find((other) => other.id === id);
    if (!line || (before?.text === line.text && before.state === line.state)) return;
    const now = this.o.now();
    const since = before?.since ?? now;
    this.put({ id, ...line, since, ...(line.state === 'done' ? { ms: now - since } : {}) });
  }

  /** The state that is going on. */
  get state(): Line | undefined {
    const last = this.lines.at(-1);
    return last?.id.startsWith('state ') && last.ms === undefined ? last : undefined;
  }

  /** An earlier state of this kind came to this end after all. @returns whether there was one */
  settle(code: StateLine['code'], text: string): boolean {
    const line = this.lines.findLast((one) => one.code === code && one.state === 'done');
    if (!line) return false;
    this.put({ ...line, text, over: text });
    return true;
  }

  /** What went on and came to no end of its own: to say that it is done would be untrue. */
  dropUnended(): void {
    if (this.state?.state === 'running') this.lines.pop();
    else this.finishLast();
  }

  /** The state before the present one is over: it took until now. */
  finishLast(): void {
    const { state } = this;
    if (!state) return;
    state.ms = this.o.now() - state.since;
    // What was over at once and has no fact to leave makes room for the next.
    if (state.ms < 1000 && state.code !== undefined && !facts.has(state.code)) {
      this.lines.pop();
      return;
    }
    state.text = state.over ?? state.text;
    state.state = 'done';
    delete state.detail;
  }
}
