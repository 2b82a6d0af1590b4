import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { commandIds } from '../../../src/views/commandIds.ts';
import { contextValue, type Row } from '../../../src/views/contextValue.ts';

interface Menu {
  command: string;
  when: string;
  group?: string;
}
interface Manifest {
  icon: string;
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, Menu[]>;
    viewsWelcome: { when: string; contents: string }[];
  };
}
const text = readFileSync('package.json', 'utf8');
const manifest = JSON.parse(text) as Manifest;
const nls = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;

/** The commands that a row's context menu (or its inline icons) shows. */
function menuOf(row: Row, inline: boolean): string[] {
  const value = contextValue(row);
  return (manifest.contributes.menus['view/item/context'] ?? [])
    .filter((item) => item.group?.startsWith('inline') === inline)
    .filter((item) => {
      const pattern = /viewItem =~ \/(.*)\/$/.exec(item.when)?.[1];
      assert.ok(pattern, `${item.command} has a pattern`);
      return new RegExp(pattern).test(value);
    })
    .sort((a, b) => (a.group ?? '').localeCompare(b.group ?? ''))
    .map((item) => item.command.replace('kubeflow.', ''));
}

const server: Extract<Row, { kind: 'server' }> = {
  kind: 'server',
  phase: 'running',
  canEdit: true,
  canDelete: true,
  canCreate: true,
  canConnect: true,
  canBrowse: true,
  canExec: true,
  gpus: true,
  disconnected: false,
};

describe('the manifest', () => {
  it('contributes exactly the commands of the list', () => {
    const contributed = manifest.contributes.commands.map(({ command }) => command);
    assert.deepEqual([...contributed].sort(), [...commandIds].sort());
    assert.ok(commandIds.length <= 50);
  });

  it('has a text for every placeholder, and no text without one', () => {
    const used = [...text.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1] ?? '');
    assert.deepEqual([...new Set(used)].sort(), Object.keys(nls).sort());
  });

  it('names only its own commands in menus and welcome texts', () => {
    const known = new Set<string>(commandIds);
    for (const menu of Object.values(manifest.contributes.menus).flat())
      assert.ok(known.has(menu.command), menu.command);
    for (const { contents } of manifest.contributes.viewsWelcome) {
      const words = nls[contents.replaceAll('%', '')] ?? '';
      for (const match of words.matchAll(/command:(kubeflow\.\w+)/g)) assert.ok(known.has(match[1] ?? ''), match[1]);
    }
  });

  it('names a command in the category Kubeflow, in title case', () => {
    for (const { title, category } of manifest.contributes.commands) {
      assert.equal(category, 'Kubeflow');
      assert.match(nls[title.replaceAll('%', '')] ?? '', /^[A-Z]/);
    }
  });
});

