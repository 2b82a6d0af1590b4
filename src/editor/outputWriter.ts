import * as vscode from 'vscode';
import type { Displays } from './displays.ts';
import type { JupyterProblem } from '../jupyter/errors.ts';
import type { MimeBundle, OutputEvent } from '../jupyter/kernelMessages.ts';
import type { Logger } from '../k8s/log.ts';
import { itemsOf } from './mime.ts';
import { OutputPlan, type OutputStep } from './outputPlan.ts';

export interface OutputWriterOptions {
  displays: Displays;
  logger: Logger;
  /** A problem of the outputs' way as a sentence. */
  words: (problem: JupyterProblem) => string;
  /** Opens the cell once more for what comes after its end; undefined when it takes nothing any more. */
  reopen?: () => { execution: vscode.NotebookCellExecution; close(): void } | undefined;
  /** Takes all that is printed, also what is not shown. */
  whole?: { add(text: string): void; clear(): void };
  /** A part of the text is left out from now on, or no part any more; told again when more is. */
  onDidCut?: (cut: boolean) => void;
  batchMs?: number;
  lateBatchMs?: number;
}

/**
 * Puts what a cell tells into its outputs: at most one drawing at a time, about 25 a second, so that a loop of prints
 * neither floods the renderer nor lags behind. VS Code holds each change back for 10 ms to send several together, but
 * sends all at once with the end of the execution: so no change waits for the one before, and the end for none. The shape
 * is the one that VS Code's ipynb serializer writes back as nbformat.
 */
export class OutputWriter {
  private readonly plan: OutputPlan;
  private cut = false;
  private execution: vscode.NotebookCellExecution | undefined;
  private readonly cell: vscode.NotebookCell;
  private timer: NodeJS.Timeout | undefined;
  private drawnAt = 0;
  private busy = false;
  private retired = false;
  private last: { output: vscode.NotebookCellOutput; stream?: 'stdout' | 'stderr' } | undefined;
  private tail: vscode.NotebookCellOutput | undefined;

  constructor(
    execution: vscode.NotebookCellExecution,
    private readonly o: OutputWriterOptions,
  ) {
    this.plan = new OutputPlan(undefined, o.whole);
    this.execution = execution;
    this.cell = execution.cell;
  }

  write(event: OutputEvent): void {
    if (this.retired) return;
    if (event.kind === 'started' && this.execution) this.execution.executionOrder = event.executionCount;
    this.plan.add(event);
    this.schedule();
  }

  /** Empties the cell. */
  clear(): void {
    void this.draw([{ do: 'clear' }]);
  }

  /** A sentence of our own under the outputs. */
  text(sentence: string): void {
    void this.draw([...this.plan.take(true), { do: 'note', text: `${sentence}\n` }]);
  }

  /** A sentence of our own in place of any output of the code's, as an error. */
  problem(sentence: string): void {
    void this.draw([...this.plan.take(true), { do: 'error', name: '', value: sentence, traceback: [] }]);
  }

