import assert from 'node:assert/strict';
import { cellAt, cellsOf, pieceOf, pieceOfLines, piecesOfFile } from '../../../src/editor/code/cells.ts';
import { frameLinks, namesFile } from '../../../src/editor/code/frameLinks.ts';
import { requestOf } from '../../../src/editor/code/kernelSide.ts';
import { LineInput } from '../../../src/editor/code/lineInput.ts';
import { terminalOutput } from '../../../src/editor/code/terminalOutput.ts';
import { localSessionPath } from '../../../src/editor/sessionPath.ts';

const program = `import os

# %% load
x = 1

# %% [markdown]
# prose
#%%
print(x)

`;

describe('cells of a Python file', () => {
  it('begin at their markers, and what stands before the first is one, too', () => {
    assert.deepEqual(
      cellsOf(program).map(({ line, end, markdown, marked }) => [line, end, markdown, marked]),
      [
        [0, 2, false, false],
        [2, 5, false, true],
        [5, 7, true, true],
        [7, 11, false, true],
      ],
    );
  });

  it('are none where no line is a marker', () => {
    assert.deepEqual(cellsOf('a = "# %%"\n# 100 %% sure\n'), []);
  });

  it('know the markers of nbconvert and Spyder, and Windows line ends', () => {
    const text = '# In[1]:\r\n1\r\n# <codecell>\r\n2\r\n# In[ ]:\r\n3';
    assert.deepEqual(
      cellsOf(text).map(({ line }) => line),
      [0, 2, 4],
    );
  });

  it('are found by any of their lines', () => {
    const cells = cellsOf(program);
    assert.equal(cellAt(cells, 3)?.line, 2);
    assert.equal(cellAt(cells, 2)?.line, 2);
    assert.equal(cellAt(cells, 10)?.line, 7);
  });

  it('are run without marker and blank lines, and know their line in the file', () => {
    const [first, load, prose, last] = cellsOf(program).map((cell) => pieceOf(program, cell));
    assert.deepEqual(first, { code: 'import os', line: 0 });
    assert.deepEqual(load, { code: 'x = 1', line: 3 });
    assert.equal(prose, undefined);
    assert.deepEqual(last, { code: 'print(x)', line: 8 });
  });

  it('are run one by one as a file only where a cell magic takes one of them', () => {
    assert.deepEqual(piecesOfFile(program), [{ code: program.trimEnd(), line: 0 }]);
    const magic = '# %%\n%%bash\nls\n# %%\nx = 1\n';
    assert.deepEqual(piecesOfFile(magic), [
      { code: '%%bash\nls', line: 1 },
      { code: 'x = 1', line: 4 },
    ]);
    assert.deepEqual(piecesOfFile('\n\n'), []);
  });

  it('may be lines of a selection', () => {
    assert.deepEqual(pieceOfLines('a\n\n  b\n  c\n\nd', 1, 5), { code: '  b\n  c', line: 2 });
  });
});

