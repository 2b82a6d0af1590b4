import assert from 'node:assert/strict';
import type { FrameLocator } from 'playwright-core';
import { parseAllDocuments } from 'yaml';
import { inOrder } from './inOrder.ts';
import { narrow, overFooter } from './narrow.ts';
import { Session } from './session.ts';
import { clipped, shoot } from './shots.ts';

const name = 'studio';

/** A fold's part of the form, unfolded. */
async function unfold(form: FrameLocator, title: string): Promise<void> {
  const summary = form.locator('summary', { hasText: title });
  await summary.focus();
  await summary.press('Enter');
}

describe('every field of the form, as alice', () => {
  const open = inOrder(() => Session.open('alice', { viewport: { width: 1500, height: 1000 } }));
  const parts = () => {
    const { workbench, lab } = open.session;
    const { page } = workbench;
    return { workbench, lab, page, form: workbench.webview };
  };
  let yaml = '';

  it('takes a type, a second device, variables, labels and a data volume', async () => {
    const { workbench, form } = parts();
    await workbench.openView('Kubeflow Notebooks');
    await workbench.row('Profile alice').waitFor();
    await workbench.viewAction('New Notebook Server');
    await form.getByText('Ready to launch.').waitFor();
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await form.getByRole('radio', { name: 'RStudio' }).click();
    await form.getByRole('button', { name: 'Add Another Device' }).click();
    await form.getByRole('textbox', { name: 'GPUs 2', exact: true }).fill('0');
    await unfold(form, 'Limits');
    await form.getByRole('textbox', { name: 'CPU limit' }).fill('2');
    await unfold(form, 'Environment');
    await form.getByRole('button', { name: 'Add Variable' }).click();
    await form.getByRole('textbox', { name: 'Variable 1: Name' }).fill('GREETING');
    await form.getByRole('textbox', { name: 'Variable 1: Value' }).fill('yes: "no" # $HOME');
    await unfold(form, 'Advanced');
    await form.getByRole('button', { name: 'Add Label' }).click();
    await form.getByRole('textbox', { name: 'Label 1: Key' }).fill('team');
    await form.getByRole('textbox', { name: 'Label 1: Value' }).fill('blue');
    await form.getByText('Ready to launch.').waitFor();
  });

  it('says under the field what is wrong with it', async () => {
    const { form } = parts();
    const limit = form.getByRole('textbox', { name: 'CPU limit' });
    await limit.fill('0.1');
    await form.getByText('A limit cannot be less than what the server asks for.').waitFor();
    await limit.fill('2');
    await form.getByText('Ready to launch.').waitFor();
  });

  it('shows beside it, at each change, what Launch creates', async () => {
    const { form } = parts();
    await form.getByRole('button', { name: 'YAML', exact: true }).click();
    const text = form.getByRole('region', { name: 'What Launch creates' });
    await text.getByText('GREETING').waitFor();
    await form.getByRole('textbox', { name: 'Label 1: Value' }).fill('green');
    await text.getByText('green').waitFor();
    yaml = (await text.textContent()) ?? '';
  });

  it('opens it as a document that cannot be edited, so that its values never reach the disk', async () => {
    const { workbench, page, form } = parts();
    await form.getByRole('button', { name: 'Open as Document' }).click();
    await workbench.editorTab(`${name}.yaml`).waitFor();
    await workbench.text.getByText('GREETING').waitFor();
    await workbench.text.click();
    await page.keyboard.type('x');
    await page.getByRole('alert').filter({ hasText: 'Cannot edit in read-only editor' }).waitFor();
    await workbench.command('View: Close Editor');
    await form.getByText('Ready to launch.').waitFor();
  });

  for (const [label, shot] of [
    ['Light Modern', 'light'],
    ['Dark High Contrast', 'high-contrast'],
    ['Dark Modern', 'dark'],
  ] as const) {
    it(`cuts no field off in ${label}, with what was filled in still there`, async () => {
      const { workbench, page, form } = parts();
      await workbench.theme(label);
      await form.getByRole('heading', { name: 'New Notebook Server' }).scrollIntoViewIfNeeded();
      assert.deepEqual(await clipped(form.locator('main')), []);
      await shoot(page, `form-fields-${shot}`);
      await form.locator('summary', { hasText: 'Advanced' }).scrollIntoViewIfNeeded();
      await form.getByRole('combobox', { name: 'Pull the image' }).scrollIntoViewIfNeeded();
      await shoot(page, `form-advanced-${shot}`);
    });
  }

  it('needs no scrolling sideways at 320 px', async () => {
    const { workbench, page, form } = parts();
    const sticksOut = await narrow(page, form);
    await shoot(page, 'form-narrow');
    await form.locator('summary', { hasText: 'Environment' }).scrollIntoViewIfNeeded();
    await shoot(page, 'form-narrow-environment');
    assert.ok(sticksOut <= 0, `${sticksOut} px stick out`);
    assert.deepEqual(await overFooter(form), [], 'what is over the footer');
    await page.setViewportSize({ width: 1500, height: 1000 });
    await workbench.row('Profile alice').waitFor();
  });

  it('is a draft that outlives its tab, without the values of variables', async () => {
    const { workbench, page, form } = parts();
    await workbench.closeTab('New Notebook Server');
    await workbench.viewAction('New Notebook Server');
    await form.getByText('Restored your draft. Values of variables are not kept.').waitFor();
    await unfold(form, 'Environment');
    assert.equal(await form.getByRole('textbox', { name: 'Variable 1: Name' }).inputValue(), 'GREETING');
    assert.equal(await form.getByRole('textbox', { name: 'Variable 1: Value' }).inputValue(), '');
    await shoot(page, 'form-restored');
    await form.getByRole('textbox', { name: 'Variable 1: Value' }).fill('yes: "no" # $HOME');
  });

  it('creates what it showed', async () => {
    const { workbench, lab, form } = parts();
    await form.getByText('Ready to launch.').waitFor();
    await form.getByRole('button', { name: 'Launch' }).click();
    await form.getByRole('heading', { name: `Launching ${name}` }).waitFor();
    await workbench.row(`Notebook server ${name}`).waitFor();
    const made = JSON.parse(await lab.kubectl(['get', 'notebook', name, '-n', 'alice', '-o', 'json'])) as Made;
    const shown = parseAllDocuments(yaml).map((document) => document.toJS() as Made);
    const notebook = shown.find((one) => one.kind === 'Notebook');
    assert.deepEqual(made.spec, notebook?.spec);
    assert.deepEqual(made.metadata.labels, notebook?.metadata.labels);
  });

  after(async () => {
    const { lab } = open.session;
    await lab.kubectl(['delete', 'notebooks,pvc', '-n', 'alice', '--all', '--wait=false']);
  });
});

interface Made {
  kind: string;
  metadata: { labels?: Record<string, string> };
  spec: unknown;
}
