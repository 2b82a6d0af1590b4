import assert from 'node:assert/strict';
import { Emitter } from '../../../src/k8s/events.ts';
import { KubeError } from '../../../src/k8s/errors.ts';
import type { KubeObject } from '../../../src/k8s/objects.ts';
import { noJournal } from '../../../src/kubeflow/launch/journal.ts';
import type { LaunchJournal } from '../../../src/kubeflow/launch/journal.ts';
import type { Session } from '../../../src/kubeflow/sessions.ts';
import type { ServerStatus } from '../../../src/kubeflow/status/statusCause.ts';
import { LaunchRun } from '../../../src/views/launchRun.ts';
import { inEnglish } from '../../../src/views/words/translate.ts';
import { form } from './support.ts';

/** A session whose cluster takes everything but what is refused, and whose inventory shows one server's status. */
function setUp(refuse?: string, change: Parameters<typeof form>[0] = {}, begin?: LaunchJournal['begin']) {
  const changes = new Emitter<void>();
  let held = 0;
  let status: ServerStatus | undefined;
  let node: string | undefined;
  let claims: { metadata: { name: string }; status: { phase: string } }[] = [];
  const objects = new Map<string, KubeObject>();
  const answering: { resolve: () => void; reject: (error: unknown) => void; signal: AbortSignal }[] = [];
  const hold = () => {
    held++;
    return { dispose: () => held-- };
  };
  const missing = (): Promise<never> =>
    Promise.reject(new KubeError({ code: 'NotFound', message: '', missing: 'object' }));
  const session = {
    context: { name: 'lab' },
    cluster: {
      name: 'lab',
      fingerprint: 'f',
      create: (type: { plural: string }, body: KubeObject, o: { dryRun?: boolean }) => {
        if (type.plural === refuse && !o.dryRun)
          return Promise.reject(new KubeError({ code: 'Refused', by: 'policy', message: 'no' }));
        const made = { ...body, spec: { storageClassName: 'standard' } };
        if (!o.dryRun) objects.set(`${type.plural}/${body.metadata.name}`, made);
        return Promise.resolve(made);
      },
      get: (type: { plural: string }, where: { name: string }) => {
        const found = objects.get(`${type.plural}/${where.name}`);
        return found ? Promise.resolve(found) : missing();
      },
      list: () => Promise.resolve({ metadata: {}, items: [] }),
      delete: (type: { plural: string }, where: { name: string }) => {
        objects.delete(`${type.plural}/${where.name}`);
        return Promise.resolve();
      },
    },
    inventory: {
      look: hold,
      open: hold,
      onDidChange: changes.event,
      claims: () => claims,
      server: () =>
        status && {
          status,
          image: 'jupyter-scipy',
          notebook: { metadata: { name: 'bert', namespace: 'alice' } },
          ...(node ? { pod: { spec: { nodeName: node } } } : {}),
        },
    },
  } as unknown as Session;
  let now = 0;
  const answers = (_server: unknown, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => answering.push({ resolve, reject, signal }));
  const run = new LaunchRun({
    session,
    form: form(change),
    answers,
    journal: begin ? { ...noJournal, begin } : noJournal,
    t: inEnglish,
    now: () => now,
  });
  const become = (next: ServerStatus | undefined, at: number, on?: string): void => {
    status = next;
    node = on;
    now = at;
    changes.fire();
  };
  const bind = (name: string, phase: string, at: number): void => {
    claims = [{ metadata: { name }, status: { phase } }];
    now = at;
    changes.fire();
  };
  return { run, become, bind, answering, objects, held: () => held };
}

const last = (run: LaunchRun, count: number) =>
  run.progress.lines.slice(-count).map((line) => [line.text, line.state, line.ms]);

