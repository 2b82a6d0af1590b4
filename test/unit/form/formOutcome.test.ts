import assert from 'node:assert/strict';
import { Emitter } from '../../../src/k8s/events.ts';
import type { SpawnResult } from '../../../src/kubeflow/spawn.ts';
import { FormOutcome, type Launched } from '../../../src/views/formOutcome.ts';
import type { LaunchRun } from '../../../src/views/launchRun.ts';

const ref = { context: 'prod', namespace: 'alice', name: 'mnist' };
const made = { ok: true } as SpawnResult;

/** A launch as far as it can be seen from outside. */
function launch() {
  const changed = new Emitter<void>();
  const state: { stands: boolean; progress: { end?: string } } = { stands: false, progress: {} };
  const run = Object.assign(state, { ref, isJupyter: true, onDidChange: changed.event }) as unknown as LaunchRun;
  const end = (how: string) => {
    state.progress = { end: how };
    changed.fire();
  };
  return { run, state, end };
}

function deferred() {
  const ends: { resolve?: (result: SpawnResult) => void; reject?: (error: Error) => void } = {};
  const promise = new Promise<SpawnResult>((resolve, reject) => Object.assign(ends, { resolve, reject }));
  return { promise, resolve: ends.resolve!, reject: ends.reject! };
}

describe('what comes of a form', () => {
  let outcome: FormOutcome;
  let told: (Launched | undefined)[];
  beforeEach(() => {
    outcome = new FormOutcome();
    told = [];
    outcome.onDidEnd((launched) => told.push(launched));
  });

  it('is its server, once that answers', async () => {
    const { run, state, end } = launch();
    outcome.follow(run, Promise.resolve(made));
    await Promise.resolve();
    state.stands = true;
    assert.deepEqual(told, []);
    end('ready');
    outcome.leave(run);
    assert.deepEqual(told, [{ ref, isJupyter: true, answers: true }]);
  });

  it('is nothing when the tab is closed without a launch', () => {
    outcome.close();
    assert.deepEqual(told, [undefined]);
  });

  it('is nothing yet when a launch is refused or cancelled: the form is still there', async () => {
    const { run, end } = launch();
    outcome.follow(run, Promise.resolve({ ok: false } as SpawnResult));
    await Promise.resolve();
    end('refused');
    outcome.leave(run);
    assert.deepEqual(told, []);
  });

  it('is a server on its way when the tab is closed before it answers', () => {
    const { run, state } = launch();
    outcome.follow(run, Promise.resolve(made));
    state.stands = true;
    outcome.leave(run);
    assert.deepEqual(told, [{ ref, isJupyter: true, answers: false }]);
  });

  it('is known later when the tab is closed while the server is being made', async () => {
    const { run, state } = launch();
    const making = deferred();
    outcome.follow(run, making.promise);
    outcome.leave(run);
    outcome.close();
    assert.deepEqual(told, []);
    state.stands = true;
    making.resolve(made);
    await making.promise;
    assert.deepEqual(told, [{ ref, isJupyter: true, answers: false }]);
  });

  it('is nothing when what was made is taken back at the last moment', async () => {
    const { run } = launch();
    const making = deferred();
    outcome.follow(run, making.promise);
    outcome.leave(run);
    outcome.close();
    making.resolve(made);
    await making.promise;
    assert.deepEqual(told, [undefined]);
  });

  it('is nothing when the tab is closed and the launch then fails', async () => {
    const { run } = launch();
    const making = deferred();
    outcome.follow(run, making.promise);
    outcome.leave(run);
    outcome.close();
    making.reject(new Error('cut'));
    await making.promise.catch(() => undefined);
    await Promise.resolve();
    assert.deepEqual(told, [undefined]);
  });
});
