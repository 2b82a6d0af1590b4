import assert from 'node:assert/strict';
import type { ServerRef } from '../../../../src/editor/address.ts';
import { Attention } from '../../../../src/editor/jupyterExtension/attention.ts';
import type { HandOver } from '../../../../src/editor/jupyterExtension/handOver.ts';
import { Provider } from '../../../../src/editor/jupyterExtension/provider.ts';
import { ServerList } from '../../../../src/editor/jupyterExtension/serverList.ts';
import { inEnglish } from '../../../../src/views/words/translate.ts';

const mnist = { context: 'prod', namespace: 'alice', name: 'mnist' };
const bert = { context: 'prod', namespace: 'alice', name: 'bert' };

describe('our servers in the kernel picker of the Jupyter extension', () => {
  const cancelled = new Error('Canceled');
  let now: number;
  let choose: () => Promise<ServerRef | undefined>;
  let done: string[];
  let said: unknown[];
  let attention: Attention;
  let provider: Provider;
  const names = () => provider.provideJupyterServers().map(({ id }) => id);
  const [connect, spawn] = ['Connect to a Notebook Server...', 'New Notebook Server...'].map((label) => ({ label }));

  beforeEach(() => {
    now = 1000;
    done = [];
    said = [];
    choose = () => Promise.resolve(undefined);
    attention = new Attention(() => now);
    provider = new Provider({
      t: inEnglish,
      list: new ServerList({
        t: inEnglish,
        used: () => [mnist, bert],
        running: () => [],
        stateOf: () => 'running',
        mayBeInUse: () => false,
      }),
      handOver: {} as HandOver,
      attention,
      onDidChangeServers: () => ({ dispose: () => undefined }),
      chooseServer: () => choose(),
      openForm: () => done.push('form'),
      closePicker: () => Promise.resolve(done.push('closed')),
      report: (error) => said.push(error),
      cancelled: () => cancelled,
      now: () => now,
    });
  });

  it('come with a command to connect to any other and one to spawn', () => {
    assert.deepEqual(names(), ['prod/alice/bert', 'prod/alice/mnist']);
    assert.deepEqual(provider.provideCommands(), [connect, spawn]);
  });

  it('are asked for without anybody at the picker, which is known by its commands', () => {
    names();
    assert.equal(attention.isOn, false);
    provider.provideCommands();
    assert.equal(attention.isOn, true);
  });

  it('are one alone, and no commands, for the picker that is to skip its list, and all again after it', () => {
    provider.arm(mnist);
    assert.deepEqual(names(), ['prod/alice/mnist']);
    assert.deepEqual(provider.provideCommands(), []);
    assert.deepEqual(names(), ['prod/alice/bert', 'prod/alice/mnist']);
    assert.equal(provider.provideCommands().length, 2);
  });

  it('are all again when that picker never came', () => {
    provider.arm(mnist).dispose();
    assert.equal(names().length, 2);
  });

  it('do not change while there is one alone: the others would look lost', () => {
    const armed = provider.arm(mnist);
    provider.whenDisarmed(() => done.push('changed'));
    assert.deepEqual(done, []);
    armed.dispose();
    assert.deepEqual(done, ['changed']);
    provider.whenDisarmed(() => done.push('again'));
    assert.deepEqual(done, ['changed', 'again']);
  });

  it('have the chosen one among them by the time it is looked up', async () => {
    const other = { context: 'dev', namespace: 'bob', name: 'new' };
    choose = () => Promise.resolve(other);
    assert.deepEqual(await provider.handleCommand(connect!), { id: 'dev/bob/new', label: 'new (bob on dev)' });
    assert.ok(names().includes('dev/bob/new'));
  });

  it('come back when the user chose none', async () => {
    assert.equal(await provider.handleCommand(connect!), undefined);
    assert.deepEqual(said, []);
  });

  it('come back, and what went wrong is said, but never thrown', async () => {
    const error = new Error('no');
    choose = () => Promise.reject(error);
    assert.equal(await provider.handleCommand(connect!), undefined);
    assert.deepEqual(said, [error]);
  });

  it('make room for the form, and do not come back over it', async () => {
    assert.equal(await provider.handleCommand(spawn!), undefined);
    assert.deepEqual(done, ['closed', 'form']);
    assert.throws(() => provider.provideCommands(), cancelled);
    assert.equal(provider.provideCommands().length, 2);
  });

  it('are there for the next picker when none came back after the form', async () => {
    await provider.handleCommand(spawn!);
    now += 10_000;
    assert.equal(provider.provideCommands().length, 2);
  });
});
