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
/** Markdown is no cell: the last one has to be left alone by the error before it. */
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
/** Writes the gallery and the module that fails, below the folder that the server shows. */
const writing = `import pathlib, json
folder = pathlib.Path("work"); folder.mkdir(exist_ok=True)
(folder / "trainer.py").write_text(${JSON.stringify(trainer)})
(folder / "gallery.ipynb").write_text(${JSON.stringify(JSON.stringify(book))})
print("written", flush=True)`;

describe('the outputs of a notebook on a server', () => {
  // Tall enough that all outputs are drawn at once: VS Code draws what is in sight.
  const open = inOrder(() => Session.open('alice', { viewport: { width: 1200, height: 4000 } }));
  const parts = () => {
    const { workbench } = open.session;
    const { page } = workbench;
    return { workbench, page, notebook: new NotebookEditor(page) };
  };
  let outputs: Frame;

  before(() => open.session.lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(server) }));
  after(() => open.session.lab.kubectl(['delete', 'notebook', name, '-n', 'alice', '--ignore-not-found']));

  it('are there after Run All, up to the cell that goes wrong', async () => {
    const { workbench, page, notebook } = parts();
    await workbench.openView('Kubeflow Notebooks');
    const row = workbench.row(new RegExp(`^Notebook server ${name}, Running`));
    await row.waitFor({ timeout: 90_000 });
    await workbench.inline(row, 'Connect');
    await workbench.pick('New notebook...');
    await notebook.shown();
    await notebook.kernel(new RegExp(name)).waitFor();
    await notebook.write(0, writing);
    await notebook.run(0);
    await notebook.output('written');
    await page.keyboard.press('ControlOrMeta+S');
    await workbench.closeEditors();
    await workbench.expand(row);
    await workbench.expand(workbench.row('Files'));
    await workbench.expand(workbench.row('work'));
    await workbench.row('gallery.ipynb').dblclick();
    await workbench.editorTab(/gallery\.ipynb/).waitFor();
    await notebook.kernel(new RegExp(name)).waitFor();
    await page.getByRole('button', { name: 'Run All', exact: true }).click();
    outputs = (await (await (await notebook.output(/division by zero/)).elementHandle())!.ownerFrame())!;
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
    const widths = await images.evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth));
    assert.deepEqual(widths, [120, 1, 1]);
    await outputs.locator('svg circle.drawn').waitFor();
    await shoot(page, 'outputs');
  });

  it('show JSON, Markdown and mathematics', async () => {
    await outputs.getByText(/"mnist"/).waitFor();
    await outputs.locator('strong').getByText('bold').waitFor();
    await outputs.locator('.katex').first().waitFor();
  });

  it('show what a figure has beside it where nothing can draw the figure', async () => {
    for (const text of ['the figure as HTML', '<VegaLite 5 object>', 'a point as text'])
      await outputs.getByText(text).waitFor();
  });

  it('show the last state of progress bars', async () => {
    const { page } = parts();
    await outputs.getByText(/outer: 3\/3\s+inner: 4\/4/).waitFor();
    await outputs.getByText(/100%/).waitFor();
    await page.keyboard.press('ControlOrMeta+S');
    console.log(await outputs.locator('.output-stream').nth(4).innerHTML());
  });

  it('number and time the cells that ran, and mark the rest as not run', async () => {
    const { notebook } = parts();
    const state = (at: number) => notebook.cell(at).locator('.execution-count-label').innerText();
    assert.equal((await state(0)).trim(), '[1]');
    assert.equal((await state(all.length - 2)).trim(), `[${all.length - 1}]`);
    assert.equal((await state(all.length - 1)).trim(), '[ ]');
    assert.equal(await outputs.getByText('does not run').count(), 0);
  });
});
