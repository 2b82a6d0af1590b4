import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Connection } from '../../src/editor/connections.ts';
import { connectionsOf, labContext } from '../cluster/support/connections.ts';
import { smallNotebook } from '../cluster/support/notebooks.ts';
import { inOrder } from './inOrder.ts';
import { NotebookEditor } from './notebook.ts';
import { Session } from './session.ts';
import { shoot } from './shots.ts';
import { Workbench } from './workbench.ts';

const name = 'long-run';
/** Counts until it is told that it is enough, so that it runs for as long as a busy computer takes to reload a window. */
const counting = `import os, time
i = 0
while not os.path.exists("enough"):
    print(i, end=" ", flush=True)
    i += 1
    time.sleep(0.2)
print("counted", i)`;
/** A busy computer takes its time to load a workbench. */
const patienceMs = 240_000;

describe('a cell that runs while its window goes away', function () {
  this.timeout(2 * patienceMs);
  let connection: Connection;
  const undo: (() => unknown)[] = [];
  const open = inOrder(async () => {
    const session = await Session.open('alice');
    const { lab } = session;
    await lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(smallNotebook(name, 'alice')) });
    undo.push(() => lab.kubectl(['-n', 'alice', 'delete', 'notebook', name, '--ignore-not-found']));
    const { connections, things } = await connectionsOf(lab, 'alice');
    undo.push(() => things.dispose());
    connection = connections.get({ context: labContext, namespace: 'alice', name });
    await connection.server.waitUntilAnswers(undefined, patienceMs);
    return session;
  });
  after(async () => {
    for (const step of undo.reverse()) await step();
  });
  const parts = () => {
    const { workbench } = open.session;
    return { workbench, page: workbench.page, notebook: new NotebookEditor(workbench.page) };
  };

  it('runs in a notebook of the server', async () => {
    const { workbench, notebook } = parts();
    await workbench.openView('Kubeflow Notebooks');
    await workbench.row(new RegExp(`^Notebook server ${name}, Running`)).waitFor({ timeout: patienceMs });
    await workbench.inline(workbench.row(`Notebook server ${name}`), 'Connect');
    await workbench.pick('New notebook...');
    await notebook.shown();
    await notebook.kernel(new RegExp(name)).waitFor();
    await notebook.write(0, counting);
    // What a browser's window shows and has not saved is gone with it, code included.
    await workbench.page.keyboard.press('ControlOrMeta+S');
    const saved = 'until grep -q counted Untitled.ipynb; do sleep 0.1; done';
    await open.session.lab.kubectl(['-n', 'alice', 'exec', `${name}-0`, '--', 'sh', '-c', saved]);
    // VS Code keeps an older backup where the next change comes before it is removed, and opens that after a reload.
    while (open.session.backups.length > 0) await setTimeout(50);
    await notebook.run(0);
    await notebook.output(/^0 1 2 3 4 5 6 7 8 9 10/);
  });

  it('goes on in the same cell after a reload', async () => {
    const { page, notebook } = parts();
    await page.reload({ waitUntil: 'commit' });
    await page.getByRole('tab', { name: /^Explorer/ }).waitFor({ timeout: patienceMs });
    await notebook.shown();
    await goesOn();
    await shoot(page, 'reattach-running');
  });

  it('goes on in the same cell after its editor was closed and opened again', async () => {
    const { workbench, page, notebook } = parts();
    await workbench.command('View: Close All Editors');
    const tab = workbench.editorTab(/ipynb/).first();
    const save = workbench.dialog.getByRole('button', { name: 'Save', exact: true });
    await Promise.race([tab.waitFor({ state: 'hidden' }), save.click()]);
    await tab.waitFor({ state: 'hidden' });
    await workbench.command('View: Reopen Closed Editor');
    await notebook.shown();
    await goesOn();
    await shoot(page, 'reattach-reopened');
  });

  it('says in another window that the kernel is busy, and lets a cell from there wait', async () => {
    const { workbench, page } = parts();
    const file = (await workbench.editorTab(/ipynb/).first().getAttribute('data-resource-name'))!;
    const other = await Workbench.openIn(page.context(), page.url());
    const there = new NotebookEditor(other.page);
    // Whether a new window opens what this one has open depends on when VS Code has last written that down.
    await other.openView('Kubeflow Notebooks');
    await other.expand(other.row(new RegExp(`^Notebook server ${name}`)));
    await other.expand(other.row('Files'));
    await other.row(file).dblclick();
    await there.shown();
    await other.statusBar.getByText(`${name}: kernel busy`).waitFor({ timeout: patienceMs });
    await shoot(other.page, 'reattach-elsewhere');
    await there.run(0);
    await there.output(/The kernel is busy with a cell that was started elsewhere/, patienceMs);
    await shoot(other.page, 'reattach-waits');
    assert.equal(clientIds().length, 2);
  });

  it("ends with its result, every missing number named, and then the other window's cell runs", async () => {
    const { page, notebook } = parts();
    await connection.server.contents.writeFile('enough', Buffer.from(''));
    const text = (await (await notebook.output(/counted \d{2,}/, patienceMs)).textContent())!.trim();
    const count = Number(/counted (\d+)$/.exec(text)![1]);
    const first = Number(/^\d+/.exec(text)![0]);
    const numbers = Array.from({ length: count - first }, (_, i) => first + i);
    assert.equal(text, `${numbers.join(' ')} counted ${count}`);
    // A window that goes reads what is on its way to it. But what the kernel says in the moment in which Jupyter closes the
    // connection, before it begins to keep things, is lost for all: no client can prevent that, and it must be named.
    if (first > 0) await notebook.output(/was not kept by the server/);
    await shoot(page, 'reattach-done');
    const other = page.context().pages().at(-1)!;
    await new NotebookEditor(other).output(/^counted 0/, patienceMs);
    await shoot(other, 'reattach-done-elsewhere');
  });

  /** What the cell shows grows, from 0 on. */
  const goesOn = async () => {
    const { notebook } = parts();
    const line = await notebook.output(/(\d+ ){4,}/, patienceMs);
    const shown = Number(/(\d+) *$/.exec((await line.textContent())!)![1]);
    await notebook.output(new RegExp(`\\b${shown + 20} `), patienceMs);
  };
  const clientIds = () => {
    const folder = join(open.session.globalStorage, 'kernels');
    return readdirSync(folder).flatMap((notebook) => readdirSync(join(folder, notebook)));
  };
});
