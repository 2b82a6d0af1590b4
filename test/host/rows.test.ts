import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/api.ts';
import { extensionIn, until } from './support/extension.ts';
import { labContext, RemoteLab } from './support/remoteLab.ts';

/** The lists that commands open, which the user leaves at once. */
class Lists {
  readonly opened: string[] = [];
  private readonly original = { ...vscode.window };

  constructor() {
    const createQuickPick = () => {
      const pick = this.original.createQuickPick();
      const show = pick.show.bind(pick);
      return Object.assign(pick, {
        show: () => {
          this.opened.push(pick.title ?? '');
          show();
          setImmediate(() => pick.hide());
        },
      });
    };
    const show = (_items: unknown, options?: vscode.QuickPickOptions) => {
      this.opened.push(options?.title ?? '');
      return Promise.resolve(undefined);
    };
    Object.assign(vscode.window, { showQuickPick: show, createQuickPick });
  }

  dispose(): void {
    const { showQuickPick, createQuickPick } = this.original;
    Object.assign(vscode.window, { showQuickPick, createQuickPick });
  }
}

describe('a command on a row that VS Code is just drawing anew, and does not name', function () {
  this.timeout(120_000);
  const [one, other] = ['host-row', 'host-row-2'];
  const servers = `Notebook server on ${labContext}`;
  let lab: RemoteLab;
  let api: TestApi;
  let lists: Lists;
  let look: vscode.Disposable;
  const listsOf = async (command: string, ...row: unknown[]) => {
    lists.opened.length = 0;
    await vscode.commands.executeCommand(`kubeflow.${command}`, ...row);
    return [...lists.opened];
  };

  const made = async (name: string) => {
    await lab.create(name);
    const { inventory } = api.sessions.session(labContext)!;
    await until(() => inventory.server(`alice/${name}`), name);
  };

  before(async () => {
    lab = await RemoteLab.open();
    api = await extensionIn(lab);
    // What the API server's cache has not heard of yet is in no first list; the watch behind it tells.
    look = api.sessions.session(labContext)!.inventory.open('alice');
    await made(one);
    lists = new Lists();
  });
  after(async () => {
    look?.dispose();
    lists?.dispose();
    await lab?.remove(one);
    await lab?.remove(other);
    lab?.close();
  });

  it('connects to the only server there is without a question', async () => {
    assert.deepEqual(await listsOf('connect', undefined), [`Open a notebook on ${one}`]);
  });

  it('asks for the server where it would end something, and where no row was meant', async () => {
    assert.deepEqual(await listsOf('stopServer', undefined), [servers]);
    assert.deepEqual(await listsOf('connect'), [servers]);
  });

  it('asks for the server where it can be several', async () => {
    await made(other);
    assert.deepEqual(await listsOf('connect', undefined), [servers]);
  });
});
