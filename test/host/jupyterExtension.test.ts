import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/api.ts';
import type { Connection } from '../../src/editor/connections.ts';
import { stopServer } from '../../src/kubeflow/operations.ts';
import { extensionId, extensionIn, until } from './support/extension.ts';
import { run, showLocal, start, text } from './support/notebooks.ts';
import { acceptingPicks } from './support/picks.ts';
import { labContext, RemoteLab } from './support/remoteLab.ts';

const jupyterId = 'ms-toolsai.jupyter';

describe('the Jupyter extension', function () {
  this.timeout(120_000);
  const name = 'host-jupyter';
  const ref = { context: labContext, namespace: 'alice', name };
  let lab: RemoteLab;
  let api: TestApi;
  let connection: Connection;
  let notebook: vscode.NotebookDocument;
  let controller: string;

  const setting = (value: string | undefined) =>
    vscode.workspace.getConfiguration('kubeflow').update('kernel', value, vscode.ConfigurationTarget.Workspace);
  const calls = () => (vscode.extensions.getExtension(jupyterId)!.exports as { calls: string[] }).calls;
  /** Whether the kernel that the Jupyter extension made can still be selected. */
  const isAlive = async (id: string) => {
    const notebookEditor = vscode.window.visibleNotebookEditors.find((editor) => editor.notebook === notebook);
    return vscode.commands.executeCommand('notebook.selectKernel', { notebookEditor, id, extension: jupyterId });
  };

  before(async () => {
    lab = await RemoteLab.open();
    api = await extensionIn(lab);
    await lab.create(name);
    connection = await api.connections.open(ref);
    notebook = await showLocal('with-jupyter.ipynb');
  });
  after(async () => {
    lab?.away(false);
    await setting(undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await lab?.remove(name);
    lab?.close();
  });

  it('runs the cells where the setting says so: its kernel is confirmed once', async () => {
    await setting('jupyter');
    calls().length = 0;
    assert.equal(await acceptingPicks(api.kernelChoice.select(notebook, ref)), 'jupyter');
    const asked = calls().slice(calls().indexOf('provideCommands'));
    assert.equal(asked[0], 'provideCommands');
    assert.ok(asked.includes('resolveJupyterServer'), asked.join());
    assert.equal(text(await run(notebook, 'import os; mine = 6 * 7; print(mine)')), '42\n');
    assert.equal(api.controllers.serverOf(notebook), undefined);
    const [kernel] = await connection.server.kernels();
    assert.match(kernel?.path ?? '', /^with-jupyter-jvsc-.*\.ipynb$/);
  });

  it('has the same kernel again without a click after another one was chosen', async () => {
    await setting('builtin');
    assert.equal(await api.kernelChoice.select(notebook, ref), 'builtin');
    assert.deepEqual(api.controllers.serverOf(notebook), ref);
    await acceptingPicks(vscode.commands.executeCommand('kubeflow.switchKernel'));
    assert.equal(api.controllers.serverOf(notebook), undefined);
    await setting('auto');
    assert.equal(await api.kernelChoice.select(notebook, ref), 'jupyter');
    assert.equal(text(await run(notebook, 'print(mine)')), '42\n');
  });

  it('leaves other notebooks to the builtin kernels', async () => {
    const other = await showLocal('without-jupyter.ipynb');
    assert.equal(await api.kernelChoice.select(other, ref), 'builtin');
    assert.equal(text(await run(other, 'print("ours")')), 'ours\n');
    await vscode.window.showNotebookDocument(notebook);
  });

  it('goes on with its cell after the network was away', async () => {
    const code = `import os, time
i = 0
while not os.path.exists('home.txt'):
  print(i, flush=True); i += 1; time.sleep(0.5)
print('home')`;
    const cell = await start(notebook, code);
    await until(() => text(cell).includes('1\n'), 'the cell to run');
    lab.away(true);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const before = text(cell);
    lab.away(false);
    await until(() => text(cell) !== before, 'the cell to go on', 60_000);
    await connection.server.contents.writeFile('home.txt', new Uint8Array());
    await until(() => cell.executionSummary?.success !== undefined, 'the end of the cell', 60_000);
    // What was on the wire when it was cut is lost: the Jupyter extension asks nobody for it.
    assert.equal(cell.executionSummary?.success, true);
    assert.match(text(cell), /^0\n1\n[\d\n]*\d\nhome\n$/);
  });

  it('keeps the kernel of an open notebook when its server is stopped, and when it is deleted', async () => {
    const { cluster, inventory } = api.sessions.session(labContext)!;
    controller = (await kernelIds()).find((id) => id.endsWith('.python3'))!;
    assert.equal(await isAlive(controller), true);
    const hold = inventory.open('alice');
    await stopServer(cluster, ref);
    await until(() => inventory.server(`alice/${name}`)?.status.phase === 'stopped', 'the server to stop', 60_000);
    assert.equal(await isAlive(controller), true);
    await lab.remove(name);
    await until(() => inventory.server(`alice/${name}`) === undefined, 'the server to go', 60_000);
    const before = calls().length;
    await until(() => calls().length > before, 'the list to be asked for', 5_000).catch(() => undefined);
    assert.equal(await isAlive(controller), true);
    hold.dispose();
  });

  /** The ids of the controllers that this notebook can choose from. */
  async function kernelIds(): Promise<string[]> {
    const args = { viewType: notebook.notebookType, uri: notebook.uri };
    const kernels = await vscode.commands.executeCommand<{ id: string }[]>('_resolveNotebookKernels', args);
    return kernels.map(({ id }) => id.split('/').pop()!);
  }

  it('is no part of the activation of this extension', () => {
    const { extensionDependencies } = vscode.extensions.getExtension(extensionId)!.packageJSON as {
      extensionDependencies?: string[];
    };
    assert.equal(extensionDependencies, undefined);
  });
});
