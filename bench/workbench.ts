import type { Lab } from '../lab/index.ts';
import type { Session } from '../test/e2e/session.ts';
import { withVscode } from './host.ts';
import { median, timed, type Figure } from './measure.ts';
import type { BenchServer } from './server.ts';

/** A view, how its extension is called, and how its last row begins. */
interface View {
  name: string;
  row: string;
}

const times = 3;

/**
 * What a person waits for in VS Code before anything else: activation and the first rows. Beside them a view whose rows
 * stand in its code: what VS Code itself takes. Each is the first thing that happens in a VS Code of its own.
 */
export async function workbench(lab: Lab, server: BenchServer): Promise<Figure[]> {
  const ours = { name: 'Kubeflow Notebooks', row: `Notebook server ${server.name}` };
  const plain = { name: 'Plain Rows', row: 'plain' };
  const [us, them] = [[] as Opened[], [] as Opened[]];
  for (let n = 0; n < times; n++) {
    us.push(await opened(lab, ours));
    them.push(await opened(lab, plain));
  }
  const of = (all: Opened[], what: keyof Opened) => median(all.map((one) => one[what]));
  const peer = (what: keyof Opened) => ({ name: 'rows that stand in the code', value: of(them, what) });
  const budget = (value: number) => ({ value, of: 'value' as const });
  return [
    {
      what: 'view opened to first rows, with activation',
      ...{ value: of(us, 'rows'), unit: 'ms', peer: peer('rows'), budget: budget(1000) },
    },
    {
      what: 'activation, by VS Code itself',
      ...{ value: of(us, 'activation'), unit: 'ms', peer: peer('activation'), budget: budget(50) },
    },
  ];
}

/** The start of VS Code itself is not what is measured: it is over when its page has had nothing to do for two seconds. */
const atRest = `new Promise((resolve) => {
  let calm = 0;
  const look = (deadline) => {
    calm = deadline.timeRemaining() > 30 ? calm + 1 : 0;
    if (calm >= 40) resolve();
    else requestIdleCallback(look);
  };
  requestIdleCallback(look);
})`;

/** In ms. */
interface Opened {
  rows: number;
  activation: number;
}

function opened(lab: Lab, { name, row }: View): Promise<Opened> {
  return withVscode(lab, 'alice', {}, async (session) => {
    const { workbench: vscode } = session;
    await vscode.page.evaluate(atRest);
    const rows = await timed(async () => {
      await vscode.openView(name);
      await vscode.row(row).waitFor();
    });
    return { rows, activation: await activation(session, name) };
  });
}

/** Loading the code, and the call of activate until its promise settles. */
async function activation({ workbench }: Session, name: string): Promise<number> {
  await workbench.command('Developer: Show Running Extensions');
  const { page } = workbench;
  const list = page.locator('.runtime-extensions-editor .monaco-list');
  const row = list.locator('.extension', { hasText: name });
  await list.locator('.extension').first().waitFor();
  // The slow ones come first, and only what is in sight is there.
  await list.focus();
  for (let pages = 0; pages < 20 && (await row.count()) === 0; pages++) await page.keyboard.press('PageDown');
  const said = await row.locator('.activation-time').innerText();
  const milliseconds = /(\d+)\s*ms/.exec(said)?.[1];
  if (!milliseconds) throw new Error(`VS Code says of the activation: ${said}`);
  return Number(milliseconds);
}
