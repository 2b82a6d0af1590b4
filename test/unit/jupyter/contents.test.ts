import assert from 'node:assert/strict';
import { ContentsClient } from '../../../src/jupyter/contents.ts';
import { isJupyterError, JupyterError } from '../../../src/jupyter/errors.ts';
import type { Rest } from '../../../src/jupyter/rest.ts';

describe('files on a Jupyter server', () => {
  let asked: string[];
  let answers: Record<string, object | number>;
  const model = (path: string, more: object = {}) => ({ path, name: path, type: 'file', writable: true, ...more });
  const call = (method: string, path: string, o: { body?: { path?: string } } = {}) => {
    const key = `${method} ${path.replace('api/contents/', '')}${o.body?.path ? ` to ${o.body.path}` : ''}`;
    asked.push(key);
    const answer =
      answers[key] ?? Object.entries(answers).find(([k]) => k.endsWith('*') && key.startsWith(k.slice(0, -1)))?.[1];
    if (typeof answer === 'object') return Promise.resolve(answer);
    return Promise.reject(new JupyterError({ code: 'Refused', status: answer ?? 404, message: 'no' }));
  };
  const contents = new ContentsClient({ call } as unknown as Rest);

  beforeEach(() => {
    asked = [];
    answers = {};
  });

  it('encodes each part of a path', async () => {
    answers['GET a%20b/%23%25%3F/%ED%95%9C.txt?content=0'] = model('x');
    assert.equal(await contents.exists('a b/#%?/한.txt'), true);
  });

  it('does not ask for the content of a file that is too large', async () => {
    answers['GET big?content=0'] = model('big', { size: 60 * 1024 * 1024 });
    await assert.rejects(contents.readFile('big'), (e) => isJupyterError(e, 'TooLarge') && e.problem.bytes > 6e7);
    assert.equal(asked.length, 1);
  });

  it('puts back what was in the way when a rename is refused', async () => {
    answers['GET to?content=0'] = model('to');
    answers['PATCH to to *'] = model('aside');
    answers['PATCH from to to'] = 403;
    answers['PATCH to.replaced-*'] = model('to');
    await assert.rejects(contents.rename('from', 'to', { overwrite: true }), (e) => isJupyterError(e, 'NotPermitted'));
    assert.match(asked.at(-1)!, /^PATCH to\.replaced-\w+ to to$/);
  });

  it('leaves a folder alone that is not empty, unless told otherwise', async () => {
    answers['GET dir?content=0'] = model('dir', { type: 'directory' });
    answers['GET dir?content=1&type=directory'] = model('dir', { type: 'directory', content: [model('dir/a')] });
    answers['DELETE dir'] = {};
    await assert.rejects(contents.delete('dir'), (e) => isJupyterError(e, 'NotEmpty'));
    assert.ok(!asked.includes('DELETE dir'));
    await contents.delete('dir', { recursive: true });
    assert.ok(asked.includes('DELETE dir'));
  });
});
