import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContentsClient } from '../../src/jupyter/contents.ts';
import { isJupyterError, type JupyterErrorCode } from '../../src/jupyter/errors.ts';
import { ownJupyter, type OwnJupyter } from './support/ownJupyter.ts';

const coded = (code: JupyterErrorCode) => (error: unknown) => isJupyterError(error, code);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('files on a Jupyter server as it comes', function () {
  this.timeout(90_000);
  let jupyter: OwnJupyter;
  let contents: ContentsClient;
  const on = (path: string) => join(jupyter.home, path);

  before(async () => {
    jupyter = await ownJupyter();
    contents = jupyter.server.contents;
  });
  after(() => jupyter?.stop());

  it('keeps names as people write them, through every operation', async () => {
    const names = ['a b.txt', '50% #1?.txt', '한글 파일.txt', '🚀&=+;@[x].txt', 'it\'s "quoted" \\ back.txt'];
    for (const name of names) {
      await contents.mkdir('names');
      await contents.writeFile(`names/${name}`, Buffer.from(name));
      assert.equal(readFileSync(on(`names/${name}`), 'utf8'), name);
      assert.deepEqual(
        (await contents.list('names')).map((entry) => entry.path),
        [`names/${name}`],
      );
      await contents.copy(`names/${name}`, `names/2 ${name}`);
      await contents.rename(`names/2 ${name}`, `names/3 ${name}`);
      assert.equal(text((await contents.readFile(`names/3 ${name}`)).bytes), name);
      await contents.delete('names', { recursive: true });
      assert.equal(existsSync(on('names')), false, name);
    }
  });

  it('saves again under a name as long as the file system takes', async () => {
    const name = '가'.repeat(85);
    await contents.writeFile(name, Buffer.from('one'));
    await contents.writeFile(name, Buffer.from('two'));
    assert.equal(readFileSync(on(name), 'utf8'), 'two');
    await contents.delete(name);
    await assert.rejects(contents.writeFile('가'.repeat(90), Buffer.from('x')), coded('NameTooLong'));
  });

  it('reads and writes any bytes, small and large, and empty ones', async () => {
    for (const size of [0, 1, 300, 3 * 1024 * 1024]) {
      const bytes = randomBytes(size);
      const written = await contents.writeFile('bytes.bin', bytes);
      assert.equal(written.size, size);
      const read = await contents.readFile('bytes.bin');
      assert.ok(bytes.equals(read.bytes), `${size} bytes`);
      assert.equal(read.entry.version, written.version);
    }
  });

  it('reads a notebook as its file is, and copies it so', async () => {
    const odd = '{"nbformat":4,   "nbformat_minor":5,"metadata":{},"cells":[]}';
    writeFileSync(on('odd.ipynb'), odd);
    assert.equal(text((await contents.readFile('odd.ipynb')).bytes), odd);
    await contents.copy('odd.ipynb', 'odd2.ipynb');
    assert.equal(readFileSync(on('odd2.ipynb'), 'utf8'), odd);
  });

  it('copies a folder with all that is in it, under the name that it is given', async () => {
    mkdirSync(on('from/deep/.hidden'), { recursive: true });
    writeFileSync(on('from/deep/.hidden/x'), 'hidden');
    mkdirSync(on('to'));
    await contents.copy('from', 'to/from');
    await contents.copy('from', 'to/other');
    assert.equal(readFileSync(on('to/from/deep/.hidden/x'), 'utf8'), 'hidden');
    assert.equal(readFileSync(on('to/other/deep/.hidden/x'), 'utf8'), 'hidden');
    const visible = readdirSync(on('to')).filter((name) => !name.startsWith('.'));
    assert.deepEqual(visible.sort(), ['from', 'other']);
    await assert.rejects(contents.copy('from', 'from/in'), coded('NotPermitted'));
    await assert.rejects(contents.copy('from', 'to/from'), coded('Exists'));
  });

  it('replaces what is in the way only when told to', async () => {
    writeFileSync(on('new.txt'), 'new');
    writeFileSync(on('old.txt'), 'old');
    await assert.rejects(contents.rename('new.txt', 'old.txt'), (error: unknown) =>
      Boolean(isJupyterError(error, 'Exists') && error.problem.path === 'old.txt'),
    );
    await contents.copy('new.txt', 'old.txt', { overwrite: true });
    assert.equal(readFileSync(on('old.txt'), 'utf8'), 'new');
    await contents.rename('new.txt', 'old.txt', { overwrite: true });
    assert.equal(existsSync(on('new.txt')), false);
    assert.deepEqual(
      readdirSync(jupyter.home).filter((name) => name.includes('replaced')),
      [],
    );
  });

  it('makes files and folders only where there is nothing yet', async () => {
    await contents.createFile('made.ipynb');
    assert.equal((JSON.parse(readFileSync(on('made.ipynb'), 'utf8')) as { cells: unknown[] }).cells.length, 1);
    await contents.createFile('made.txt');
    assert.equal(readFileSync(on('made.txt'), 'utf8'), '');
    for (const path of ['made.ipynb', 'made.txt']) await assert.rejects(contents.createFile(path), coded('Exists'));
    await assert.rejects(contents.mkdir('made.txt'), coded('Exists'));
    await assert.rejects(contents.mkdir('no/such/parent'), coded('NotFound'));
  });

  it('says that it takes no hidden files', async () => {
    await assert.rejects(contents.writeFile('.env', Buffer.from('x')), coded('HiddenName'));
    await assert.rejects(contents.mkdir('.config'), coded('HiddenName'));
    await assert.rejects(contents.rename('made.txt', '.made'), coded('HiddenName'));
    await assert.rejects(contents.stat('.env'), coded('NotFound'));
  });

  it('tells one version of a file from another, also when the time is the same', async () => {
    const first = await contents.writeFile('v.txt', Buffer.from('1'));
    writeFileSync(on('v.txt'), '22');
    const second = await contents.stat('v.txt', undefined, { hash: true });
    assert.notEqual(second.version, first.version);
    assert.match(second.sha256 ?? '', /^[0-9a-f]{64}$/);
  });

  it('lists 10,000 files', async () => {
    mkdirSync(on('many'));
    for (let i = 0; i < 10_000; i++) writeFileSync(on(`many/f${i}`), '');
    const entries = await contents.list('many');
    assert.equal(entries.length, 10_000);
    assert.deepEqual(
      entries.slice(0, 3).map((entry) => entry.name),
      ['f0', 'f1', 'f2'],
    );
    await contents.delete('many', { recursive: true });
    assert.equal(existsSync(on('many')), false);
  });
});

