import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inOrder } from './inOrder.ts';
import { allStanding, nothingLeft } from './launches.ts';
import { Session } from './session.ts';
import { shoot } from './shots.ts';

const head = 'apiVersion: kubeflow-notebooks/v1\n';
const files = {
  '.kubeflow/notebooks/broken.yaml': `${head}name: Broken\ncpus: 2\n`,
  '.kubeflow/notebooks/tiny.yaml': `${head}name: Tiny
description: For a quick look at the data
image: registry.example/lab/jupyter:1
cpu: 0.2
memory: 256Mi
workspace: { new: { size: 1Gi } }
labels: { team: vision }
`,
  '.kubeflow/notebooks/too-much.yaml': `${head}name: Too much\ngpus: { nvidia.com/gpu: 8 }\n`,
  '.kubeflow/notebooks/nowhere.yaml': `${head}name: Nowhere
image: registry.example/lab/jupyter:1
nodeSelector: { lifecycle: nowhere }
`,
  '.kubeflow/notebooks/missing.yaml': `${head}name: Missing image\nimage: registry.example/lab/gone:1\n`,
  // Only the API server knows that this source lacks something.
  '.kubeflow/notebooks/refused.yaml': `${head}name: Refused
dataVolumes: [{ source: { nfs: {} }, mountPath: /nfs }]
`,
  '.kubeflow/notebooks/asks.yaml': `${head}name: Asks\nenvironment: [{ name: TOKEN }]\n`,
};

