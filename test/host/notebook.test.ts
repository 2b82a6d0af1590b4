import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/api.ts';
import type { Connection } from '../../src/editor/connections.ts';
import { toUri } from '../../src/editor/uri.ts';
import { extensionIn, until } from './support/extension.ts';
import { run, show, showLocal, text } from './support/notebooks.ts';
import { labContext, RemoteLab } from './support/remoteLab.ts';

describe('a notebook on our kernel', function () {
  this.timeout(120_000);
  const name = 'host-notebook';
  const ref = { context: labContext, namespace: 'alice', name };
  let lab: RemoteLab;
  let api: TestApi;
  let connection: Connection;

  before(async () => {
    lab = await RemoteLab.open();
    await lab.create(name);
    api = await extensionIn(lab);
    connection = await api.connections.open(ref);
    await connection.server.waitUntilAnswers(undefined, 90_000);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await lab?.remove(name);
    lab?.close();
  });

  it("of a server's file: runs in its folder without a click, and is saved on the server", async () => {
    const { contents } = connection.server;
    await contents.mkdir('deep');
    const { path } = await contents.createNotebook('deep');
    const notebook = await show(toUri(ref, connection.fingerprint, path));
    await api.controllers.select(notebook, ref);
    const cell = await run(notebook, "import os\nprint(os.getcwd())\nopen('made.txt', 'w').write('by a cell')");
    assert.equal(cell.executionSummary?.success, true, text(cell));
    assert.match(text(cell, 'application/vnd.code.notebook.stdout'), /\/deep\n$/);
    assert.equal(cell.executionSummary?.executionOrder, 1);
    assert.equal(await notebook.save(), true);
    const saved = JSON.parse(Buffer.from((await contents.readFile(path)).bytes).toString('utf8')) as {
      cells: { outputs: { output_type: string; text?: string[] }[] }[];
      metadata: { kernelspec?: { name: string } };
    };
    assert.deepEqual(
      saved.cells.at(-1)?.outputs.map((output) => output.output_type),
      ['stream', 'execute_result'],
    );
    assert.equal(saved.metadata.kernelspec?.name, 'python3');
    assert.equal((await contents.list('deep')).map((entry) => entry.name).includes('made.txt'), true);
  });

  it('of a local file: runs in the root of the server', async () => {
    const notebook = await showLocal('local.ipynb');
    await api.controllers.select(notebook, ref);
    const cell = await run(notebook, "import os\nprint('deep' in os.listdir())");
    assert.equal(text(cell), 'True\n');
  });

  it('shows errors, displays that are updated from a later cell, and what clear_output leaves', async () => {
    const notebook = vscode.window.activeNotebookEditor!.notebook;
    const failed = await run(notebook, '1/0');
    assert.equal(failed.executionSummary?.success, false);
    const error = JSON.parse(text(failed, 'application/vnd.code.notebook.error')) as { name: string; stack: string };
    assert.equal(error.name, 'ZeroDivisionError');
    const shown = await run(notebook, "from IPython.display import *\nh = display('before', display_id='d')");
    await run(notebook, "h.update('after')");
    await until(() => text(shown, 'text/plain') === "'after'", 'the updated display');
    const cleared = await run(
      notebook,
      "for i in range(3):\n  clear_output(wait=True); display(HTML(f'<b>{i}</b>'))\nprint('x' * 10, flush=True)",
    );
    assert.equal(text(cleared, 'text/html'), '<b>2</b>');
    assert.equal(text(cleared, 'application/vnd.code.notebook.stdout'), 'xxxxxxxxxx\n');
  });

  it('interrupts a cell, and leaves those behind it alone', async () => {
    const notebook = vscode.window.activeNotebookEditor!.notebook;
    const ended = run(notebook, "print('on', flush=True)\nimport time; time.sleep(60)");
    const cell = await until(() => notebook.getCells().find((c) => text(c) === 'on\n'), 'the cell to run');
    await vscode.commands.executeCommand('notebook.cancelExecution', { document: notebook.uri });
    await ended;
    assert.match(text(cell), /KeyboardInterrupt/);
  });

  it('says in the cell what stands in the way, instead of spinning for ever', async () => {
    const notebook = vscode.window.activeNotebookEditor!.notebook;
    await lab.remove(name);
    await until(() => connection.tunnel.target.current().kind === 'none', 'the server to be gone');
    const cell = await run(notebook, '1');
    assert.equal(cell.executionSummary?.success, false);
    assert.match(text(cell), /host-notebook/);
  });
});