describe('deleting on a Jupyter server without a trash', function () {
  this.timeout(90_000);
  let jupyter: OwnJupyter;
  const on = (path: string) => join(jupyter.home, path);

  before(async () => {
    jupyter = await ownJupyter(['--FileContentsManager.delete_to_trash=False']);
  });
  after(() => jupyter?.stop());

  it('removes a folder with what the server does not list, and not what a link in it leads to', async () => {
    mkdirSync(on('kept'));
    writeFileSync(on('kept/data'), 'precious');
    mkdirSync(on('gone/__pycache__'), { recursive: true });
    writeFileSync(on('gone/__pycache__/x.pyc'), '');
    writeFileSync(on('gone/.hidden'), '');
    symlinkSync(on('kept'), on('gone/link'));
    await jupyter.server.contents.delete('gone', { recursive: true });
    assert.deepEqual(readdirSync(jupyter.home), ['kept']);
    assert.equal(readFileSync(on('kept/data'), 'utf8'), 'precious');
    assert.deepEqual(await jupyter.server.kernels(), [], 'the kernel that did it is gone');
  });

  it('removes a link to a folder, and not the folder', async () => {
    mkdirSync(on('target'));
    writeFileSync(on('target/data'), 'precious');
    symlinkSync(on('target'), on('pointer'));
    await jupyter.server.contents.delete('pointer', { recursive: true });
    assert.equal(existsSync(on('pointer')), false);
    assert.equal(readFileSync(on('target/data'), 'utf8'), 'precious');
  });

  it('leaves a folder alone that is not empty, unless told otherwise', async () => {
    mkdirSync(on('full'));
    writeFileSync(on('full/x'), '');
    await assert.rejects(jupyter.server.contents.delete('full'), coded('NotEmpty'));
    assert.ok(existsSync(on('full/x')));
  });
});

describe('hidden files on a Jupyter server that allows them', function () {
  this.timeout(90_000);
  let jupyter: OwnJupyter;

  before(async () => {
    jupyter = await ownJupyter(['--ContentsManager.allow_hidden=True']);
  });
  after(() => jupyter?.stop());

  it('are files like others', async () => {
    const { contents } = jupyter.server;
    await contents.writeFile('.env', Buffer.from('A=1'));
    const listed = async () => (await contents.list('')).some((entry) => entry.name === '.env');
    assert.equal(await listed(), true);
    assert.equal(text((await contents.readFile('.env')).bytes), 'A=1');
    await contents.delete('.env');
    assert.equal(await listed(), false);
  });
});
