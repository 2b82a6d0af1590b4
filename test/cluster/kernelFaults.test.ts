import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLab, stopLab, type Lab } from '../../lab/index.ts';
import { rememberLab } from '../run/secrets.ts';
import { cases } from './kernelFaults/cases.ts';
import type { KernelFault } from './kernelFaults/row.ts';
import { kernel, way } from './kernelFaults/rows.ts';
import { KernelWorld } from './kernelFaults/world.ts';

const rows: Record<string, readonly KernelFault[]> = {
  'the way to the server breaks': way,
  'the kernel goes': kernel,
};

// A cell counts. Each row: what breaks under it, whether the cell goes on, what the user reads, which numbers are missing and
// that each gap is named in its place, whether the variables are still there, and that the next cell runs. The lab is the
// suite's own: some of it is killed.
describe('under a running cell', function () {
  this.timeout(120_000);
  let lab: Lab;
  let world: KernelWorld;
  let folder: string;
  before(async function () {
    this.timeout(600_000);
    folder = await mkdtemp(join(tmpdir(), 'kubeflow-kernel-faults-'));
    lab = await startLab({ run: join(folder, 'lab') });
    await rememberLab(lab.run);
    world = await KernelWorld.open(lab);
  });
  after(async function () {
    this.timeout(60_000);
    await world?.close();
    await stopLab(join(folder, 'lab'));
    await rm(folder, { recursive: true, force: true });
  });
  for (const [topic, faults] of Object.entries(rows)) {
    describe(topic, () => {
      for (const row of faults) {
        const then = row.cell === 'ends' ? 'the cell ends' : `the cell goes on, ${row.output}`;
        it(`${row.fault}: ${then}, variables are ${row.variables}`, () => check(row).finally(() => world.end(row)));
      }
    });
  }

  for (const { name, run } of cases) it(name, () => run(world).finally(() => world.end()));

  async function check(row: KernelFault): Promise<void> {
    await world.begin(row);
    const { cell, notices } = world;
    await row.make(world);
    await row.undo?.(world);
    if (row.cell === 'goes on') await world.stopCounting();
    const { ok, problem } = await cell.done;

    assert.equal(ok, row.cell === 'goes on', JSON.stringify(problem));
    assert.deepEqual(cell.lies, []);
    const named = cell.told.filter((one) => typeof one !== 'number');
    if (row.output === 'nothing lost') assert.deepEqual(named, []);
    if (row.output === 'loss named') {
      // A machine that stands still for as long as a heartbeat waits loses the next connection too.
      const losses = notices.filter((notice) => notice !== '').length;
      assert.ok(named.length >= 1 && named.length <= losses, `${named.length} gaps are named, of ${losses} losses`);
    }
    for (const { problem: gap } of named)
      assert.match(
        world.words(gap).text,
        /^Output from \d\d:\d\d:\d\d to \d\d:\d\d:\d\d was not kept by the server\.$/,
      );
    if (row.meanwhile) {
      assert.match(notices[0] ?? '', row.meanwhile);
      assert.equal(notices.at(-1), '', 'the notice is gone when the connection is back');
    } else if (row.cell === 'goes on') assert.deepEqual(notices, []);
    if (row.says) {
      const { text, action } = world.words(problem!);
      assert.match(text, row.says);
      assert.equal(action?.title, row.remedy);
    }

    if (row.refused) {
      const refused = await world.run('1').then(
        () => assert.fail('it runs'),
        (error: unknown) => world.explain(error).text,
      );
      assert.match(refused, row.refused);
      await row.remedied?.(world);
    }
    const last = cell.numbers.at(-1)!;
    const next = await world.run('print(i)');
    if (row.variables === 'kept') assert.deepEqual([next.ok, next.text], [true, `${last + 1}\n`]);
    else {
      assert.deepEqual([next.ok, next.text], [false, 'NameError']);
      assert.equal((await world.run('print(2)')).text, '2\n');
    }
  }
});
