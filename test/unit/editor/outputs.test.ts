import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { itemsOf } from '../../../src/editor/mime.ts';
import { OutputPlan, type OutputStep } from '../../../src/editor/outputPlan.ts';
import { WholeOutput } from '../../../src/editor/wholeOutput.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import { blocksNobody } from '../support/turns.ts';

const text = (data: Uint8Array) => Buffer.from(data).toString('utf8');
const print = (plan: OutputPlan, s: string, name: 'stdout' | 'stderr' = 'stdout') =>
  plan.add({ kind: 'stream', name, text: s });

describe('output items', () => {
  it('decodes images, keeps svg and html as text, writes JSON', () => {
    const items = new Map(
      itemsOf({
        'image/png': 'aGk=\n',
        'image/svg+xml': ['<svg>', '</svg>'],
        'text/plain': 'x',
        'application/json': { a: 1 },
        'application/vnd.plotly.v1+json': { b: [1] },
      }).map((item) => [item.mime, text(item.data)]),
    );
    assert.equal(items.get('image/png'), 'hi');
    assert.equal(items.get('image/svg+xml'), '<svg></svg>');
    assert.equal(items.get('application/json'), '{\n  "a": 1\n}');
    assert.equal(items.get('application/vnd.plotly.v1+json'), '{"b":[1]}');
  });

  it('puts the richest first, plain text before what only the Jupyter extension can show', () => {
    const mimes = (data: Record<string, unknown>) => itemsOf(data).map((item) => item.mime);
    assert.deepEqual(mimes({ 'text/plain': '', 'image/png': '', 'text/html': '' }), [
      'text/html',
      'image/png',
      'text/plain',
    ]);
    assert.equal(mimes({ 'application/vnd.jupyter.widget-view+json': {}, 'text/plain': '' })[0], 'text/plain');
  });
});

