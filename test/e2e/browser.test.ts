import type { Page } from 'playwright-core';
import { inOrder } from './inOrder.ts';
import { Session } from './session.ts';
import { shoot } from './shots.ts';

const image = 'registry.example/lab/jupyter:1';
const notebook = {
  apiVersion: 'kubeflow.org/v1',
  kind: 'Notebook',
  metadata: { name: 'browsed', namespace: 'alice' },
  spec: { template: { spec: { containers: [{ name: 'browsed', image }] } } },
};

describe('a notebook server in the browser', () => {
  const open = inOrder(() => Session.open('alice'));
  let lab: Page;

  before(async () => {
    await open.session.lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(notebook) });
  });
  after(async () => {
    await open.session.lab.kubectl(['delete', 'notebook', 'browsed', '-n', 'alice', '--ignore-not-found']);
  });

  it('opens JupyterLab behind the address by which VS Code itself is reached', async () => {
    const { workbench } = open.session;
    await workbench.openView('Kubeflow Notebooks');
    const row = workbench.row(/^Notebook server browsed, Running/);
    await row.waitFor({ timeout: 90_000 });
    const opened = workbench.page.context().waitForEvent('page', { timeout: 60_000 });
    await workbench.menu(row, 'Open in Browser');
    lab = await opened;
    await lab.getByRole('menuitem', { name: 'File', exact: true }).waitFor({ timeout: 60_000 });
  });

  it('runs a cell there, over WebSockets', async () => {
    await lab.getByText('Python 3 (ipykernel)').first().click();
    await lab.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor({ timeout: 60_000 });
    await lab.getByText(/\| Idle$/).waitFor({ timeout: 60_000 });
    const cell = lab.locator('.jp-Notebook .cm-content').first();
    await cell.click();
    await lab.keyboard.type('print("in the browser", 6 * 7)');
    await cell.getByText('6').waitFor();
    await lab.keyboard.press('Shift+Enter');
    await lab.locator('.jp-OutputArea').getByText('in the browser 42').waitFor({ timeout: 60_000 });
    await shoot(lab, 'jupyterlab');
  });

  it('does not open by the same link twice, or without it', async () => {
    const context = lab.context();
    const stranger = await context.browser()?.newContext();
    const page = stranger ? await stranger.newPage() : await context.newPage();
    if (!stranger) await context.clearCookies();
    await page.goto(lab.url());
    await page.getByText('This page can be opened from VS Code only').waitFor();
    await shoot(page, 'turned-away');
    await page.close();
  });
});
