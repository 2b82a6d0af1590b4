import type { Lab } from '../lab/index.ts';
import type { Session } from '../test/e2e/session.ts';
import { withVscode } from './host.ts';
import { timed, type Figure } from './measure.ts';
import type { BenchServer } from './server.ts';

/** What a person waits for in VS Code before anything else: activation and the first rows. */
export function workbench(lab: Lab, server: BenchServer): Promise<Figure[]> {
  // The start of VS Code itself is not what is measured: it is over when its extension host answers.
  return withVscode(lab, 'alice', {}, async (session) => {
    const { workbench: vscode } = session;
    const rows = await timed(async () => {
      await vscode.openView('Kubeflow Notebooks');
      await vscode.row(`Notebook server ${server.name}`).waitFor();
    });
    return [
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
  });
}

/** Loading the code, and the call of activate until its promise settles. */
async function activation({ workbench }: Session): Promise<number> {
  await workbench.command('Developer: Show Running Extensions');
  const row = workbench.page.locator('.runtime-extensions-editor .extension', { hasText: 'Kubeflow Notebooks' });
  const said = await row.locator('.activation-time').innerText();
  const milliseconds = /(\d+)\s*ms/.exec(said)?.[1];
  if (!milliseconds) throw new Error(`VS Code says of the activation: ${said}`);
  return Number(milliseconds);
}
