import * as vscode from 'vscode';
import { Collections } from './collections.ts';

/**
 * A stand-in for the Jupyter extension, of which it has what concerns servers of other extensions, in the order and with the
 * weak points that were seen in the original (2026.6.1). It has a kernel of its own as well, whose cells print their text.
 */
export function activate(context: vscode.ExtensionContext): object {
  const collections = new Collections();
  const controller = vscode.notebooks.createNotebookController('other', 'jupyter-notebook', 'Other', async (cells) => {
    for (const cell of cells) {
      const execution = controller.createNotebookCellExecution(cell);
      execution.start(Date.now());
      const item = vscode.NotebookCellOutputItem.text(`other: ${cell.document.getText()}`);
      await execution.replaceOutput(new vscode.NotebookCellOutput([item]));
      execution.end(true, Date.now());
    }
  });
  context.subscriptions.push(controller, collections);
  return {
    createJupyterServerCollection: collections.create.bind(collections),
    kernels: {
      getKernel: (uri: vscode.Uri) => Promise.resolve(collections.kernelOf(uri)),
      get onDidStart(): never {
        throw new Error('Proposed API is not supported for this extension');
      },
    },
    /** For tests: what was asked of the provider, in order. */
    calls: collections.calls,
  };
}