/** What a promise that is resolved now leads to has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('A launch as a list of lines', () => {
  it('goes from the steps through the states of the server to Connect, with the time each took', async () => {
    const { run, become, answering, held } = setUp();
    assert.ok((await run.start())?.ok);
    assert.equal(run.progress.lines.length, 4);
    assert.equal(run.progress.end, undefined);
    become({ phase: 'starting', cause: { code: 'scheduling' } }, 1000);
    become({ phase: 'starting', cause: { code: 'scheduling' } }, 2000);
    become({ phase: 'starting', cause: { code: 'pullingImage' } }, 4000);
    assert.deepEqual(last(run, 2), [
      ['Finding a node', 'done', 3000],
      ['Pulling image', 'running', undefined],
    ]);
    become({ phase: 'running', cause: { code: 'running' } }, 9000);
    assert.deepEqual(last(run, 2), [
      ['Pulling image', 'done', 5000],
      ['Started, waiting for Jupyter to answer', 'running', undefined],
    ]);
    assert.equal(run.progress.end, undefined, 'ready is not yet answering');
    become({ phase: 'starting', cause: { code: 'notAnswering' } }, 9500);
    become({ phase: 'running', cause: { code: 'running' } }, 10_000);
    assert.equal(answering.length, 1, 'asked once');
    answering[0]!.resolve();
    await settled();
    assert.deepEqual(last(run, 1), [['Jupyter answers', 'done', 1000]]);
    assert.equal(run.progress.end, 'ready');
    assert.equal(run.progress.opens, 'connect');
    assert.equal(held(), 0, 'nobody looks any more');
  });

  it('tells why the server waits, and goes on when it no longer does', async () => {
    const { run, become } = setUp();
    await run.start();
    become({ phase: 'waiting', cause: { code: 'noNodes' } }, 1000);
    const waiting = run.progress.lines.at(-1);
    assert.equal(waiting?.state, 'waiting');
    assert.ok((waiting?.detail ?? '').length > 0);
    become({ phase: 'starting', cause: { code: 'creatingContainer' } }, 5000);
    assert.equal(run.progress.lines.at(-2)?.state, 'done');
    assert.equal(run.progress.end, undefined);
  });

  it('says that the server was deleted under it', async () => {
    const { run, become } = setUp();
    await run.start();
    become(undefined, 500);
    assert.equal(run.progress.lines.length, 4, 'not there yet is not deleted');
    become({ phase: 'starting', cause: { code: 'scheduling' } }, 1000);
    become(undefined, 2000);
    assert.deepEqual(last(run, 1), [['The notebook server was deleted.', 'failed', 0]]);
  });

  it('ends as refused with the sentence at the step, and does not follow', async () => {
    const { run, held } = setUp('notebooks');
    assert.equal((await run.start())?.ok, false);
    assert.equal(run.progress.end, 'refused');
    const failed = run.progress.lines.find((line) => line.state === 'failed');
    assert.match(failed?.detail ?? '', /policy/);
    assert.equal(held(), 0);
  });

  it('stops looking when its tab is closed, and lets the launch finish', async () => {
    const { run, held } = setUp();
    const done = run.start();
    run.dispose();
    assert.ok((await done)?.ok);
    assert.equal(held(), 0);
  });

  it('says when the volumes are bound, which may be after the node was found', async () => {
    const { run, become, bind } = setUp();
    await run.start();
    const volumes = () => run.progress.lines.filter(({ id }) => id === 'volumes').map((l) => [l.text, l.state, l.ms]);
    bind('bert-workspace', 'Pending', 500);
    become({ phase: 'starting', cause: { code: 'scheduling' } }, 1000);
    assert.deepEqual(volumes(), [['Binding the volume bert-workspace', 'running', undefined]]);
    become({ phase: 'starting', cause: { code: 'creatingContainer' } }, 2000, 'gpu-node-3');
    bind('bert-workspace', 'Bound', 3000);
    assert.deepEqual(volumes(), [['The volume bert-workspace is bound', 'done', 3000]]);
  });

  it('names the node that was found, and the image that was pulled, with the time it took', async () => {
    const { run, become } = setUp(undefined, { workspace: { kind: 'none' } });
    await run.start();
    become({ phase: 'starting', cause: { code: 'scheduling' } }, 1000);
    become({ phase: 'starting', cause: { code: 'pullingImage', image: 'ghcr.io/a/scipy:v1' } }, 3000, 'gpu-node-3');
    become({ phase: 'running', cause: { code: 'running' } }, 43_000, 'gpu-node-3');
    assert.deepEqual(last(run, 3), [
      ['Scheduled on gpu-node-3', 'done', 2000],
      ['Pulled scipy:v1', 'done', 40_000],
      ['Started, waiting for Jupyter to answer', 'running', undefined],
    ]);
  });

  it('names the node also where nobody saw it being looked for', async () => {
    const { run, become } = setUp(undefined, { workspace: { kind: 'none' } });
    await run.start();
    become({ phase: 'starting', cause: { code: 'creatingContainer' } }, 1000, 'gpu-node-3');
    assert.deepEqual(
      last(run, 2).map(([text]) => text),
      ['Scheduled on gpu-node-3', 'Creating container'],
    );
  });

  it('ends the search for a node with the node also where something else was told in between', async () => {
    const { run, become } = setUp();
    await run.start();
    become({ phase: 'starting', cause: { code: 'scheduling' } }, 1000);
    become({ phase: 'starting', cause: { code: 'pullingImage' } }, 2000);
    become({ phase: 'starting', cause: { code: 'pullingImage' } }, 3000, 'gpu-node-3');
    assert.deepEqual(last(run, 2), [
      ['Scheduled on gpu-node-3', 'done', 1000],
      ['Pulling image', 'running', undefined],
    ]);
  });

  it('does not call an image pulled that is not found', async () => {
    const { run, become } = setUp(undefined, { workspace: { kind: 'none' } });
    await run.start();
    become({ phase: 'starting', cause: { code: 'pullingImage', image: 'a/b:1' } }, 1000);
    become({ phase: 'failing', cause: { code: 'imageNotFound', image: 'a/b:1' } }, 9000);
    // How long the making took is by the real clock.
    assert.deepEqual(
      last(run, 2).map(([text, state]) => [text, state]),
      [
        ['Created the notebook server bert', 'done'],
        ['Image not found', 'failed'],
      ],
    );
  });

  it('goes back to the form when the launch cannot be written down', async () => {
    const { run, objects } = setUp(undefined, {}, () => Promise.reject(new Error('no space left')));
    await assert.rejects(run.start(), /no space left/);
    assert.equal(run.progress.end, 'refused');
    assert.equal(objects.size, 0, 'nothing is made that is not written down');
  });

  it('stops asking a server that crashes while it is asked, and asks again when it is up again', async () => {
    const { run, become, answering } = setUp();
    await run.start();
    become({ phase: 'running', cause: { code: 'running' } }, 1000);
    become({ phase: 'failing', cause: { code: 'crashLoop' } }, 2000);
    assert.ok(answering[0]!.signal.aborted);
    assert.equal(run.progress.lines.at(-1)?.state, 'failed');
    become({ phase: 'running', cause: { code: 'running' } }, 3000);
    assert.equal(answering.length, 2);
  });

  it('offers the browser for a server that is no Jupyter', async () => {
    const { run, become } = setUp(undefined, { serverType: 'group-two' });
    await run.start();
    become({ phase: 'running', cause: { code: 'running' } }, 1000);
    assert.equal(run.progress.opens, 'browser');
  });

  it('takes everything back when it is cancelled while the server comes up', async () => {
    const { run, become, objects, held } = setUp();
    await run.start();
    become({ phase: 'waiting', cause: { code: 'noNodes' } }, 1000);
    assert.equal(objects.size, 2);
    const cancelled = run.cancel();
    assert.ok(run.progress.cancelling);
    await cancelled;
    assert.deepEqual([...objects.keys()], []);
    assert.equal(run.progress.end, 'cancelled');
    assert.equal(held(), 0);
  });

  it('does not stay at cancelling when the undoing cannot be written down', async () => {
    let begun = 0;
    const { run, objects } = setUp(undefined, {}, (entry) =>
      begun++ === 0 ? noJournal.begin(entry) : Promise.reject(new Error('no space left')),
    );
    await run.start();
    await assert.rejects(run.cancel(), /no space left/);
    assert.equal(run.progress.end, 'cancelled');
    assert.equal(objects.size, 2, 'nothing is removed that is not written down');
  });

  it('takes everything back when it is cancelled during its steps', async () => {
    const { run, objects } = setUp();
    const running = run.start();
    await run.cancel();
    assert.equal(await running, undefined);
    assert.deepEqual([...objects.keys()], []);
    assert.equal(run.progress.end, 'cancelled');
  });
});
