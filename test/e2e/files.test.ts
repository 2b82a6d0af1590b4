import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '../../src/editor/connections.ts';
import type { Disposables } from '../../src/k8s/events.ts';
import { connectionsOf, labContext } from '../cluster/support/connections.ts';
import { inOrder } from './inOrder.ts';
import { NotebookEditor } from './notebook.ts';
import { Session } from './session.ts';
import { clipped, shoot } from './shots.ts';

const name = 'filed';
const image = 'registry.example/lab/jupyter:1';
const notebook = {
  apiVersion: 'kubeflow.org/v1',
  kind: 'Notebook',
  metadata: { name, namespace: 'alice' },
  spec: { template: { spec: { containers: [{ name, image }] } } },
};
const files = `
mkdir -p data/raw models
echo 1 > data/raw/one.csv; echo 2 > data/raw/two.csv
for f in a b c d e; do echo $f > $f.txt; done
echo 'print(1)' > train.py
echo theirs > shared.txt`;

describe('the files and kernels of a notebook server', () => {
  let local: string;
  let things: Disposables;
  let connection: Connection;
  const open = inOrder(() => Session.open('alice'));
  const parts = () => {
    const { workbench, lab } = open.session;
    const { page } = workbench;
    const there = async (path: string) =>
      (await lab.kubectl(['-n', 'alice', 'exec', `${name}-0`, '--', 'sh', '-c', `cat ${path} || true`])).trim();
    const gone = (row: string) => workbench.row(row).waitFor({ state: 'detached' });
    /** The file dialog of a VS Code that runs elsewhere: a path, typed. */
    const typePath = async (path: string) => {
      // It begins with a folder of its own choice, which would come over what was typed before.
      await page.locator('.quick-input-widget').getByRole('option', { name: '..' }).first().waitFor();
      await workbench.input.fill(path);
      const ok = page.locator('.quick-input-widget').getByRole('button', { name: 'OK', exact: true });
      // While it looks at the folder of what was typed, it takes no click.
      while (await ok.isVisible()) {
        await ok.click({ timeout: 1000 }).catch(() => undefined);
        await ok.waitFor({ state: 'hidden', timeout: 1000 }).catch(() => undefined);
      }
    };
    /** Selects a file and another row. The file's editor, which takes the focus from a menu, is there by then. */
    const select = async (file: string, other: string) => {
      await workbench.row(file).click();
      await workbench.editorTab(file).waitFor();
      await page.locator('.editor-instance .monaco-editor.focused').waitFor();
      await workbench.row(other).click({ modifiers: ['ControlOrMeta'] });
    };
    return {
      workbench,
      page,
      there,
      gone,
      typePath,
      select,
      row: workbench.row(new RegExp(`^Notebook server ${name}`)),
    };
  };

  before(async function () {
    this.timeout(180_000);
    const { lab, workbench } = open.session;
    local = await mkdtemp(join(tmpdir(), 'kubeflow-files-'));
    await lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(notebook) });
    const made = await connectionsOf(lab, 'alice');
    things = made.things;
    connection = made.connections.get({ context: labContext, namespace: 'alice', name });
    await connection.server.waitUntilAnswers(undefined, 90_000);
    await lab.kubectl(['-n', 'alice', 'exec', `${name}-0`, '--', 'sh', '-c', files]);
    await workbench.openView('Kubeflow Notebooks');
  });
  after(async () => {
    things?.dispose();
    await open.session.lab.kubectl(['delete', 'notebook', name, '-n', 'alice', '--ignore-not-found']);
    await rm(local, { recursive: true, force: true });
  });

  it('are rows below it', async () => {
    const { workbench, row } = parts();
    await workbench.expand(row);
    await workbench.expand(workbench.row('Files'));
    await workbench.row('shared.txt').waitFor();
    await workbench.expand(workbench.row('data'));
    await workbench.row('raw').waitFor();
  });

  it('renames a file in its folder, and nowhere else', async () => {
    const { workbench, page, there, gone } = parts();
    await workbench.menu(workbench.row('a.txt'), 'Rename');
    await workbench.input.fill('data/a.txt');
    await page.getByText('A name has no slash in it.').first().waitFor();
    await workbench.enter('renamed.txt');
    await workbench.row('renamed.txt').waitFor();
    await gone('a.txt');
    assert.equal(await there('renamed.txt'), 'a');
  });

  it('moves a file that is dragged into a folder, after asking', async () => {
    const { workbench, page, there, gone } = parts();
    await workbench.row('renamed.txt').dragTo(workbench.row('models'));
    await workbench.dialog.getByText('Move renamed.txt to models?').waitFor();
    await shoot(page, 'files-move');
    await workbench.confirm('Move');
    await gone('renamed.txt');
    assert.equal(await there('models/renamed.txt'), 'a');
  });

  it('deletes a file after asking, and nothing when one thinks better of it', async () => {
    const { workbench, there, gone } = parts();
    await workbench.menu(workbench.row('b.txt'), 'Delete...');
    await workbench.dialog.getByText(`Delete b.txt on ${name}?`).waitFor();
    await workbench.confirm('Cancel');
    assert.equal(await there('b.txt'), 'b');
    await workbench.menu(workbench.row('b.txt'), 'Delete...');
    await workbench.confirm('Delete');
    await gone('b.txt');
    assert.equal(await there('b.txt'), '');
  });

  it('deletes a folder with all that is in it, and says how much that is', async () => {
    const { workbench, page, there, gone } = parts();
    await workbench.menu(workbench.row('raw'), 'Delete...');
    await workbench.dialog.getByText(`Delete the folder data/raw on ${name}?`).waitFor();
    await workbench.dialog.getByText('It lists 2 files and folders.').waitFor();
    await shoot(page, 'files-delete-folder');
    await workbench.confirm('Delete');
    await gone('raw');
    assert.equal(await there('data/raw/one.csv'), '');
  });

  it('downloads what is selected into one folder', async () => {
    const { workbench, page, typePath, select } = parts();
    await select('c.txt', 'models');
    await workbench.menu(workbench.row('c.txt'), 'Download');
    await typePath(`${local}/`);
    await workbench.notification(`${name} is downloaded. Files: 2 new, 0 there already.`).waitFor();
    await shoot(page, 'files-downloaded');
    assert.equal(readFileSync(join(local, 'c.txt'), 'utf8'), 'c\n');
    assert.equal(readFileSync(join(local, 'models', 'renamed.txt'), 'utf8'), 'a\n');
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('deletes what is selected after one question, and asks for one row where it must be one', async () => {
    const { workbench, page, gone, select } = parts();
    await select('d.txt', 'e.txt');
    await workbench.menu(workbench.row('d.txt'), 'Rename');
    await workbench.notification('Several rows are selected.').waitFor();
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.menu(workbench.row('d.txt'), 'Delete...');
    await workbench.dialog.getByText(`Delete 2 files on ${name}?`).waitFor();
    await shoot(page, 'files-delete-several');
    await workbench.confirm('Delete');
    await gone('d.txt');
    await gone('e.txt');
    assert.ok(existsSync(join(local, 'c.txt')));
  });

  it('replaces by an upload only what it was told to', async () => {
    const { workbench, page, there, typePath } = parts();
    await writeFile(join(local, 'shared.txt'), 'mine\n');
    for (const [answer, content] of [
      ['Cancel', 'theirs'],
      ['Replace', 'mine'],
    ] as const) {
      await workbench.menu(workbench.row('Files'), 'Upload');
      await typePath(join(local, 'shared.txt'));
      await workbench.dialog.getByText(`Replace what is different on ${name}? Files: 1.`).waitFor();
      await shoot(page, 'files-replace');
      await workbench.confirm(answer);
      if (answer === 'Replace') await workbench.notification(/Files: 1 uploaded/).waitFor();
      assert.equal(await there('shared.txt'), content);
    }
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('shows own and other kernels, and tells them apart', async () => {
    const { workbench, page } = parts();
    await workbench.menu(workbench.row('Files'), 'New File');
    await workbench.enter('mine.ipynb');
    const editor = new NotebookEditor(page);
    await editor.shown();
    await editor.kernel(new RegExp(name)).waitFor();
    await editor.write(0, 'print("it runs")');
    await editor.run(0);
    await editor.output('it runs');
    for (let i = 0; i < 2; i++) await othersKernel();
    await workbench.expand(workbench.row('Kernels'));
    await workbench.row(/^Kernel of mine\.ipynb, idle · Python 3/).waitFor();
    await workbench
      .row(/^Kernel of Python 3, idle · not yours/)
      .nth(1)
      .waitFor();
  });

  for (const [label, shot] of [
    ['Light Modern', 'light'],
    ['Dark High Contrast', 'high-contrast'],
    ['Dark Modern', 'dark'],
  ] as const)
    it(`cuts no row off in ${label}`, async () => {
      const { workbench, page } = parts();
      await workbench.theme(label);
      assert.deepEqual(await clipped(workbench.tree), []);
      await shoot(page, `files-${shot}`);
    });

  it("warns before it shuts down somebody else's kernel", async () => {
    const { workbench, page } = parts();
    const foreign = workbench.row(/^Kernel of Python 3, .*not yours/);
    await workbench.menu(foreign.first(), 'Shut Down');
    await workbench.dialog.getByText('Shut down the kernel of Python 3?').waitFor();
    await workbench.dialog.getByText('Not started from this computer: 1.').waitFor();
    await shoot(page, 'kernels-foreign');
    await workbench.confirm('Shut Down');
    await foreign.nth(1).waitFor({ state: 'detached' });
  });

  it('shuts down of the idle kernels the own ones only, where that is chosen', async () => {
    const { workbench, page } = parts();
    await workbench.menu(workbench.row('Kernels'), 'Shut Down Idle Kernels');
    await workbench.dialog.getByText(`Shut down the idle kernels of ${name}?`).waitFor();
    await shoot(page, 'kernels-idle');
    await workbench.confirm('Shut Down Mine Only');
    await workbench.row(/^Kernel of mine\.ipynb/).waitFor({ state: 'detached' });
    await workbench.row(/^Kernel of Python 3, .*not yours/).waitFor();
  });

  it('shuts down the own kernel without a word about others', async () => {
    const { workbench, page } = parts();
    const editor = new NotebookEditor(page);
    await editor.run(0);
    // A menu goes when what else comes takes the focus: the cell's output.
    const mine = workbench.row(/^Kernel of mine\.ipynb, .*idle/);
    await editor.output('it runs');
    await mine.waitFor();
    await workbench.menu(mine, 'Shut Down');
    await workbench.dialog.getByText('Shut down the kernel of mine.ipynb?').waitFor();
    assert.equal(await workbench.dialog.getByText('Not started from this computer').count(), 0);
    await workbench.confirm('Shut Down');
    await mine.waitFor({ state: 'detached' });
  });

  it('shuts down all that are left', async () => {
    const { workbench } = parts();
    await workbench.menu(workbench.row('Kernels'), 'Shut Down All Kernels');
    await workbench.dialog.getByText(`Shut down all kernels of ${name}?`).waitFor();
    await workbench.confirm('Shut Down');
    await workbench.row('No kernel is running').waitFor();
  });

  it('writes a document that came from another cluster only after the user allowed it', async () => {
    const { workbench, page, there } = parts();
    await workbench.closeEditors();
    const uri = `kubeflow://${labContext}~00000000/alice/${name}/train.py`;
    const url = new URL(page.url());
    url.searchParams.set('payload', JSON.stringify([['openFile', uri]]));
    await page.goto(url.toString(), { waitUntil: 'commit' });
    await workbench.text.getByText('print').first().waitFor({ timeout: 120_000 });
    const question = workbench.notification(/^train\.py came from a cluster that this computer does not know\./);
    await question.waitFor();
    await shoot(page, 'files-other-cluster');
    await page.getByRole('button', { name: 'Allow Changes' }).click();
    const lock = workbench.editorTab(/train\.py/).locator('.codicon-lock');
    await lock.waitFor({ state: 'detached' });
    await workbench.text.click();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.type('x = 2');
    await page.keyboard.press('ControlOrMeta+S');
    // The tab does not tell: where VS Code saves by itself soon, it marks no file as changed.
    const saved = 'until grep -q "x = 2" train.py; do sleep 0.1; done';
    await open.session.lab.kubectl(['-n', 'alice', 'exec', `${name}-0`, '--', 'sh', '-c', saved]);
    assert.equal(await there('train.py'), 'print(1)\nx = 2');
  });

  /** A kernel that somebody else has used: of one that nobody ever talked to, Jupyter says for good that it starts. */
  async function othersKernel(): Promise<void> {
    const { server } = connection;
    const made = await server.fetch(`${server.baseUrl}api/kernels`, { method: 'POST', body: '{}' });
    const { id } = (await made.json()) as { id: string };
    const session = await server.reopenKernel(id, { path: '' });
    assert.equal((await session.execute('0', { output: () => undefined }).done).ok, true);
    session.dispose();
  }
});
