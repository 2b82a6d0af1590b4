import assert from 'node:assert/strict';
import type { HttpStream, TunnelHttp } from '../../../src/jupyter/http.ts';
import { RawFiles } from '../../../src/jupyter/rawFiles.ts';
import { rewritten } from '../../../src/k8s/podProxyHeads.ts';

describe('a file that the API server has rewritten on its way', () => {
  const page = Buffer.from('<a href="/notebook/alice/mnist/x">x</a>');
  let asked: string[];
  const http = {
    stream: () =>
      Promise.resolve({
        status: 200,
        statusText: 'OK',
        headers: [[rewritten, '1']],
        body: (async function* () {
          yield await Promise.resolve(Buffer.from('mended'));
        })(),
      } as unknown as HttpStream),
    request: ({ path }: { path: string }) => {
      asked.push(path.replace(/^.*\?/, ''));
      const model = path.includes('content=0') ? { size: page.length } : { content: page.toString('base64') };
      return Promise.resolve({ status: 200, statusText: 'OK', headers: [], body: Buffer.from(JSON.stringify(model)) });
    },
  } as unknown as TunnelHttp;
  const files = new RawFiles({ http, basePath: '/notebook/alice/mnist/', headers: () => ({}) });

  beforeEach(() => {
    asked = [];
  });

  it('is asked for once more in a form that nobody rewrites', async () => {
    assert.deepEqual(Buffer.from(await files.read('page.html', 1000)), page);
  });

  it('is not fetched at all where it is larger than it may be', async () => {
    await assert.rejects(files.read('page.html', 10), {
      problem: { code: 'TooLarge', path: 'page.html', bytes: page.length, limitBytes: 10 },
    });
    assert.deepEqual(asked, ['content=0']);
  });
});
