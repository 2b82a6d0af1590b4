import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { KernelChoice } from '../../../../src/editor/kernelChoice.ts';
import { RememberedKernels } from '../../../../src/editor/jupyterExtension/remembered.ts';
import { JupyterSelection } from '../../../../src/editor/jupyterExtension/select.ts';
import { whoRuns, type KernelSetting } from '../../../../src/editor/jupyterExtension/whoRuns.ts';
import type { Memory } from '../../../../src/editor/usedServers.ts';
import { silentLogger as logger } from '../../../../src/k8s/log.ts';

const mnist = { context: 'prod', namespace: 'alice', name: 'mnist' };
const bert = { ...mnist, name: 'bert' };
const notebook = { uri: { toString: () => 'file:///train.ipynb' } } as vscode.NotebookDocument;

function memory(): Memory {
  const stored = new Map<string, unknown>();
  return {
    get: <T>(key: string) => stored.get(key) as T | undefined,
    update: (key, value) => Promise.resolve(void stored.set(key, value)),
  };
}

describe('a kernel of the Jupyter extension for a notebook', () => {
  const list = 'jupyter.kernel.selectJupyterServerKernel';
  const cancelled = new Error('Canceled');
  let done: string[];
  let existing: string[];
  let pick: () => Promise<unknown>;
  let shown: boolean;
  let remembered: RememberedKernels;
  let selection: JupyterSelection;

  beforeEach(() => {
    done = [];
    existing = [];
    shown = true;
    pick = () => {
      existing.push('python');
      return Promise.resolve('python');
    };
    remembered = new RememberedKernels(memory());
    selection = new JupyterSelection({
      provider: {
        arm: ({ name }) => {
          done.push(`arm ${name}`);
          return { dispose: () => done.push('disarm') };
        },
      },
      remembered,
      prepare: ({ name }) => Promise.resolve(done.push(`prepare ${name}`) > 0),
      execute: (command, ...args) => {
        if (command === list) {
          done.push('list');
          assert.deepEqual(args, ['we.us', 'kubeflow-notebooks', notebook]);
          return pick();
        }
        const { id } = args[0] as { id?: string };
        done.push(id === undefined ? 'any kernel' : `select ${id}`);
        return Promise.resolve(id === undefined || existing.includes(id));
      },
      editorOf: () => (shown ? ({} as vscode.NotebookEditor) : undefined),
      isCancellation: (error) => error === cancelled,
      extensionId: 'we.us',
      logger,
    });
  });

  it('is confirmed in the list of one server, which is up by then, and selected', async () => {
    assert.equal(await selection.make(notebook, mnist), true);
    assert.deepEqual(done, ['prepare mnist', 'arm mnist', 'list', 'select python', 'disarm']);
  });

  it('is selected without the list when it was chosen before', async () => {
    await selection.make(notebook, mnist);
    done = [];
    assert.equal(await selection.make(notebook, mnist), true);
    assert.deepEqual(done, ['select python']);
  });

  it('is chosen again when it is gone, or of another server', async () => {
    await selection.make(notebook, mnist);
    existing = [];
    done = [];
    await selection.make(notebook, mnist);
    assert.deepEqual(done.slice(0, 2), ['select python', 'prepare mnist']);
    done = [];
    await selection.make(notebook, bert);
    assert.equal(done[0], 'prepare bert');
  });

  it('is none when the user thinks better of it, and all servers are listed again', async () => {
    pick = () => Promise.reject(cancelled);
    assert.equal(await selection.make(notebook, mnist), false);
    assert.equal(done.at(-1), 'disarm');
    assert.equal(remembered.get(notebook.uri.toString()), undefined);
  });

  it("is chosen in VS Code's own picker where the list is not there", async () => {
    pick = () => Promise.reject(new Error(`command '${list}' not found`));
    assert.equal(await selection.make(notebook, mnist), true);
    assert.deepEqual(done, ['prepare mnist', 'arm mnist', 'list', 'any kernel', 'disarm']);
    assert.deepEqual(remembered.get(notebook.uri.toString()), { server: 'prod/alice/mnist' });
  });

  it('needs an editor', async () => {
    shown = false;
    assert.equal(await selection.make(notebook, mnist), false);
    assert.deepEqual(done, []);
  });
});

describe('kubeflow.kernel', () => {
  const cases: [KernelSetting, boolean, boolean, string][] = [
    ['builtin', true, true, 'builtin'],
    ['auto', true, false, 'builtin'],
    ['auto', true, true, 'jupyter'],
    ['auto', false, true, 'builtin'],
    ['jupyter', true, false, 'jupyter'],
    ['jupyter', false, false, 'missing'],
  ];
  for (const [setting, installed, remembered, who] of cases)
    it(`${setting}${installed ? '' : ', without the Jupyter extension'}${remembered ? ', for a notebook with a kernel of it' : ''}: ${who}`, () => {
      assert.equal(whoRuns({ setting, installed, remembered }), who);
    });

  describe('chooses', () => {
    let done: string[];
    let setting: KernelSetting;
    let known: { server?: string } | undefined;
    let isInstalled: boolean;
    let choice: KernelChoice;

    beforeEach(() => {
      done = [];
      setting = 'auto';
      known = undefined;
      isInstalled = true;
      choice = new KernelChoice({
        jupyter: {
          get isInstalled() {
            return isInstalled;
          },
          remembered: () => known,
          select: () => Promise.resolve(done.push('jupyter') > 0),
          forget: () => Promise.resolve(void done.push('forget')),
        },
        selectBuiltin: () => Promise.resolve(void done.push('builtin')),
        setting: () => setting,
        tellMissing: () => done.push('missing'),
        intoSight: () => Promise.resolve(),
      });
    });

    it('the builtin kernel, and forgets what was before', async () => {
      assert.equal(await choice.select(notebook, mnist), 'builtin');
      assert.deepEqual(done, ['builtin', 'forget']);
    });

    it('the builtin kernel where the Jupyter extension is missing, and says so once', async () => {
      setting = 'jupyter';
      isInstalled = false;
      await choice.select(notebook, mnist);
      await choice.select(notebook, mnist);
      assert.deepEqual(done, ['missing', 'builtin', 'forget', 'builtin', 'forget']);
    });

    it('a kernel of the Jupyter extension for a notebook that had one of this server', async () => {
      known = { server: 'prod/alice/mnist' };
      assert.equal(await choice.select(notebook, mnist), 'jupyter');
      assert.deepEqual(done, ['jupyter']);
    });

    it('nothing for a notebook whose kernel was chosen in the picker: VS Code selects it by itself', async () => {
      known = {};
      assert.equal(await choice.select(notebook, mnist), 'jupyter');
      assert.deepEqual(done, []);
    });
  });
});