describe('templates, as alice', () => {
  const open = inOrder(() => Session.open('alice', { viewport: { width: 1400, height: 900 }, files }));
  const parts = () => {
    const { workbench, lab } = open.session;
    const { page } = workbench;
    const list = page.locator('.quick-input-widget');
    /** The list, filtered by a text: rows that are out of sight are not there to be found. */
    const offer = async (filter = '') => {
      await workbench.command('Kubeflow: New Notebook Server from Template');
      await list.getByText(/^New notebook server in alice on/).waitFor();
      await workbench.input.fill('Small');
      await list.getByRole('option', { name: /^Small/ }).waitFor();
      await workbench.input.fill(filter);
      await page.mouse.move(0, 0);
    };
    return { workbench, lab, page, list, offer, form: workbench.webview };
  };

  for (const [label, shot] of [
    ['Light Modern', 'light'],
    ['Dark High Contrast', 'high-contrast'],
    ['Dark Modern', 'dark'],
  ] as const) {
    it(`are in a list by whose they are, with what each asks for, in ${label}`, async () => {
      const { workbench, page, list, offer } = parts();
      if (shot === 'light') {
        await workbench.openView('Kubeflow Notebooks');
        await workbench.row('Profile alice').waitFor();
      }
      await workbench.theme(label);
      await offer();
      await list.getByRole('option', { name: /Tiny.*0\.2 CPU · 0\.25 Gi.*For a quick look at the data/ }).waitFor();
      const broken = list.getByRole('option', {
        name: /broken.*Line 3: cpus is no key of a template. Do you mean cpu\?/,
      });
      await broken.waitFor();
      await shoot(page, `templates-${shot}`);
      await page.keyboard.press('Escape');
    });
  }

  it('make a server by three keystrokes', async () => {
    const { workbench, lab, page, list, offer } = parts();
    await offer();
    // The first row is another one.
    const tiny = list.locator('.focused').filter({ hasText: 'Tiny' });
    // A list that is drawn again may have lost a key.
    for (let row = 0; row < 5 || !(await tiny.isVisible()); row++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await workbench.notification(/^Launching notebook-1 in alice/).waitFor();
    await shoot(page, 'template-launching');
    await page.locator('.notifications-toasts').getByRole('button', { name: 'Connect' }).waitFor({ timeout: 120_000 });
    await workbench.notification('The notebook server notebook-1 is running.').waitFor();
    await shoot(page, 'template-running');
    const made = JSON.parse(await lab.kubectl(['get', 'notebook', 'notebook-1', '-n', 'alice', '-o', 'json'])) as Made;
    assert.equal(made.metadata.labels['team'], 'vision');
    assert.deepEqual(made.spec.template.spec.containers[0]!.resources.requests, { cpu: '0.2', memory: '0.25Gi' });
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('have the last one used first, so that Enter alone makes another', async () => {
    const { page, list, offer } = parts();
    await offer();
    const first = list.getByRole('option').first();
    await first.filter({ hasText: 'notebook-1' }).waitFor();
    await first.filter({ hasText: '0.2 CPU · 0.25 Gi' }).waitFor();
    await shoot(page, 'templates-last-used');
    await page.keyboard.press('Escape');
  });

  it('lead to the line of a file that is wrong', async () => {
    const { workbench, page, list, offer } = parts();
    await offer('broken');
    await list.getByRole('option', { name: /broken/ }).click();
    await workbench.editorTab('broken.yaml').waitFor();
    await workbench.statusBar.getByText('Ln 3, Col 1').waitFor();
    await page.keyboard.press('Escape');
    await workbench.closeEditors();
  });

  it('open the form with them by the pencil, under a name that is free', async () => {
    const { page, list, offer, form } = parts();
    await offer('Tiny');
    const row = list.getByRole('option', { name: /Tiny/ });
    await row.hover();
    await row.getByRole('button', { name: 'Open Form' }).click();
    await form.getByText('Ready to launch.').waitFor();
    assert.equal(await form.getByRole('textbox', { name: 'Name', exact: true }).inputValue(), 'notebook-2');
    assert.equal(await form.getByRole('textbox', { name: 'Memory', exact: true }).inputValue(), '256Mi');
    await shoot(page, 'template-form');
  });

  it('are saved from the form, for the user or in the workspace, without values', async () => {
    const { workbench, page, list, offer, form } = parts();
    await form.locator('summary', { hasText: 'Environment' }).click();
    await form.getByRole('button', { name: 'Add Variable' }).click();
    await form.getByRole('textbox', { name: 'Variable 1: Name' }).fill('MODE');
    await form.getByRole('textbox', { name: 'Variable 1: Value' }).fill('hunter2');
    for (const place of ['For Me', 'In This Workspace']) {
      await form.getByRole('button', { name: 'Save as Template...' }).click();
      await list.getByText('The name that it has in the list').waitFor();
      await workbench.enter('My Own');
      await workbench.pick(place);
      await workbench.notification(/^Saved the template My Own. Values of variables are not in it/).waitFor();
      await workbench.command('Notifications: Clear All Notifications');
    }
    const text = await readFile(join(open.session.globalStorage, 'templates', 'my-own.yaml'), 'utf8');
    assert.ok(text.includes('- name: MODE') && !text.includes('hunter2'), text);
    await workbench.closeEditors();
    await offer('My Own');
    await list
      .getByRole('option', { name: /My Own/ })
      .nth(1)
      .waitFor();
    await shoot(page, 'templates-saved');
    await page.keyboard.press('Escape');
  });

  it('are saved from a server, with new volumes in the place of its own', async () => {
    const { workbench, page, list } = parts();
    await workbench.menu(workbench.row('Notebook server notebook-1'), 'Save as Template...');
    await list.getByText('The name that it has in the list').waitFor();
    await page.keyboard.press('Enter');
    await workbench.pick('For Me');
    await workbench.notification('Saved the template notebook-1.').waitFor();
    const text = await readFile(join(open.session.globalStorage, 'templates', 'notebook-1.yaml'), 'utf8');
    assert.match(text, /workspace:\n {2}new:\n {4}size: 1Gi\n/);
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('are seen as soon as a file is there, while the list is open', async () => {
    const { page, list, offer } = parts();
    await offer('Arrived');
    assert.equal(await list.getByRole('option', { name: /Arrived/ }).count(), 0);
    await writeFile(join(open.session.globalStorage, 'templates', 'arrived.yaml'), `${head}name: Arrived\ncpu: 3\n`);
    await list.getByRole('option', { name: /Arrived.*3 CPU/ }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('are deleted by the trash, after a question', async () => {
    const { workbench, page, list, offer } = parts();
    await offer('Arrived');
    const row = list.getByRole('option', { name: /Arrived/ });
    await row.hover();
    await row.getByRole('button', { name: 'Delete' }).click();
    await workbench.dialog.getByText('Delete the template Arrived?').waitFor();
    await workbench.confirm('Delete');
    await list.getByText(/^New notebook server in alice on/).waitFor();
    await list.getByRole('option', { name: /Tiny/ }).waitFor();
    assert.equal(existsSync(join(open.session.globalStorage, 'templates', 'arrived.yaml')), false);
    await page.keyboard.press('Escape');
  });

  it('that cannot be launched as they are open the form and say why', async () => {
    const { workbench, page, lab, list, offer, form } = parts();
    const before = await allStanding(lab);
    await offer('Too much');
    await list.getByRole('option', { name: /Too much/ }).click();
    await form
      .getByText(/more than the GPU quota of alice|GPUs left/)
      .first()
      .waitFor();
    await shoot(page, 'template-too-much');
    await workbench.closeEditors();
    await offer('Asks');
    await list.getByRole('option', { name: /Asks/ }).click();
    await workbench.notification('Fill in the values of TOKEN, then launch.').waitFor();
    assert.deepEqual(await allStanding(lab), before);
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.closeEditors();
  });

  it('tell what a launch waits for, and Cancel leaves nothing of it', async () => {
    const { workbench, page, lab, list, offer } = parts();
    const before = await allStanding(lab);
    await offer('Nowhere');
    await list.getByRole('option', { name: /Nowhere/ }).click();
    await workbench.notification(/No node/).waitFor();
    await shoot(page, 'template-waiting');
    await page.locator('.notifications-toasts').getByRole('button', { name: 'Cancel' }).click();
    await workbench.row('Notebook server notebook-2').waitFor({ state: 'detached' });
    await nothingLeft(lab, 'notebook-2');
    assert.deepEqual(await allStanding(lab), before);
  });

  it('that do not come up say why, and the launch can be undone', async () => {
    const { workbench, page, lab, list, offer } = parts();
    const before = await allStanding(lab);
    await offer('Missing');
    await list.getByRole('option', { name: /Missing image/ }).click();
    await workbench.notification(/^notebook-2: .*gone:1.* does not exist/).waitFor();
    await shoot(page, 'template-failed');
    await page.locator('.notifications-toasts').getByRole('button', { name: 'Undo Launch' }).click();
    await workbench.row('Notebook server notebook-2').waitFor({ state: 'detached' });
    await nothingLeft(lab, 'notebook-2');
    assert.deepEqual(await allStanding(lab), before);
  });

  it('that the cluster refuses make nothing, and lead to the form', async () => {
    const { workbench, page, lab, list, offer, form } = parts();
    const before = await allStanding(lab);
    await offer('Refused');
    await list.getByRole('option', { name: /Refused/ }).click();
    await workbench.notification(/^notebook-2 was not launched: /).waitFor();
    await shoot(page, 'template-refused');
    await page.locator('.notifications-toasts').getByRole('button', { name: 'Open Form' }).click();
    await form.getByText(/^Ready to launch/).waitFor();
    assert.deepEqual(await allStanding(lab), before);
  });

  after(async () => {
    const { lab } = open.session;
    await lab.kubectl(['delete', 'notebooks,pvc', '-n', 'alice', '--all', '--wait=false']);
  });
});

describe('templates of a workspace that is not trusted', () => {
  const open = inOrder(() => Session.open('alice', { untrusted: true, files }));

  it('are not offered, and a row says why and leads to where that is changed', async () => {
    const { workbench } = open.session;
    const { page } = workbench;
    const list = page.locator('.quick-input-widget');
    await workbench.command('Kubeflow: New Notebook Server from Template');
    await list.getByRole('option', { name: /^Small/ }).waitFor();
    const row = list.getByRole('option', { name: /Its templates are not offered.*This workspace is not trusted/ });
    await row.waitFor();
    assert.equal(await list.getByRole('option', { name: /Tiny/ }).count(), 0);
    await shoot(page, 'templates-untrusted');
    await row.click();
    await page.getByText('You are in Restricted Mode').waitFor();
  });
});

interface Made {
  metadata: { labels: Record<string, string> };
  spec: { template: { spec: { containers: { resources: { requests: Record<string, string> } }[] } } };
}
