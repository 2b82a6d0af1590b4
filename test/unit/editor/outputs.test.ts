import assert from 'node:assert/strict';
import { itemsOf } from '../../../src/editor/mime.ts';
import { OutputPlan } from '../../../src/editor/outputPlan.ts';

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
    assert.equal(items.get('application/json'), '{"a":1}');
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
    const plan = new OutputPlan({ headChars: 60, tailChars: 6, outputs: 2 });
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
    assert.deepEqual(once('a\r\x1b[31mlong\x1b[0m\rb'), ['a\r\x1b[31mlong\x1b[0m\rb']);
    assert.deepEqual(once('dos\r\nlines\r\n'), ['dos\r\nlines\r\n'.replace(/\r/g, '')]);
  });

  it('keeps the first and the last part of a runaway output', () => {
    const plan = new OutputPlan({ headChars: 10, tailChars: 6, outputs: 2 });
    for (let i = 0; i < 1000; i++) print(plan, `line ${i}\n`);
    const steps = plan.take(true);
    const head = steps.filter((s) => s.do === 'stream').map((s) => s.text);
    const tail = steps.find((s) => s.do === 'tail');
    assert.equal(head.join(''), 'line 0\nlin');
    assert.ok(tail && tail.text.endsWith('e 999\n') && tail.text.length <= 12);
    const total = Array.from({ length: 1000 }, (_, i) => `line ${i}\n`.length).reduce((a, b) => a + b);
    assert.equal(10 + tail.left + tail.text.length, total);
  });

  it('draws the end of a runaway output now and then, and always at last', () => {
    const plan = new OutputPlan({ headChars: 1, tailChars: 10, outputs: 2 });
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
  });

  it('counts rich outputs that are too many', () => {
    const plan = new OutputPlan({ headChars: 1, tailChars: 1, outputs: 2 });
    for (let i = 0; i < 5; i++) plan.add({ kind: 'display', data: {}, metadata: {} });
    assert.equal(plan.take().length, 2);
    assert.equal(plan.droppedOutputs, 3);
  });
});