describe('code that is sent to a kernel', () => {
  it('says behind its end where it comes from, on one line of ASCII', () => {
    const sent = requestOf({ code: 'x', line: 4 }, { name: '/home/다/a\u2028"b.py', here: false });
    assert.match(sent, /^x\n#kubeflow:[\x20-\x7e]+$/);
    assert.deepEqual(JSON.parse(sent.slice(sent.indexOf('{'))), {
      name: '/home/다/a\u2028"b.py',
      here: false,
      line: 4,
    });
  });

  it('leaves a cell magic its lines as they are', () => {
    assert.equal(requestOf({ code: '%%writefile a\nx', line: 4 }, { name: 'a.py', here: true }), '%%writefile a\nx');
  });
});

describe('frames of a traceback', () => {
  const local = { name: '/home/me/proj/train.py', here: false };
  const isLocal = (path: string) => namesFile(path, local);

  it('are found in the words of Python, IPython and warnings', () => {
    for (const text of [
      '  File "/home/me/proj/train.py", line 12, in f',
      'File /home/me/proj/train.py:12, in f(x)',
      '/home/me/proj/train.py:12: UserWarning: hm',
    ]) {
      const [link] = frameLinks(text, isLocal);
      assert.equal(link?.line, 11, text);
      assert.ok(text.slice(link.start, link.start + link.length).startsWith('/home/me/proj/train.py'), text);
    }
  });

  it('are those of the file also where IPython shortens the home folder', () => {
    assert.equal(frameLinks('File ~/proj/train.py:3', isLocal)[0]?.line, 2);
    assert.deepEqual(frameLinks('File ~/other/train.py:3', isLocal), []);
  });

  it('of a file on the server are known by the name in its folder', () => {
    const remote = { name: 'train.py', here: true };
    assert.equal(frameLinks('File ~/src/train.py:3', (path) => namesFile(path, remote))[0]?.line, 2);
    assert.deepEqual(
      frameLinks('File ~/src/not-train.py:3', (path) => namesFile(path, remote)),
      [],
    );
  });

  it('of a file on Windows are its own as well', () => {
    const file = { name: 'c:\\proj dir\\train.py', here: false };
    assert.equal(frameLinks('File c:\\proj dir\\train.py:7, in f()', (path) => namesFile(path, file))[0]?.line, 6);
  });

  it('of other files are no links', () => {
    assert.deepEqual(frameLinks('File /usr/lib/python3/json.py:12, in loads', isLocal), []);
  });
});

describe('a line typed for input()', () => {
  it('is shown as it is typed and ends with Enter', () => {
    const line = new LineInput(false);
    assert.deepEqual(line.take('ab'), { echo: 'ab', rest: '' });
    assert.deepEqual(line.take('c\r'), { echo: 'c\r\n', end: { value: 'abc' }, rest: '' });
  });

  it('takes back what Backspace covers, which may be two columns wide', () => {
    const line = new LineInput(false);
    line.take('a한');
    assert.equal(line.take('\x7f').echo, '\b \b\b \b');
    assert.equal(line.take('\x7f').echo, '\b \b');
    assert.equal(line.take('\x7f').echo, '');
    assert.deepEqual(line.take('👩‍💻b\r').end, { value: '👩‍💻b' });
  });

  it('shows nothing of a password', () => {
    assert.deepEqual(new LineInput(true).take('geheim\x7f\r'), { echo: '\r\n', end: { value: 'gehei' }, rest: '' });
  });

  it('leaves what was pasted behind it for the next', () => {
    assert.deepEqual(new LineInput(false).take('1\r\n2\n'), { echo: '1\r\n', end: { value: '1' }, rest: '2\n' });
  });

  it('is given up with Ctrl+C, and ends the input with Ctrl+D', () => {
    assert.equal(new LineInput(false).take('a\x03b').end, 'cancelled');
    assert.deepEqual(new LineInput(false).take('\x04').end, { value: '\x04' });
  });

  it('is left alone by arrow keys', () => {
    const line = new LineInput(false);
    line.take('\x1b[A\x1bOB\x1b[1;5C');
    assert.deepEqual(line.take('x\r').end, { value: 'x' });
  });
});

describe('outputs in a terminal', () => {
  it('are text, and images beside it', () => {
    const data = { 'image/png': Buffer.from('png').toString('base64'), 'text/plain': '<Figure>' };
    const shown = terminalOutput({ kind: 'display', data, metadata: {} });
    assert.equal(shown?.text, '<Figure>\n');
    assert.deepEqual(
      shown.images.map(({ ending, bytes }) => [ending, Buffer.from(bytes).toString()]),
      [['png', 'png']],
    );
  });

  it('that have neither say what they are', () => {
    const shown = terminalOutput({ kind: 'display', data: { 'text/html': '<b>' }, metadata: {} });
    assert.equal(shown?.unshown, 'text/html');
  });
});

describe('the session of a Python file', () => {
  it('is known by the name of its file', () => {
    assert.match(localSessionPath('machine', 'file:///home/a/train.py', '/home/a/train.py'), /^train-[0-9a-f]{8}\.py$/);
  });
});
