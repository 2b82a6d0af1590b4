import type { MimeBundle, OutputEvent } from '../jupyter/kernelMessages.ts';

/** What must be done to a cell's outputs; streams are merged, and what a later clear removes is left out. */
export type OutputStep =
  | { do: 'clear' }
  | { do: 'stream'; name: 'stdout' | 'stderr'; text: string }
  | {
      do: 'rich';
      type: 'display_data' | 'execute_result';
      data: MimeBundle;
      metadata: Record<string, unknown>;
      displayId?: string;
      executionCount?: number | null;
    }
  | { do: 'update'; displayId: string; data: MimeBundle; metadata: Record<string, unknown> }
  | { do: 'error'; name: string; value: string; traceback: string[] }
  /** The last part of a text that is too long; replaces the one that was shown before. */
  | { do: 'tail'; name: 'stdout' | 'stderr'; text: string; left: number };

export interface OutputLimits {
  /** Characters of text shown from the start of a cell's output. */
  headChars: number;
  /** Characters kept from its end. */
  tailChars: number;
  /** Rich outputs shown; those after it are counted only. */
  outputs: number;
}

export const defaultLimits: OutputLimits = { headChars: 1_000_000, tailChars: 100_000, outputs: 500 };

/**
 * Collects what a cell tells between two drawings and says what to draw. Keeps the first and the last part of a runaway
 * output, so that `while True: print(...)` costs neither the editor nor the saved notebook more than the limits.
 */
export class OutputPlan {
  private steps: OutputStep[] = [];
  private clearNext = false;
  private head = 0;
  /** Characters of the line that the head ends with: a carriage return takes them back. */
  private line = 0;
  private rich = 0;
  private tail: { name: 'stdout' | 'stderr'; text: string; left: number; dirty: boolean } | undefined;

  constructor(private readonly limits: OutputLimits = defaultLimits) {}

  /** Rich outputs that were not shown, as there were too many. */
  get droppedOutputs(): number {
    return Math.max(0, this.rich - this.limits.outputs);
  }

  add(event: OutputEvent): void {
    if (event.kind === 'started') return;
    if (event.kind === 'clear') {
      if (event.wait) this.clearNext = true;
      else this.clear();
      return;
    }
    if (event.kind === 'update') {
      this.steps.push({ do: 'update', displayId: event.displayId, data: event.data, metadata: event.metadata });
      return;
    }
    if (this.clearNext) this.clear();
    switch (event.kind) {
      case 'stream':
        return this.stream(event.name, event.text);
      case 'error':
        this.steps.push({ do: 'error', name: event.name, value: event.value, traceback: event.traceback });
        return;
      case 'display':
      case 'result':
        if (++this.rich > this.limits.outputs) return;
        this.steps.push({
          do: 'rich',
          type: event.kind === 'display' ? 'display_data' : 'execute_result',
          data: event.data,
          metadata: event.metadata,
          displayId: event.displayId,
          ...(event.kind === 'result' ? { executionCount: event.executionCount } : {}),
        });
    }
  }

  /** What to draw now. `last`: nothing more will come, so the end of a text that is too long is due. */
  take(last = false): OutputStep[] {
    const steps = this.steps;
    this.steps = [];
    const { tail } = this;
    if (tail?.dirty && (last || steps.length > 0 || tail.left === 0 || this.tailDue())) {
      tail.dirty = false;
      steps.push({ do: 'tail', name: tail.name, text: tail.text, left: tail.left });
    }
    return steps;
  }

  get empty(): boolean {
    return this.steps.length === 0 && !this.tail?.dirty;
  }

  private takes = 0;

  /** Redrawing the end costs as much each time: every tenth drawing is enough. */
  private tailDue(): boolean {
    return ++this.takes % 10 === 0;
  }

  private clear(): void {
    this.clearNext = false;
    this.head = this.line = 0;
    this.rich = 0;
    this.tail = undefined;
    // Updates may concern other cells' displays, so they stay.
    this.steps = [...this.steps.filter((step) => step.do === 'update'), { do: 'clear' }];
  }

  private stream(name: 'stdout' | 'stderr', text: string): void {
    const room = this.tail ? 0 : this.limits.headChars - this.head;
    const shown = text.slice(0, room);
    this.count(shown);
    if (shown) {
      const before = this.steps.at(-1);
      if (before?.do === 'stream' && before.name === name) before.text = withoutOverwritten(before.text + shown);
      else this.steps.push({ do: 'stream', name, text: withoutOverwritten(shown) });
    }
    if (shown.length === text.length) return;
    const tail = (this.tail ??= { name, text: '', left: 0, dirty: true });
    tail.text += text.slice(shown.length);
    tail.dirty = true;
    // Twice the length before cutting: cutting at every message would copy the whole tail each time.
    if (tail.text.length <= 2 * this.limits.tailChars) return;
    const cut = tail.text.length - this.limits.tailChars;
    tail.left += cut;
    tail.text = tail.text.slice(cut);
  }

  /** Only what stays in sight counts: a progress bar draws one line anew for hours. */
  private count(text: string): void {
    for (const part of text.replace(/\r+\n/g, '\n').split(/(?=[\r\n])/)) {
      if (part.startsWith('\r')) this.head -= this.line;
      if (/^[\r\n]/.test(part)) this.line = 0;
      this.line += part.length;
      this.head += part.length;
    }
  }
}

/**
 * Without what a later carriage return in the same text covers. The part before the first return of a line stays, as the
 * line may have begun in an earlier text; so do lines with escape sequences, whose width is not their length.
 */
function withoutOverwritten(text: string): string {
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
