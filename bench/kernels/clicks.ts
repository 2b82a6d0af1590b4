import type { Kernel } from '../host.ts';
import { inTurns, median, percentile, type Figure } from '../measure.ts';
import { notebookOf, pictures, printing, trivial, type Cell } from './cells.ts';
import { putNotebook } from './contents.ts';
import type { Room } from './room.ts';
import { InJupyterLab, InVscode, type Way } from './ways.ts';

/** From a click on a cell's run button to what it prints, in VS Code with our kernel, with a direct one, and in JupyterLab. */
export async function clicks(room: Room): Promise<Figure[]> {
  return [
    ...(await inNotebook(room, trivial, async (vscode) => inLab(room, trivial, (lab) => trivialCell(vscode, lab)))),
    // Not in JupyterLab, whose page takes minutes for so many lines on a small computer.
    ...(await inNotebook(room, printing, (vscode) => large(room, '10 MB printed', vscode))),
    ...(await inNotebook(room, pictures, async (vscode) =>
      inLab(room, pictures, (lab) => large(room, '200 pictures of 20 kB', vscode, lab)),
    )),
  ];
}

/** The same notebook in VS Code with either kernel. */
interface InVscodeWays {
  ours: Way;
  direct: Way;
}

/** In blocks: changing the kernel takes longer than a click. The first click after it counts nowhere. */
async function trivialCell({ ours, direct }: InVscodeWays, lab: Way): Promise<Figure[]> {
  const block = (way: Way) => async () => {
    await way.turn();
    const times: number[] = [];
    for (let n = 0; n <= 5; n++) times.push(await way.click());
    return times.slice(1);
  };
  const blocks = await inTurns({ times: 8 }, [block(ours), block(direct), block(lab)]);
  const [us, wire, page] = blocks.map((each) => ({
    half: median(each.flat()),
    most: percentile(each.flat(), 0.95),
  })) as [Spread, Spread, Spread];
  const what = 'trivial cell, click to rendered';
  const most = 'its 95th percentile';
  const unit = 'ms';
  const budget = { value: 20, of: 'difference' } as const;
  return [
    { what, value: us.half, unit, peer: { name: 'direct connection', value: wire.half }, budget },
    { what: most, value: us.most, unit, peer: { name: 'direct connection', value: wire.most }, budget },
    { what, value: us.half, unit, peer: { name: 'JupyterLab', value: page.half } },
    { what: most, value: us.most, unit, peer: { name: 'JupyterLab', value: page.most } },
  ];
}

interface Spread {
  half: number;
  most: number;
}

/** A cell with much output: until it is complete and the cell has ended, and how long the extension host was held by it. */
async function large({ host }: Room, what: string, { ours, direct }: InVscodeWays, lab?: Way): Promise<Figure[]> {
  const run = (way: Way) => async () => {
    await way.turn();
    await host.ask('begin');
    const ms = await way.click({ ended: true });
    return { ms, held: (await host.ask('read')).longest };
  };
  const values = await inTurns({ times: 5 }, [ours, direct, ...(lab ? [lab] : [])].map(run));
  const [us, wire, page] = values.map((each) => ({
    ms: median(each.map(({ ms }) => ms)),
    held: Math.max(...each.map(({ held }) => held)),
  }));
  const unit = 'ms';
  return [
    { what, value: us!.ms, unit, peer: { name: 'direct connection', value: wire!.ms } },
    ...(page ? [{ what, value: us!.ms, unit, peer: { name: 'JupyterLab', value: page.ms } } as const] : []),
    {
      what: 'the longest that the extension host was held by it',
      value: us!.held,
      unit,
      peer: { name: 'direct connection', value: wire!.held },
      budget: { value: 50, of: 'value' },
    },
  ];
}

/** Opens a notebook with the cell in VS Code, for both kernels, and starts them. */
async function inNotebook(
  { session, host, server, ref, say }: Room,
  cell: Cell,
  measure: (ways: InVscodeWays) => Promise<Figure[]>,
): Promise<Figure[]> {
  say(`Measuring ${cell.name}`);
  const path = `${cell.name}.ipynb`;
  await putNotebook(server, path, notebookOf(cell));
  const { page } = session.workbench;
  const make = (kernel: Kernel) => new InVscode({ page, host, ref, path, kernel, cell });
  const ways = { ours: make('ours'), direct: make('direct') };
  try {
    await host.ask('open', { ref, path, kernel: 'ours' });
    for (const way of [ways.ours, ways.direct]) {
      await way.turn();
      await way.click();
    }
    return await measure(ways);
  } finally {
    await host.ask('close');
  }
}

/** Opens a notebook with the cell in JupyterLab, in a page of the same browser. */
async function inLab<T>({ session, server }: Room, cell: Cell, measure: (lab: Way) => Promise<T>): Promise<T> {
  const path = `${cell.name}-lab.ipynb`;
  await putNotebook(server, path, notebookOf(cell));
  const page = await session.workbench.page.context().newPage();
  page.setDefaultTimeout(60_000);
  try {
    return await measure(await InJupyterLab.open(page, server.jupyter, path, cell));
  } finally {
    await page.close();
  }
}