describe('the plan of what to draw', () => {
  it('joins what the same stream said between two drawings', () => {
    const plan = new OutputPlan();
    print(plan, 'a');
    print(plan, 'b');
    print(plan, '!', 'stderr');
    print(plan, 'c');
    assert.deepEqual(
      plan.take().map((s) => (s.do === 'stream' ? `${s.name}:${s.text}` : s.do)),
      ['stdout:ab', 'stderr:!', 'stdout:c'],
    );
    assert.ok(plan.empty);
  });

  it('clears at once, or with the next output when asked to wait', () => {
    const plan = new OutputPlan();
    print(plan, 'old');
    plan.add({ kind: 'clear', wait: true });
    assert.deepEqual(
      plan.take().map((s) => s.do),
      ['stream'],
    );
    print(plan, 'new');
    assert.deepEqual(plan.take(), [{ do: 'clear' }, { do: 'stream', name: 'stdout', text: 'new' }]);
    print(plan, 'x');
    plan.add({ kind: 'clear', wait: false });
    assert.deepEqual(plan.take(), [{ do: 'clear' }]);
  });

  it('counts and keeps of a progress bar only what stays in sight', () => {
    const plan = new OutputPlan({ head: 60, tail: 6, liveTail: 6, outputs: 2 });
    const drawn: string[] = [];
    for (let i = 0; i <= 100; i++) {
      print(plan, `\r${i}% of it`);
      if (i % 10 === 0) drawn.push(...plan.take().map((s) => (s.do === 'stream' ? s.text : s.do)));
    }
    print(plan, '\ndone\n');
    drawn.push(...plan.take(true).map((s) => (s.do === 'stream' ? s.text : s.do)));
    assert.deepEqual(drawn.slice(0, 3), ['\r0% of it', '\r10% of it', '\r20% of it']);
    assert.equal(drawn.at(-1), '\ndone\n');
    assert.ok(!drawn.includes('tail'));
  });

  it('keeps what a shorter text leaves of the line below it, and colours as they are', () => {
    const once = (...texts: string[]) => {
      const plan = new OutputPlan();
      for (const text of texts) print(plan, text);
      return plan.take().map((s) => s.do === 'stream' && s.text);
    };
    assert.deepEqual(once('a\rlong line\rshort', '\rx\nnext'), ['a\rxhortline\nnext']);
    assert.deepEqual(once('1%\r', '2%\r', '3%\r'), ['1%\r3%\r']);
    assert.deepEqual(once('a\r\x1b[31mlong\x1b[0m\rb'), ['b\x1b[31mong\x1b[0m']);
    assert.deepEqual(once('dos\r\nlines\r\n'), ['dos\r\nlines\r\n'.replace(/\r/g, '')]);
  });

  it('draws progress bars of several lines in their place, as a terminal does', () => {
    const plan = new OutputPlan();
    const shown = () => plan.take().map((s) => s.do === 'stream' && [s.text, s.replace ?? false]);
    print(plan, 'before\n');
    assert.deepEqual(shown(), [['before\n', false]]);
    // rich: back up over its lines, each erased, and all of them anew.
    print(plan, 'a  0%\nb  0%');
    print(plan, '\r\x1b[2K\x1b[1A\x1b[2K\x1b[31ma\x1b[0m 50%\nb 10%');
    assert.deepEqual(shown(), [['before\n\x1b[31ma\x1b[0m 50%\nb 10%', true]]);
    print(plan, '\r\x1b[2K\x1b[1A\x1b[2Ka done\nb done\nafter\n');
    assert.deepEqual(shown(), [['before\na done\nb done\nafter\n', true]]);
    assert.ok(plan.empty);
    // tqdm: the inner bar below the outer one, which is then drawn again.
    print(plan, 'x', 'stderr');
    plan.take();
    print(plan, '\router 0/2\n\rinner 0/9\x1b[A');
    print(plan, '\n\rinner 9/9\x1b[A\router 1/2', 'stdout');
    assert.deepEqual(shown(), [['outer 1/2\ninner 9/9', true]]);
  });

  it('draws a coloured progress bar over itself and leaves nothing of longer colours', () => {
    const plan = new OutputPlan();
    const shown = () => plan.take().map((s) => s.do === 'stream' && s.text);
    print(plan, '\x1b[?25lpip\n   \x1b[90m━━\x1b[0m \x1b[36m0:00:09\x1b[0m');
    plan.take();
    print(plan, '\r\x1b[2K   \x1b[35m━━\x1b[0m 0:01');
    assert.deepEqual(shown(), ['pip\n   \x1b[35m━━\x1b[0m 0:01']);
    // In several pieces, over a part of the line; what is erased then is right of it.
    print(plan, '\r\x1b[1mab');
    print(plan, 'c\x1b[0m');
    assert.deepEqual(shown(), ['pip\n\x1b[1mabc\x1b[0m\x1b[35m━━\x1b[0m 0:01']);
    print(plan, '\x1b[K\ndone\x1b[?25h\n');
    assert.deepEqual(shown(), ['pip\n\x1b[1mabc\x1b[0m\ndone\n']);
  });

  it('keeps the first and the last part of a runaway output', () => {
    const plan = new OutputPlan({ head: 10, tail: 6, liveTail: 6, outputs: 2 });
    for (let i = 0; i < 1000; i++) print(plan, `line ${i}\n`);
    const steps = plan.take(true);
    const head = steps.filter((s) => s.do === 'stream').map((s) => s.text);
    const tail = steps.find((s) => s.do === 'tail');
    assert.equal(head.join(''), 'line 0\nlin');
    assert.equal(tail?.text, 'e 999\n');
    assert.ok(plan.isCut);
    const total = Array.from({ length: 1000 }, (_, i) => `line ${i}\n`.length).reduce((a, b) => a + b);
    assert.equal(10 + tail.left + tail.text.length, total);
  });

  it('draws the end of a runaway output now and then, and always at last', () => {
    const plan = new OutputPlan({ head: 1, tail: 10, liveTail: 5, outputs: 2 });
    print(plan, 'ab');
    plan.take();
    let drawn = 0;
    for (let i = 0; i < 20; i++) {
      print(plan, 'x'.repeat(10));
      drawn += plan.take().length;
    }
    assert.ok(drawn >= 1 && drawn <= 4, String(drawn));
    print(plan, 'end');
    assert.ok(plan.take(true).some((s) => s.do === 'tail' && s.text.endsWith('end')));
    assert.deepEqual(plan.take(true), []);
    assert.ok(plan.empty);
  });

  it('shows less of the end while more comes than when all has come', () => {
    const plan = new OutputPlan({ head: 1, tail: 10, liveTail: 3, outputs: 2 });
    print(plan, 'a123456789');
    assert.deepEqual(plan.take().at(-1), { do: 'tail', name: 'stdout', text: '789', left: 6 });
    assert.deepEqual(plan.take(true), [{ do: 'tail', name: 'stdout', text: '123456789', left: 0 }]);
    assert.equal(plan.isCut, false);
  });

  it('counts in bytes, and cuts no character', () => {
    const plan = new OutputPlan({ head: 4, tail: 7, liveTail: 7, outputs: 2 });
    print(plan, '한글한글한글');
    assert.deepEqual(plan.take(true), [
      { do: 'stream', name: 'stdout', text: '한' },
      { do: 'tail', name: 'stdout', text: '한글', left: 9 },
    ]);
  });

  it('hands all text to whoever keeps the whole', () => {
    let whole = '';
    const sink = { add: (s: string) => void (whole += s), clear: () => void (whole = '') };
    const plan = new OutputPlan({ head: 2, tail: 2, liveTail: 2, outputs: 2 }, sink);
    print(plan, 'gone');
    plan.add({ kind: 'clear', wait: true });
    print(plan, 'all ');
    print(plan, 'of it', 'stderr');
    assert.equal(whole, 'all of it');
  });

  it('says once that the server left output out, where it did, until the cell is cleared', () => {
    const plan = new OutputPlan();
    const problem = { code: 'OutputLimited', what: 'bytes', perSecond: 1, option: 'x' } as const;
    const say = () => plan.add({ kind: 'limited', problem });
    print(plan, 'a');
    say();
    say();
    print(plan, 'b');
    assert.deepEqual(
      plan.take().map((s) => s.do),
      ['stream', 'limited', 'stream'],
    );
    plan.add({ kind: 'clear', wait: false });
    say();
    assert.deepEqual(
      plan.take().map((s) => s.do),
      ['clear', 'limited'],
    );
  });

  it('says each time that output was lost, where it was', () => {
    const plan = new OutputPlan();
    const problem = { code: 'OutputLost', server: 'mnist', from: new Date(1), to: new Date(2) } as const;
    print(plan, 'a');
    plan.add({ kind: 'lost', problem });
    print(plan, 'b');
    plan.add({ kind: 'lost', problem });
    assert.deepEqual(
      plan.take().map((s) => s.do),
      ['stream', 'lost', 'stream', 'lost'],
    );
  });

  it('counts rich outputs that are too many', () => {
    const plan = new OutputPlan({ head: 1, tail: 1, liveTail: 1, outputs: 2 });
    for (let i = 0; i < 5; i++) plan.add({ kind: 'display', data: {}, metadata: {} });
    assert.equal(plan.take().length, 2);
    assert.equal(plan.droppedOutputs, 3);
  });
});

