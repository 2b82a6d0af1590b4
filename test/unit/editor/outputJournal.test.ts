import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutputJournal } from '../../../src/editor/reattach/outputJournal.ts';
import { silentLogger } from '../../../src/k8s/log.ts';

describe('what a running cell told, on disk', () => {
  let folder: string;
  const made: OutputJournal[] = [];
  const journal = (o: { head?: number; part?: number } = {}) => {
    const one = new OutputJournal({ at: { folder }, logger: silentLogger, ...o });
    made.push(one);
    return one;
  };
  const print = (text: string) => ({ kind: 'stream', name: 'stdout', text }) as const;
  const said = (one: OutputJournal) =>
    one
      .read()
      .events.map((event) => (event === 'left-out' ? '...' : event.kind === 'stream' ? event.text : event.kind));

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kubeflow-journal-'))));
  afterEach(() => {
    for (const one of made.splice(0)) one.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is what the next window reads, which goes on with it', () => {
    const first = journal();
    first.add({ kind: 'started', executionCount: 3 });
    first.add(print('1'));
    first.heard(1000, { process: 'kernel_42', n: 7 });
    first.dispose();
    const second = journal();
    assert.deepEqual(second.read(), {
      events: [{ kind: 'started', executionCount: 3 }, print('1')],
      heardAt: 1000,
      mark: { process: 'kernel_42', n: 7 },
    });
    second.add(print('2'));
    assert.deepEqual(said(journal()), ['started', '1'], 'not written yet');
    second.dispose();
    assert.deepEqual(said(journal()), ['started', '1', '2']);
  });

  it('may be read by its user only', function () {
    if (process.platform === 'win32') this.skip();
    const one = journal();
    one.add(print('1'));
    one.dispose();
    assert.equal(statSync(join(folder, readdirSync(folder)[0]!)).mode & 0o077, 0);
  });

  it('ends with the last whole line of a window that was killed', () => {
    const one = journal();
    one.add(print('1'));
    one.dispose();
    appendFileSync(join(folder, 'told-0.jsonl'), '{"event":{"kind":"str');
    assert.deepEqual(said(journal()), ['1']);
  });

  it('leaves out what the cell cleared, but for its number', () => {
    const one = journal();
    one.add({ kind: 'started', executionCount: 3 });
    for (let i = 0; i < 5; i++) {
      one.add({ kind: 'clear', wait: true });
      one.add(print(String(i)));
    }
    assert.deepEqual(said(one), ['started', '4']);
    one.add({ kind: 'clear', wait: false });
    assert.deepEqual(said(one), ['started']);
    one.add(print('5'));
    one.add({ kind: 'clear', wait: true });
    assert.deepEqual(said(one), ['started', '5', 'clear']);
  });

  it('keeps the first and the last part of what is too long', () => {
    const one = journal({ head: 100, part: 100 });
    for (let i = 0; i < 40; i++) {
      one.add(print(String(i)));
      one.heard(i, undefined);
      one.read();
    }
    const kept = said(one);
    assert.equal(kept[0], '0');
    assert.equal(kept.at(-1), '39');
    assert.equal(kept.filter((text) => text === '...').length, 1);
    assert.ok(kept.length < 20, String(kept.length));
  });

  it('is gone with the cell', () => {
    const one = journal();
    one.add(print('1'));
    one.read();
    one.remove();
    assert.deepEqual(readdirSync(folder), []);
  });
});
