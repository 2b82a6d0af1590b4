import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/api.ts';
import type { Connection } from '../../src/editor/connections.ts';
import { toUri } from '../../src/editor/uri.ts';
import { extensionIn, until } from './support/extension.ts';
import { run, show, start, text } from './support/notebooks.ts';
import { labContext, RemoteLab } from './support/remoteLab.ts';

/** Cells with every kind of output, and what of each has to be in the saved notebook. */
const kinds: { code: string; saved: (outputs: Saved[]) => void }[] = [
  {
    code: 'import sys\nprint("out"); print("err", file=sys.stderr); print("한글 🚀")',
    saved: (outputs) => {
      const of = (name: string) =>
        outputs
          .filter((one) => one.name === name)
          .map(({ text }) => text!.join(''))
          .join('');
      assert.equal(of('stdout'), 'out\n한글 🚀\n');
      assert.equal(of('stderr'), 'err\n');
    },
  },
  {
    code: 'from IPython.display import *\nimport base64\ndisplay(HTML("<b>x</b>"), SVG("<svg xmlns=\'http://www.w3.org/2000/svg\'/>"), Markdown("*m*"), Latex("$x$"), JSON({"a": [1, "2"]}))',
    saved: (outputs) =>
      assert.deepEqual(
        outputs.map(({ data }) => Object.keys(data!).find((mime) => mime !== 'text/plain')),
        ['text/html', 'image/svg+xml', 'text/markdown', 'text/latex', 'application/json'],
      ),
  },
  {
    code: `Image(data=base64.b64decode('${onePixel()}'), width=20)`,
    saved: ([image]) => {
      assert.equal(image!.output_type, 'execute_result');
      assert.equal((image!.data!['image/png'] as string).replace(/\n/g, ''), onePixel());
      assert.deepEqual(image!.metadata, { 'image/png': { width: 20 } });
    },
  },
  {
    code: 'display({"application/vnd.plotly.v1+json": {"data": [{"y": [1, 2]}], "layout": {}}, "text/html": "<div></div>", "text/plain": "Figure"}, raw=True)',
    saved: ([figure]) =>
      assert.deepEqual(figure!.data!['application/vnd.plotly.v1+json'], { data: [{ y: [1, 2] }], layout: {} }),
  },
  {
    code: 'def wrong():\n  raise ValueError("no\\nway")\nwrong()',
    saved: ([error]) => {
      assert.equal(error!.ename, 'ValueError');
      assert.equal(error!.evalue, 'no\nway');
      assert.match(error!.traceback!.join('\n'), /wrong/);
    },
  },
  {
    code: 'for i in range(200):\n  print(f"\\r{i}% done", end="", flush=True)\nprint()',
    saved: ([bar]) => assert.match(bar!.text!.join(''), /199% done\n$/),
  },
  {
    code: 'import time\nfor i in range(5):\n  print(("\\r\\x1b[2K\\x1b[1A\\x1b[2K" if i else "") + f"a {i}\\nb {i}", end="", flush=True); time.sleep(0.1)',
    saved: (outputs) => assert.equal(outputs.map(({ text }) => text!.join('')).join(), 'a 4\nb 4'),
  },
  {
    code: 'h = display("before", display_id=True)\nh.update("after")\nprint(1)\nclear_output(wait=True)\nprint(2)',
    saved: (outputs) =>
      assert.deepEqual(
        outputs.map(({ text }) => text),
        [['2\n']],
      ),
  },
];

interface Saved {
  output_type: string;
  name?: string;
  text?: string[];
  data?: Record<string, unknown>;
  metadata?: object;
  ename?: string;
  evalue?: string;
  traceback?: string[];
}

function onePixel(): string {
  return 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
}

