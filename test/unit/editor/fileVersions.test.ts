import assert from 'node:assert/strict';
import { FileVersions, sha256 } from '../../../src/editor/fileVersions.ts';
import type { Entry } from '../../../src/jupyter/contents.ts';

const bytes = (text: string) => Buffer.from(text);
/** A file of this size that changed then, as a server with a coarse clock tells it. */
const entry = (modified: number, size: number): Entry => ({
  path: 'a.py',
  name: 'a.py',
  type: 'file',
  size,
  modified,
  created: 0,
  writable: true,
  version: `${modified} ${size}`,
});
/** VS Code's own check before it writes: whether it calls what is on the server newer than what it knows. */
const conflict = (known: { mtime: number; size: number }, now: { mtime: number; size: number }) =>
  known.mtime < now.mtime && known.size !== now.size;

describe('what VS Code is told about the versions of a file', () => {
  it('is the same time for the same version, and a later one for each other version', () => {
    const versions = new FileVersions();
    assert.equal(versions.tell('a', entry(100, 1)).mtime, 100);
    assert.equal(versions.tell('a', entry(100, 1)).mtime, 100);
    assert.equal(versions.tell('a', entry(100, 2)).mtime, 101, 'another size in the same tick');
    assert.equal(versions.tell('a', entry(50, 1)).mtime, 102, 'an older file in its place');
    versions.wrote('a', entry(50, 1), bytes('x'));
    assert.equal(versions.tell('a', entry(50, 1)).mtime, 103, 'written in the same tick');
    versions.forget('a');
    assert.equal(versions.tell('a', entry(50, 1)).mtime, 104, 'another file of the same name');
    assert.equal(versions.tell('a', entry(200, 1)).mtime, 200);
  });

  it('is a conflict also when the other content is as long as the known one', () => {
    const versions = new FileVersions();
    versions.read('a', entry(100, 3), bytes('abc'));
    const known = versions.tell('a', entry(100, 3));
    assert.ok(conflict(known, versions.tell('a', entry(200, 3))));
    versions.read('a', entry(200, 3), bytes('abd'));
    assert.equal(versions.tell('a', entry(200, 3)).size, 3, 'once it was read the size is true');
  });

  it('is no change when the file was only touched', () => {
    const versions = new FileVersions();
    versions.read('a', entry(100, 3), bytes('abc'));
    const known = versions.tell('a', entry(100, 3));
    const [hash] = versions.candidates('a', entry(200, 3));
    assert.equal(hash, sha256(bytes('abc')));
    versions.same('a', entry(200, 3), hash);
    assert.deepEqual(versions.tell('a', entry(200, 3)), known);
  });

  it('is no change when a write arrived whose answer was lost', () => {
    const versions = new FileVersions();
    versions.read('a', entry(100, 3), bytes('abc'));
    const known = versions.tell('a', entry(100, 3));
    versions.writing('a', bytes('abcd'));
    const [hash] = versions.candidates('a', entry(200, 4));
    assert.equal(hash, sha256(bytes('abcd')));
    versions.same('a', entry(200, 4), hash);
    assert.equal(versions.tell('a', entry(200, 4)).mtime, known.mtime);
  });

  it('has nothing to find out about a content of another size', () => {
    const versions = new FileVersions();
    versions.read('a', entry(100, 3), bytes('abc'));
    assert.deepEqual(versions.candidates('a', entry(200, 4)), []);
    assert.deepEqual(versions.candidates('b', entry(200, 4)), []);
  });

  it('outlives the window for the documents that were open in it', () => {
    const store = new Map<string, unknown>();
    const memory = {
      get: <T>(key: string) => store.get(key) as T | undefined,
      update: (key: string, value: unknown) => {
        store.set(key, JSON.parse(JSON.stringify(value)));
        return Promise.resolve();
      },
    };
    const before = new FileVersions(memory);
    before.read('a', entry(100, 3), bytes('abc'));
    before.wrote('a', entry(100, 3), bytes('abd'));
    const known = before.tell('a', entry(100, 3));
    const after = new FileVersions(memory);
    assert.deepEqual(after.tell('a', entry(100, 3)), known);
    assert.ok(conflict(known, after.tell('a', entry(200, 3))));
  });
});
