import type { Figure } from '../measure.ts';
import type { Kernel } from '../host.ts';
import { notebookOf, trivial } from './cells.ts';
import { putNotebook } from './contents.ts';
import type { Room } from './room.ts';

const count = 20;

interface Grown {
  rssMB: number;
  heapMB: number;
}

/** What 20 open notebooks, each with a kernel of its own, take in the extension host over one. */
export async function manyNotebooks(room: Room, kernel: Kernel): Promise<Grown> {
  const { host, server, ref, say } = room;
  say(`Measuring ${count} notebooks${kernel === 'direct' ? ' by direct connections' : ''}`);
  const open = async (n: number) => {
    const path = `${kernel}-${n}.ipynb`;
    await putNotebook(server, path, notebookOf(trivial));
    await host.ask('open', { ref, path, kernel });
    await host.ask('run', { path });
  };
  try {
    await open(1);
    const one = await host.ask('memory');
    for (let n = 2; n <= count; n++) await open(n);
    const all = await host.ask('memory');
    return { rssMB: all.rssMB - one.rssMB, heapMB: all.heapMB - one.heapMB };
  } finally {
    await host.ask('close');
  }
}

export function memoryFigures(ours: Grown, direct: Grown): Figure[] {
  const peer = (value: number) => ({ name: 'direct connections', value });
  return [
    {
      what: `memory of ${count} notebooks with kernels over one, all of the process`,
      value: ours.rssMB,
      unit: 'MB',
      peer: peer(direct.rssMB),
    },
    { what: 'of it in use', value: ours.heapMB, unit: 'MB', peer: peer(direct.heapMB) },
  ];
}
