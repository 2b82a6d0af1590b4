import { inTurns, median, percentile, type Figure } from '../measure.ts';
import { notebookOf, pictures, printing, trivial, type Cell } from './cells.ts';
import { putNotebook } from './contents.ts';
import type { Room } from './room.ts';
import { InJupyterLab, InVscode, type Way } from './ways.ts';

/** From a click on a cell's run button to what it prints, in VS Code with our kernel, with a direct one, and in JupyterLab. */
export async function clicks(room: Room): Promise<Figure[]> {
  return [
    ...(await with3Ways(room, trivial, trivialCell)),
    ...(await with3Ways(room, printing, (ways) => large(room, ways, '10 MB printed'))),
    ...(await with3Ways(room, pictures, (ways) => large(room, ways, '200 pictures of 20 kB'))),
  ];
}

interface Ways {
  ours: Way;
  direct: Way;
  lab: Way;
}

/** In blocks: changing the kernel takes longer than a click. The first click after it counts nowhere. */
async function trivialCell({ ours, direct, lab }: Ways): Promise<Figure[]> {
  const block = (way: Way) => async () => {
    await way.turn();
    const times: number[] = [];
    for (let n = 0; n <= 5; n++) times.push(await way.click());
    return times.slice(1);
  };
  const blocks = await inTurns({ times: 8 }, [block(ours), block(direct), block(lab)]);
  const [mine = [], straight = [], theirs = []] = blocks.map((each) => each.flat());
  const what = 'trivial cell, click to rendered';
  const of = (values: readonly number[]) => ({ half: median(values), most: percentile(values, 0.95) });
  const [us, wire, page] = [of(mine), of(straight), of(theirs)];
  const budget = { value: 20, of: 'difference' } as const;
  const unit = 'ms';
  return [
    { what, value: us.half, unit, peer: { name: 'direct connection', value: wire.half }, budget },
    {
      what: 'its 95th percentile',
      value: us.most,
      unit,
      peer: { name: 'direct connection', value: wire.most },
      budget,
    },
    { what, value: us.half, unit, peer: { name: 'JupyterLab', value: page.half } },
    { what: 'its 95th percentile', value: us.most, unit, peer: { name: 'JupyterLab', value: page.most } },
  ];
}

/** A cell with much output: until it is complete and the cell has ended, and how long the extension host was held by it. */
async function large({ host }: Room, { ours, direct, lab }: Ways, what: string): Promise<Figure[]> {
  const inHost = (way: Way) => async () => {
    await way.turn();
    await host.ask('begin');
    const ms = await way.click({ ended: true });
    return { ms, held: (await host.ask('read')).longest };
  };
  const inPage = async () => {
    await lab.turn();
    return { ms: await lab.click({ ended: true }), held: NaN };
  };
  const [mine = [], straight = [], theirs = []] = await inTurns({ times: 5 }, [inHost(ours), inHost(direct), inPage]);
  const ms = (values: readonly { ms: number }[]) => median(values.map((each) => each.ms));
  const held = (values: readonly { held: number }[]) => Math.max(...values.map((each) => each.held));
  const unit = 'ms';
  return [
    { what, value: ms(mine), unit, peer: { name: 'direct connection', value: ms(straight) } },
    { what, value: ms(mine), unit, peer: { name: 'JupyterLab', value: ms(theirs) } },
    {
      what: 'the longest that the extension host was held by it',
      value: held(mine),
      unit,
      peer: { name: 'direct connection', value: held(straight) },
      budget: { value: 50, of: 'value' },
    },
  ];
}

async function with3Ways(room: Room, cell: Cell, measure: (ways: Ways) => Promise<Figure[]>): Promise<Figure[]> {
  const { session, host, server, ref, say } = room;
  say(`Measuring ${cell.name}`);
  const path = `${cell.name}.ipynb`;
  const inLab = `${cell.name}-lab.ipynb`;
  for (const each of [path, inLab]) await putNotebook(server, each, notebookOf(cell));
  const { page } = session.workbench;
  const other = await page.context().newPage();
  try {
    const lab = await InJupyterLab.open(other, server.jupyter, inLab, cell);
    await page.bringToFront();
    await host.ask('open', { ref, path, kernel: 'ours' });
    const ways = (['ours', 'direct'] as const).map((kernel) => new InVscode({ page, host, ref, path, kernel, cell }));
    const [ours, direct] = ways as [InVscode, InVscode];
    // Starts the kernels.
    for (const way of [ours, direct, lab]) {
      await way.turn();
      await way.click();
    }
    return await measure({ ours, direct, lab });
  } finally {
    await other.close();
    await host.ask('close');
  }
}
