import assert from 'node:assert/strict';
import { Emitter } from '../../../src/k8s/events.ts';
import type { EditResult } from '../../../src/kubeflow/edit.ts';
import type { SpawnStep } from '../../../src/kubeflow/launch/making.ts';
import type { Session } from '../../../src/kubeflow/sessions.ts';
import type { ServerStatus } from '../../../src/kubeflow/status/statusCause.ts';
import { LaunchRun } from '../../../src/views/launchRun.ts';
import { inEnglish } from '../../../src/views/words/translate.ts';
import { form } from './support.ts';

const running: ServerStatus = { phase: 'running', cause: { code: 'running' } };
const failing: ServerStatus = { phase: 'failing', cause: { code: 'imageNotFound' }, remedy: 'edit' };

/** An edit whose steps and end the test gives, of a server whose pod and state it gives, too. */
function setUp() {
  const changes = new Emitter<void>();
  let view: { status: ServerStatus; pod?: { metadata: { uid: string } } } | undefined;
  const hold = { dispose: () => undefined };
  const inventory = {
    look: () => hold,
    open: () => hold,
    onDidChange: changes.event,
    claims: () => [],
    server: () => view && { ...view, notebook: { metadata: { name: 'bert', namespace: 'alice' } } },
  };
  let report: (step: SpawnStep) => void = () => undefined;
  let end: (result: EditResult) => void = () => undefined;
  const run = new LaunchRun({
    session: { context: { name: 'lab' }, inventory } as unknown as Session,
    form: form({ name: 'bert' }),
    answers: () => Promise.resolve(),
    edit: ({ onStep }) => {
      report = onStep;
      return new Promise((resolve) => (end = resolve));
    },
    t: inEnglish,
    now: () => 0,
  });
  const begun = run.start();
  const become = (status: ServerStatus, uid: string): void => {
    view = { status, pod: { metadata: { uid } } };
    changes.fire();
  };
  const over = async (result: EditResult): Promise<void> => {
    end(result);
    await begun;
  };
  return { run, become, over, report: (step: SpawnStep) => report(step) };
}

describe('an edit as a list of lines', () => {
  it('can be cancelled up to its patch', () => {
    const { run, report } = setUp();
    assert.equal(run.progress.canCancel, true);
    report({ id: 'patch', name: 'bert', state: 'running' });
    assert.equal(run.progress.canCancel, false);
  });

  it('cannot be cancelled once the StatefulSet is being made anew, with or without a patch before', async () => {
    const { run, report, over, become } = setUp();
    report({ id: 'renew', name: 'bert', state: 'running' });
    await run.cancel();
    assert.deepEqual([run.progress.canCancel, run.progress.cancelling], [false, false]);
    become(running, 'new');
    await over({ ok: true, claims: [], then: 'starts', replaces: 'old' });
    assert.equal(run.stands, true);
  });

  it('is over with the patch where nothing restarts, and says so', async () => {
    const { run, over } = setUp();
    await over({ ok: true, claims: [], then: 'staysStopped' });
    assert.deepEqual([run.progress.end, run.progress.saved], ['saved', 'Saved. It applies at the next start.']);
  });

  it('does not take the pod that is on its way out for the new one', async () => {
    const { run, become, over } = setUp();
    become(running, 'old');
    await over({ ok: true, claims: [], then: 'starts', replaces: 'old' });
    assert.deepEqual(
      run.progress.lines.map(({ text, state }) => [text, state]),
      [['Ending the pod that there was', 'running']],
    );
    assert.equal(run.progress.end, undefined);
    become(running, 'new');
    await Promise.resolve();
    assert.equal(run.progress.lines[0]?.state, 'done');
    assert.equal(run.progress.end, 'ready');
  });

  it('offers Edit where the server does not come up', async () => {
    const { run, become, over } = setUp();
    await over({ ok: true, claims: [], then: 'starts' });
    assert.equal(run.progress.canEdit, false);
    become(failing, 'new');
    assert.equal(run.progress.canEdit, true);
  });
});
