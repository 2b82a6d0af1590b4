import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Claim, Claims } from '../../../src/editor/reattach/claims.ts';
import {
  checkOf,
  findCell,
  readRun,
  removeRun,
  writeRun,
  type RunRecord,
} from '../../../src/editor/reattach/runRecord.ts';
import { silentLogger } from '../../../src/k8s/log.ts';

const key = 'prod/alice/mnist kubeflow:/train.ipynb';
const record: RunRecord = {
  kernelId: 'k',
  path: 'train.ipynb',
  messageId: 'm',
  cell: { index: 1, check: checkOf('train()') },
  startedAt: 1,
  sentAt: 2,
  waiting: 0,
};

describe('a place at a notebook kernel', () => {
  let folder: string;
  let now: number;
  /** The process ids that run. */
  let running: Set<number>;
  let windows: Claims[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubeflow-claims-'));
    now = Date.now();
    running = new Set();
    windows = [];
  });
  afterEach(() => {
    for (const each of windows) each.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const opened = (pid: number, host = 'laptop') => {
    running.add(pid);
    const made = new Claims({
      folder,
      logger: silentLogger,
      life: { pid, host, isRunning: (id) => running.has(id), now: () => now },
      windowAnswers: () => Promise.resolve(),
    });
    windows.push(made);
    return made;
  };
  const ownerOf = ({ folder: at }: Claim) =>
    join(
      at,
      readdirSync(at).find((name) => name.startsWith('owner'))!,
    );

  it('is one per window, the same each time it asks', async () => {
    const window = opened(1);
    const [first, second] = await Promise.all([window.take(key), window.take(key)]);
    assert.equal(first, second);
    assert.notEqual((await window.take('another')).clientId, first.clientId);
  });

  it('is never shared by two windows that live, also when they ask at once', async () => {
    const left = await opened(1).take(key);
    windows[0]!.dispose();
    const claims = await Promise.all([2, 3, 4].map((pid) => opened(pid).take(key)));
    const ids = new Set(claims.map(({ clientId }) => clientId));
    assert.equal(ids.size, 3);
    assert.ok(ids.has(left.clientId), 'one of them goes on where the last window left');
  });

  it('goes to the next window when the one that had it is closed, has crashed or was another container', async () => {
    const first = await opened(1).take(key);
    windows[0]!.dispose();
    const second = await opened(2).take(key);
    assert.equal(second.clientId, first.clientId);
    running.delete(2);
    const third = await opened(3).take(key);
    assert.equal(third.clientId, first.clientId);
    assert.notEqual((await opened(5, 'container').take(key)).clientId, first.clientId, 'it cannot see whether 3 runs');
    now += 60_000;
    assert.equal((await opened(4, 'container').take(key)).clientId, first.clientId);
  });

  it('goes to the next window when its own is gone though its process is not, but not at once: it may have slept', async () => {
    const first = await opened(1).take(key);
    const long = new Date(now - 3_600_000);
    utimesSync(ownerOf(first), long, long);
    writeRun(first.folder, record);
    const next = opened(2);
    assert.equal(await next.takeLeft(key), 'held');
    now += 16_000;
    const taken = await next.takeLeft(key);
    assert.ok(taken instanceof Claim);
    assert.equal(taken.clientId, first.clientId);
    let told = 0;
    first.onDidLose(() => told++);
    assert.equal(await windows[0]!.check(first), false);
    assert.equal(told, 1);
    assert.notEqual((await windows[0]!.take(key)).clientId, first.clientId);
  });

  it('where a cell was left running is found by that, and only by windows that may have it', async () => {
    const first = await opened(1).take(key);
    assert.equal(await windows[0]!.takeLeft(key), undefined);
    writeRun(first.folder, record);
    const next = opened(2);
    assert.equal(await next.takeLeft(key), 'held');
    assert.notEqual((await next.take(key)).clientId, first.clientId);
    windows[0]!.dispose();
    const third = await opened(3).takeLeft(key);
    assert.ok(third instanceof Claim);
    assert.deepEqual(readRun(third.folder), record);
    removeRun(third.folder);
    assert.equal(await opened(4).takeLeft(key), undefined);
  });

  it('goes along when the notebook is renamed, and is gone with one that was never saved', async () => {
    const window = opened(1);
    const claim = await window.take(key);
    assert.equal(window.knows('renamed'), false);
    await window.move(key, 'renamed');
    assert.equal(await window.take('renamed'), claim);
    assert.ok(existsSync(ownerOf(claim)));
    await window.forget('renamed');
    assert.notEqual((await window.take('renamed')).clientId, claim.clientId);
  });
});

describe('the cell that a run means', () => {
  const place = { index: 1, check: checkOf('train()\nshow()') };

  it('is the one at its place with its text, however lines end', () => {
    assert.equal(findCell(place, ['load()', 'train()\r\nshow()', 'train()\nshow()']), 1);
  });

  it('is found where it was moved to', () => {
    assert.equal(findCell(place, ['load()', undefined, 'more()', 'train()\nshow()']), 3);
  });

  it('is none when its text is another one, or that of several', () => {
    assert.equal(findCell(place, ['load()', 'train(2)\nshow()']), undefined);
    assert.equal(findCell(place, ['train()\nshow()', 'x', 'train()\nshow()']), undefined);
  });
});

it('a record of a run keeps the times of a problem as times', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubeflow-run-'));
  const problem = { code: 'OutputLost', server: 'mnist', from: new Date(1000), to: new Date(2000) } as const;
  writeRun(folder, { ...record, ended: { ok: false, at: 3, problem } });
  assert.deepEqual(readRun(folder)?.ended?.problem, problem);
  rmSync(folder, { recursive: true });
});
