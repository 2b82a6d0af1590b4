import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/api.ts';
import { toUri } from '../../src/editor/uri.ts';
import { FilesDrop } from '../../src/views/tree/filesDrop.ts';
import type { TreeNode } from '../../src/views/tree/node.ts';
import { extensionIn, until } from './support/extension.ts';
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
    lab.away(true);
    try {
      await assert.rejects(fs.stat(at('.vscode/settings.json')) as Promise<unknown>, { code: 'FileNotFound' });
      await assert.rejects(fs.stat(at('.git')) as Promise<unknown>, { code: 'FileNotFound' });
    } finally {
      lab.away(false);
    }
  });

  /** An editor that shows a file of the server with changes that are not saved. */
  async function edited(path: string, text: string): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument(at(path));
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), text));
    return document;
  }

  for (const [how, other] of [
    ['another length', 'x = 100\n'],
    ['the same length', 'x = 2\n'],
  ] as const)
    it(`does not save over a file that became another on the server, of ${how}`, async () => {
      const { contents } = (await api.connections.open(ref)).server;
      await fs.writeFile(at('theirs.py'), Buffer.from('x = 1\n'));
      const document = await edited('theirs.py', 'y = 1\n');
      await contents.writeFile('theirs.py', Buffer.from(other));
      assert.equal(await document.save(), false);
      assert.equal(Buffer.from((await contents.readFile('theirs.py')).bytes).toString(), other);
      assert.ok(document.isDirty);
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await until(() => document.getText() === other, "the server's text");
    });

  it('does not save a notebook over one that became another on the server', async () => {
    const { contents } = (await api.connections.open(ref)).server;
    const notebook = (name: string) => `{"cells":[],"metadata":{"${name}":1},"nbformat":4,"nbformat_minor":5}`;
    await contents.writeFile('theirs.ipynb', Buffer.from(notebook('one')));
    const document = await vscode.workspace.openNotebookDocument(at('theirs.ipynb'));
    await vscode.window.showNotebookDocument(document);
    const edit = new vscode.WorkspaceEdit();
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, '1', 'python');
    edit.set(document.uri, [vscode.NotebookEdit.insertCells(0, [cell])]);
    await vscode.workspace.applyEdit(edit);
    await contents.writeFile('theirs.ipynb', Buffer.from(notebook('two')));
    assert.equal(await document.save(), false);
    assert.match(Buffer.from((await contents.readFile('theirs.ipynb')).bytes).toString(), /two/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('saves a file that was only touched on the server', async () => {
    const { contents } = (await api.connections.open(ref)).server;
    await fs.writeFile(at('touched.py'), Buffer.from('x = 1\n'));
    const document = await edited('touched.py', 'y = 1\n');
    await contents.writeFile('touched.py', Buffer.from('x = 1\n'));
    assert.equal(await document.save(), true);
    assert.equal(Buffer.from((await contents.readFile('touched.py')).bytes).toString(), 'y = 1\nx = 1\n');
  });

  it('shows what a cell or somebody else wrote when one comes back to the editor', async () => {
    const { contents } = (await api.connections.open(ref)).server;
    await fs.writeFile(at('seen.py'), Buffer.from('old\n'));
    const document = await vscode.workspace.openTextDocument(at('seen.py'));
    await vscode.window.showTextDocument(document);
    await fs.writeFile(at('other.py'), Buffer.from(''));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(at('other.py')));
    await contents.writeFile('seen.py', Buffer.from('new\n'));
    await vscode.window.showTextDocument(document);
    await until(() => document.getText() === 'new\n', 'the new text');
  });

  it('keeps what cannot be saved while the network is away, and saves it when it is back', async () => {
    const { contents } = (await api.connections.open(ref)).server;
    await fs.writeFile(at('away.py'), Buffer.from('x = 1\n'));
    const document = await edited('away.py', 'y = 1\n');
    lab.away(true);
    try {
      assert.equal(await document.save(), false);
      assert.ok(document.isDirty);
    } finally {
      lab.away(false);
    }
    await until(() => !document.isDirty, 'the save by itself', 60_000);
    assert.equal(Buffer.from((await contents.readFile('away.py')).bytes).toString(), 'y = 1\nx = 1\n');
  });

  it('copies files and folders at the server', async () => {
    await fs.createDirectory(at('copied'));
    await fs.writeFile(at('copied/a.txt'), Buffer.from('a'));
    await fs.copy(at('copied'), at('copied 2'));
    await fs.copy(at('copied/a.txt'), at('copied 2/b.txt'));
    const names = (await fs.readDirectory(at('copied 2'))).map(([name]) => name);
    assert.deepEqual(names.sort(), ['a.txt', 'b.txt']);
  });

  it('shows hidden names to nobody, and says why it takes none', async () => {
    await assert.rejects(fs.writeFile(at('.env'), Buffer.from('A=1')) as Promise<unknown>, /hidden files/);
  });

  it('opens no file that is too large for an editor', async () => {
    const { contents } = (await api.connections.open(ref)).server;
    const part = Buffer.alloc(26 * 1024 * 1024);
    await contents.writePart('large.bin', part, 1);
    await contents.writePart('large.bin', part, -1);
    await assert.rejects(fs.readFile(at('large.bin')) as Promise<unknown>, /too large to open/);
  });

  it('uploads a folder that is dropped on the tree, and shows it there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubeflow-drop-'));
    mkdirSync(join(folder, 'project', 'src'), { recursive: true });
    writeFileSync(join(folder, 'project', 'src', 'a.py'), 'x = 1');
    try {
      const into = { ref, path: '', uri: at('') };
      await vscode.commands.executeCommand('kubeflow.uploadFiles', { into, sources: [join(folder, 'project')] });
      assert.equal(Buffer.from(await fs.readFile(at('project/src/a.py'))).toString(), 'x = 1');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('uploads what is dropped on a folder from the Explorer or the file manager', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubeflow-drop-'));
    writeFileSync(join(folder, 'a #%.py'), 'x = 1');
    try {
      await fs.createDirectory(at('dropped'));
      const errors: unknown[] = [];
      const drop = new FilesDrop((error) => errors.push(error));
      const data = new vscode.DataTransfer();
      const uri = vscode.Uri.file(join(folder, 'a #%.py')).toString();
      data.set('text/uri-list', new vscode.DataTransferItem(`${uri}\r\n`));
      await drop.handleDrop(at('dropped') as unknown as TreeNode, data);
      assert.deepEqual(errors, []);
      assert.equal(Buffer.from(await fs.readFile(at('dropped/a #%.py'))).toString(), 'x = 1');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('takes open editors along when a folder is renamed', async () => {
    await fs.createDirectory(at('old'));
    await fs.writeFile(at('old/open.py'), Buffer.from('x = 1'));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(at('old/open.py')));
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(at('old'), at('new'), { overwrite: false });
    assert.ok(await vscode.workspace.applyEdit(edit));
    await until(
      () => vscode.window.activeTextEditor?.document.uri.toString() === at('new/open.py').toString(),
      'the editor of the new name',
    );
  });

  it("reads a file of another cluster's server of the same name, and does not change it", async () => {
    const other = toUri(ref, 'ffffffffffffffff', 'text.py');
    assert.equal(Buffer.from(await fs.readFile(other)).toString(), 'x = 1\ny = 2\n');
    assert.equal((await fs.stat(other)).permissions, vscode.FilePermission.Readonly);
    await assert.rejects(fs.writeFile(other, Buffer.from('')) as Promise<unknown>);
    await assert.rejects(fs.delete(other) as Promise<unknown>, { code: 'NoPermissions' });
  });
});
