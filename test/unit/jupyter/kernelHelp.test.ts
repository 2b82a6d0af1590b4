import assert from 'node:assert/strict';
import { activeParameter, callAt, nameAt, parametersOf } from '../../../src/jupyter/callText.ts';
import { KernelQuestions } from '../../../src/jupyter/kernelQuestions.ts';
import { codePointsOf, completionsOf, inspectionOf, utf16Of } from '../../../src/jupyter/kernelReplies.ts';

/** A text with | where the cursor is. */
const at = (marked: string): [string, number] => [marked.replace('|', ''), marked.indexOf('|')];

describe('completions of a kernel', () => {
  it('count in code points at the kernel and in UTF-16 here', () => {
    assert.equal(codePointsOf('🚀🚀.x', 5), 3);
    assert.equal(utf16Of('🚀🚀.x', 3), 5);
    assert.equal(utf16Of('한글', 9), 2);
    const found = completionsOf('"🚀".up', { matches: ['upper'], cursor_start: 4, cursor_end: 6 });
    assert.deepEqual(found, { start: 5, end: 7, items: [{ text: 'upper' }] });
  });

  it('come with what they are, each once', () => {
    const typed = [{ start: 3, end: 5, text: 'mean', type: 'function', signature: '(a)' }];
    const reply = {
      matches: ['mean', 'median', 'mean'],
      cursor_start: 3,
      cursor_end: 5,
      metadata: { _jupyter_types_experimental: [...typed, { text: 'median', type: '<unknown>', signature: '' }] },
    };
    assert.deepEqual(completionsOf('np.me', reply)?.items, [
      { text: 'mean', type: 'function', signature: '(a)' },
      { text: 'median' },
    ]);
  });

  it('are told without the path before them, whichever way the kernel writes them', () => {
    const found = completionsOf('np.me', { matches: ['np.mean'], cursor_start: 0, cursor_end: 5 });
    assert.deepEqual(found, { start: 3, end: 5, items: [{ text: 'mean' }] });
    assert.equal(completionsOf('x', { matches: [], cursor_start: 0, cursor_end: 1 }), undefined);
    assert.equal(completionsOf('x', { status: 'ok' }), undefined);
  });
});

describe('inspection by a kernel', () => {
  const told = (text: string) => inspectionOf({ found: true, data: { 'text/plain': text } });

  it('is a signature on one line and the rest without colours', () => {
    const text =
      '\u001b[31mSignature:\u001b[39m\n f(\n    a,\n    b=\u001b[32m1\u001b[39m,\n)\n\u001b[31mDocstring:\u001b[39m Adds.\nMore.\n\u001b[31mType:\u001b[39m      function';
    assert.deepEqual(told(text), { signature: 'f(a, b=1)', text: 'Adds.\nMore.\nType: function' });
  });

  it('of another kernel is its text as it stands, or its Markdown', () => {
    assert.deepEqual(told('No headings here\n'), { text: 'No headings here' });
    assert.deepEqual(inspectionOf({ found: true, data: { 'text/markdown': '# x', 'text/plain': 'x' } }), {
      text: '# x',
      markdown: true,
    });
  });

  it('is nothing where the kernel found nothing', () => {
    assert.equal(inspectionOf({ found: false, data: {} }), undefined);
  });
});

describe('the name under the pointer', () => {
  const named = (marked: string) => nameAt(...at(marked))?.name;
  it('is the path up to the word that is pointed at', () => {
    assert.equal(named('np.lin|alg.norm(x)'), 'np.linalg');
    assert.equal(named('np.linalg.norm(|x)'), 'x');
    assert.equal(named('값|1 + 1'), '값1');
  });
  it('is none on keywords, numbers, strings and comments', () => {
    for (const marked of ['fo|r x in y', '1|23', 'print("wo|rd")', "'''a\nwo|rd'''", 'x # wo|rd', 'f().me|an', 'a  |+'])
      assert.equal(named(marked), undefined, marked);
  });
});

describe('the call that is being typed', () => {
  const call = (marked: string) => callAt(...at(marked));
  it('is the innermost one, with the argument that stands there', () => {
    assert.deepEqual(call('np.mean(|'), { name: 'np.mean', index: 0 });
    assert.deepEqual(call('f(g(1, 2), |'), { name: 'f', index: 1 });
    assert.deepEqual(call('f(1, [2, 3|'), { name: 'f', index: 1 });
    assert.deepEqual(call('f("a, (b", axis=|'), { name: 'f', index: 1, keyword: 'axis' });
    assert.deepEqual(call('f(\n  1,\n  x == |'), { name: 'f', index: 1 });
  });
  it('is none outside of brackets and for those that call nothing', () => {
    for (const marked of ['f(1)|', 'x = (1, |', 'if (a|', '# f(|']) assert.equal(call(marked), undefined, marked);
  });
  it('marks the parameter by place or by name', () => {
    const parameters = parametersOf('f(a: dict[str, int], b=(1, 2), /, *rest, c=",", **more) -> str');
    assert.deepEqual(parameters, ['a: dict[str, int]', 'b=(1, 2)', '/', '*rest', 'c=","', '**more']);
    const marked = (index: number, keyword?: string) =>
      activeParameter(parameters, { index, ...(keyword ? { keyword } : {}) });
    assert.deepEqual([marked(0), marked(1), marked(2), marked(7)], [0, 1, 3, 3]);
    assert.deepEqual([marked(0, 'c'), marked(0, 'other')], [4, 5]);
    assert.equal(activeParameter(['a', '*', 'b'], { index: 1 }), undefined);
    assert.deepEqual(parametersOf('f()'), []);
  });
});

describe('a question to a kernel', () => {
  let quiet: boolean;
  let sent: string[];
  let questions: KernelQuestions;
  const reply = (id: string, content: object) =>
    questions.take({ channel: 'shell', parent_header: { msg_id: id }, content } as never);

  beforeEach(() => {
    quiet = true;
    sent = [];
    questions = new KernelQuestions({
      send: (type) => {
        sent.push(type);
        return { header: { msg_id: `${type} ${sent.length}` } } as never;
      },
      quiet: () => quiet,
      patienceMs: 20,
    });
  });

  it('is answered by its reply, and by none that says it went wrong', async () => {
    const right = questions.ask('a', {});
    const wrong = questions.ask('b', {});
    reply('b 2', { status: 'error' });
    reply('a 1', { status: 'ok', x: 1 });
    assert.deepEqual(await right, { status: 'ok', x: 1 });
    assert.equal(await wrong, undefined);
  });

  it('waits for the end of what the kernel runs, and is not put at all when that takes too long', async () => {
    quiet = false;
    const late = questions.ask('late', {});
    assert.equal(await late, undefined);
    assert.deepEqual(sent, []);
    const soon = questions.ask('soon', {});
    quiet = true;
    questions.changed();
    reply('soon 1', { status: 'ok' });
    assert.deepEqual(await soon, { status: 'ok' });
    questions.changed();
    assert.deepEqual(sent, ['soon']);
  });

  it('is forgotten when nobody wants to know any more', async () => {
    quiet = false;
    const abort = new AbortController();
    const asked = questions.ask('a', {}, abort.signal);
    abort.abort();
    assert.equal(await asked, undefined);
    assert.equal(await questions.ask('b', {}, abort.signal), undefined);
    quiet = true;
    questions.changed();
    assert.deepEqual(sent, []);
  });
});
