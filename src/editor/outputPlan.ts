import type { MimeBundle, OutputEvent, OutputLimited, OutputLost } from '../jupyter/kernelMessages.ts';
import { StreamText, withoutOverwritten } from './streamText.ts';
import { splitAt, TextTail } from './textTail.ts';

/** What must be done to a cell's outputs; streams are merged, and what a later clear removes is left out. */
export type OutputStep =
  | { do: 'clear' }
  /** To be appended to a stream's output; `replace`: in place of all that this output shows. */
  | { do: 'stream'; name: 'stdout' | 'stderr'; text: string; replace?: boolean }
  | {
      do: 'rich';
      type: 'display_data' | 'execute_result';
      data: MimeBundle;
      metadata: Record<string, unknown>;
      displayId?: string;
      executionCount?: number | null;
    }
  | { do: 'update'; displayId: string; data: MimeBundle; metadata: Record<string, unknown> }
  | { do: 'limited'; problem: OutputLimited }
  | { do: 'lost'; problem: OutputLost }
  | { do: 'error'; name: string; value: string; traceback: string[] }
  /** The last part of a text that is too long; replaces the one that was shown before. `left`: bytes between the two. */
  | { do: 'tail'; name: 'stdout' | 'stderr'; text: string; left: number };

/** In bytes of UTF-8, as the notebook's file counts. */
export interface OutputLimits {
  /** Of text shown from the start of a cell's output. */
  head: number;
  /** Of text kept from its end. */
  tail: number;
  /** Of that, shown while the cell still runs: it is drawn again and again. */
  liveTail: number;
  /** Rich outputs shown; those after it are counted only. */
  outputs: number;
}

export const defaultLimits: OutputLimits = { head: 1_000_000, tail: 4_000_000, liveTail: 100_000, outputs: 500 };

/**
 * Collects what a cell tells between two drawings and says what to draw. Keeps the first and the last part of a runaway
 * output, so that `while True: print(...)` costs neither the editor nor the saved notebook more than the limits.
 */
export class OutputPlan {
  private steps: OutputStep[] = [];
  private clearNext = false;
  private current: { name: 'stdout' | 'stderr'; text: StreamText } | undefined;
  /** Bytes of the stream outputs before the current one. */
  private closed = 0;
  private rich = 0;
  private readonly limited = new Set<OutputLimited['what']>();
  private tail: { name: 'stdout' | 'stderr'; text: TextTail; dirty: boolean; full: boolean } | undefined;

  /** @param whole takes all text that is printed, also what is not shown */
  constructor(
    private readonly limits: OutputLimits = defaultLimits,
    private readonly whole?: { add(text: string): void; clear(): void },
  ) {}

  /** Text is left out: what is shown is not the whole. */
  get isCut(): boolean {
    return this.tail?.text.isCut === true;
  }

  /** Rich outputs that were not shown, as there were too many. */
  get droppedOutputs(): number {
    return Math.max(0, this.rich - this.limits.outputs);
  }

  add(event: OutputEvent): void {
    if (event.kind === 'started') return;
    if (event.kind !== 'stream') this.flush();
    if (event.kind === 'clear') {
      if (event.wait) this.clearNext = true;
      else this.clear();
      return;
    }
    if (event.kind === 'update') {
      this.steps.push({ do: 'update', displayId: event.displayId, data: event.data, metadata: event.metadata });
      return;
    }
    if (event.kind === 'limited') {
      this.close();
      // Jupyter says so again and again while the cell goes on like that.
      if (!this.limited.has(event.problem.what)) this.steps.push({ do: 'limited', problem: event.problem });
      this.limited.add(event.problem.what);
      return;
    }
    if (event.kind === 'lost') {
      this.close();
      this.steps.push({ do: 'lost', problem: event.problem });
      return;
    }
    if (this.clearNext) this.clear();
    switch (event.kind) {
      case 'stream':
        return this.stream(event.name, event.text);
      case 'error':
        this.close();
        this.steps.push({ do: 'error', name: event.name, value: event.value, traceback: event.traceback });
        return;
      case 'display':
      case 'result':
        if (++this.rich > this.limits.outputs) return;
        this.close();
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
    this.flush();
    const steps = this.steps;
    this.steps = [];
    const { tail } = this;
    if (tail && (last ? tail.dirty || !tail.full : tail.dirty && (steps.length > 0 || this.tailDue()))) {
      tail.dirty = false;
      tail.full = last;
      steps.push({ do: 'tail', name: tail.name, ...tail.text.end(last ? this.limits.tail : this.limits.liveTail) });
    }
    return steps;
  }

  get empty(): boolean {
    return this.steps.length === 0 && !this.current?.text.dirty && !this.tail?.dirty;
  }

  private takes = 0;

  /** Redrawing the end costs as much each time: every tenth drawing is enough. */
  private tailDue(): boolean {
    return ++this.takes % 10 === 0;
  }

  private clear(): void {
    this.clearNext = false;
    this.current = undefined;
    this.closed = 0;
    this.rich = 0;
    this.tail = undefined;
    this.limited.clear();
    this.whole?.clear();
    // Updates may concern other cells' displays, so they stay.
    this.steps = [...this.steps.filter((step) => step.do === 'update'), { do: 'clear' }];
  }

  private stream(name: 'stdout' | 'stderr', text: string): void {
    this.whole?.add(text);
    if (this.current?.name !== name) this.close();
    const current = (this.current ??= { name, text: new StreamText() });
    const room = this.tail ? 0 : this.limits.head - this.closed - current.text.bytes;
    const [shown, rest] = splitAt(withoutOverwritten(text), room);
    if (shown) current.text.add(shown);
    if (!rest) return;
    const tail = (this.tail ??= { name, text: new TextTail(this.limits.tail), dirty: true, full: false });
    tail.text.add(rest);
    tail.dirty = true;
  }

  /** The stream output that grows: what it has new becomes a step. */
  private flush(): void {
    const { current } = this;
    const taken = current?.text.take();
    if (!current || !taken) return;
    const { text, replace } = taken;
    this.steps.push({ do: 'stream', name: current.name, text, ...(replace ? { replace } : {}) });
  }

  /** What comes next is another output. */
  private close(): void {
    this.flush();
    this.closed += this.current?.text.bytes ?? 0;
    this.current = undefined;
  }
}
