import assert from 'node:assert/strict';
import { placeOf } from '../../../src/editor/frames/placeOf.ts';
import { readableStack } from '../../../src/editor/readableStack.ts';
import { foldersOf, rootIn } from '../../../src/jupyter/folders.ts';
import { frameOfLink, framesIn } from '../../../webview-ui/frames/find.ts';

describe('frames in the text of a program', () => {
  const found = (text: string) =>
    framesIn(text).map((one) => `${text.slice(one.start, one.end)} -> ${one.path}:${one.line}`);

  it('are found as IPython, Python and warnings write them', () => {
    assert.deepEqual(found('File ~/work/train.py:12, in fit(x)'), ['~/work/train.py:12 -> ~/work/train.py:12']);
    assert.deepEqual(found('~/my work/train.py:12'), ['~/my work/train.py:12 -> ~/my work/train.py:12']);
    assert.deepEqual(found('  File "/home/jovyan/my train.py", line 3, in fit'), [
      '"/home/jovyan/my train.py", line 3 -> /home/jovyan/my train.py:3',
    ]);
    assert.deepEqual(found('/opt/a.py:7: UserWarning: see (/opt/b.py:8)'), [
      '/opt/a.py:7 -> /opt/a.py:7',
      '/opt/b.py:8 -> /opt/b.py:8',
    ]);
  });

  it('are none where no file is named by its whole path', () => {
    for (const text of [
      'Cell In[3], line 2',
      'File <frozen importlib._bootstrap>:1027',
      'File "<string>", line 1',
      'http://localhost:8888/lab',
      'trained on 359: 0.93 at 12:30',
      'ratio a/b:12',
    ])
      assert.deepEqual(found(text), [], text);
  });

  it('are told from links with a scheme in what VS Code has made links of', () => {
    assert.deepEqual(frameOfLink('~/work/train.py:12'), { path: '~/work/train.py', line: 12 });
    assert.deepEqual(frameOfLink('/home/jovyan/a b.py:12:3'), { path: '/home/jovyan/a b.py', line: 12 });
    assert.deepEqual(frameOfLink('train.py:4'), { path: 'train.py', line: 4 });
    for (const href of [
      'vscode-notebook-cell:?execution_count=1&line=2',
      'https://x.org',
      'kubeflow://c~1/a/b/x.py:3',
      '#',
    ])
      assert.equal(frameOfLink(href), undefined, href);
  });
});

describe('the file of a frame', () => {
  const jovyan = { root: '/home/jovyan' };

  it('is below the folder that Jupyter shows', () => {
    assert.equal(placeOf('/home/jovyan/work/train.py', jovyan, ''), 'work/train.py');
    assert.equal(placeOf('~/work/train.py', jovyan, ''), 'work/train.py');
    assert.equal(placeOf('~/work/a.py', { root: '~/work' }, ''), 'a.py');
    assert.equal(placeOf('~/a.py', { root: '/data', home: '/data/me' }, ''), 'me/a.py');
    assert.equal(placeOf('/mnt/volume/a.py', { root: '/data', realRoot: '/mnt/volume' }, ''), 'a.py');
    assert.equal(placeOf('train.py', jovyan, 'work'), 'work/train.py');
  });

  it('is none elsewhere, and none that only might be it', () => {
    for (const path of [
      '/opt/conda/lib/a.py',
      '/home/jovyan2/a.py',
      '/home/jovyan',
      '/home/jovyan/../a.py',
      '../../a.py',
    ])
      assert.equal(placeOf(path, jovyan, 'work'), undefined, path);
    assert.equal(placeOf('~/a.py', { root: '/data' }, ''), undefined);
    assert.equal(placeOf('/data/me/work/a.py', { root: '~/work' }, ''), undefined);
    assert.equal(placeOf('<ipython-input-3-abc>', jovyan, ''), undefined);
  });

  it('needs what JupyterLab and the kernel tell of folders', () => {
    const page = (root: unknown) =>
      `<html><script id="jupyter-config-data" type="application/json">${JSON.stringify({ serverRoot: root })}</script>`;
    assert.equal(rootIn(page('~/work')), '~/work');
    for (const html of [page(undefined), page(''), '<html></html>', '<script id="jupyter-config-data">{</script>'])
      assert.equal(rootIn(html), undefined);
    const hex = Buffer.from('["/home/jovyan","/mnt/데이터"]').toString('hex');
    const reply = (text: string) => ({ user_expressions: { folders: { status: 'ok', data: { 'text/plain': text } } } });
    assert.deepEqual(foldersOf(reply(`'${hex}'`)), { home: '/home/jovyan', realRoot: '/mnt/데이터' });
    assert.equal(foldersOf({ user_expressions: { folders: { status: 'error', ename: 'NameError' } } }), undefined);
    assert.equal(foldersOf({}), undefined);
  });
});

describe('a traceback to be shown', () => {
  it('marks by weight what IPython marks by background, which VS Code leaves out', () => {
    assert.equal(readableStack(['\x1b[30;43mx\x1b[39;49m', 'next']), '\x1b[1mx\x1b[39m\x1b[22m\nnext');
    assert.equal(readableStack(['\x1b[38;5;241;43m.\x1b[39;49m']), '\x1b[38;5;241m\x1b[1m.\x1b[39m\x1b[22m');
    assert.equal(readableStack(['\x1b[43ma\x1b[49m']), '\x1b[1ma\x1b[22m');
  });

  it('is otherwise as it came', () => {
    for (const text of [
      '\x1b[31mError\x1b[39m',
      '\x1b[38;5;43;01mNone\x1b[39;00m',
      '\x1b[0;32m----> 1\x1b[0m',
      'plain',
    ])
      assert.equal(readableStack([text]), text);
  });
});
