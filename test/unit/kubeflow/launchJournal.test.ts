import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/k8s/log.ts';
import type { LaunchEntry } from '../../../src/kubeflow/launch/entry.ts';
import { LaunchTaken } from '../../../src/kubeflow/launch/journal.ts';
import { JournalFiles } from '../../../src/kubeflow/launch/journalFiles.ts';
import type { LeaseTimes } from '../../../src/kubeflow/launch/lease.ts';

function entry(id: string, began = '2026-01-01T00:00:00Z'): LaunchEntry {
  const about = { context: 'lab', fingerprint: 'f', namespace: 'alice', name: 'bert', began };
  return { version: 1, id, ...about, doing: 'making', objects: [], withheld: [] };
}

describe('The journal of launches', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'kubeflow-journal-')), 'launches');
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true }));

  const aWindow = (times: Partial<LeaseTimes> = {}): JournalFiles =>
    new JournalFiles({ folder, logger: silentLogger, times: { beat: 20, lapse: 200, ...times } });
  /** Its holders live: a disk that is busy for seconds, which holds up their beats, is not to make them look forgotten. */
  const aWindowOfTheLiving = (): JournalFiles => aWindow({ lapse: 10_000 });
  /** As a process leaves it that ended, here or on another computer. */
  const holder = (id: string, number: number, host: string): Promise<void> =>
    writeFile(join(folder, `${id}.${number}.lease`), JSON.stringify({ owner: 'x', pid: 2 ** 30, host, beats: 7 }));

  it('is empty where nothing was ever launched', async () => {
    assert.deepEqual(await aWindow().unfinished(), []);
  });

  it('does not give out what its own window or another one works on', async () => {
    const first = aWindow();
    const page = await first.begin(entry('a'));
    let held = 0;
    const onHeld = () => held++;
    assert.deepEqual(await first.unfinished(onHeld), []);
    assert.equal(held, 0, 'what a window works on itself it need not look at again');
    const others = aWindowOfTheLiving().unfinished(onHeld);
    assert.deepEqual(await Promise.all([others, aWindowOfTheLiving().take('a')]), [[], undefined]);
    assert.equal(held, 1);
    await page.end();
    assert.deepEqual(await readdir(folder), []);
  });

  it('gives out what was released, the oldest first', async () => {
    const first = aWindow();
    for (const one of [entry('b', '2026-01-02T00:00:00Z'), entry('a')]) await (await first.begin(one)).release();
    assert.deepEqual(
      (await aWindow().unfinished()).map(({ id }) => id),
      ['a', 'b'],
    );
  });

  it('lets one of several windows take a launch', async () => {
    await (await aWindow().begin(entry('a'))).release();
    const pages = await Promise.all([1, 2, 3].map(() => aWindowOfTheLiving().take('a')));
    const [page, ...others] = pages.filter((one) => one !== undefined);
    assert.equal(others.length, 0);
    await page!.end();
    assert.deepEqual(await readdir(folder), []);
  });

  it('takes over from a holder that stands still, on whatever computer', async () => {
    await (await aWindow().begin(entry('a'))).release();
    await holder('a', 0, 'another-computer');
    const page = await aWindow().take('a');
    assert.ok(page);
    await page.end();
    assert.deepEqual(await readdir(folder), []);
  });

  it('lets who has lost the lease write nothing more', async () => {
    const slow = await aWindow({ beat: 60_000 }).begin(entry('a'));
    const other = await aWindow().take('a');
    assert.ok(other);
    await assert.rejects(
      slow.write((e) => (e.doing = 'undoing')),
      LaunchTaken,
    );
    assert.equal(slow.entry.doing, 'making');
    await slow.release();
    await other.write(() => undefined);
    await other.end();
    assert.deepEqual(await readdir(folder), []);
  });

  it('is no longer the one who stood still when the other takes it a second time, under the same number', async () => {
    const slow = await aWindow({ beat: 60_000 }).begin(entry('a'));
    const window = aWindow();
    await (await window.take('a'))!.release();
    const again = await window.take('a');
    assert.ok(again);
    assert.deepEqual(await readdir(folder), ['a.0.lease', 'a.launch.json'], 'the number that the slow one had');
    await assert.rejects(
      slow.write((e) => (e.doing = 'undoing')),
      LaunchTaken,
    );
    await slow.end();
    await again.write(() => undefined);
    assert.equal((await readdir(folder)).length, 2, 'the slow one removes nothing that is not its own');
    await again.end();
    assert.deepEqual(await readdir(folder), []);
  });

  it('does not take a launch that has come to its end meanwhile', async () => {
    const first = aWindow();
    await (await first.begin(entry('a'))).release();
    const [seen] = await aWindow().unfinished();
    await (await first.take('a'))!.end();
    assert.equal(await aWindow().take(seen!.id), undefined);
    assert.deepEqual(await readdir(folder), []);
  });

  it('holds nothing, and leaves nothing, of a launch that it could not write down', async () => {
    const window = aWindow();
    await window.begin(entry('other')).then((page) => page.end());
    // A folder in the entry's place: the draft is written, and cannot become the entry.
    await mkdir(join(folder, 'a.launch.json'));
    await assert.rejects(window.begin(entry('a')), { code: 'EISDIR' });
    assert.deepEqual(await readdir(folder), ['a.launch.json'], 'neither a draft nor a lease');
    await rm(join(folder, 'a.launch.json'), { recursive: true });
    await (await window.begin(entry('a'))).end();
  });

  it('may take a launch again whose lease could not be asked for', async () => {
    const window = aWindow();
    await (await window.begin(entry('a'))).release();
    await rename(folder, `${folder}-away`);
    await assert.rejects(window.take('a'), { code: 'ENOENT' });
    await rename(`${folder}-away`, folder);
    const page = await window.take('a');
    assert.ok(page);
    await page.end();
  });

  it('leaves alone what it cannot read', async () => {
    await (await aWindow().begin(entry('a'))).release();
    await writeFile(join(folder, 'later.launch.json'), JSON.stringify({ ...entry('later'), version: 2 }));
    await writeFile(join(folder, 'half.launch.json'), '{"version": 1,');
    assert.deepEqual(
      (await aWindow().unfinished()).map(({ id }) => id),
      ['a'],
    );
  });
});
