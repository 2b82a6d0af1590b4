import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { OutputEvent } from '../../jupyter/kernelMessages.ts';
import type { MessageMark } from '../../jupyter/messageMark.ts';
import type { Disposable } from '../../k8s/events.ts';
import type { Logger } from '../../k8s/log.ts';

export interface JournalOptions {
  at: { readonly folder: string };
  logger: Logger;
  /** Bytes of the first part, of each further part, and how many of these are kept: a cell that prints for ever must not fill the disk. */
  head?: number;
  part?: number;
  parts?: number;
}

/** All that a running cell told so far. */
export interface Told {
  /** In order; `left-out` where parts in the middle were not kept. */
  events: (OutputEvent | 'left-out')[];
  /** When the kernel was heard last, ms since 1970, and what it said then. */
  heardAt?: number;
  mark?: MessageMark;
}

type Line = { event: OutputEvent } | { at: number; mark?: MessageMark };

/** What comes at once is written at once: each write costs a turn of the disk; ms. */
const gatherMs = 20;

/**
 * What a running cell told, in files of this computer that only its user may read: a window that goes away takes along what
 * it showed and did not save, and Jupyter hands over only what it never handed over. Gone with the cell's end.
 */
export class OutputJournal implements Disposable {
  private waiting: Line[] = [];
  private timer: NodeJS.Timeout | undefined;
  private file: { number: number; at: number; bytes: number } | undefined;
  private clearNext = false;
  private broken = false;
  private started: OutputEvent | undefined;
  private mark: { at: number; mark?: MessageMark } | undefined;

  constructor(private readonly o: JournalOptions) {}

  add(event: OutputEvent): void {
    if (event.kind === 'clear') {
      if (!event.wait) return this.reset();
      this.clearNext = true;
    } else if (event.kind === 'started') this.started = event;
    else if (this.clearNext && event.kind !== 'update') this.reset();
    this.waiting.push({ event });
    this.schedule();
  }

  /** The kernel was heard. */
  heard(at: number, mark: MessageMark | undefined): void {
    this.mark = { at, ...(mark ? { mark } : {}) };
    this.schedule();
  }

  /** All that was told, by this window and those before. */
  read(): Told {
    this.flush();
    const told: Told = { events: [] };
    let before = -1;
    for (const number of this.numbers()) {
      if (number !== before + 1) told.events.push('left-out');
      before = number;
      for (const text of readFileSync(this.path(number), 'utf8').split('\n')) {
        const line = lineOf(text);
        if (line && 'event' in line) told.events.push(line.event);
        else if (line) Object.assign(told, { heardAt: line.at, mark: line.mark });
      }
    }
    return told;
  }

  /** Forgets it all: the cell has ended, or is another one. */
  remove(): void {
    this.waiting = [];
    this.mark = undefined;
    this.dispose();
    this.tryTo(() => {
      for (const number of this.numbers()) rmSync(this.path(number), { force: true });
    });
  }

  /** Writes what is left. */
  dispose(): void {
    this.flush();
    if (this.file) closeSync(this.file.at);
    this.file = undefined;
  }

  private reset(): void {
    const { mark } = this;
    this.clearNext = false;
    this.remove();
    // A cell that draws a bar again and again still has its number.
    if (this.started) this.waiting.push({ event: this.started });
    this.mark = mark;
    this.schedule();
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const lines: Line[] = this.mark ? [...this.waiting, this.mark] : this.waiting;
    this.waiting = [];
    this.mark = undefined;
    if (lines.length === 0 || this.broken) return;
    this.tryTo(() => this.write(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
  }

  /** A full or failing disk costs what is told after a reload, not the cell. */
  private tryTo(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.broken = true;
      this.o.logger.warn(`keeping outputs: ${error instanceof Error ? error.message : ''}`);
    }
  }

  private write(text: string): void {
    const limit = this.file?.number === 0 ? (this.o.head ?? 1_000_000) : (this.o.part ?? 2_000_000);
    if (this.file && this.file.bytes >= limit) {
      closeSync(this.file.at);
      this.open(this.file.number + 1);
      const oldest = this.file.number - (this.o.parts ?? 2);
      if (oldest > 0) rmSync(this.path(oldest), { force: true });
    }
    this.file ??= this.open(Math.max(0, ...this.numbers()));
    this.file.bytes += writeSync(this.file.at, text);
  }

  private open(number: number): { number: number; at: number; bytes: number } {
    return (this.file = { number, at: openSync(this.path(number), 'a', 0o600), bytes: 0 });
  }

  private numbers(): number[] {
    return readdirSync(this.o.at.folder)
      .flatMap((name) => /^told-(\d+)\.jsonl$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  private path(number: number): string {
    return join(this.o.at.folder, `told-${number}.jsonl`);
  }
}

/** Undefined for the last line of a window that ended while it wrote. */
function lineOf(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
