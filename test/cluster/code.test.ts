import assert from 'node:assert/strict';
import type { Lab } from '../../lab/index.ts';
import { piecesOfFile, type CodePiece } from '../../src/editor/code/cells.ts';
import { namesFiles, requestOf } from '../../src/editor/code/kernelSide.ts';
import { terminalOutput } from '../../src/editor/code/terminalOutput.ts';
import type { Connection } from '../../src/editor/connections.ts';
import type { KernelSession } from '../../src/jupyter/kernelSession.ts';
import type { Disposables } from '../../src/k8s/events.ts';
import { connectionsOf, labContext } from './support/connections.ts';
import { lab as theLab } from './support/lab.ts';
import { smallNotebook } from './support/notebooks.ts';

describe('a Python file on a real kernel', function () {
  this.timeout(90_000);
  const name = 'code-test';
  const local = { name: '/home/me/내 proj/train.py', here: false };
  let lab: Lab;
  let connection: Connection;
  let things: Disposables;
  let session: KernelSession;

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    await lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(smallNotebook(name, 'alice')) });
    const made = await connectionsOf(lab, 'alice');
    things = made.things;
    connection = made.connections.get({ context: labContext, namespace: 'alice', name });
    await connection.server.waitUntilAnswers(undefined, 60_000);
    session = await connection.server.openKernel({ path: 'train-12345678.py', type: 'console' });
  });
  after(async () => {
    things?.dispose();
    await lab?.kubectl(['-n', 'alice', 'delete', 'notebook', name, '--ignore-not-found', '--cascade=foreground']);
  });

  /** What a terminal would show, without its colours. */
  async function run(
    piece: CodePiece,
    o: { file?: typeof local; input?: string; shown?: (text: string) => void } = {},
  ) {
    let said = '';
    session.execute(namesFiles, { output: (event) => assert.fail(JSON.stringify(event)) }, { silent: true });
    const { done } = session.execute(requestOf(piece, o.file ?? local), {
      output: (event) => {
        const text = terminalOutput(event)?.text ?? '';
        said += text;
        o.shown?.(text);
      },
      input: () => Promise.resolve(o.input),
    });
    const result = await done;
    return { ...result, said: said.replace(/\x1b\[[0-9;]*m/g, '') };
  }

  it('shows the value of its last line, and awaits', async () => {
    assert.equal((await run({ code: 'x = 20\nx + 1', line: 4 })).said, '21\n');
    assert.equal((await run({ code: 'import asyncio\nawait asyncio.sleep(0, "slept")', line: 4 })).said, "'slept'\n");
    assert.equal((await run({ code: 'x + 1;', line: 4 })).said, '');
  });

  it('is known at the server by its name, as a console', async () => {
    const [kernel] = await connection.server.kernels();
    assert.equal(kernel?.path, 'train-12345678.py');
  });

  it('is counted once for each run', async () => {
    const first = (await run({ code: '1', line: 0 })).executionCount!;
    assert.equal((await run({ code: '1', line: 0 })).executionCount, first + 1);
  });

  it('names the file and its lines in a traceback, also of a function that an earlier cell made', async () => {
    await run({ code: 'def half(x):\n    return x / 0', line: 9 });
    const { ok, said } = await run({ code: 'y = 1\nhalf(y)', line: 30 });
    assert.equal(ok, false);
    assert.match(said, /File \/home\/me\/내 proj\/train\.py:32\b/);
    assert.match(said, /File \/home\/me\/내 proj\/train\.py:11\b/);
    assert.match(said, /-> 11 +return x \/ 0/);
    assert.match(said, /-> 32 +half\(y\)/);
  });

  it('does so in the words of Python itself, of warnings and in __file__', async () => {
    const { said } = await run({
      code: 'import traceback, warnings\ntry: half(1)\nexcept Exception: traceback.print_exc()\nwarnings.warn("hm")\nprint(__file__)',
      line: 40,
    });
    assert.match(said, /File "\/home\/me\/내 proj\/train\.py", line 42, in <module>/);
    assert.match(said, /File "\/home\/me\/내 proj\/train\.py", line 11, in half\n +return x \/ 0/);
    assert.match(said, /\/home\/me\/내 proj\/train\.py:44: UserWarning: hm/);
    assert.match(said, /^\/home\/me\/내 proj\/train\.py$/m);
  });

  it('names the line of a syntax error', async () => {
    const { said } = await run({ code: 'a = 1\nb = = 2', line: 50 });
    assert.match(said, /train\.py:52|train\.py", line 52/);
  });

  it('runs selected lines that are indented, at their lines', async () => {
    const { said } = await run({ code: '    z = 1\n    z.nothing', line: 60 });
    assert.match(said, /train\.py:62\b/);
  });

  it('of the server is named by its path there', async () => {
    const { said } = await run({ code: 'print(__file__)\n1/0', line: 3 }, { file: { name: 'there.py', here: true } });
    const path = /^(\/.*\/there\.py)$/m.exec(said)?.[1];
    assert.ok(path, said);
    assert.match(said, /there\.py:5\b/);
  });

  it('knows magics, and gives a cell magic all of its lines', async () => {
    const pieces = piecesOfFile('# %%\n%%bash\necho from bash\n# %%\n%pwd');
    const said = [];
    for (const piece of pieces) said.push((await run(piece)).said);
    assert.equal(said[0], 'from bash\n');
    assert.match(said[1]!, /^'\/.*'\n$/);
    assert.match((await run({ code: '!echo shell', line: 0 })).said, /^shell\r?\n$/);
    assert.match((await run({ code: '%%time\nq = 5', line: 0 })).said, /Wall time/);
    assert.equal((await run({ code: 'q', line: 0 })).said, '5\n');
  });

  it('asks with input(), and is interrupted where nobody answers', async () => {
    assert.match((await run({ code: 'print(input("name? "))', line: 0 }, { input: 'Ada' })).said, /Ada\n$/);
    const { ok, said } = await run({ code: 'input("name? ")', line: 70 });
    assert.equal(ok, false);
    assert.match(said, /KeyboardInterrupt/);
  });

  it('is interrupted while it runs, in the line that ran', async () => {
    // Without `flush`, which waits until it is sent: the interrupt could come in its line. It is sent a moment later.
    const code = 'import time\nprint("on")\ntime.sleep(60)';
    const running = run({ code, line: 80 }, { shown: (text) => void (text === 'on\n' && session.interrupt()) });
    const { ok, said } = await running;
    assert.equal(ok, false);
    assert.match(said, /-> 83 +time\.sleep\(60\)/);
    assert.match(said, /KeyboardInterrupt/);
  });

  it('names its lines also after the kernel was restarted', async () => {
    await session.restart();
    assert.match((await run({ code: 'half', line: 90 })).said, /train\.py:91\b/);
  });
});
