import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLab, stopLab, type Lab } from '../../lab/index.ts';
import { credentials } from './faults/credentials.ts';
import { kubeconfig } from './faults/kubeconfig.ts';
import { network } from './faults/network.ts';
import { rememberLab } from '../run/secrets.ts';
import { run } from './faults/run.ts';
import type { Case, Fault } from './faults/row.ts';
import { rights } from './faults/rights.ts';
import { server } from './faults/server.ts';
import { watching } from './faults/watches.ts';
import { World } from './faults/world.ts';

const rows: Record<string, readonly (Fault | Case)[]> = {
  'of the network': network,
  'of the server': server,
  'of lists and watches': watching,
  'of credentials and certificates': credentials,
  'of rights': rights,
  'of the kubeconfig': kubeconfig,
};

// Each row: a healthy start, the fault, what the user sees of it, changes behind its back, its end, and within 10 s of the
// moment that this can be noticed rows that are live and equal what kubectl says. The lab is the suite's own: some of it is killed.
describe('faults', function () {
  this.timeout(120_000);
  let lab: Lab;
  let world: World;
  let folder: string;
  before(async function () {
    this.timeout(600_000);
    folder = await mkdtemp(join(tmpdir(), 'kubeflow-faults-'));
    lab = await startLab({ run: join(folder, 'lab') });
    await rememberLab(lab.run);
    world = new World(lab, folder);
    await world.change();
  });
  after(async function () {
    this.timeout(60_000);
    await stopLab(join(folder, 'lab'));
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(() => world.reset());

  for (const [topic, faults] of Object.entries(rows)) {
    describe(topic, () => {
      for (const fault of faults) {
        it(fault.name, async function () {
          try {
            if ('run' in fault) return void (await fault.run(world));
            const seconds = await run(fault, world);
            const because = fault.detectable ? `; ${fault.detectable.because}` : '';
            this.test!.title += ` (recovered after ${seconds.toFixed(1)} s${because})`;
          } finally {
            await world.end();
            if ('make' in fault) await fault.cleanUp?.(world);
          }
        });
      }
    });
  }
});
