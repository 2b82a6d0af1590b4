import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inOrder } from './inOrder.ts';
import { narrow } from './narrow.ts';
import { Session } from './session.ts';
import { clipped, shoot } from './shots.ts';

const fileName = 'spawner_ui_config.yaml';
const good = `spawnerFormDefaults:
  image:
    value: registry.example/ml/jupyter:2026.1
    options: [registry.example/ml/jupyter:2026.1, registry.example/ml/torch:2026.1]
  allowCustomImage: false
  cpu: { value: "2", limitFactor: none, readOnly: true }
  shm: { value: true, hidden: true }
`;
const themes = [
  ['Light Modern', 'light'],
  ['Dark High Contrast', 'high-contrast'],
  ['Dark Modern', 'dark'],
] as const;

describe("the form's configuration from a file, and names from lists, as alice", () => {
  let folder: string;
  let file: string;
  const open = inOrder(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeflow-form-config-'));
    file = join(folder, fileName);
    await writeFile(file, good);
    const session = await Session.open('alice', {
      at: 'proxy',
      viewport: { width: 1500, height: 1000 },
      machineSettings: { 'kubeflow.form.configFile': file },
    });
    const secret = (name: string, type: string, stringData: Record<string, string>) => ({
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'alice' }, type, stringData },
    });
    const many = Array.from({ length: 200 }, (_, i) =>
      secret(`team-${String(i).padStart(3, '0')}`, 'Opaque', { key: 'x' }),
    );
    const items = [
      ...many,
      secret('wandb-key', 'Opaque', { key: 'x' }),
      secret('registry', 'kubernetes.io/dockerconfigjson', { '.dockerconfigjson': '{"auths":{}}' }),
    ];
    await session.lab.kubectl(['create', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    });
    return session;
  });
  const parts = () => {
    const { workbench, lab } = open.session;
    return { workbench, lab, page: workbench.page, form: workbench.webview };
  };

  it('sets what the form begins with, offers and locks', async () => {
    const { workbench, page, form } = parts();
    await workbench.openView('Kubeflow Notebooks');
    await workbench.row('Profile alice').waitFor();
    await workbench.viewAction('New Notebook Server');
    await form.getByText('Ready to launch.').waitFor();
    const cpu = form.getByRole('textbox', { name: 'CPU', exact: true });
    assert.equal(await cpu.inputValue(), '2');
    assert.equal(await cpu.isDisabled(), true);
    await form.getByText('An administrator has fixed: CPU, CPU limit.').waitFor();
    await form.getByRole('combobox', { name: 'Image', exact: true }).click();
    await form.getByRole('option', { name: 'torch:2026.1' }).waitFor();
    assert.deepEqual(await form.getByRole('option', { name: /:2026\.1$/ }).allInnerTexts(), [
      'jupyter:2026.1',
      'torch:2026.1',
    ]);
    await page.keyboard.press('Escape');
    assert.equal(await form.getByRole('checkbox', { name: 'Custom image' }).count(), 0);
  });

  it('draws CPU, memory and GPUs on one line where there is room, and one below the other where there is none', async () => {
    const { page, form } = parts();
    const tops = async () => {
      const boxes = await Promise.all(
        ['CPU', 'Memory', 'GPUs'].map((name) => form.getByRole('textbox', { name, exact: true }).boundingBox()),
      );
      return boxes.map((box) => Math.round(box?.y ?? NaN));
    };
    await shoot(page, 'form-config-wide');
    const [cpu, memory, gpus] = await tops();
    assert.deepEqual([memory, gpus], [cpu, cpu]);
    const sticksOut = await narrow(page, form);
    await shoot(page, 'form-config-narrow');
    const [, narrowMemory = NaN, narrowGpus = NaN] = await tops();
    assert.ok(narrowGpus > narrowMemory);
    assert.ok(sticksOut <= 0, `${sticksOut} px stick out`);
    await page.setViewportSize({ width: 1500, height: 1000 });
  });

  it('is told of at the top of the open form when it is broken, with its line, and opened there', async () => {
    const { workbench, form } = parts();
    await writeFile(file, good.replace('options: [', 'options: [['));
    await form.getByText(/^Line \d of .*spawner_ui_config\.yaml is no YAML, so nothing of the file counts\./).waitFor();
    // What counts now is the next source.
    await form.getByRole('checkbox', { name: 'Custom image' }).waitFor();
    await form.getByRole('button', { name: 'Open File' }).click();
    await workbench.editorTab(fileName).waitFor();
    await workbench.text.getByText('allowCustomImage').waitFor();
  });

  for (const [label, shot] of themes) {
    it(`cuts nothing off in ${label}`, async () => {
      const { workbench, page, form } = parts();
      await workbench.theme(label);
      await form.getByRole('heading', { name: 'New Notebook Server' }).scrollIntoViewIfNeeded();
      assert.deepEqual(await clipped(form.locator('main')), []);
      await shoot(page, `form-config-broken-${shot}`);
    });
  }

  it('counts again once it is mended, without a word', async () => {
    const { workbench, form } = parts();
    await workbench.closeTab(fileName);
    await writeFile(file, good);
    await form.getByText(/is no YAML/).waitFor({ state: 'detached' });
    assert.equal(await form.getByRole('textbox', { name: 'CPU', exact: true }).inputValue(), '2');
  });

  it('finds a secret among 200 by a part of its name', async () => {
    const { page, form, lab } = parts();
    await lab.proxy.set({ match: { path: '/secrets(\\?|$)' }, do: { kind: 'silence' } });
    const summary = form.locator('summary', { hasText: 'Environment' });
    await summary.focus();
    await summary.press('Enter');
    await form.getByRole('button', { name: 'Whole secrets: Add Secret' }).click();
    const secret = form.getByRole('combobox', { name: 'Secret 1: Secret' });
    await secret.click();
    // The names come while somebody already looks.
    await lab.proxy.clear();
    await form.getByRole('option', { name: 'team-000' }).waitFor();
    await secret.pressSequentially('andb');
    const found = form.getByRole('option');
    assert.deepEqual(await found.allInnerTexts(), ['wandb-key']);
    await shoot(page, 'form-config-secret-list');
    await found.click();
    assert.equal(await secret.inputValue(), 'wandb-key');
  });

  it('takes a name that is in no list, and warns of it beside the field', async () => {
    const { form } = parts();
    const secret = form.getByRole('combobox', { name: 'Secret 1: Secret' });
    await secret.fill('not-made-yet');
    await form.getByText('alice has no secret named not-made-yet. The server would wait for it.').waitFor();
    await secret.fill('wandb-key');
    await form.getByText(/not-made-yet/).waitFor({ state: 'detached' });
  });

  it('offers to pull images only with secrets that are for that', async () => {
    const { page, form } = parts();
    const summary = form.locator('summary', { hasText: 'Advanced' });
    await summary.focus();
    await summary.press('Enter');
    await form.getByRole('button', { name: 'Add Image Pull Secret' }).click();
    await form.getByRole('combobox', { name: 'Image pull secret 1' }).click();
    assert.deepEqual(await form.getByRole('option').allInnerTexts(), ['registry']);
    await shoot(page, 'form-config-pull-secret');
    await form.getByRole('option', { name: 'registry' }).click();
    const account = form.getByRole('combobox', { name: 'Service account' });
    await account.click();
    await form.getByRole('option', { name: 'default-viewer' }).click();
    assert.equal(await account.inputValue(), 'default-viewer');
  });

  for (const [label, shot] of themes) {
    it(`draws the names well in ${label}`, async () => {
      const { workbench, page, form } = parts();
      await workbench.theme(label);
      await form.getByRole('combobox', { name: 'Secret 1: Secret' }).click();
      await form.getByRole('option', { name: 'team-001' }).waitFor();
      await shoot(page, `form-config-names-${shot}`);
      await page.keyboard.press('Escape');
    });
  }

  after(async () => {
    await open.session.lab.proxy.clear();
    await open.session.lab.kubectl(['delete', 'secrets', '-n', 'alice', '--all', '--wait=false']);
    await rm(folder, { recursive: true, force: true });
  });
});
