const vscode = require('vscode');

/** A kernel of another extension for the same notebooks: its cells print their own text. */
exports.activate = (context) => {
  const controller = vscode.notebooks.createNotebookController('other', 'jupyter-notebook', 'Other', async (cells) => {
    for (const cell of cells) {
      const execution = controller.createNotebookCellExecution(cell);
      execution.start(Date.now());
      const item = vscode.NotebookCellOutputItem.text(`other: ${cell.document.getText()}`);
      await execution.replaceOutput(new vscode.NotebookCellOutput([item]));
      execution.end(true, Date.now());
    }
  });
  context.subscriptions.push(controller);
};
