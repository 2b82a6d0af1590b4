import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import type { ServerRef } from '../../../../src/editor/address.ts';
import type { ConnectionInformation } from '../../../../src/editor/jupyterExtension/api.ts';
import { Attention } from '../../../../src/editor/jupyterExtension/attention.ts';
import { HandOver } from '../../../../src/editor/jupyterExtension/handOver.ts';
import { ServerList } from '../../../../src/editor/jupyterExtension/serverList.ts';
import { JupyterError } from '../../../../src/jupyter/errors.ts';
import { silentLogger as logger } from '../../../../src/k8s/log.ts';
import { explain } from '../../../../src/views/words.ts';
import { inEnglish } from '../../../../src/views/words/translate.ts';

const id = 'prod/alice/mnist';
const information = {} as ConnectionInformation;

/** A token that can be cancelled. */
function source(): { token: vscode.CancellationToken; cancel: () => void } {
  const listeners: (() => void)[] = [];
  const token = {
    isCancellationRequested: false,
    onCancellationRequested: (listener: () => void) => {
      listeners.push(listener);
      return { dispose: () => undefined };
    },
  };
  return {
    token: token as unknown as vscode.CancellationToken,
    cancel: () => {
      token.isCancellationRequested = true;
      for (const listener of listeners) listener();
    },
  };
}

describe('a server that the Jupyter extension asks for', () => {
  let now: number;
  let asked: string[];
  let said: unknown[];
  let up: boolean;
  let mayLook: boolean;
  let connect: (ref: ServerRef, signal?: AbortSignal) => Promise<ConnectionInformation>;
  let attention: Attention;
  let handOver: HandOver;
  const { token } = source();
  const stopped = new JupyterError({ code: 'NotRunning', server: 'mnist', why: 'stopped' });
  const silent = new JupyterError({ code: 'NotAnswering', server: 'mnist', seconds: 15 });
  const cancelled = Object.assign(new Error('Canceled'), { name: 'Canceled' });

  beforeEach(() => {
    now = 1;
    asked = [];
    said = [];
    up = true;
    mayLook = false;
    connect = () => Promise.resolve(information);
    attention = new Attention(() => now);
    const list = new ServerList({
      t: inEnglish,
      used: () => [],
      running: () => [],
      stateOf: () => 'running',
      mayBeInUse: () => true,
    });
    handOver = new HandOver({
      list,
      attention,
      logger,
      bringUp: (ref) => {
        asked.push(ref.name);
        return Promise.resolve(up);
      },
      mayLookUnasked: () => mayLook,
      connect: (ref, signal) => connect(ref, signal),
      report: (error) => said.push(error),
      explain: (error) => explain(inEnglish, error).text,
      cancelled: () => cancelled,
      isCancellation: (error) => error === cancelled,
      now: () => now,
    });
  });

  it('is given with what it takes to use it, once it has answered', async () => {
    attention.begin();
    const server = await handOver.resolve(id, token);
    assert.deepEqual(server, { id, label: 'mnist (alice on prod)', connectionInformation: information });
    assert.deepEqual(asked, ['mnist']);
  });

  it('is neither contacted nor started where nobody looks', async () => {
    connect = () => assert.fail('contacted');
    assert.equal(await handOver.resolve(id, token), undefined);
    assert.deepEqual([asked, said], [[], []]);
  });

  it('is given without a question where it is known to run', async () => {
    mayLook = true;
    assert.equal((await handOver.resolve(id, token))?.connectionInformation, information);
    assert.deepEqual(asked, []);
  });

  it('is not given when the user does not want to start it, who is not asked again by the second try', async () => {
    up = false;
    attention.begin();
    await assert.rejects(handOver.resolve(id, token), cancelled);
    assert.equal(await handOver.resolve(id, token), undefined);
    assert.deepEqual([asked, said], [['mnist'], []]);
  });

  it('is asked about again when the user looks again', async () => {
    up = false;
    attention.begin();
    await assert.rejects(handOver.resolve(id, token));
    up = true;
    attention.begin();
    assert.ok(await handOver.resolve(id, token));
  });

  it('is not given when it does not answer: the sentence is said once, though the Jupyter extension tries twice', async () => {
    connect = () => Promise.reject(silent);
    attention.begin();
    await assert.rejects(handOver.resolve(id, token), /Jupyter in mnist did not answer within 15 s/);
    await assert.rejects(handOver.resolve(id, token));
    assert.deepEqual(said, [silent]);
    attention.begin();
    await assert.rejects(handOver.resolve(id, token));
    assert.deepEqual(said, [silent, silent]);
  });

  it('is asked about again when it turns out to be stopped', async () => {
    let first = true;
    connect = () => (first ? ((first = false), Promise.reject(stopped)) : Promise.resolve(information));
    attention.begin();
    assert.ok(await handOver.resolve(id, token));
    assert.deepEqual(asked, ['mnist', 'mnist']);
  });

  it('is brought up for a notebook that has a kernel there, without anybody at the list', async () => {
    attention.begin();
    await handOver.resolve(id, token);
    now += 60 * 60_000;
    assert.ok(await handOver.resolve(id, token));
    assert.deepEqual(asked, ['mnist', 'mnist']);
  });

  it('is asked for once where it is asked for twice at the same time', async () => {
    attention.begin();
    const [a, b] = await Promise.all([handOver.resolve(id, token), handOver.resolve(id, token)]);
    assert.equal(a, b);
    assert.deepEqual(asked, ['mnist']);
  });

  it('is not given to who has gone, and the wait for it ends', async () => {
    const { token: mine, cancel } = source();
    connect = (_ref, signal) =>
      new Promise((_resolve, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error)));
    attention.begin();
    const resolving = handOver.resolve(id, mine);
    await Promise.resolve();
    cancel();
    await assert.rejects(resolving, cancelled);
    assert.deepEqual(said, []);
  });

  it('is none where the id is none', async () => {
    attention.begin();
    assert.equal(await handOver.resolve('something', token), undefined);
  });
});
