import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../lab/index.ts';
import { serverKey } from '../src/editor/address.ts';
import { controllerId } from '../src/editor/sessionPath.ts';
import { NotebookEditor } from '../test/e2e/notebook.ts';
import { Session } from '../test/e2e/session.ts';
import { sideBySide, timed, type Figure } from './measure.ts';
import { packDirect } from './packDirect.ts';
import type { BenchServer } from './server.ts';

/** What a person waits for in VS Code: activation, the first rows, a cell. */
export async function workbench(lab: Lab, server: BenchServer): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeflow-bench-'));
  const direct = await packDirect(folder);
  const kernel = await startKernel(server);
  const { namespace, name } = server;
  const controller = controllerId(serverKey({ context: 'kubeflow-lab', namespace, name }));
  const env = { BENCH_KERNEL: kernel, BENCH_CONTROLLER: controller };
  const session = await Session.open('alice', { lab, extensions: [direct], env });
  try {
    const { workbench: vscode } = session;
    // The start of VS Code itself is not what is measured.
    await vscode.command('Bench: Ready');
    await vscode.notification('The extension host is up').waitFor({ timeout: 60_000 });
    const rows = await timed(async () => {
      await vscode.openView('Kubeflow Notebooks');
      await vscode.row(`Notebook server ${server.name}`).waitFor();
    });
    const figures: Figure[] = [
      {
        what: 'view opened to first rows, with activation',
        value: rows,
        unit: 'ms',
        budget: { value: 1000, of: 'value' },
      },
      {
        what: 'activation, by VS Code itself',
        value: await activation(session),
        unit: 'ms',
        budget: { value: 50, of: 'value' },
      },
    ];
    return [...figures, await cell(session, server)];
  } catch (error) {
    await session.failed('bench');
    throw error;
  } finally {
    await session.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Loading the code, and the call of activate until its promise settles. */
async function activation({ workbench }: Session): Promise<number> {
  await workbench.command('Developer: Show Running Extensions');
  const row = workbench.page.locator('.runtime-extensions-editor .extension', { hasText: 'Kubeflow Notebooks' });
  const said = await row.locator('.activation-time').innerText();
  const milliseconds = /(\d+)\s*ms/.exec(said)?.[1];
  if (!milliseconds) throw new Error(`VS Code says of the activation: ${said}`);
  // This editor is modal in newer versions of VS Code.
  const modal = workbench.page.locator('.monaco-modal-editor-block');
  if (await modal.isVisible()) {
    await modal
      .getByRole('button', { name: /^Close/ })
      .last()
      .click();
    await modal.waitFor({ state: 'hidden' });
  }
  return Number(milliseconds);
}

/** Click to rendered output, with our kernel and with one over a WebSocket straight to the same Jupyter, in the same window. */
async function cell({ workbench }: Session, server: BenchServer): Promise<Figure> {
  const { page } = workbench;
  const notebook = new NotebookEditor(page);
  await workbench.inline(workbench.row(`Notebook server ${server.name}`), 'Connect');
  await workbench.pick('New notebook...');
  await notebook.shown();
  await notebook.kernel(new RegExp(server.name)).waitFor();
  const choose = async (command: string, label: string | RegExp) => {
    await workbench.command(command);
    await notebook.kernel(label).waitFor();
  };
  const click = async () => {
    const mark = randomBytes(8).toString('hex');
    await notebook.write(0, `print("${mark}")`);
    const shown = notebook.output(mark);
    return timed(async () => {
      await notebook.run(0);
      await shown;
    });
  };
  const both = await sideBySide(
    { times: 10 },
    async () => {
      await choose('Bench: Server Kernel', new RegExp(server.name));
      return click();
    },
    async () => {
      await choose('Bench: Direct Kernel', 'Direct');
      return click();
    },
  );
  return {
    what: 'trivial cell, click to rendered',
    value: both.ours,
    unit: 'ms',
    peer: { name: 'direct connection', value: both.theirs },
    budget: { value: 20, of: 'difference' },
  };
}

/** Starts a kernel at Jupyter itself; gives the address of its channels. */
async function startKernel({ jupyter }: BenchServer): Promise<string> {
  const xsrf = randomBytes(16).toString('hex');
  const headers = { 'content-type': 'application/json', cookie: `_xsrf=${xsrf}`, 'x-xsrftoken': xsrf };
  const answer = await fetch(new URL('api/kernels', jupyter), { method: 'POST', headers, body: '{}' });
  if (!answer.ok) throw new Error(`Jupyter started no kernel: ${answer.status}`);
  const { id } = (await answer.json()) as { id: string };
  return new URL(`api/kernels/${id}/channels`, jupyter).href.replace(/^http/, 'ws');
}
