import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Row, TestApi } from '../../src/api.ts';
import type { Connection } from '../../src/editor/connections.ts';
import { toUri } from '../../src/editor/uri.ts';
import { extensionId, extensionIn, until } from './support/extension.ts';
import { run, selectController, show, showLocal, start, text } from './support/notebooks.ts';
import { labContext, RemoteLab } from './support/remoteLab.ts';

describe('kernels of notebooks', function () {
  this.timeout(120_000);
  const name = 'host-kernels';
  const ref = { context: labContext, namespace: 'alice', name };
  let lab: RemoteLab;
  let api: TestApi;
  let connection: Connection;
  let notebook: vscode.NotebookDocument;

  before(async () => {
    lab = await RemoteLab.open();
    api = await extensionIn(lab);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await lab?.remove(name);
    lab?.close();
  });

  it('of a server that starts: the cell says so and runs when it is up', async () => {
    notebook = await showLocal('starting.ipynb');
    // Its pod gets no node before the cell has said so.
    await lab.component('kube-scheduler', 'pause');
    let cell: vscode.NotebookCell;
    try {
      await lab.create(name);
      connection = await api.connections.open(ref);
      await api.controllers.select(notebook, ref);
      cell = await start(notebook, 'print(6 * 7)');
      await until(() => /host-kernels is starting/.test(text(cell)), 'that the server is starting');
    } finally {
      await lab.component('kube-scheduler', 'resume');
    }
    await until(() => cell.executionSummary?.success !== undefined, 'the end of the cell', 90_000);
    assert.equal(text(cell), '42\n');
  });

  it('show what a thread and a display tell while no cell runs, and keep number and time of the cell', async () => {
    const isOver = join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'cell-is-over');
    const code = `from IPython.display import *
import os, threading, time
h = display('before', display_id='idle')
def later():
  while not os.path.exists(${JSON.stringify(isOver)}): time.sleep(0.05)
  h.update('after'); print('late', flush=True)
threading.Timer(0, later).start()
print('now', flush=True)`;
    const cell = await run(notebook, code);
    const { executionOrder, timing } = cell.executionSummary!;
    writeFileSync(isOver, '');
    await until(() => text(cell, 'text/plain') === "'after'", 'the updated display');
    await until(() => text(cell, 'application/vnd.code.notebook.stdout') === 'now\nlate\n', 'the late line');
    await until(() => cell.executionSummary?.timing?.endTime === timing?.endTime, 'the time of the cell');
    assert.equal(cell.executionSummary?.executionOrder, executionOrder);
    assert.equal(cell.executionSummary?.success, true);
  });

  it('help somebody who types in a cell, with what they run', async () => {
    await run(notebook, 'def half(number, digits=1):\n  "Halves."\nanswer = {"value": 42}');
    // IPython's first completion loads what it needs, which can take longer than anybody waits.
    await run(notebook, 'get_ipython().complete("answer.ke")');
    const data = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'half(1, answer.ke', 'python');
    const edit = new vscode.WorkspaceEdit();
    edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(notebook.cellCount, [data])]);
    await vscode.workspace.applyEdit(edit);
    const { document } = notebook.cellAt(notebook.cellCount - 1);
    // What comes too late for somebody who types is not shown: a busy machine is asked again.
    const ask = async <T>(what: string, at: number, isEmpty: (answer: T) => boolean, ...more: string[]) => {
      for (let again = 9; ; again--) {
        const where = [document.uri, document.positionAt(at)];
        const answer = await vscode.commands.executeCommand<T>(`vscode.execute${what}`, ...where, ...more);
        if (!isEmpty(answer) || again === 0) return answer;
      }
    };
    const noItems = (list: vscode.CompletionList) => list.items.length === 0;
    const list = await ask('CompletionItemProvider', 17, noItems, '.');
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    assert.ok(labels.includes('keys'), labels.join());
    const hovers = await ask('HoverProvider', 1, (hovers: vscode.Hover[]) => hovers.length === 0);
    const said = hovers.flatMap(({ contents }) => contents as vscode.MarkdownString[]).map(({ value }) => value);
    assert.ok(
      said.some((text) => text.includes('half(number, digits=1)') && text.includes('Halves.')),
      JSON.stringify(said),
    );
    const help = await ask('SignatureHelpProvider', 17, (help?: vscode.SignatureHelp) => !help, ',');
    assert.equal(help?.signatures[0]?.label, 'half(number, digits=1)');
    assert.equal(help?.activeParameter, 1);
  });

  it('leave the kernels of other extensions their place, in the same notebook', async () => {
    await run(notebook, 'mine = 1');
    await selectController('other', 'ms-toolsai.jupyter');
    await until(() => api.controllers.serverOf(notebook) === undefined, 'the other kernel to be selected');
    assert.equal(text(await run(notebook, 'mine')), 'other: mine');
    await api.controllers.select(notebook, ref);
    assert.equal(text(await run(notebook, 'print(mine)')), '1\n');
  });

  it('are interrupted and restarted by the commands, without a row', async () => {
    const cell = await start(notebook, "print('on', flush=True)\nimport time; time.sleep(60)");
    await until(() => text(cell) === 'on\n', 'the cell to run');
    await vscode.commands.executeCommand('kubeflow.interruptKernel');
    await until(() => cell.executionSummary?.success === false, 'the end of the cell');
    assert.match(text(cell), /KeyboardInterrupt/);
    assert.equal(await api.controllers.restart(notebook), true);
    assert.match(text(await run(notebook, 'mine')), /NameError/);
  });

  it('end with a sentence under the cell that they took along, and the next cell runs', async () => {
    const cell = await run(notebook, 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)');
    assert.equal(cell.executionSummary?.success, false);
    assert.match(text(cell), /^The kernel ended, and it is not known why\. .*notebook is not\.\n$/);
    assert.equal(text(await run(notebook, 'print(2)')), '2\n');
  });

  it('are started again by a restart after they were shut down', async () => {
    const [kernel] = await connection.server.kernels();
    await connection.server.shutdownKernel(kernel!.id);
    assert.equal(await api.controllers.restart(notebook), true);
    assert.equal((await connection.server.kernels()).length, 1);
    assert.equal(text(await run(notebook, 'print(1)')), '1\n');
  });

  it('outlive the editor of their notebook, and go along when it is renamed', async () => {
    const { path } = await connection.server.contents.createNotebook('');
    const uri = toUri(ref, connection.fingerprint, path);
    const first = await show(uri);
    await api.controllers.select(first, ref);
    await run(first, 'kept = "yes"');
    assert.equal(await first.save(), true);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await until(
      () => vscode.window.visibleNotebookEditors.every((editor) => editor.notebook !== first),
      'the editor to be closed',
    );
    const moved = toUri(ref, connection.fingerprint, '이름 바꾼 #1 🚀.ipynb');
    await vscode.workspace.fs.rename(uri, moved);
    const again = await show(moved);
    await api.controllers.select(again, ref);
    assert.equal(text(await run(again, 'print(kept)')), 'yes\n');
    assert.equal(await again.save(), true);
  });

  it('are rows that say whose they are, and those of other people are marked', async () => {
    await connection.server.fetch(`${connection.server.baseUrl}api/kernels`, { method: 'POST', body: '{}' });
    await vscode.commands.executeCommand('kubeflow.servers.focus');
    const all = (rows: Row[]): Row[] => rows.flatMap((row) => [row, ...all(row.children)]);
    const kernels = () => all(api.rows(6)).filter((row) => row.contextValue.startsWith('kernel;'));
    await until(() => kernels().length >= 2, 'the rows of the kernels', 60_000);
    const foreign = kernels().filter(({ description }) => description.includes('not yours'));
    assert.deepEqual(
      foreign.map(({ label }) => label),
      ['Python 3'],
    );
    assert.ok(kernels().some(({ label }) => label.endsWith('.ipynb')));
  });

  it('can be chosen where a cell is run on "Choose Notebook Server..."', async () => {
    const other = await showLocal('chosen.ipynb');
    await selectController('kubeflow-choose', extensionId);
    const cell = await start(other, 'print("chosen")');
    const accept = setInterval(
      () => void vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem'),
      500,
    );
    try {
      await until(() => cell.executionSummary?.success !== undefined, 'the cell to run on the chosen server', 60_000);
    } finally {
      clearInterval(accept);
    }
    assert.equal(text(cell), 'chosen\n');
    assert.deepEqual(api.controllers.serverOf(other), ref);
  });
});
