import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { cells, failing, trainer } from './gallery.ts';
import { inOrder } from './inOrder.ts';
import { NotebookEditor } from './notebook.ts';
import { Session } from './session.ts';
import { shoot } from './shots.ts';

const name = 'gallery';
const image = 'registry.example/lab/jupyter:1';
const server = {
  apiVersion: 'kubeflow.org/v1',
  kind: 'Notebook',
  metadata: { name, namespace: 'alice' },
  spec: { template: { spec: { containers: [{ name, image }] } } },
};
/** The last one has to be left alone by the error before it. */
const all = [...cells, failing, 'print("does not run")'];
const book = {
  cells: all.map((source, i) => ({
    cell_type: 'code',
    id: `cell-${i}`,
    metadata: {},
    execution_count: null,
    outputs: [],
    source,
  })),
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
};
const failed = cells.length;

describe('the outputs of a notebook on a server', function () {
  this.timeout(300_000);
  // Tall enough that all outputs are drawn at once: VS Code draws what is in sight.
  const open = inOrder(() => Session.open('alice', { viewport: { width: 1200, height: 3600 } }));
  const parts = () => {
    const { workbench } = open.session;
    const { page } = workbench;
    return { workbench, page, notebook: new NotebookEditor(page) };
  };
  let outputs: Frame;

  before(async () => {
    const { lab } = open.session;
    await lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(server) });
    await lab.kubectl([
      'wait',
      '--for=jsonpath={.status.readyReplicas}=1',
      `notebook/${name}`,
      '-n',
      'alice',
      '--timeout=90s',
    ]);
    for (const [file, text] of Object.entries({ 'trainer.py': trainer, 'gallery.ipynb': JSON.stringify(book) })) {
      const write = ['sh', '-c', 'mkdir -p work && printf %s "$2" > "work/$1"', 'sh', file, text];
      await lab.kubectl(['exec', `${name}-0`, '-n', 'alice', '--', ...write]);
    }
  });
  after(() => open.session.lab.kubectl(['delete', 'notebook', name, '-n', 'alice', '--ignore-not-found']));

  it('are there after Run All, up to the cell that goes wrong', async () => {
    const { workbench, page, notebook } = parts();
    await workbench.openView('Kubeflow Notebooks');
    const row = workbench.row(new RegExp(`^Notebook server ${name}, Running`));
    await row.waitFor({ timeout: 90_000 });
    await workbench.expand(row);
    await workbench.expand(workbench.row('Kernels'));
    await workbench.expand(workbench.row('Files'));
    await workbench.expand(workbench.row('work'));
    await workbench.row('gallery.ipynb').dblclick();
    await workbench.editorTab(/gallery\.ipynb/).waitFor();
    await notebook.kernel(new RegExp(name)).waitFor();
    // A double click asks twice.
    assert.equal(await workbench.notification(/unexpected/).count(), 0);
    await page.getByRole('button', { name: 'Run All', exact: true }).click();
    outputs = (await (await (await notebook.output(/division by zero/)).elementHandle()).ownerFrame())!;
    await outputs.getByText('updated by a later cell').waitFor();
    await outputs.getByText('cleared and printed 4').waitFor();
  });

  it('show streams in colours, HTML as such and errors with what went wrong', async () => {
    await outputs.getByText('to stdout').waitFor();
    await outputs.locator('.error').getByText('to stderr').waitFor();
    await outputs.locator('.code-bold').getByText('bold').waitFor();
    await outputs.locator('table.scores').getByRole('cell', { name: '0.42' }).waitFor();
    assert.equal(await outputs.getByText('cleared and printed 3').count(), 0);
    assert.equal(await outputs.getByText('first content').count(), 0);
  });

  it('show images of every format', async () => {
    const { page } = parts();
    const images = outputs.locator('.output img');
    await images.nth(2).waitFor({ state: 'attached' });
    const widths = await images.evaluateAll((all) =>
      Promise.all(
        all.map((one) => (one as HTMLImageElement).decode().then(() => (one as HTMLImageElement).naturalWidth)),
      ),
    );
    assert.deepEqual(widths, [120, 1, 1]);
    await outputs.locator('svg circle.drawn').waitFor();
    await shoot(page, 'outputs');
  });

  it('show JSON, Markdown and mathematics', async () => {
    const json = outputs.getByText(/"name":\s"mnist"/).last();
    await json.waitFor();
    // The spaces before it are of the kind that never breaks.
    assert.match(await json.innerText(), /^\s+"name":\s"mnist"/m);
    await outputs.locator('strong').getByText('bold').waitFor();
    await outputs.locator('.katex').first().waitFor();
  });

  it('show what a figure has beside it where nothing can draw the figure', async () => {
    for (const text of ['the figure as HTML', '<VegaLite 5 object>', 'a point as text'])
      await outputs.getByText(text).waitFor();
  });

  it('show the last state of progress bars', async () => {
    await outputs.getByText(/outer: 3\/3\s+inner: 4\/4/).waitFor();
    await outputs.getByText(/Training ━+ 100%$/).waitFor();
  });

  it('number and time the cells that ran, and mark the rest as not run', async () => {
    const { notebook } = parts();
    const state = (at: number, text: string) =>
      notebook.cell(at).locator('.execution-count-label').getByText(text, { exact: true }).waitFor();
    await state(0, '[1]');
    await state(all.length - 2, `[${all.length - 1}]`);
    await state(all.length - 1, '[ ]');
    assert.equal(await outputs.getByText('does not run').count(), 0);
  });

  it('lead from a frame of an error to the line of the file on the server', async () => {
    const { workbench, notebook } = parts();
    await outputs.locator('.traceback a', { hasText: /^~.work.trainer.py:3$/ }).click();
    await opened(3);
    await workbench.closeTab(/trainer\.py/);
    // The line itself, of which VS Code alone makes a link to a file of this computer.
    await outputs.locator('.traceback a').last().click();
    await opened(3);
    await workbench.closeTab(/trainer\.py/);
    await outputs.locator('.traceback a').getByText('line 7').click();
    await notebook.caret(failed, 7);
  });

  it('lead from what a program itself writes to the server as well, and nowhere from files that lie elsewhere', async () => {
    const { workbench } = parts();
    const stream = outputs.locator('.output-stream', { hasText: 'UserWarning' });
    // The lab's servers run on this computer, so that this path is one of a file here, too.
    await stream.locator('a', { hasText: /home\/work\/trainer\.py:2$/ }).click();
    await opened(2);
    await workbench.closeTab(/trainer\.py/);
    await stream.locator('a', { hasText: /trainer\.py", line 3$/ }).click();
    await opened(3);
    await workbench.closeTab(/trainer\.py/);
    await stream.getByText(/ipykernel_\d+/).waitFor();
    assert.equal(await stream.locator('a', { hasText: /ipykernel_/ }).count(), 0);
  });

  for (const [label, shot] of [
    ['Light Modern', 'light'],
    ['Dark High Contrast', 'high-contrast'],
    ['Dark Modern', 'dark'],
  ] as const)
    it(`can be read in ${label}`, async () => {
      const { workbench, page, notebook } = parts();
      await workbench.theme(label);
      await outputs.getByText('division by zero').last().waitFor();
      await shoot(page, `outputs-${shot}`, notebook.cell(failed));
    });

  it('ask for what a cell wants to know, and hide a password', async () => {
    const { workbench, page, notebook } = parts();
    const at = all.length - 1;
    await notebook.write(
      at,
      'from getpass import getpass\nname = input("Who are you? ")\nword = getpass("Which word? ")\nprint(name, len(word))',
    );
    await notebook.run(at);
    const box = page.locator('.quick-input-widget');
    await box.getByText('Who are you?').waitFor();
    assert.equal(await workbench.input.getAttribute('type'), 'text');
    await workbench.enter('alice');
    await box.getByText('Which word?').waitFor();
    assert.equal(await workbench.input.getAttribute('type'), 'password');
    await workbench.enter('secret');
    await outputs.getByText('alice 6').waitFor();
  });

  it('end with Interrupt, and variables with Restart, both in the toolbar', async () => {
    const { workbench, page, notebook } = parts();
    const at = all.length - 1;
    const toolbar = page.locator('.notebook-toolbar-container');
    await notebook.write(at, 'print("going", flush=True)\nfor _ in range(600): time.sleep(0.1)');
    await notebook.run(at);
    await outputs.getByText('going').waitFor();
    await workbench.row(/^Kernel of .*gallery.*, .*busy/).waitFor();
    await shoot(page, 'kernels-busy', workbench.tree);
    await toolbar.getByRole('button', { name: 'Interrupt' }).click();
    await outputs.getByText('KeyboardInterrupt').last().waitFor();
    await shoot(page, 'interrupted', notebook.cell(at));
    await toolbar.getByRole('button', { name: 'Restart' }).click();
    await workbench.confirm('Restart');
    await notebook.write(at, 'print("known:", "trainer" in dir())');
    await notebook.run(at);
    await outputs.getByText('known: False').waitFor();
  });

  it('lead to the server after the notebook was closed and opened again', async () => {
    const { workbench, page, notebook } = parts();
    await page.keyboard.press('ControlOrMeta+S');
    await workbench.closeEditors();
    await workbench.row('gallery.ipynb').dblclick();
    await workbench.editorTab(/gallery\.ipynb/).waitFor();
    const error = await notebook.output(/division by zero/);
    outputs = (await (await error.elementHandle()).ownerFrame())!;
    await outputs.locator('.traceback a').last().click();
    await opened(3);
  });

  /** The server's file is in the editor, at a line. */
  async function opened(line: number): Promise<void> {
    const { workbench, page } = parts();
    await workbench.editorTab(/trainer\.py/).waitFor();
    const editor = page.locator('.editor-instance .monaco-editor[data-uri$="/trainer.py"]').first();
    await editor.waitFor();
    assert.match((await editor.getAttribute('data-uri'))!, /^kubeflow:\/\/.*\/alice\/gallery\/work\/trainer\.py$/);
    await page.locator('.statusbar').getByText(`Ln ${line}, Col 1`).waitFor();
  }
});
