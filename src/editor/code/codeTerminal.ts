import * as vscode from 'vscode';
import type { Disposable } from '../../k8s/events.ts';
import { TextTail } from '../textTail.ts';
import { LineInput, type Typed } from './lineInput.ts';

/** What is printed is shown so often. */
const batchMs = 40;
/** Of what is printed in that time, more would have scrolled away before anybody saw it; bytes. */
export const mostPerBatch = 250_000;
/** While nobody has the terminal open, so much of the end is kept for when it is opened again. */
const mostWhileClosed = 1_000_000;

/**
 * A terminal in VS Code for what code on a server prints: colours, progress bars, links, `input()`, and Ctrl+C to interrupt.
 * Closed by the user it opens again with the next run, and shows what came meanwhile.
 */
export class CodeTerminal implements vscode.Pseudoterminal, Disposable {
  private readonly writes = new vscode.EventEmitter<string>();
  private readonly ends = new vscode.EventEmitter<void>();
  readonly onDidWrite = this.writes.event;
  readonly onDidClose = this.ends.event;
  private terminal: vscode.Terminal | undefined;
  private isOpen = false;
  private pending = new TextTail(mostWhileClosed);
  private timer: NodeJS.Timeout | undefined;
  private question: { line: LineInput; answer: (typed: Typed) => void } | undefined;
  /** Typed ahead of a question, as when several lines are pasted. */
  private ahead = '';

  constructor(private readonly o: { name: string; interrupt: () => void }) {}

  /** Whether a terminal of VS Code is this one. */
  is(terminal: vscode.Terminal): boolean {
    return this.terminal === terminal;
  }

  /** Brings the terminal into sight; with `focus` to be typed into. */
  show(focus = false): void {
    this.terminal ??= vscode.window.createTerminal({
      name: this.o.name,
      pty: this,
      iconPath: new vscode.ThemeIcon('circuit-board'),
      isTransient: true,
    });
    this.terminal.show(!focus);
  }

  print(text: string): void {
    this.pending.add(text);
    if (this.isOpen) this.timer ??= setTimeout(() => this.flush(mostPerBatch), batchMs);
  }

  /** A sentence of ours on a line of its own, less loud than what the code prints. */
  note(sentence: string): void {
    this.print(`\x1b[2m${sentence}\x1b[0m\n`);
  }

  /** Lets the user type a line; undefined when they press Ctrl+C or close the terminal. */
  async ask(prompt: string, password: boolean): Promise<string | undefined> {
    this.show(true);
    this.print(prompt);
    const typed = await new Promise<Typed>((answer) => {
      this.question = { line: new LineInput(password), answer };
      const { ahead } = this;
      this.ahead = '';
      this.type(ahead);
    });
    return typed === 'cancelled' ? undefined : typed.value;
  }

  /** Nothing asks any more, and what was typed ahead answers nothing that asks later. */
  unask(): void {
    this.ahead = '';
    this.answer('cancelled');
  }

  open(): void {
    this.isOpen = true;
    this.flush(mostWhileClosed);
  }

  close(): void {
    this.isOpen = false;
    this.terminal = undefined;
    this.answer('cancelled');
  }

  handleInput(data: string): void {
    if (this.question) this.type(data);
    else if (data.includes('\x03')) this.o.interrupt();
    else this.ahead = (this.ahead + data).slice(0, 10_000);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.terminal?.dispose();
    this.writes.dispose();
    this.ends.dispose();
  }

  private type(data: string): void {
    if (!this.question || data === '') return;
    const { echo, end, rest } = this.question.line.take(data);
    this.print(echo);
    if (!end) return;
    this.ahead = rest;
    this.answer(end);
  }

  private answer(typed: Typed): void {
    const { question } = this;
    this.question = undefined;
    question?.answer(typed);
  }

  private flush(most: number): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { text, left } = this.pending.end(most);
    this.pending = new TextTail(mostWhileClosed);
    const size = (left / 1e6).toFixed(1);
    // What is left out may have had the end of a colour in it.
    const note = left > 0 ? `\x1b[0m\n\x1b[2m${vscode.l10n.t('... {0} MB are left out here ...', size)}\x1b[0m\n` : '';
    const shown = (note + text).replace(/\r?\n/g, '\r\n');
    if (shown) this.writes.fire(shown);
  }
}