describe('the whole of an output', () => {
  const folder = join(tmpdir(), `whole-output-test-${process.pid}`);
  const make = (o: { inMemory?: number; most?: number } = {}) =>
    new WholeOutput({ folder, logger: silentLogger, inMemory: 10, ...o });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is in no file while it is small', async () => {
    const whole = make();
    whole.add('0123456789');
    assert.equal(await whole.path(), undefined);
    assert.equal(existsSync(folder), false);
  });

  it('is in a file from its start on, which nobody else may read, and goes with its cell', async () => {
    const whole = make();
    for (let i = 0; i < 5000; i++) whole.add(`line ${i}\n`);
    const path = (await whole.path())!;
    const text = await readFile(path, 'utf8');
    assert.ok(text.startsWith('line 0\nline 1\n') && text.endsWith('line 4999\n'));
    assert.equal(text.length, whole.length);
    assert.equal((await stat(path)).mode & 0o077, 0);
    whole.add('more');
    assert.equal((await readFile((await whole.path())!, 'utf8')).length, whole.length);
    whole.dispose();
    while (existsSync(path)) await new Promise(setImmediate);
    assert.equal(await whole.path(), undefined);
  });

  it('starts anew when the cell is cleared, and ends where the disk would be in danger', async () => {
    const whole = make({ most: 20 });
    whole.add('old text that is long');
    whole.clear();
    whole.add('0123456789ABCDEF');
    whole.add('ghij');
    whole.add('more than the most');
    assert.equal(await readFile((await whole.path())!, 'utf8'), '0123456789ABCDEFghij');
    whole.dispose();
  });
});

