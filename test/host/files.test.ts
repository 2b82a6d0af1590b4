import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/api.ts';
import { toUri } from '../../src/editor/uri.ts';
import { extensionIn } from './support/extension.ts';
import { labContext, RemoteLab } from './support/remoteLab.ts';

describe("a server's files in VS Code", function () {
  this.timeout(120_000);
  const name = 'host-files';
  const ref = { context: labContext, namespace: 'alice', name };
  const { fs } = vscode.workspace;
  let lab: RemoteLab;
  let api: TestApi;
  let at: (path: string) => vscode.Uri;

  before(async () => {
    lab = await RemoteLab.open();
    await lab.create(name);
    api = await extensionIn(lab);
    const connection = await api.connections.open(ref);
    await connection.server.waitUntilAnswers(undefined, 90_000);
    at = (path) => toUri(ref, connection.fingerprint, path);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await lab?.remove(name);
    lab?.close();
  });

  it('writes, lists, renames, reads and deletes', async () => {
    await fs.createDirectory(at('new folder'));
    await fs.writeFile(at('new folder/a#%é.txt'), Buffer.from('one'));
    assert.deepEqual(await fs.readDirectory(at('new folder')), [['a#%é.txt', vscode.FileType.File]]);
    await fs.rename(at('new folder/a#%é.txt'), at('new folder/b.txt'));
    assert.equal(Buffer.from(await fs.readFile(at('new folder/b.txt'))).toString(), 'one');
    await fs.delete(at('new folder'), { recursive: true });
    await assert.rejects(fs.stat(at('new folder')) as Promise<unknown>, { code: 'FileNotFound' });
  });

  it('keeps names as people write them', async () => {
    const names = ['한글 파일.txt', '🚀?&=+.txt', "it's;x@y [1].txt", '50% #1.txt'];
    await fs.createDirectory(at('names'));
    for (const name of names) await fs.writeFile(at(`names/${name}`), Buffer.from(name));
    const listed = (await fs.readDirectory(at('names'))).map(([name]) => name);
    assert.deepEqual(listed.sort(), [...names].sort());
    for (const name of names) assert.equal(Buffer.from(await fs.readFile(at(`names/${name}`))).toString(), name);
    await assert.rejects(fs.delete(at('names'), { useTrash: false }) as Promise<unknown>, /not empty/);
    assert.equal((await fs.readDirectory(at('names'))).length, names.length);
  });

  it('renames over a file only when told to', async () => {
    await fs.writeFile(at('from.txt'), Buffer.from('new'));
    await fs.writeFile(at('to.txt'), Buffer.from('old'));
    await assert.rejects(fs.rename(at('from.txt'), at('to.txt')) as Promise<unknown>, { code: 'FileExists' });
    const { mtime } = await fs.stat(at('to.txt'));
    await fs.rename(at('from.txt'), at('to.txt'), { overwrite: true });
    assert.equal(Buffer.from(await fs.readFile(at('to.txt'))).toString(), 'new');
    assert.ok((await fs.stat(at('to.txt'))).mtime > mtime);
  });

  it('moves the time on with every write', async () => {
    const uri = at('time.txt');
    let before = 0;
    for (let i = 0; i < 3; i++) {
      await fs.writeFile(uri, Buffer.from(String(i)));
      const { mtime } = await fs.stat(uri);
      assert.ok(mtime > before, `${mtime} after ${before}`);
      before = mtime;
    }
  });

  it('opens a text file in an editor and saves it on the server', async () => {
    await fs.writeFile(at('text.py'), Buffer.from('x = 1\n'));
    const document = await vscode.workspace.openTextDocument(at('text.py'));
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), 'y = 2\n'));
    assert.equal(await document.save(), true);
    assert.equal(Buffer.from(await fs.readFile(at('text.py'))).toString(), 'x = 1\ny = 2\n');
  });

  it('asks no server for what editors look for in every folder', async () => {
    const before = lab.connections;
    await assert.rejects(fs.stat(at('.vscode/settings.json')) as Promise<unknown>, { code: 'FileNotFound' });
    await assert.rejects(fs.stat(at('.git')) as Promise<unknown>, { code: 'FileNotFound' });
    assert.equal(lab.connections, before);
  });

  it("refuses a file of another cluster's server of the same name", async () => {
    const other = toUri(ref, 'ffffffffffffffff', 'text.py');
    await assert.rejects(fs.readFile(other) as Promise<unknown>, { code: 'Unavailable' });
  });
});
