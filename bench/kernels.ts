import { join } from 'node:path';
import type { Lab } from '../lab/index.ts';
import { withVscode } from './host.ts';
import { clicks } from './kernels/clicks.ts';
import { withoutLimits } from './kernels/jupyterSettings.ts';
import { largeNotebook } from './kernels/largeNotebook.ts';
import { manyNotebooks, memoryFigures } from './kernels/manyNotebooks.ts';
import { restarts } from './kernels/restarts.ts';
import type { Room } from './kernels/room.ts';
import type { Figure } from './measure.ts';
import { benchServer, type BenchServer } from './server.ts';

/** Cells, their outputs, files and restarts of one notebook server, as a person meets them. */
export async function kernels(lab: Lab, say: (line: string) => void): Promise<Figure[]> {
  const server = await benchServer(lab, await withoutLimits(join(lab.run, 'bench-jupyter')));
  const figures = await inRoom(lab, server, say, async (room) => [
    ...(await clicks(room)),
    ...(await largeNotebook(room)),
  ]);
  // Each in a VS Code of its own: what has been used before does not count.
  const ours = await inRoom(lab, server, say, (room) => manyNotebooks(room, 'ours'));
  const direct = await inRoom(lab, server, say, (room) => manyNotebooks(room, 'direct'));
  return [...figures, ...memoryFigures(ours, direct), await restarts(lab, server, say)];
}

function inRoom<T>(
  lab: Lab,
  server: BenchServer,
  say: (line: string) => void,
  work: (room: Room) => Promise<T>,
): Promise<T> {
  const { namespace, name, jupyter } = server;
  const ref = { context: 'kubeflow-lab', namespace, name };
  const kubeconfig = lab.kubeconfig('alice', { at: 'remote' });
  return withVscode(lab, 'alice', { jupyter, kubeconfig }, (session, host) =>
    work({ session, host, server, ref, say }),
  );
}
