import * as vscode from 'vscode';
import type { MimeBundle, OutputEvent } from '../jupyter/kernelMessages.ts';
import type { Logger } from '../k8s/log.ts';
import { itemsOf } from './mime.ts';
import { OutputPlan, type OutputStep } from './outputPlan.ts';

/** Outputs that a display id stands for, in all cells of a notebook. */
export type Displays = Map<string, Set<vscode.NotebookCellOutput>>;

export interface OutputWriterOptions {
  displays: Displays;
  logger: Logger;
  batchMs?: number;
}

/**
 * Puts what a cell tells into its outputs: at most one drawing at a time, about 25 a second, so that a loop of prints
 * neither floods the renderer nor lags behind. The shape is the one that VS Code's ipynb serializer writes back as nbformat.
 */
export class OutputWriter {
  private readonly plan = new OutputPlan();
  private timer: NodeJS.Timeout | undefined;
  private drawing: Promise<void> = Promise.resolve();
  private busy = false;
  private closed = false;
  private last: { output: vscode.NotebookCellOutput; stream?: 'stdout' | 'stderr' } | undefined;
  private tail: vscode.NotebookCellOutput | undefined;

  constructor(
    private readonly execution: vscode.NotebookCellExecution,
    private readonly o: OutputWriterOptions,
  ) {}

  write(event: OutputEvent): void {
    if (this.closed) return;
    if (event.kind === 'started') this.execution.executionOrder = event.executionCount;
    this.plan.add(event);
    this.schedule();
  }

  /** Draws what is left; resolves when the cell shows all of it. Later events are dropped. */
  async end(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.drawing;
    await this.draw(this.plan.take(true));
    if (this.plan.droppedOutputs > 0)
      await this.text(vscode.l10n.t('{0} more outputs are not shown.', this.plan.droppedOutputs));
  }

  /** A sentence of our own under the outputs. */
  async text(sentence: string): Promise<void> {
    await this.drawing;
    const item = vscode.NotebookCellOutputItem.stderr(`${sentence}\n`);
    await this.append(new vscode.NotebookCellOutput([item], { outputType: 'stream' }));
  }

  private schedule(): void {
    if (this.timer || this.busy) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.busy = true;
      this.drawing = this.draw(this.plan.take()).then(() => {
        this.busy = false;
        if (!this.closed && !this.plan.empty) this.schedule();
      });
    }, this.o.batchMs ?? 40);
  }

  /** Never rejects: an editor that was closed meanwhile must not end the run. */
  private async draw(steps: OutputStep[]): Promise<void> {
    try {
      for (const step of steps) await this.perform(step);
    } catch (error) {
      this.o.logger.debug(`drawing outputs: ${String(error)}`);
    }
  }

  private async perform(step: OutputStep): Promise<void> {
    switch (step.do) {
      case 'clear':
        this.last = this.tail = undefined;
        return this.execution.clearOutput();
      case 'stream': {
        const item = vscode.NotebookCellOutputItem[step.name](step.text);
        if (this.last?.stream === step.name) return this.execution.appendOutputItems(item, this.last.output);
        return this.append(new vscode.NotebookCellOutput([item], { outputType: 'stream' }), step.name);
      }
      case 'tail': {
        const note = vscode.l10n.t('... {0} characters are left out here ...', step.left);
        const item = vscode.NotebookCellOutputItem[step.name](`\n${step.left > 0 ? `${note}\n` : ''}${step.text}`);
        if (this.tail) return this.execution.replaceOutputItems(item, this.tail);
        this.tail = new vscode.NotebookCellOutput([item], { outputType: 'stream' });
        return this.append(this.tail);
      }
      case 'rich': {
        const output = new vscode.NotebookCellOutput(toItems(step.data), {
          outputType: step.type,
          metadata: step.metadata,
          ...(step.executionCount === undefined ? {} : { executionCount: step.executionCount }),
          ...(step.displayId ? { transient: { display_id: step.displayId } } : {}),
        });
        if (step.displayId) this.remember(step.displayId, output);
        return this.append(output);
      }
      case 'update':
        for (const output of this.o.displays.get(step.displayId) ?? [])
          await this.execution.replaceOutputItems(toItems(step.data), output);
        return;
      case 'error': {
        const stack = step.traceback.join('\n');
        const item = vscode.NotebookCellOutputItem.error({ name: step.name, message: step.value, stack });
        const originalError = {
          output_type: 'error',
          ename: step.name,
          evalue: step.value,
          traceback: step.traceback,
        };
        return this.append(new vscode.NotebookCellOutput([item], { outputType: 'error', originalError }));
      }
    }
  }

  private async append(output: vscode.NotebookCellOutput, stream?: 'stdout' | 'stderr'): Promise<void> {
    this.last = { output, stream };
    await this.execution.appendOutput(output);
  }

  private remember(id: string, output: vscode.NotebookCellOutput): void {
    const known = this.o.displays.get(id) ?? new Set();
    this.o.displays.set(id, known.add(output));
  }
}

function toItems(data: MimeBundle): vscode.NotebookCellOutputItem[] {
  return itemsOf(data).map((item) => new vscode.NotebookCellOutputItem(item.data, item.mime));
}
