import type { Lab } from '../../lab/index.ts';
import { NotebookEditor } from '../../test/e2e/notebook.ts';
import type { Session } from '../../test/e2e/session.ts';
import { inTurns, median, type Figure } from '../measure.ts';
import { becomesReady, type BenchServer } from '../server.ts';
import { byHand } from './byHand.ts';
import type { FormInVscode } from './forms.ts';

/** Since kubectl calls the pod ready, in ms. */
interface Since {
  answers: number;
  output: number;
}

/** From a launch's pod being ready until its first cell says something, with the clicks of a person who never waits. */
export async function firstCells(
  form: FormInVscode,
  o: { lab: Lab; session: Session; say: (line: string) => void },
): Promise<Figure[]> {
  o.say('Measuring first cells after a launch');
  let launches = 0;
  const [ours = [], theirs = []] = await inTurns({ times: 5 }, [
    () => launched(form, serverNamed(`ours-${++launches}`), o),
    () => byHand(o.lab, serverNamed(`hand-${++launches}`)),
  ]);
  const half = (all: Since[], what: keyof Since): number => median(all.map((one) => one[what]));
  const figure = (what: string, key: keyof Since): Figure => ({
    ...{ what, value: half(ours, key), unit: 'ms' },
    peer: { name: 'kubectl port-forward in a loop, a kernel by hand', value: half(theirs, key) },
  });
  return [
    figure("a launch's pod ready until Connect shows", 'answers'),
    figure("and until its first cell's output shows", 'output'),
  ];
}

const serverNamed = (name: string): Pick<BenchServer, 'namespace' | 'name' | 'pod'> => ({
  ...{ namespace: 'alice', name, pod: `${name}-0` },
});

async function launched(
  form: FormInVscode,
  server: ReturnType<typeof serverNamed>,
  { lab, session }: { lab: Lab; session: Session },
): Promise<Since> {
  const { workbench } = session;
  const { webview } = workbench;
  await form.open();
  await webview.getByText('Ready to launch.').waitFor();
  await webview.getByRole('textbox', { name: 'Name', exact: true }).fill(server.name);
  await webview.getByRole('button', { name: 'Launch' }).click();
  const ready = becomesReady(lab, server).then(() => performance.now());
  const [since, { shown, printed }] = await Promise.all([ready, firstCell(session, server.name)]);
  await workbench.command('View: Revert and Close Editor');
  await form.closeAll();
  await removed(lab, server.name);
  return { answers: Math.max(0, shown - since), output: printed - since };
}

/** Connects as soon as that is offered and runs a line in a new notebook. Gives the moments of both. */
async function firstCell({ workbench }: Session, name: string): Promise<{ shown: number; printed: number }> {
  const connect = workbench.webview.getByRole('button', { name: 'Connect' });
  await connect.waitFor({ timeout: 180_000 });
  const shown = performance.now();
  await connect.click();
  await workbench.pick('New notebook...');
  const notebook = new NotebookEditor(workbench.page);
  await notebook.shown();
  await notebook.write(0, `print("first of", "${name}")`);
  const output = notebook.output(`first of ${name}`, 120_000);
  await notebook.run(0);
  await output;
  return { shown, printed: performance.now() };
}

async function removed(lab: Lab, name: string): Promise<void> {
  await lab.kubectl(['delete', 'notebook', name, '-n', 'alice', '--cascade=foreground'], { as: 'admin' });
  await lab.kubectl(['delete', 'pvc', `${name}-workspace`, '-n', 'alice', '--ignore-not-found'], { as: 'admin' });
}
