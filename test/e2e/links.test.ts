import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extensionId } from '../../src/kubeflow/links.ts';
import { inOrder } from './inOrder.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { narrow } from './narrow.ts';
import { NotebookEditor } from './notebook.ts';
import { Session } from './session.ts';
import { clipped, shoot } from './shots.ts';

const name = 'mnist';
const themes = [
  ['Light Modern', 'light'],
  ['Dark High Contrast', 'high-contrast'],
  ['Dark Modern', 'dark'],
] as const;
const notebook = (text: string) =>
  JSON.stringify({
    cells: [{ cell_type: 'code', id: 'one', execution_count: null, metadata: {}, outputs: [], source: [text] }],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  });

describe('a local notebook on Kubeflow, and links, as alice', () => {
  let folder: string;
  const open = inOrder(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeflow-links-'));
    const kubeconfig = join(folder, 'config');
    const session = await Session.open('alice', {
      viewport: { width: 1400, height: 900 },
      env: { KUBECONFIG: kubeconfig },
      // VS Code's own question comes before ours, and is not ours to test.
      settings: { 'extensions.confirmedUriHandlerExtensionIds': [extensionId] },
      files: { 'first.ipynb': notebook('print(6 * 7)'), 'second.ipynb': notebook('print("two", 2 * 21)') },
    });
    await writeKubeconfig(session.lab, kubeconfig, { 'alice-lab': { who: 'alice' }, 'bob-lab': { who: 'bob' } });
    await session.workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    return session;
  });
  const parts = () => {
    const { workbench, lab } = open.session;
    const { page } = workbench;
    const picker = page.locator('.quick-input-widget');
    const follow = async (link: string) => {
      await workbench.command('Developer: Open URL');
      await workbench.enter(link);
    };
    /** What was copied, once it is such a link: the word in the status bar goes again. */
    const copied = async (kind: 'new' | 'connect') => {
      const holds = (part: string) => navigator.clipboard.readText().then((text) => text.includes(part));
      await page.waitForFunction(holds, `/${kind}?`);
      return page.evaluate(() => navigator.clipboard.readText());
    };
    return { workbench, lab, page, picker, follow, copied, form: workbench.webview, cells: new NotebookEditor(page) };
  };
  let formLink = '';
  let serverLink = '';

  after(async () => {
    await open.session.lab.kubectl(['delete', 'notebooks,pvc', '-n', 'alice', '--all', '--wait=false']);
    await rm(folder, { recursive: true, force: true });
  });

  it('offers in the toolbar of a notebook to run it on Kubeflow', async () => {
    const { workbench, page, cells, picker } = parts();
    await workbench.openView('Kubeflow Notebooks');
    await workbench.row('Profile alice').waitFor();
    await workbench.command('View: Show Explorer');
    await workbench.row(/^first\.ipynb/).dblclick();
    await cells.cell(0).waitFor();
    for (const [label, shot] of themes) {
      await workbench.theme(label);
      await page.getByRole('button', { name: 'Run on Kubeflow...' }).waitFor();
      await shoot(page, `run-on-kubeflow-${shot}`);
    }
    await page.getByRole('button', { name: 'Run on Kubeflow...' }).click();
    await picker.getByRole('option', { name: 'New Notebook Server...' }).waitFor();
    await shoot(page, 'run-on-kubeflow-none');
  });

  it('goes on by itself when the server that is launched for it answers', async () => {
    const { workbench, page, form, cells } = parts();
    await workbench.pick('New Notebook Server...');
    await form.getByText('Ready to launch.').waitFor();
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await form.getByText('Ready to launch.').waitFor();
    await form.getByRole('button', { name: 'Launch' }).click();
    await form.getByRole('heading', { name: `Launching ${name}` }).waitFor();
    await cells.kernel(new RegExp(`^${name}`)).waitFor({ timeout: 120_000 });
    await page.getByRole('button', { name: 'Run on Kubeflow...' }).waitFor({ state: 'detached' });
    await cells.run(0);
    await cells.output('42');
    await shoot(page, 'run-on-kubeflow-launched');
  });

  it('takes two clicks to the kernel of a server that runs', async () => {
    const { workbench, page, cells, picker } = parts();
    await workbench.closeEditors();
    await workbench.row(/^second\.ipynb/).dblclick();
    await cells.shown();
    await page.getByRole('button', { name: 'Run on Kubeflow...' }).click();
    const first = picker.getByRole('option').first();
    await picker.getByRole('option', { name: new RegExp(`^${name}`) }).waitFor();
    assert.match((await first.getAttribute('aria-label')) ?? '', new RegExp(`^${name}`));
    await page.mouse.move(0, 0);
    await shoot(page, 'run-on-kubeflow-pick');
    await first.click();
    await cells.kernel(new RegExp(`^${name}`)).waitFor();
    await cells.run(0);
    await cells.output('two 42');
    await workbench.closeEditors();
  });

  it('copies a link to a form, without the name that nobody has chosen', async () => {
    const { workbench, page, form, copied } = parts();
    await workbench.openView('Kubeflow Notebooks');
    await workbench.viewAction('New Notebook Server');
    await form.getByText('Ready to launch.').waitFor();
    await form.getByRole('textbox', { name: 'Memory', exact: true }).fill('3');
    await form.getByRole('textbox', { name: 'GPUs', exact: true }).fill('1');
    await form.getByRole('button', { name: 'Copy Link' }).click();
    await workbench.statusBar.getByText('Link copied', { exact: true }).waitFor();
    for (const [label, shot] of themes) {
      await workbench.theme(label);
      await form.getByRole('heading', { name: 'New Notebook Server' }).scrollIntoViewIfNeeded();
      assert.deepEqual(await clipped(form.locator('main')), []);
      await shoot(page, `link-form-${shot}`);
    }
    formLink = await copied('new');
    assert.match(formLink, /\/new\?context=alice-lab&cluster=[0-9a-f]{16}&namespace=alice&type=jupyter&image=/);
    assert.match(formLink, /&memory=3&gpus=nvidia.com\/gpu:1&/);
    await form.getByRole('button', { name: 'Cancel' }).click();
    await workbench.editorTab('New Notebook Server').waitFor({ state: 'detached' });
  });

  it('needs no scrolling sideways at 320 px with the button', async () => {
    const { workbench, page, form } = parts();
    await workbench.viewAction('New Notebook Server');
    await form.getByText('Ready to launch.').waitFor();
    const sticksOut = await narrow(page, form);
    await form.getByRole('button', { name: 'Copy Link' }).waitFor();
    assert.deepEqual(await clipped(form.locator('header')), []);
    await shoot(page, 'link-form-narrow');
    assert.ok(sticksOut <= 0, `${sticksOut} px stick out`);
    await page.setViewportSize({ width: 1400, height: 900 });
    await workbench.closeTab('New Notebook Server');
  });

  it('opens the form filled in after a question that says where, and launches nothing', async () => {
    const { workbench, page, form, follow, lab } = parts();
    await follow(formLink);
    await workbench.dialog.getByText('Open the form for a new notebook server in alice on alice-lab?').waitFor();
    await workbench.dialog.getByText(/alice-lab leads to the API server at 127\.0\.0\.1:\d+\./).waitFor();
    await shoot(page, 'link-new-question');
    await workbench.confirm('Open Form');
    await form.getByText('Ready to launch.').waitFor();
    assert.equal(await form.getByRole('textbox', { name: 'Memory', exact: true }).inputValue(), '3');
    assert.equal(await form.getByRole('textbox', { name: 'GPUs', exact: true }).inputValue(), '1');
    assert.equal(await form.getByRole('textbox', { name: 'Name', exact: true }).inputValue(), 'notebook-1');
    await shoot(page, 'link-new-form');
    const names = await lab.kubectl(['get', 'notebooks', '-n', 'alice', '-o', 'name']);
    assert.equal(names.trim(), `notebook.kubeflow.org/${name}`);
    await workbench.closeTab('New Notebook Server');
  });

  it("names an image that is none of Kubeflow's own", async () => {
    const { workbench, page, follow } = parts();
    await follow(`${formLink.split('?')[0]}?context=alice-lab&customImage=ghcr.io/acme/miner:1&env.0.value=secret`);
    await workbench.dialog.getByText(/This link asks for the image ghcr\.io\/acme\/miner:1/).waitFor();
    await shoot(page, 'link-new-image');
    await workbench.confirm('Cancel');
    await workbench.dialog.waitFor({ state: 'detached' });
    assert.equal(await workbench.editorTab('New Notebook Server').count(), 0);
  });

  it('copies a link to a server at its row', async () => {
    const { workbench, copied } = parts();
    await workbench.menu(workbench.row(`Notebook server ${name}`), 'Copy Link');
    await workbench.statusBar.getByText('Link copied', { exact: true }).waitFor();
    serverLink = await copied('connect');
    assert.match(serverLink, /\/connect\?context=alice-lab&cluster=[0-9a-f]{16}&namespace=alice&name=mnist$/);
  });

  it('asks before it connects, with server, profile, context and API server named', async () => {
    const { workbench, page, follow } = parts();
    await follow(`${serverLink}&file=from/here.ipynb`);
    await workbench.dialog.getByText(`Connect to ${name} in alice on alice-lab?`).waitFor();
    await workbench.dialog.getByText(/Opens from\/here\.ipynb there\./).waitFor();
    await workbench.confirm('Cancel');
    for (const [label, shot] of themes) {
      await workbench.theme(label);
      await follow(serverLink.replace(/cluster=\w+/, 'cluster=0123456789abcdef'));
      await workbench.dialog.getByText(/The link was made for another API server/).waitFor();
      await workbench.dialog.getByRole('button', { name: 'Choose Context' }).waitFor();
      await shoot(page, `link-connect-other-${shot}`);
      await workbench.confirm('Cancel');
    }
  });

  it('lets the user choose which context is meant where there is none by that name', async () => {
    const { workbench, page, picker, follow } = parts();
    await follow(serverLink.replace('context=alice-lab', 'context=production'));
    await picker.getByText('Your kubeconfig has no context production').waitFor();
    await shoot(page, 'link-unknown-context');
    await picker.getByRole('option', { name: /^alice-lab, the API server of the link/ }).click();
    await workbench.dialog.getByText(`Connect to ${name} in alice on alice-lab?`).waitFor();
    await workbench.confirm('Cancel');
  });

  it('refuses in a sentence what cannot be meant', async () => {
    const { workbench, page, follow } = parts();
    await follow(`${serverLink}&file=../../etc/passwd`);
    await workbench.notification(/This link was not followed: what it says of "file" cannot be right/).waitFor();
    await shoot(page, 'link-refused');
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('connects to the server, and opens its file', async () => {
    const { workbench, page, follow, cells } = parts();
    await follow(serverLink);
    await workbench.confirm('Connect');
    await workbench.pick('New notebook...');
    await cells.kernel(new RegExp(`^${name}`)).waitFor();
    await workbench.closeEditors();
    await follow(`${serverLink}&file=Untitled.ipynb`);
    await workbench.confirm('Connect');
    await workbench.editorTab(/Untitled\.ipynb/).waitFor();
    await cells.kernel(new RegExp(`^${name}`)).waitFor();
    await shoot(page, 'link-connected');
  });
});
