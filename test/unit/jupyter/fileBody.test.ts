import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { fileBody } from '../../../src/jupyter/fileBody.ts';

describe('a file as a body', () => {
  const piece = 3 * 256 * 1024;
  const sizes = [0, 1, 2, 3, 1000, piece - 1, piece, piece + 1, 2 * piece + 2];
  const whole = (bytes: Buffer, more: object) =>
    JSON.stringify({ type: 'file', format: 'base64', ...more, content: bytes.toString('base64') });

  for (const size of sizes)
    it(`is the JSON of ${size} bytes`, () => {
      const bytes = randomBytes(size);
      assert.equal(Buffer.from(fileBody(bytes)).toString('utf8'), whole(bytes, {}));
    });

  it('says which part of a file it is', () => {
    const bytes = randomBytes(10);
    assert.equal(Buffer.from(fileBody(bytes, -1)).toString('utf8'), whole(bytes, { chunk: -1 }));
  });

  it('is made of a part of a larger memory', () => {
    const bytes = randomBytes(100).subarray(30, 41);
    assert.equal(Buffer.from(fileBody(bytes)).toString('utf8'), whole(bytes, {}));
  });
});