  /** Draws what is left; to be called right before the execution's end. Later events open the cell once more. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    void this.draw(this.plan.take(true));
    if (this.plan.isCut) this.o.onDidCut?.(true);
    if (this.plan.droppedOutputs > 0)
      this.text(vscode.l10n.t('{0} more outputs are not shown.', this.plan.droppedOutputs));
    this.execution = undefined;
  }

  /** The cell runs again, or its kernel is another one: what is still told belongs nowhere. */
  retire(): void {
    this.retired = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.timer || this.busy) return;
    const batch = this.execution ? (this.o.batchMs ?? 40) : this.lateBatchMs;
    // The first after a pause is shown at once.
    this.timer = setTimeout(() => this.drawDue(), Math.max(0, Math.min(batch, this.drawnAt + batch - Date.now())));
  }

  /** What comes after the end is drawn in full each time, so a runaway thread gets its turn less often. */
  private get lateBatchMs(): number {
    return this.o.lateBatchMs ?? (this.plan.isCut ? 2000 : 250);
  }

  private drawDue(): void {
    this.timer = undefined;
    const late = this.execution ? undefined : this.reopen();
    if (!this.execution && !late) return this.retire();
    this.busy = true;
    this.drawnAt = Date.now();
    this.execution ??= late?.execution;
    const drawn = this.draw(this.plan.take(late !== undefined));
    if (late) {
      this.execution = undefined;
      late.close();
    }
    if (this.plan.isCut !== this.cut) this.o.onDidCut?.((this.cut = this.plan.isCut));
    void drawn.then(() => {
      this.busy = false;
      if (!this.retired && !this.plan.empty) this.schedule();
    });
  }

  private reopen(): ReturnType<NonNullable<OutputWriterOptions['reopen']>> {
    try {
      return this.o.reopen?.();
    } catch (error) {
      this.o.logger.debug(`late outputs: ${String(error)}`);
      return undefined;
    }
  }

  /** Asks for all changes at once, which VS Code keeps in order. Never rejects: an editor may have been closed meanwhile. */
  private async draw(steps: DrawStep[]): Promise<void> {
    const log = (error: unknown) => this.o.logger.debug(`drawing outputs: ${String(error)}`);
    const asked: Thenable<void>[] = [];
    for (const step of steps) {
      try {
        if (this.execution) asked.push(...this.perform(step, this.execution));
      } catch (error) {
        log(error);
      }
    }
    for (const drawn of await Promise.allSettled(asked)) if (drawn.status === 'rejected') log(drawn.reason);
  }

  private perform(step: DrawStep, execution: vscode.NotebookCellExecution): Thenable<void>[] {
    const append = (output: vscode.NotebookCellOutput, stream?: 'stdout' | 'stderr') => {
      this.last = { output, stream };
      return [execution.appendOutput(output)];
    };
    switch (step.do) {
      case 'clear':
        this.last = this.tail = undefined;
        this.o.displays.forget(this.cell);
        return [execution.clearOutput()];
      case 'stream': {
        const item = vscode.NotebookCellOutputItem[step.name](step.text);
        if (this.last?.stream === step.name && step.replace)
          return [execution.replaceOutputItems(item, this.last.output)];
        if (this.last?.stream === step.name) return [execution.appendOutputItems(item, this.last.output)];
        return append(new vscode.NotebookCellOutput([item], { outputType: 'stream' }), step.name);
      }
      case 'note':
        return append(noteOf(step.text));
      case 'limited':
      case 'lost':
        return append(noteOf(`${this.o.words(step.problem)}\n`));
      case 'tail': {
        const size = (step.left / 1e6).toFixed(1);
        const note = vscode.l10n.t('... {0} MB are left out here. The link under the cell opens the whole. ...', size);
        const item = vscode.NotebookCellOutputItem[step.name](`\n${step.left > 0 ? `${note}\n` : ''}${step.text}`);
        if (this.tail) return [execution.replaceOutputItems(item, this.tail)];
        this.tail = new vscode.NotebookCellOutput([item], { outputType: 'stream' });
        return append(this.tail);
      }
      case 'rich': {
        const output = new vscode.NotebookCellOutput(toItems(step.data), {
          outputType: step.type,
          metadata: step.metadata,
          ...(step.executionCount === undefined ? {} : { executionCount: step.executionCount }),
          ...(step.displayId ? { transient: { display_id: step.displayId } } : {}),
        });
        if (step.displayId) this.o.displays.add(step.displayId, output, this.cell);
        return append(output);
      }
      case 'update':
        return this.o.displays
          .outputs(step.displayId)
          .map((output) => execution.replaceOutputItems(toItems(step.data), output));
      case 'error': {
        const { name, value, traceback } = step;
        const item = vscode.NotebookCellOutputItem.error({ name, message: value, stack: traceback.join('\n') });
        const originalError = { output_type: 'error', ename: name, evalue: value, traceback };
        return append(new vscode.NotebookCellOutput([item], { outputType: 'error', originalError }));
      }
    }
  }
}

type DrawStep = OutputStep | { do: 'note'; text: string };

function noteOf(text: string): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.stderr(text)], { outputType: 'stream' });
}

function toItems(data: MimeBundle): vscode.NotebookCellOutputItem[] {
  return itemsOf(data).map((item) => new vscode.NotebookCellOutputItem(item.data, item.mime));
}
