import assert from 'node:assert/strict';
import type { ServerRef } from '../../../src/editor/address.ts';
import type { Connections } from '../../../src/editor/connections.ts';
import { SaveLater } from '../../../src/editor/saveLater.ts';
import { isJupyterError, JupyterError } from '../../../src/jupyter/errors.ts';
import { Emitter } from '../../../src/k8s/events.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import { until } from '../jupyter/support/target.ts';

const away = new JupyterError({ code: 'Unreachable', server: 'mnist', detail: 'cut' });

describe('a document that could not be saved for want of an answer', () => {
  const ref: ServerRef = { context: 'prod', namespace: 'alice', name: 'mnist' };
  let answer: (() => void) | undefined;
  let refuse: ((error: Error) => void) | undefined;
  let changed: Emitter<ServerRef>;
  let store: Map<string, unknown>;
  let dirty: Set<string>;
  let saved: string[];
  let later: SaveLater;

  const make = () =>
    new SaveLater({
      connections: {
        onDidChange: changed.event,
        open: () =>
          Promise.resolve({
            server: {
              waitUntilAnswers: (signal: AbortSignal) =>
                new Promise<void>((resolve, reject) => {
                  answer = resolve;
                  refuse = reject;
                  signal.addEventListener('abort', () => reject(new Error('aborted')));
                }),
            },
          }),
      } as unknown as Connections,
      logger: silentLogger,
      memory: {
        get: <T>(key: string) => store.get(key) as T | undefined,
        update: (key: string, value: unknown) => Promise.resolve(void store.set(key, structuredClone(value))),
      },
      isDirty: (uri) => dirty.has(uri),
      save: (uri) => {
        saved.push(uri);
        return Promise.resolve();
      },
    });

  beforeEach(() => {
    [answer, refuse] = [undefined, undefined];
    changed = new Emitter();
    store = new Map();
    dirty = new Set(['a', 'b']);
    saved = [];
    later = make();
  });
  afterEach(() => later.dispose());

  it('is saved once when the server answers, and the user is told so', async () => {
    const told = later.failed(ref, 'a', away);
    assert.ok(isJupyterError(told, 'SaveLater') && told.problem.why === 'silent');
    later.failed(ref, 'a', away);
    later.failed(ref, 'b', away);
    await until(() => answer !== undefined);
    answer!();
    await until(() => saved.length === 2);
    assert.deepEqual(saved, ['a', 'b']);
    assert.equal(later.count, 0);
    assert.deepEqual(store.get('kubeflow.saveLater'), []);
  });

  it('is none that failed for another reason, or that nobody edits', () => {
    const refused = new JupyterError({ code: 'NotPermitted', path: 'a' });
    assert.equal(later.failed(ref, 'a', refused), refused);
    assert.equal(later.failed(ref, 'not open', away), away);
    assert.equal(later.count, 0);
  });

  it('waits for no more when the user has saved or closed it', async () => {
    later.failed(ref, 'a', away);
    later.failed(ref, 'b', away);
    later.done(ref, 'a');
    dirty.delete('b');
    await until(() => answer !== undefined);
    answer!();
    await until(() => later.count === 0);
    assert.deepEqual(saved, []);
  });

  it('goes on waiting while the server is stopped, and looks again when the way to it changes', async () => {
    later.failed(ref, 'a', new JupyterError({ code: 'NotRunning', server: 'mnist', why: 'stopped' }));
    await until(() => refuse !== undefined);
    [answer] = [undefined];
    refuse!(new JupyterError({ code: 'NotRunning', server: 'mnist', why: 'stopped' }));
    await new Promise((resolve) => setImmediate(resolve));
    changed.fire(ref);
    await until(() => answer !== undefined);
    answer!();
    await until(() => saved.length === 1);
  });

  it('is remembered by a window that closes', async () => {
    later.failed(ref, 'a', away);
    later.dispose();
    later = make();
    [answer] = [undefined];
    later.resume();
    await until(() => answer !== undefined);
    answer!();
    await until(() => saved.length === 1);
  });

  it('is what VS Code asks about before it saves: the file, and the folder it lies in', () => {
    const uri = 'kubeflow://prod/alice/mnist/work/a.py';
    later.willSave(uri);
    assert.equal(later.savingAt(uri), uri);
    assert.equal(later.savingAt('kubeflow://prod/alice/mnist/work'), uri);
    assert.equal(later.savingAt('kubeflow://prod/alice/mnist/wor'), undefined);
    later.done(ref, uri);
    assert.equal(later.savingAt(uri), undefined);
  });
});
