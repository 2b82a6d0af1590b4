import assert from 'node:assert/strict';
import { Emitter } from '../../../src/k8s/events.ts';
import { KubeError } from '../../../src/k8s/errors.ts';
import type { KubeObject } from '../../../src/k8s/objects.ts';
import type { Session } from '../../../src/kubeflow/sessions.ts';
import type { ServerStatus } from '../../../src/kubeflow/status/statusCause.ts';
import { LaunchRun } from '../../../src/views/launchRun.ts';
import { inEnglish } from '../../../src/views/words/translate.ts';
import { form } from './support.ts';

/** A session whose cluster takes everything but what is refused, and whose inventory shows one server's status. */
function setUp(refuse?: string) {
  const changes = new Emitter<void>();
  let held = 0;
  let status: ServerStatus | undefined;
  const hold = () => {
    held++;
    return { dispose: () => held-- };
  };
  const missing = (): Promise<never> =>
    Promise.reject(new KubeError({ code: 'NotFound', message: '', missing: 'object' }));
  const session = {
    context: { name: 'lab' },
    cluster: {
      create: (type: { plural: string }, body: KubeObject, o: { dryRun?: boolean }) =>
        type.plural === refuse && !o.dryRun
          ? Promise.reject(new KubeError({ code: 'Refused', by: 'policy', message: 'no' }))
          : Promise.resolve({ ...body, spec: { storageClassName: 'standard' } }),
      get: missing,
    },
    inventory: {
      look: hold,
      open: hold,
      onDidChange: changes.event,
      server: () => status && { status, image: 'jupyter-scipy' },
    },
  } as unknown as Session;
  let now = 0;
  const run = new LaunchRun({ session, form: form(), t: inEnglish, now: () => now });
  const become = (next: ServerStatus | undefined, at: number): void => {
    status = next;
    now = at;
    changes.fire();
  };
  return { run, become, held: () => held };
}

const last = (run: LaunchRun, count: number) =>
  run.progress.lines.slice(-count).map((line) => [line.text, line.state, line.ms]);

describe('A launch as a list of lines', () => {
  it('goes from the steps through the states of the server to Connect, with the time each took', async () => {
    const { run, become, held } = setUp();
    assert.ok((await run.start()).ok);
    assert.equal(run.progress.lines.length, 3);
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
      ['Running', 'done', 0],
    ]);
    assert.equal(run.progress.end, 'ready');
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
    assert.equal(run.progress.lines.length, 3, 'not there yet is not deleted');
    become({ phase: 'starting', cause: { code: 'scheduling' } }, 1000);
    become(undefined, 2000);
    assert.deepEqual(last(run, 1), [['The notebook server was deleted.', 'failed', 0]]);
  });

  it('ends as refused with the sentence at the step, and does not follow', async () => {
    const { run, held } = setUp('notebooks');
    assert.ok(!(await run.start()).ok);
    assert.equal(run.progress.end, 'refused');
    const failed = run.progress.lines.find((line) => line.state === 'failed');
    assert.match(failed?.detail ?? '', /policy/);
    assert.equal(held(), 0);
  });

  it('stops looking when its tab is closed, and lets the launch finish', async () => {
    const { run, held } = setUp();
    const done = run.start();
    run.dispose();
    assert.ok((await done).ok);
    assert.equal(held(), 0);
  });
});