describe('outputs of our kernel', function () {
  this.timeout(120_000);
  const name = 'host-outputs';
  const ref = { context: labContext, namespace: 'alice', name };
  let lab: RemoteLab;
  let api: TestApi;
  let connection: Connection;
  let notebook: vscode.NotebookDocument;
  let path: string;
  let settings: string;

  before(async () => {
    lab = await RemoteLab.open();
    // How fast a cell may print is not what these are about, and a busy computer hands much on at once.
    settings = mkdtempSync(join(tmpdir(), 'kubeflow-jupyter-'));
    const unlimited = { ZMQChannelsWebsocketConnection: { iopub_data_rate_limit: 1e12 } };
    writeFileSync(join(settings, 'jupyter_server_config.json'), JSON.stringify(unlimited));
    await lab.create(name, { env: { JUPYTER_CONFIG_PATH: settings } });
    api = await extensionIn(lab);
    connection = await api.connections.open(ref);
    await connection.server.waitUntilAnswers(undefined, 90_000);
    ({ path } = await connection.server.contents.createNotebook(''));
    notebook = await show(toUri(ref, connection.fingerprint, path));
    await api.controllers.select(notebook, ref);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await lab?.remove(name);
    lab?.close();
    rmSync(settings, { recursive: true, force: true });
  });

  it('of every kind are in the saved notebook as the kernel gave them', async () => {
    const first = notebook.cellCount;
    for (const { code } of kinds) await run(notebook, code);
    assert.equal(await notebook.save(), true);
    const bytes = (await connection.server.contents.readFile(path)).bytes;
    const { cells } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { cells: { outputs: Saved[] }[] };
    for (const [i, { code, saved }] of kinds.entries()) {
      try {
        saved(cells[first + i]!.outputs);
      } catch (error) {
        throw new Error(`${code}\n${JSON.stringify(cells[first + i]!.outputs)}\n${String(error)}`);
      }
    }
  });

  it('make a notebook that nbformat calls valid and writes back unchanged', async () => {
    const session = await connection.server.openKernel({ path: 'check.ipynb' });
    let said = '';
    const code = `import json, nbformat
source = open(${JSON.stringify(path)}, encoding='utf8').read()
book = nbformat.reads(source, as_version=nbformat.NO_CONVERT)
nbformat.validate(book)
print(len(book.cells), json.loads(nbformat.writes(book)) == json.loads(source))`;
    const { done } = session.execute(code, {
      output: (event) => (said += event.kind === 'stream' ? event.text : event.kind === 'error' ? event.value : ''),
    });
    await done;
    assert.equal(said, `${notebook.cellCount} True\n`);
    await session.shutdown();
  });

  it('show an error with the frames of its cells', () => {
    const failed = notebook.getCells().find((cell) => cell.document.getText().includes('raise ValueError'))!;
    const { stack } = JSON.parse(text(failed, 'application/vnd.code.notebook.error')) as { stack: string };
    // What VS Code makes links of: a cell by its execution count, with the line.
    assert.match(stack.replace(/\u001b\[[0-9;]*m/g, ''), /Cell In\s?\[\d+\], line 3/);
  });

  it('ask for input in the editor', async () => {
    const cell = await start(notebook, 'print("hello", input("Who? "))');
    const accept = setInterval(
      () => void vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem'),
      300,
    );
    try {
      await until(() => cell.executionSummary?.success !== undefined, 'the answer');
    } finally {
      clearInterval(accept);
    }
    assert.equal(text(cell), 'hello \n');
  });

  it('end with the first cell that goes wrong, and the cells behind it do not run', async () => {
    const at = notebook.cellCount;
    const codes = ['1/0', 'print("never")'];
    const edit = new vscode.WorkspaceEdit();
    const cells = codes.map((code) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, code, 'python'));
    edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(at, cells)]);
    await vscode.workspace.applyEdit(edit);
    const ranges = [{ start: at, end: at + 2 }];
    await vscode.commands.executeCommand('notebook.cell.execute', { ranges, document: notebook.uri });
    await until(() => notebook.cellAt(at).executionSummary?.success === false, 'the error');
    assert.deepEqual(notebook.cellAt(at + 1).outputs, []);
    assert.equal(notebook.cellAt(at + 1).executionSummary?.success, undefined);
  });

  it('that need widgets are kept with their fallback, and comms disturb nothing', async () => {
    const code = `from comm import create_comm
comm = create_comm(target_name='jupyter.widget', data={'state': {}})
comm.send({'method': 'update'})
display({'application/vnd.jupyter.widget-view+json': {'model_id': comm.comm_id, 'version_major': 2, 'version_minor': 0}, 'text/plain': 'IntSlider(value=5)'}, raw=True)
comm.close()`;
    const cell = await run(notebook, code);
    assert.equal(cell.executionSummary?.success, true, text(cell));
    assert.equal(text(cell, 'text/plain'), 'IntSlider(value=5)');
  });

  it('that are too long keep their ends in the cell and the whole in a file, until the cell runs again', async () => {
    const code = `import time
for part in range(1 if 'again' in globals() else 8):
  print(("%d " % part) + "x" * 900_000, flush=True); time.sleep(0.5)
if 'again' in globals(): time.sleep(600)
again = True`;
    const cell = await run(notebook, code);
    const shown = text(cell, 'application/vnd.code.notebook.stdout');
    assert.ok(shown.startsWith('0 xx') && shown.endsWith('xx\n'));
    assert.ok(shown.length > 5_000_000 && shown.length < 5_001_000, String(shown.length));
    assert.match(shown, /\n\.\.\. 2\.2 MB are left out here\. .*\n/);
    assert.equal(await api.controllers.wholeOutputs.open(cell), true);
    const { document } = vscode.window.activeTextEditor!;
    assert.equal(document.getText().length, 8 * 900_003);
    assert.equal(existsSync(document.uri.fsPath), true);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    void vscode.commands.executeCommand('notebook.cell.execute', {
      ranges: [{ start: cell.index, end: cell.index + 1 }],
      document: notebook.uri,
    });
    await until(() => !existsSync(document.uri.fsPath), 'the file to be gone');
    await until(() => text(cell).startsWith('0 xx') && text(cell).length < 5_000_000, 'the cell to run again');
    await vscode.commands.executeCommand('notebook.cancelExecution', { document: notebook.uri });
    await until(() => cell.executionSummary?.success === false, 'the interrupt');
  });
});
