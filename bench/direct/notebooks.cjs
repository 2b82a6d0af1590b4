// Notebooks on the server, with our kernel or with a direct connection.
const vscode = require('vscode');

const ourId = 'kubeflow-notebooks.kubeflow-notebooks';

/** The extension that is measured, and its connection to a server. */
async function connected(ref) {
  const { connections, controllers } = await vscode.extensions.getExtension(ourId).activate();
  return { controllers, connection: await connections.open(ref) };
}

function uriOf({ context, namespace, name }, { fingerprint }, path) {
  // src/editor/address.ts; the lab's context has no letter that would have to be encoded.
  const authority = `${context}~${fingerprint.slice(0, 8)}`;
  return vscode.Uri.from({ scheme: 'kubeflow', authority, path: `/${namespace}/${name}/${path}` });
}

exports.connected = connected;
exports.uriOf = uriOf;

exports.notebooks = (direct, extension) => {
  const use = async (notebook, ref, kernel) => {
    if (kernel === 'ours') return (await connected(ref)).controllers.select(notebook, ref);
    const selected = new Promise((resolve) => {
      const watch = direct.controller.onDidChangeSelectedNotebooks((change) => {
        if (change.notebook !== notebook || !change.selected) return;
        watch.dispose();
        resolve();
      });
    });
    const notebookEditor = vscode.window.visibleNotebookEditors.find((editor) => editor.notebook === notebook);
    await vscode.commands.executeCommand('notebook.selectKernel', { notebookEditor, id: 'bench-direct', extension });
    await selected;
  };
  let ended;
  const find = (path) => vscode.workspace.notebookDocuments.find(({ uri }) => uri.path.endsWith(`/${path}`));
  return {
    open: async ({ ref, path, kernel }) => {
      const { connection } = await connected(ref);
      const notebook = await vscode.workspace.openNotebookDocument(uriOf(ref, connection, path));
      await vscode.window.showNotebookDocument(notebook, { preview: false });
      await use(notebook, ref, kernel);
    },
    use: ({ ref, path, kernel }) => use(find(path), ref, kernel),
    /** From now on the end of the cell's run is waited for. */
    expectEnd: ({ path }) => void (ended = nextEnd(find(path))),
    /** When VS Code told of it, in ms since the epoch. */
    ended: () => ended,
    run: async ({ path }) => {
      const notebook = find(path);
      const ended = nextEnd(notebook);
      const ranges = [{ start: 0, end: 1 }];
      await vscode.commands.executeCommand('notebook.cell.execute', { ranges, document: notebook.uri });
      await ended;
    },
    /** Closes all editors, as they are on the server, and lets the direct kernels go. */
    close: async () => {
      const close = 'workbench.action.revertAndCloseActiveEditor';
      while (vscode.window.tabGroups.all.some(({ tabs }) => tabs.length > 0))
        await vscode.commands.executeCommand(close);
      await direct.end();
    },
  };
};

function nextEnd(notebook) {
  return new Promise((resolve) => {
    const watch = vscode.workspace.onDidChangeNotebookDocument(({ notebook: changed, cellChanges }) => {
      if (changed !== notebook) return;
      if (!cellChanges.some(({ executionSummary }) => executionSummary?.success !== undefined)) return;
      watch.dispose();
      resolve(Date.now());
    });
  });
}
