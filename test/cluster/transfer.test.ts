import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadFile, downloadPlanned, planDownload, planDownloads } from '../../src/jupyter/download.ts';
import type { TransferOptions } from '../../src/jupyter/transfer.ts';
import { uploadFile } from '../../src/jupyter/upload.ts';
import { planUpload, uploadPlanned } from '../../src/jupyter/uploadPlan.ts';
import { CuttingRelay } from './support/cuttingRelay.ts';
import { ownJupyter, type OwnJupyter } from './support/ownJupyter.ts';

const MB = 1024 * 1024;

describe('files between a Jupyter server and this computer', function () {
  this.timeout(90_000);
  let jupyter: OwnJupyter;
  let here: string;
  let o: TransferOptions & { through: number };
  let abort: AbortController;
  const there = (path: string) => join(jupyter.home, path);
  const local = (path: string) => join(here, path);
  const parts = (folder: string) => readdirSync(folder).filter((name) => name.includes('part'));

  before(async () => {
    jupyter = await ownJupyter();
  });
  after(() => jupyter?.stop());
  beforeEach(() => {
    here = mkdtempSync(join(tmpdir(), 'kubeflow-transfer-'));
    abort = new AbortController();
    o = { signal: abort.signal, through: 0, pauseMs: 10, onBytes: (more) => (o.through += more) };
  });
  afterEach(() => {
    rmSync(here, { recursive: true, force: true });
    for (const name of readdirSync(jupyter.home)) rmSync(there(name), { recursive: true, force: true });
  });

  it('downloads any file as it is, with its time', async () => {
    for (const size of [0, 1, 3 * MB]) {
      const bytes = randomBytes(size);
      writeFileSync(there('a #%.bin'), bytes);
      utimesSync(there('a #%.bin'), 1_700_000_000, 1_700_000_000);
      o.through = 0;
      await downloadFile(jupyter.server, 'a #%.bin', local('a.bin'), o);
      assert.ok(bytes.equals(readFileSync(local('a.bin'))), `${size} bytes`);
      assert.equal(statSync(local('a.bin')).mtimeMs, 1_700_000_000_000);
      assert.equal(o.through, size);
      assert.deepEqual(readdirSync(here), ['a.bin']);
    }
  });

  it('downloads notebooks as their files are, not as Jupyter writes them', async () => {
    const odd = '{"nbformat":4,   "nbformat_minor":5,"metadata":{},"cells":[]}';
    writeFileSync(there('odd.ipynb'), odd);
    await downloadFile(jupyter.server, 'odd.ipynb', local('odd.ipynb'), o);
    assert.equal(readFileSync(local('odd.ipynb'), 'utf8'), odd);
  });

  it('goes on where it was when the connection is cut under a download', async () => {
    const bytes = randomBytes(40 * MB);
    writeFileSync(there('large.bin'), bytes);
    let cuts = 0;
    let total = 0;
    const waits: boolean[] = [];
    await downloadFile(jupyter.server, 'large.bin', local('large.bin'), {
      ...o,
      onBytes: (more) => {
        total += more;
        if (total <= (cuts + 1) * 10 * MB || cuts === 3) return;
        cuts++;
        for (const socket of jupyter.target.sockets) socket.destroy();
      },
      onWaiting: (waiting) => waits.push(waiting),
    });
    assert.equal(cuts, 3);
    assert.ok(bytes.equals(readFileSync(local('large.bin'))));
    assert.equal(total, bytes.byteLength, 'nothing was fetched twice');
    assert.deepEqual(waits, [true, false]);
  });

  it('goes on in a later download with what an earlier one left, which has not the name of the file', async () => {
    const bytes = randomBytes(20 * MB);
    writeFileSync(there('large.bin'), bytes);
    const broken = downloadFile(jupyter.server, 'large.bin', local('large.bin'), {
      ...o,
      patienceMs: -1,
      onBytes: () => jupyter.target.sockets.forEach((socket) => socket.destroy()),
    });
    await assert.rejects(broken);
    assert.equal(existsSync(local('large.bin')), false);
    const left = statSync(local(parts(here)[0]!)).size;
    assert.ok(left > 0);
    const arrived: number[] = [];
    await downloadFile(jupyter.server, 'large.bin', local('large.bin'), {
      ...o,
      onBytes: (more) => arrived.push(more),
    });
    assert.equal(arrived[0], left);
    assert.ok(bytes.equals(readFileSync(local('large.bin'))));
  });

  it('begins anew when the file becomes another one under it', async () => {
    writeFileSync(there('a.bin'), randomBytes(20 * MB));
    const other = randomBytes(5 * MB);
    let changed = false;
    await downloadFile(jupyter.server, 'a.bin', local('a.bin'), {
      ...o,
      onBytes: () => {
        if (!changed) writeFileSync(there('a.bin'), other);
        changed = true;
      },
    });
    assert.ok(other.equals(readFileSync(local('a.bin'))));
  });

  it('leaves nothing behind when a transfer is cancelled', async () => {
    writeFileSync(there('large.bin'), randomBytes(20 * MB));
    const down = downloadFile(jupyter.server, 'large.bin', local('down.bin'), { ...o, onBytes: () => abort.abort() });
    await assert.rejects(down);
    assert.deepEqual(readdirSync(here), []);
    abort = new AbortController();
    writeFileSync(local('up.bin'), randomBytes(10 * MB));
    const options = { ...o, signal: abort.signal, onBytes: () => abort.abort() };
    await assert.rejects(uploadFile(jupyter.server.contents, local('up.bin'), 'up.bin', options));
    const left = readdirSync(jupyter.home).filter((name) => !name.startsWith('.'));
    assert.deepEqual(left, ['large.bin']);
  });

  it('keeps memory flat under a large file, both ways', async () => {
    const size = 300 * MB;
    const block = randomBytes(MB);
    for (let i = 0; i < size / MB; i++) writeFileSync(there('huge.bin'), block, { flag: 'a' });
    let most = 0;
    const onBytes = () => (most = Math.max(most, process.memoryUsage().rss));
    const before = process.memoryUsage().rss;
    await downloadFile(jupyter.server, 'huge.bin', local('huge.bin'), { ...o, onBytes });
    assert.equal(statSync(local('huge.bin')).size, size);
    await uploadFile(jupyter.server.contents, local('huge.bin'), 'back.bin', { ...o, onBytes });
    assert.equal(statSync(there('back.bin')).size, size);
    assert.ok(most - before < 150 * MB, `${Math.round((most - before) / MB)} MB more`);
  });

  it('uploads any file as it is, over one that is there', async () => {
    for (const size of [0, 1, 2 * MB, 7 * MB + 1]) {
      const bytes = randomBytes(size);
      writeFileSync(local('a.bin'), bytes);
      o.through = 0;
      await uploadFile(jupyter.server.contents, local('a.bin'), 'a.bin', o);
      assert.ok(bytes.equals(readFileSync(there('a.bin'))), `${size} bytes`);
      assert.equal(o.through, size);
    }
    assert.deepEqual(parts(jupyter.home), []);
  });

  describe('over a connection that is cut under an upload', () => {
    const bytes = randomBytes(12 * MB);
    /** So many bytes are on the way for these: base64 makes four of three, and there are questions beside them. */
    const onTheWay = (size: number) => 1.02 * (4 / 3) * size;
    let relay: CuttingRelay;
    const connectTo = (port: number): void => {
      jupyter.target.become(jupyter.target.current(), port);
      for (const socket of jupyter.target.sockets) socket.destroy();
    };
    beforeEach(async () => {
      writeFileSync(local('large.bin'), bytes);
      relay = await CuttingRelay.open(jupyter.port);
      connectTo(relay.port);
    });
    afterEach(() => {
      connectTo(jupyter.port);
      relay.close();
    });

    it('sends again the part that it was cut in, and no other', async () => {
      const waits: boolean[] = [];
      relay.cut = ({ way, up }) => way === 'up' && up > 4 * MB && relay.cuts < 3;
      const onWaiting = (waiting: boolean): void => void waits.push(waiting);
      await uploadFile(jupyter.server.contents, local('large.bin'), 'large.bin', { ...o, onWaiting });
      assert.equal(relay.cuts, 3);
      assert.ok(bytes.equals(readFileSync(there('large.bin'))));
      assert.ok(relay.up < onTheWay(bytes.length + 3 * 2 * MB), `${relay.up} bytes`);
      assert.deepEqual(waits, [true, false, true, false, true, false]);
    });

    it('does not send again a part of which only the answer was lost', async () => {
      relay.cut = ({ way, up }) => way === 'down' && up > 2 * MB;
      await uploadFile(jupyter.server.contents, local('large.bin'), 'large.bin', o);
      assert.equal(relay.cuts, 6);
      assert.ok(bytes.equals(readFileSync(there('large.bin'))));
      assert.ok(relay.up < onTheWay(bytes.length), `${relay.up} bytes`);
      assert.deepEqual(parts(jupyter.home), []);
    });
  });

  it('sends of a folder what is new or different, and not what .gitignore keeps', async () => {
    const put = (path: string, text: string) => {
      mkdirSync(join(local(path), '..'), { recursive: true });
      writeFileSync(local(path), text);
    };
    put('project/train.py', 'x = 1');
    put('project/.gitignore', '*.log\n/data/\n!keep.log\n');
    put('project/run.log', 'noise');
    put('project/keep.log', 'kept');
    put('project/data/set.bin', 'large');
    put('project/src/data/a.py', 'not the data of the rule');
    put('project/src/.gitignore', 'tmp/\n');
    put('project/src/tmp/x', '');
    put('project/.git/HEAD', 'ref');
    symlinkSync(local('project'), local('project/loop'));

    const { contents } = jupyter.server;
    const plan = await planUpload(contents, [local('project')], '', o);
    assert.deepEqual(plan.files.map(({ to }) => to).sort(), [
      'project/.gitignore',
      'project/keep.log',
      'project/src/.gitignore',
      'project/src/data/a.py',
      'project/train.py',
    ]);
    assert.deepEqual([plan.same, plan.ignored, plan.replaced], [0, 4, []]);
    const failures = await uploadPlanned(contents, plan, o);
    assert.deepEqual(failures.map(({ path, error }) => `${path} ${error.code}`).sort(), [
      'project/.gitignore HiddenName',
      'project/src/.gitignore HiddenName',
    ]);
    assert.equal(readFileSync(there('project/train.py'), 'utf8'), 'x = 1');

    put('project/train.py', 'x = 2');
    put('project/src/data/a.py', 'longer than the one before it was');
    const again = await planUpload(contents, [local('project')], '', o);
    assert.deepEqual(again.replaced.sort(), ['project/src/data/a.py', 'project/train.py']);
    assert.equal(again.same, 1);
    await uploadPlanned(contents, again, o);
    assert.equal(readFileSync(there('project/train.py'), 'utf8'), 'x = 2');
  });

  it('brings several files and folders into one, and of these only what is new', async () => {
    mkdirSync(there('set/raw'), { recursive: true });
    writeFileSync(there('set/raw/one.csv'), '1');
    writeFileSync(there('a.txt'), 'a');
    const plan = () => planDownloads(jupyter.server, ['set', 'a.txt'], here, o);
    assert.deepEqual(await downloadPlanned(jupyter.server, await plan(), o), []);
    assert.equal(readFileSync(local('set/raw/one.csv'), 'utf8'), '1');
    assert.equal(readFileSync(local('a.txt'), 'utf8'), 'a');
    const again = await plan();
    assert.deepEqual([again.files.length, again.same, again.replaced], [0, 2, []]);
  });

  it('brings of a folder what is new or different', async () => {
    mkdirSync(there('data/in'), { recursive: true });
    writeFileSync(there('data/a'), 'a');
    writeFileSync(there('data/in/b'), 'b');
    const first = await planDownload(jupyter.server, 'data', local('data'), o);
    assert.equal(first.files.length, 2);
    assert.deepEqual(await downloadPlanned(jupyter.server, first, o), []);
    assert.equal(readFileSync(local('data/in/b'), 'utf8'), 'b');
    writeFileSync(there('data/a'), 'changed');
    writeFileSync(there('data/c'), 'c');
    const second = await planDownload(jupyter.server, 'data', local('data'), o);
    assert.deepEqual([second.same, second.files.length, second.replaced], [1, 2, [local('data/a')]]);
  });
});
