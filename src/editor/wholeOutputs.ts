import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import { WholeOutput } from './wholeOutput.ts';

/**
 * All that cells printed of which they show a part only, and the link to it under each such cell. Gone when the cell runs
 * again, its notebook is closed or the window is.
 */
export class WholeOutputs implements vscode.NotebookCellStatusBarItemProvider, Disposable {
  private readonly byCell = new Map<vscode.NotebookCell, { whole: WholeOutput; cut: boolean }>();
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCellStatusBarItems = this.changed.event;
  private readonly folder = join(tmpdir(), `kubeflow-notebooks-${randomUUID()}`);
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    notebookType: string,
    private readonly logger: Logger,
  ) {
    this.subscriptions = [
      vscode.notebooks.registerNotebookCellStatusBarItemProvider(notebookType, this),
      vscode.workspace.onDidCloseNotebookDocument((notebook) => this.closed(notebook)),
      this.changed,
    ];
  }

  /** For what a cell prints from now on; what it printed before is forgotten. */
  begin(cell: vscode.NotebookCell): WholeOutput {
    this.forget(cell);
    const whole = new WholeOutput({ folder: this.folder, logger: this.logger });
    this.byCell.set(cell, { whole, cut: false });
    return whole;
  }

  /** The cell shows a part only (or all again). */
  cutChanged(cell: vscode.NotebookCell, cut: boolean): void {
    const known = this.byCell.get(cell);
    if (!known || (!known.cut && !cut)) return;
    known.cut = cut;
    this.changed.fire();
  }

  provideCellStatusBarItems(cell: vscode.NotebookCell): vscode.NotebookCellStatusBarItem | undefined {
    const known = this.byCell.get(cell);
    if (!known?.cut) return undefined;
    const text = vscode.l10n.t('Whole output ({0} MB)', Math.round(known.whole.length / 1e6));
    const item = new vscode.NotebookCellStatusBarItem(
      `$(go-to-file) ${text}`,
      vscode.NotebookCellStatusBarAlignment.Left,
    );
    item.tooltip = vscode.l10n.t(
      'The cell shows the first and the last part. The whole is kept until the cell runs again or the notebook is closed.',
    );
    item.command = { command: 'kubeflow.openWholeOutput', title: text, arguments: [cell] };
    return item;
  }

  /** Opens all that a cell printed, to be read; false where there is nothing more than it shows. */
  async open(cell: vscode.NotebookCell): Promise<boolean> {
    const path = await this.byCell.get(cell)?.whole.path();
    if (path === undefined) return false;
    await vscode.window.showTextDocument(vscode.Uri.file(path), { preview: true });
    await vscode.commands.executeCommand('workbench.action.files.setActiveEditorReadonlyInSession');
    return true;
  }

  dispose(): void {
    for (const one of this.subscriptions) one.dispose();
    for (const cell of [...this.byCell.keys()]) this.forget(cell);
    // In one go, as nobody waits for what goes on after the end of a window.
    rmSync(this.folder, { recursive: true, force: true });
  }

  private closed(notebook: vscode.NotebookDocument): void {
    for (const cell of [...this.byCell.keys()]) if (cell.notebook === notebook) this.forget(cell);
  }

  private forget(cell: vscode.NotebookCell): void {
    this.byCell.get(cell)?.whole.dispose();
    this.cutChanged(cell, false);
    this.byCell.delete(cell);
  }
}
