import * as vscode from 'vscode';
import type { Disposable } from '../k8s/events.ts';
import { jupyterExtensionId } from './jupyterExtension/api.ts';
import { installAction } from './jupyterExtension/missing.ts';
import { needsJupyter } from './mime.ts';

/**
 * Says under a cell whose output is a widget that it takes a kernel of the Jupyter extension, and leads there. Not in the
 * output, as that is saved with the notebook.
 */
export class WidgetNotice implements vscode.NotebookCellStatusBarItemProvider, Disposable {
  private readonly registration: vscode.Disposable;

  /** @param isOurs whether one of our kernels is selected for a notebook */
  constructor(
    notebookType: string,
    private readonly isOurs: (notebook: vscode.NotebookDocument) => boolean,
  ) {
    this.registration = vscode.notebooks.registerNotebookCellStatusBarItemProvider(notebookType, this);
  }

  provideCellStatusBarItems(cell: vscode.NotebookCell): vscode.NotebookCellStatusBarItem | undefined {
    const isWidget = cell.outputs.some(({ items }) => items.some(({ mime }) => mime === needsJupyter));
    if (!isWidget || !this.isOurs(cell.notebook)) return undefined;
    const { l10n } = vscode;
    const installed = vscode.extensions.getExtension(jupyterExtensionId) !== undefined;
    const text = installed
      ? l10n.t('Widgets need a kernel of the Jupyter extension: Switch Kernel')
      : l10n.t('Widgets need the Jupyter extension: Install Jupyter Extension');
    const item = new vscode.NotebookCellStatusBarItem(`$(info) ${text}`, vscode.NotebookCellStatusBarAlignment.Left);
    const { title, command, args } = installAction();
    item.command = installed
      ? { command: 'kubeflow.switchKernel', title: l10n.t('Switch Kernel'), arguments: [cell.notebook.uri] }
      : { command, title, arguments: args };
    return item;
  }

  dispose(): void {
    this.registration.dispose();
  }
}
