import assert from 'node:assert/strict';
import { inOrder } from './inOrder.ts';
import { allStanding, nothingLeft } from './launches.ts';
import { NotebookEditor } from './notebook.ts';
import { Session } from './session.ts';
import { clipped, shoot } from './shots.ts';

const name = 'mnist';
const training = `import os, time
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

x, y = load_digits(return_X_y=True)
model = LogisticRegression(max_iter=200)
for share in (0.2, 0.5, 0.8):
    n = int(len(x) * share)
    model.fit(x[:n], y[:n])
    print(f"trained on {n}: {model.score(x[n:], y[n:]):.3f}", flush=True)
    time.sleep(3)
open("score.txt", "w").write(str(model.score(x, y)))
print("folder", os.getcwd())`;

describe('the journey, as alice', () => {
  const open = inOrder(() => Session.open('alice', { at: 'proxy' }));
  const parts = () => {
    const { workbench } = open.session;
    const { page } = workbench;
    return { workbench, page, notebook: new NotebookEditor(page), row: workbench.row(`Notebook server ${name}`) };
  };

  it('shows the own profile without the right to list profiles', async () => {
    const { workbench, page } = parts();
    await workbench.openView('Kubeflow Notebooks');
    await workbench.row('Profile alice').waitFor();
    await workbench.row('No notebook servers yet').waitFor();
    assert.equal(await workbench.row('Profile bob').count(), 0);
    await shoot(page, 'tree-empty');
  });

  it('spawns a notebook server with a GPU and a volume through the form', async () => {
    const { workbench, page, row } = parts();
    await workbench.viewAction('New Notebook Server');
    const form = workbench.webview;
    await form.getByRole('heading', { name: 'New Notebook Server' }).waitFor();
    await form.getByText('Ready to launch.').waitFor();
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('Not A Name');
    await form.getByText('A name starts with a lowercase letter.').waitFor();
    await shoot(page, 'form-finding');
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await form.getByRole('textbox', { name: 'GPUs', exact: true }).fill('1');
    await form.getByText('Ready to launch.').waitFor();
    await shoot(page, 'form');
    await form.getByRole('button', { name: 'Launch' }).click();
    await form.getByRole('heading', { name: `Launching ${name}` }).waitFor();
    await row.waitFor();
    await form.getByText('The notebook server is running.').waitFor({ timeout: 90_000 });
    await shoot(page, 'form-launched');
    await workbench.row(new RegExp(`^Notebook server ${name}, Running`)).waitFor();
  });

  it('connects: a new notebook on the server opens with its kernel selected', async () => {
    const { workbench, page, row, notebook } = parts();
    await workbench.inline(row, 'Connect');
    await workbench.pick('New notebook...');
    await notebook.shown();
    await notebook.kernel(new RegExp(name)).waitFor();
    await shoot(page, 'connected');
  });

  it('runs a training cell whose output streams, in the folder of the server, and survives that the connection is cut', async () => {
    const { page, notebook } = parts();
    const { proxy } = open.session.lab;
    await notebook.write(0, training);
    await notebook.run(0);
    await notebook.output(/trained on 359/);
    await shoot(page, 'streaming');
    assert.ok((await proxy.connections()) > 0);
    await proxy.cut();
    // The lab's pods are processes: the server's home is the folder of its volume.
    const last = await notebook.output(new RegExp(`folder .*${name}-workspace`));
    const whole = (await last.evaluate((line) => line.closest('.output')!.textContent)) ?? '';
    assert.match(whole, /trained on 359[^]*trained on 898[^]*trained on 1437[^]*folder/);
    assert.equal(whole.match(/trained on/g)!.length, 3);
    assert.doesNotMatch(whole, /was not kept/);
    await shoot(page, 'trained');
  });

  it('shows the file that the cell wrote', async () => {
    const { workbench, page, row } = parts();
    await workbench.expand(row);
    await workbench.expand(workbench.row('Kernels'));
    await workbench.expand(workbench.row('Files'));
    await workbench.row('score.txt').waitFor();
    await shoot(page, 'journey');
    await workbench.row('score.txt').dblclick();
    await workbench.editorTab(/score\.txt/).waitFor();
    await workbench.text.getByText(/0\.\d+/).waitFor();
  });

  it('checks the GPUs that the pod really sees', async () => {
    const { workbench, page, row } = parts();
    await workbench.menu(row, 'Check GPUs');
    await workbench.text.getByText('All GPUs that were asked for are there.').waitFor();
    await shoot(page, 'gpus');
  });

  it('tells in the tooltip of the connected server what its GPU is at', async () => {
    const { workbench, page, row } = parts();
    // The lab's pods are processes, so there is no limit that their memory could be set against.
    const tooltip = await workbench.tooltip(row, 'GPU in use');
    await tooltip.getByText(/\d+%/).first().waitFor();
    await shoot(page, 'usage');
  });

  it('describes the server, with its events', async () => {
    const { workbench, page, row } = parts();
    await workbench.menu(row, 'Describe');
    await workbench.editorTab(`Describe ${name}`).waitFor();
    await workbench.text.getByText('kubeflow.org/v1beta1').waitFor();
    await shoot(page, 'describe');
    await workbench.text.click();
    await page.keyboard.press('ControlOrMeta+End');
    await workbench.text.getByText('Container started').first().waitFor();
  });

  for (const [label, shot] of [
    ['Light Modern', 'light'],
    ['Dark High Contrast', 'high-contrast'],
    ['Dark Modern', 'dark'],
  ] as const) {
    it(`cuts no row and no field off in ${label}`, async () => {
      const { workbench, page } = parts();
      await workbench.theme(label);
      await workbench.viewAction('New Notebook Server');
      await workbench.webview.getByRole('heading', { name: 'New Notebook Server' }).waitFor();
      await workbench.webview.getByText(/Ready to launch|to fix|To fix/).waitFor();
      await shoot(page, `form-${shot}`);
      assert.deepEqual(await clipped(workbench.webview.locator('main')), []);
      await workbench.webview.getByRole('button', { name: 'Cancel' }).click();
      await workbench.editorTab('New Notebook Server').waitFor({ state: 'detached' });
      assert.deepEqual(await clipped(workbench.tree), []);
      await shoot(page, `tree-${shot}`);
    });
  }

  it('stops and starts the server', async () => {
    const { workbench, page, row } = parts();
    await workbench.inline(row, 'Stop');
    await workbench.row(new RegExp(`^Notebook server ${name}, Stopped`)).waitFor({ timeout: 60_000 });
    await shoot(page, 'stopped');
    await workbench.inline(row, 'Start');
    await workbench.row(new RegExp(`^Notebook server ${name}, Running`)).waitFor({ timeout: 90_000 });
  });

  it('says in one sentence why an image cannot be had', async () => {
    const { workbench, page } = parts();
    // What was said of the stopped server stands for a while, and would cover the form's buttons.
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.viewAction('New Notebook Server');
    const form = workbench.webview;
    await form.getByText('Ready to launch.').waitFor();
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('bert');
    await form.getByRole('checkbox', { name: 'Custom image' }).click();
    await form.getByRole('textbox', { name: 'Custom image' }).fill('ghcr.io/acme/nothing:1');
    await form.getByRole('radiogroup', { name: 'Workspace' }).getByRole('radio', { name: 'None' }).click();
    await form.getByRole('button', { name: 'Launch' }).click();
    await workbench
      .row(/^Notebook server bert, The image ghcr.io\/acme\/nothing:1 does not exist/)
      .waitFor({ timeout: 60_000 });
    await shoot(page, 'image-not-found');
    await form.getByRole('button', { name: 'Close' }).click();
  });

  it('deletes a server, with its volume when asked to', async () => {
    const { workbench, page, row } = parts();
    await workbench.menu(workbench.row('Notebook server bert'), 'Delete...');
    await workbench.confirm('Delete');
    await workbench.row('Notebook server bert').waitFor({ state: 'detached', timeout: 60_000 });
    await workbench.menu(row, 'Delete...');
    await workbench.dialog.getByText(`The volume ${name}-workspace (5Gi) is used by no other server.`).waitFor();
    await shoot(page, 'delete');
    await workbench.confirm('Delete with Its Volume');
    await row.waitFor({ state: 'detached', timeout: 60_000 });
    await nothingLeft(open.session.lab, name);
    await workbench.row('Volumes').waitFor({ state: 'detached' });
    assert.deepEqual(await allStanding(open.session.lab), []);
  });
});
