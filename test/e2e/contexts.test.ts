import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../lab/index.ts';
import { inOrder } from './inOrder.ts';
import { writeKubeconfig, type LabContext } from './kubeconfig.ts';
import { Session } from './session.ts';
import { clipped, shoot } from './shots.ts';

/** More than the tree draws at first below one profile. */
const many = 230;
const broken = ['broken-a', 'broken-b'];
const contexts: Record<string, LabContext> = {
  'alice-lab': { who: 'alice' },
  'staging-down': { who: 'alice', server: 'https://127.0.0.1:9' },
  'dave-lab': { who: 'dave' },
  // The last one, as its rows are more than there is room for.
  'bob-lab': { who: 'bob', at: 'remote' },
};

function notebook(namespace: string, name: string, o: { image?: string; stopped?: boolean }) {
  const image = o.image ?? 'registry.example/lab/jupyter:1';
  const stopped = { 'kubeflow-resource-stopped': '2026-01-01T00:00:00Z' };
  return {
    apiVersion: 'kubeflow.org/v1beta1',
    kind: 'Notebook',
    metadata: { name, namespace, ...(o.stopped ? { annotations: stopped } : {}) },
    spec: { template: { spec: { containers: [{ name, image }] } } },
  };
}

/** `train-000` and so on, all stopped, and two in alice's profile whose image no registry has. */
async function fill(lab: Lab): Promise<void> {
  const items = [
    ...Array.from({ length: many }, (_, i) =>
      notebook('bob', `train-${String(i).padStart(3, '0')}`, { stopped: true }),
    ),
    ...broken.map((name) => notebook('alice', name, { image: 'ghcr.io/acme/gone:1' })),
    notebook('alice', 'plain', { stopped: true }),
  ];
  await lab.kubectl(['create', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
}

describe('several contexts at once, and many servers', () => {
  let folder: string;
  let kubeconfig: string;
  const open = inOrder(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeflow-contexts-'));
    kubeconfig = join(folder, 'config');
    const session = await Session.open('alice', { env: { KUBECONFIG: kubeconfig } });
    await writeKubeconfig(session.lab, kubeconfig, contexts);
    await fill(session.lab);
    return session;
  });
  const parts = () => {
    const { workbench, lab } = open.session;
    const { page } = workbench;
    const expand = async (row: string) => {
      await workbench.expand(workbench.row(row));
      // The tooltip would cover the rows below.
      await page.mouse.move(0, 0);
    };
    return { workbench, lab, page, expand, picker: page.locator('.quick-input-widget') };
  };

  after(async () => {
    const { lab } = open.session;
    for (const namespace of ['alice', 'bob'])
      await lab.kubectl(['delete', 'notebooks', '--all', '-n', namespace, '--wait=false']);
    await rm(folder, { recursive: true, force: true });
  });

  it('shows one context, without a row of its own', async () => {
    const { workbench, page } = parts();
    await workbench.openView('Kubeflow Notebooks');
    await workbench.row('Profile alice').waitFor();
    await workbench.row('Notebook server plain').waitFor();
    await workbench.statusBar.getByText('alice-lab', { exact: true }).waitFor();
    assert.equal(await workbench.row('Context alice-lab').count(), 0);
    await workbench.row(/^Profile alice, 3 servers · 2 failing/).waitFor({ timeout: 60_000 });
    await shoot(page, 'contexts-one');
  });

  it('lets the user tick several, from the list where one is switched', async () => {
    const { workbench, page, picker } = parts();
    await workbench.command('Kubeflow: Switch Context');
    await picker.getByRole('option', { name: 'bob-lab' }).waitFor();
    // The field's tooltip would cover the button.
    await page.mouse.move(0, 0);
    await shoot(page, 'contexts-switch');
    await picker.getByRole('button', { name: 'Show Several...' }).click();
    await picker.getByText('Show Several Contexts').waitFor();
    for (const name of ['bob-lab', 'staging-down', 'dave-lab'])
      await picker
        .getByRole('checkbox', { name: new RegExp(`^${name}`) })
        .first()
        .click();
    await shoot(page, 'contexts-several');
    await page.keyboard.press('Enter');
    await workbench.row('Context alice-lab').waitFor();
    await workbench.statusBar.getByText('4 contexts').waitFor();
  });

  it('expands the first of them, and contacts none of the others', async () => {
    const { workbench } = parts();
    await workbench.row('Profile alice').waitFor();
    for (const name of ['bob-lab', 'staging-down', 'dave-lab']) {
      const row = workbench.row(`Context ${name}`);
      assert.equal(await row.getAttribute('aria-expanded'), 'false', name);
      assert.equal(await row.getAttribute('aria-label'), `Context ${name}`, 'nothing is known of it');
    }
  });

  it('says of each its own trouble, which hides no other', async () => {
    const { workbench, page, expand } = parts();
    await expand('Context staging-down');
    await workbench.row(/^The cluster does not answer at 127\.0\.0\.1:9\. Are you on the VPN/).waitFor();
    await workbench.row('Retry').waitFor();
    await expand('Context dave-lab');
    await workbench.row('No profiles are known yet').waitFor();
    await workbench.row(/^Add Namespace/).waitFor();
    await expand('Context bob-lab');
    await workbench.row(/^Profile bob, 230 servers/).waitFor();
    await workbench.row('Profile alice').waitFor();
    await shoot(page, 'contexts-tree');
  });

  it('adds a namespace to the context whose row it is, and says when it may not be seen', async () => {
    const { workbench } = parts();
    await workbench.row(/^Add Namespace/).click();
    await workbench.input.waitFor();
    // Also when the tree takes the focus, as VS Code has it when it draws the tree anew.
    await workbench.row('No profiles are known yet').first().click();
    await workbench.enter('bob');
    await workbench.notification(/You may not see notebook servers in bob, or it is not there/).waitFor();
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('opens the form on the context of the row', async () => {
    const { workbench } = parts();
    await workbench.inline(workbench.row('Profile bob'), 'New Notebook Server');
    const form = workbench.webview;
    await form.getByRole('heading', { name: 'New Notebook Server' }).waitFor();
    const place = form.getByRole('combobox', { name: /[Cc]ontext/ });
    assert.equal(await place.evaluate((element) => (element as HTMLSelectElement).value), 'bob-lab');
    await workbench.closeEditors();
  });

  it('lets the palette choose among the servers of all of them', async () => {
    const { workbench, page, picker } = parts();
    await workbench.command('Kubeflow: Describe');
    await workbench.input.fill('train-007');
    await picker.getByRole('option', { name: /^train-007, bob-lab · bob/ }).waitFor();
    await shoot(page, 'contexts-palette');
    await workbench.pick('train-007');
    await workbench.editorTab(/^Describe train-007/).waitFor();
    await workbench.closeEditors();
    await workbench.row('Profile bob').click();
    await workbench.row('Notebook server train-000').waitFor({ state: 'detached' });
  });

  for (const [label, shot] of [
    ['Light Modern', 'light'],
    ['Dark High Contrast', 'high-contrast'],
    ['Dark Modern', 'dark'],
  ] as const) {
    it(`cuts no row off in ${label}`, async () => {
      const { workbench, page } = parts();
      await workbench.theme(label);
      await workbench.row('Context alice-lab').hover();
      await shoot(page, `contexts-${shot}`);
      assert.deepEqual(await clipped(workbench.tree), []);
    });
  }

  it('filters while the words are typed: matching profiles unfold, the others are hidden', async () => {
    const { workbench, page } = parts();
    await workbench.viewAction('Filter');
    await workbench.input.fill('train-01');
    await workbench.row('Notebook server train-010').waitFor();
    await workbench.row(/^Profile bob, 10 of 230 servers/).waitFor();
    assert.equal(await workbench.row('Profile alice').count(), 0);
    await shoot(page, 'filter-typing');
    await page.keyboard.press('Enter');
    await page.locator('.sidebar').getByText('Showing 10 of 233 notebook servers.').waitFor();
    await shoot(page, 'filter');
  });

  it('filters by state, and says so when nothing is left', async () => {
    const { workbench, page, picker } = parts();
    await workbench.viewAction('Change Filter');
    await workbench.input.fill('');
    await picker
      .getByRole('checkbox', { name: /^Failing/ })
      .first()
      .click();
    await workbench.row(/^Profile alice, 2 of 3 servers/).waitFor();
    await shoot(page, 'filter-state');
    await workbench.enter('nothing-like-it');
    await workbench.row('No notebook server matches the filter').first().waitFor();
    await shoot(page, 'filter-none');
    await workbench.row('Clear Filter').first().click();
    await workbench.row(/^Profile bob, 230 servers/).waitFor();
    await workbench.row(/^Profile alice, 3 servers · 2 failing/).waitFor();
    assert.equal(await workbench.row('Profile bob').getAttribute('aria-expanded'), 'false', 'as it stood before');
  });

  it('draws what fits a person below a profile of very many, and more when asked', async () => {
    const { workbench, page, expand } = parts();
    await expand('Profile bob');
    await workbench.row('Notebook server train-000').waitFor();
    await workbench.row('Notebook server train-000').click();
    await page.keyboard.press('End');
    await workbench.row('Show 30 More').waitFor();
    await shoot(page, 'show-more');
    await workbench.row('Show 30 More').click();
    await workbench.row('Notebook server train-200').waitFor();
    await page.keyboard.press('End');
    await workbench.row('Notebook server train-229').waitFor();
    await page.keyboard.press('Home');
  });

  it('keeps the row of a context that the kubeconfig loses, and says so', async () => {
    const { workbench, page, lab } = parts();
    const left = Object.entries(contexts).filter(([name]) => name !== 'bob-lab');
    await writeKubeconfig(lab, kubeconfig, Object.fromEntries(left));
    await workbench.row('Context bob-lab, Not in the kubeconfig').waitFor();
    await workbench.row('Profile alice').waitFor();
    assert.equal(await workbench.row('Profile bob').count(), 0);
    await shoot(page, 'contexts-gone');
    await workbench.inline(workbench.row('Context bob-lab'), 'Hide Context');
    await workbench.statusBar.getByText('3 contexts').waitFor();
  });

  it('shows the same contexts after a reload of the window', async () => {
    const { workbench, page } = parts();
    // VS Code's own reload, as it writes down what is to be remembered first.
    const loaded = page.waitForEvent('load');
    await workbench.command('Developer: Reload Window');
    await loaded;
    await workbench.row('Context dave-lab').waitFor({ timeout: 120_000 });
    await workbench.row('Profile alice').waitFor();
    await workbench.statusBar.getByText('3 contexts').waitFor();
  });
});
