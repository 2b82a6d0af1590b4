import assert from 'node:assert/strict';
import { once } from 'node:events';
import { linkedStreams } from '../../../src/k8s/linkedStreams.ts';
import { isStatus } from '../../../src/k8s/podProxyHeads.ts';
import { Unprefixed, unprefixed } from '../../../src/k8s/rewritten.ts';

const prefix = '/api/v1/namespaces/alice/pods/mnist-0:8888/proxy';

describe('what came by pods/proxy', () => {
  it('has the links that the pod wrote, wherever the parts of the page end', async () => {
    const page = `<a href="${prefix}/notebook/x">é</a><img src='${prefix}/y'>`;
    const bytes = Buffer.from(page);
    for (const size of [1, 7, prefix.length, bytes.length]) {
      const undo = new Unprefixed(prefix);
      for (let at = 0; at < bytes.length; at += size) undo.write(bytes.subarray(at, at + size));
      undo.end();
      const parts: Buffer[] = [];
      for await (const part of undo) parts.push(part as Buffer);
      assert.equal(Buffer.concat(parts).toString(), `<a href="/notebook/x">é</a><img src='/y'>`);
    }
  });

  it('leads where the pod said, and elsewhere as it stands', () => {
    assert.equal(unprefixed(`${prefix}/lab?`, prefix), '/lab?');
    assert.equal(unprefixed(`https://prod:6443/k8s/clusters/c-1${prefix}/lab`, prefix), '/lab');
    assert.equal(unprefixed('https://elsewhere/login', prefix), 'https://elsewhere/login');
    assert.equal(unprefixed(`/login?next=${prefix}/lab`, prefix), `/login?next=${prefix}/lab`);
  });

  it('is the API server’s own word only as a Status', () => {
    assert.ok(isStatus('{"kind":"Status","apiVersion":"v1","code":403}'));
    for (const text of ['{"message":"Forbidden","reason":null}', '<p>No</p>', 'null', '{"kind":"Status"}'])
      assert.equal(isStatus(text), false);
  });
});

describe('linked streams', () => {
  it('hold their writer back to their reader', async () => {
    const [one, other] = linkedStreams();
    const block = Buffer.alloc(64 * 1024);
    let written = 0;
    while (one.write(block)) written += block.length;
    assert.ok(written < 1024 * 1024);
    other.resume();
    await once(one, 'drain');
    one.destroy();
    other.destroy();
  });

  it('end each other after what was written before', async () => {
    const [one, other] = linkedStreams();
    one.write('last');
    await new Promise(setImmediate);
    one.destroy();
    const parts: Buffer[] = [];
    for await (const part of other) parts.push(part as Buffer);
    assert.equal(Buffer.concat(parts).toString(), 'last');
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => {
      const [, closed] = linkedStreams();
      closed.once('error', resolve);
      closed.destroy(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
    });
    assert.equal(error.code, 'ECONNRESET');
  });
});