describe('100 MB of output', function () {
  this.timeout(60_000);
  for (const [what, text, times] of [
    ['in 100,000 lines', `${'x'.repeat(999)}\n`, 100_000],
    ['in pieces as a large message has them', `${'y'.repeat(79)}\n`.repeat(3276), 382],
    ['with a carriage return in each line', `\r${'z'.repeat(998)}\n`, 100_000],
    ['with colours and a carriage return in each line', `\r\x1b[31m${'z'.repeat(989)}\x1b[0m\n`, 100_000],
  ] as const)
    it(`${what} block nobody, and leave 5 MB in the cell`, async () => {
      let whole = 0;
      let shown = 0;
      let last: OutputStep | undefined;
      const draw = (steps: OutputStep[]) => {
        for (const step of steps)
          if (step.do === 'stream') shown = (step.replace ? 0 : shown) + Buffer.byteLength(step.text);
        last = steps.at(-1) ?? last;
      };
      await blocksNobody(async () => {
        whole = shown = 0;
        last = undefined;
        const sink = { add: (s: string) => void (whole += s.length), clear: () => undefined };
        const plan = new OutputPlan(undefined, sink);
        // What comes in one turn of the event loop from a wire of 100 MB/s, and a drawing every 40 ms.
        const perTurn = Math.ceil(1_000_000 / text.length);
        for (let i = 0; i < times; i++) {
          print(plan, text);
          if (i % perTurn !== 0) continue;
          if (i % (4 * perTurn) === 0) draw(plan.take());
          await new Promise(setImmediate);
        }
        draw(plan.take(true));
      }, 50);
      assert.ok(last?.do === 'tail');
      const tail = Buffer.byteLength(last.text);
      assert.ok(shown > 990_000 && shown < 1_010_000 && tail > 3_900_000 && tail <= 4_000_000, `${shown} + ${tail}`);
      assert.ok(whole >= 100_000_000 - text.length);
    });

  it('of one coloured progress bar block nobody, and leave its last state', async () => {
    const bar = (i: number) => `\r\x1b[2K\x1b[32m${'#'.repeat(980)}\x1b[0m ${i}`;
    let shown: OutputStep | undefined;
    await blocksNobody(async () => {
      const plan = new OutputPlan();
      for (let i = 0; i < 100_000; i++) {
        print(plan, bar(i));
        if (i % 1000 !== 0) continue;
        if (i % 4000 === 0) plan.take();
        await new Promise(setImmediate);
      }
      [shown] = plan.take(true);
    }, 50);
    assert.deepEqual(shown, {
      do: 'stream',
      name: 'stdout',
      text: bar(99_999).replace('\r\x1b[2K', ''),
      replace: true,
    });
  });
});