describe('menus by the state of a row', () => {
  it('have one command for what is one thing to the user, whatever the row is', () => {
    const titles = manifest.contributes.commands.map(({ title }) => nls[title.replaceAll('%', '')]);
    assert.deepEqual([...new Set(titles)], titles);
  });

  const edits = ['editServer', 'cloneServer'];

  it('offer Connect and Stop inline on a running server, and all of its actions by right click', () => {
    assert.deepEqual(menuOf(server, true), ['connect', 'stopServer']);
    const all = [
      'connect',
      'openInBrowser',
      'stopServer',
      'describe',
      'checkGpus',
      ...edits,
      'saveAsTemplate',
      'copyName',
      'copyLink',
      'delete',
    ];
    assert.deepEqual(menuOf(server, false), all);
  });

  it('offer Start inline on a stopped server, and Connect, which starts it, by right click', () => {
    assert.deepEqual(menuOf({ ...server, phase: 'stopped' }, true), ['startServer']);
    const all = ['connect', 'startServer', 'describe', ...edits, 'saveAsTemplate', 'copyName', 'copyLink', 'delete'];
    assert.deepEqual(menuOf({ ...server, phase: 'stopped' }, false), all);
  });

  it('offer Describe in the place of Connect on a failing server', () => {
    assert.deepEqual(menuOf({ ...server, phase: 'failing' }, true), ['describe', 'stopServer']);
  });

  it('hide from a viewer what needs a right', () => {
    const no = {
      canEdit: false,
      canDelete: false,
      canCreate: false,
      canConnect: false,
      canBrowse: false,
      canExec: false,
    };
    const viewer = { ...server, ...no };
    assert.deepEqual(menuOf(viewer, true), []);
    assert.deepEqual(menuOf(viewer, false), ['describe', 'saveAsTemplate', 'copyName', 'copyLink']);
  });

  it('offer nothing but looking on a server that is being deleted', () => {
    assert.deepEqual(menuOf({ ...server, phase: 'deleting' }, false), ['describe', 'copyName']);
  });

  it('offer Reconnect only where the connection is cut', () => {
    assert.ok(menuOf({ ...server, disconnected: true }, false).includes('reconnect'));
    assert.ok(!menuOf(server, false).includes('reconnect'));
  });

  it('show two inline icons at most in every state', () => {
    for (const phase of [
      'running',
      'starting',
      'stopping',
      'stopped',
      'failing',
      'waiting',
      'deleting',
      'unknown',
    ] as const)
      assert.ok(menuOf({ ...server, phase, disconnected: true }, true).length <= 2, phase);
    assert.ok(menuOf({ kind: 'kernel', busy: true }, true).length <= 2);
  });

  it('offer on a context what concerns all of it, and only hiding when the kubeconfig has lost it', () => {
    const all = ['newNotebookServer', 'refresh', 'addNamespace', 'hideContext', 'copyName'];
    assert.deepEqual(menuOf({ kind: 'context', state: 'there' }, false), all);
    assert.deepEqual(menuOf({ kind: 'context', state: 'gone' }, false), ['hideContext', 'copyName']);
    assert.deepEqual(menuOf({ kind: 'context', state: 'gone' }, true), ['hideContext']);
  });

  it('offer shutting down kernels one by one, those that are idle and all', () => {
    assert.deepEqual(menuOf({ kind: 'kernel', busy: true }, true), ['interruptKernel', 'shutDownKernel']);
    assert.deepEqual(menuOf({ kind: 'kernel', busy: false }, false), [
      'interruptKernel',
      'restartKernel',
      'shutDownKernel',
    ]);
    assert.deepEqual(menuOf({ kind: 'kernels' }, false), ['shutDownIdleKernels', 'shutDownAllKernels']);
  });

  it('offer deleting a profile only where there is one', () => {
    const profile: Row = { kind: 'profile', source: 'profile', canCreate: true, canDelete: true, added: false };
    assert.deepEqual(menuOf(profile, false), [
      'newNotebookServer',
      'newFromTemplate',
      'describe',
      'copyName',
      'delete',
    ]);
    assert.deepEqual(menuOf({ ...profile, source: 'namespace', canDelete: false, added: true }, false), [
      'newNotebookServer',
      'newFromTemplate',
      'removeNamespace',
      'describe',
      'copyName',
    ]);
  });

  it('offer on a folder what goes into it, and on the root neither renaming nor deleting', () => {
    const into = ['newFile', 'newFolder', 'uploadFiles', 'uploadFolder', 'download'];
    assert.deepEqual(menuOf({ kind: 'folder' }, false), [...into, 'renameFile', 'copyPath', 'refresh', 'delete']);
    assert.deepEqual(menuOf({ kind: 'files' }, false), [...into, 'addToWorkspace', 'refresh']);
  });

  it('offer on a file what can be done with it', () => {
    const all = ['openFile', 'download', 'renameFile', 'copyPath', 'copyLink', 'delete'];
    assert.deepEqual(menuOf({ kind: 'file', notebook: true }, false), all);
    assert.deepEqual(menuOf({ kind: 'file', notebook: false }, false), all);
  });
});
