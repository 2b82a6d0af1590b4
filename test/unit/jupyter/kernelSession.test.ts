import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { JupyterProblem } from '../../../src/jupyter/errors.ts';
import type { KernelChannel } from '../../../src/jupyter/kernelChannel.ts';
import type { OutputEvent } from '../../../src/jupyter/kernelMessages.ts';
import { KernelSession } from '../../../src/jupyter/kernelSession.ts';
import { FakeChannel } from './support/fakeChannel.ts';
import { SocketTarget, until } from './support/target.ts';

/** Time stands still but for the ticks. */
async function underClock(work: () => Promise<void> | void): Promise<void> {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    await work();
  } finally {
    mock.timers.reset();
  }
}

describe('KernelSession', () => {
  let channel: FakeChannel;
  let target: SocketTarget;
  let session: KernelSession;
  let calls: string[];
  let restartAnswers: () => Promise<void>;
  let outputs: OutputEvent[];
  const run = (code = 'x') => session.execute(code, { output: (event) => outputs.push(event) });
  const reasonOf = (problem: JupyterProblem | undefined) =>
    problem?.code === 'KernelEnded' ? problem.reason : problem?.code;

  beforeEach(() => {
    channel = new FakeChannel();
    target = new SocketTarget(1);
    calls = [];
    restartAnswers = () => Promise.resolve();
    outputs = [];
    start();
  });
  const start = () => {
    const call = (name: string) => () => {
      calls.push(name);
      return Promise.resolve();
    };
    session = new KernelSession({
      channel: channel as unknown as KernelChannel,
      target,
      clientId: 'me',
      kernelId: 'k',
      kernelName: 'python3',
      path: 'a.ipynb',
      rest: {
        interrupt: call('interrupt'),
        restart: () => call('restart')().then(restartAnswers),
        shutdown: call('shutdown'),
      },
    });
  };
  afterEach(() => session.dispose());

  it('ends a run when both the reply and the last output have come, in either order', async () => {
    const first = run();
    channel.say('execute_input', { execution_count: 7 });
    channel.say('stream', { name: 'stdout', text: 'hi' });
    channel.reply({ status: 'ok', execution_count: 7 });
    channel.say('stream', { name: 'stderr', text: 'late' });
    channel.say('status', { execution_state: 'idle' });
    assert.deepEqual(await first.done, { ok: true, executionCount: 7 });
    assert.deepEqual(
      outputs.map((o) => o.kind),
      ['started', 'stream', 'stream'],
    );
    const second = run();
    channel.say('status', { execution_state: 'idle' });
    channel.reply({ status: 'error', execution_count: 8 });
    assert.equal((await second.done).ok, false);
  });

  it('gives each run its own output when several are under way', () => {
    const seen: string[] = [];
    const start = (name: string) =>
      session.execute(name, { output: (o) => o.kind === 'stream' && seen.push(`${name}:${o.text}`) });
    start('a');
    const a = channel.asked('execute_request');
    start('b');
    channel.say('stream', { name: 'stdout', text: '1' }, a);
    channel.say('stream', { name: 'stdout', text: '2' });
    assert.deepEqual(seen, ['a:1', 'b:2']);
  });

  it('lets a cell go on over a lost connection when nothing was lost', async () => {
    const notices: (string | undefined)[] = [];
    session.onDidChangeConnection((problem) => void notices.push(problem?.code));
    const { done } = run();
    const request = channel.asked('execute_request');
    channel.connection(false);
    channel.connection(true);
    channel.reply({ status: 'ok', execution_count: 1 }, request);
    channel.say('status', { execution_state: 'idle' }, request);
    channel.say('status', { execution_state: 'idle' }, channel.asked('kernel_info_request'));
    assert.deepEqual(await done, { ok: true, executionCount: 1 });
    assert.deepEqual(notices, ['ConnectionLost', undefined]);
  });

  it('names lost output when the kernel is past a cell whose answer never came', async () => {
    const { done } = run();
    channel.connection(false);
    channel.connection(true);
    const probe = channel.asked('kernel_info_request');
    channel.say('status', { execution_state: 'idle' }, probe);
    channel.say('kernel_info_reply', {}, probe, 'shell');
    assert.equal((await done).problem?.code, 'OutputLost');
  });

  it('calls nothing lost while a reply may still be on its way behind the outputs', async () => {
    const { done } = run();
    const request = channel.asked('execute_request');
    channel.connection(false);
    channel.connection(true);
    channel.say('status', { execution_state: 'idle' }, request);
    channel.say('status', { execution_state: 'idle' }, channel.asked('kernel_info_request'));
    channel.reply({ status: 'ok', execution_count: 3 }, request);
    assert.deepEqual(await done, { ok: true, executionCount: 3 });
  });

  it('hands over what a thread prints after its cell has ended', async () => {
    const { done } = run();
    const request = channel.asked('execute_request');
    channel.reply({ status: 'ok', execution_count: 1 });
    channel.say('status', { execution_state: 'idle' });
    await done;
    run('another');
    channel.say('stream', { name: 'stdout', text: 'late' }, request);
    assert.deepEqual(outputs, [{ kind: 'stream', name: 'stdout', text: 'late' }]);
  });

  it('says that the cell goes on when it is disposed under a running one, and takes no more', async () => {
    const { done } = run();
    session.dispose();
    assert.equal((await done).problem?.code, 'ConnectionLost');
    assert.equal(session.problem?.code, 'ConnectionLost');
    assert.throws(() => run(), /ConnectionLost/);
  });

  it('interrupts code that was never sent by not sending it', async () => {
    channel.connected = false;
    const { done } = run();
    await session.interrupt();
    assert.deepEqual(await done, { ok: false, executionCount: undefined, problem: undefined });
    assert.deepEqual(calls, []);
  });

  it('interrupts code that is on its way to an idle kernel when the kernel is at it', async () => {
    await underClock(async () => {
      run();
      const interrupted = session.interrupt();
      channel.say('status', { execution_state: 'busy' });
      channel.say('execute_input', { execution_count: 1 });
      mock.timers.tick(99);
      await Promise.resolve();
      assert.deepEqual(calls, []);
      mock.timers.tick(1);
      await interrupted;
      assert.deepEqual(calls, ['interrupt']);
    });
  });

  it('interrupts at once what a kernel is busy with for somebody else, and one that has nothing to do', async () => {
    await session.interrupt();
    assert.deepEqual(calls, ['interrupt']);
    const elsewhere = { header: { msg_id: 'theirs', msg_type: 'execute_request', session: 'another' } } as never;
    channel.say('status', { execution_state: 'busy' }, elsewhere);
    run();
    void session.interrupt();
    assert.deepEqual(calls, ['interrupt', 'interrupt']);
  });

  it('interrupts nothing where the code was over before the kernel could be told', async () => {
    run();
    const interrupted = session.interrupt();
    const again = session.interrupt();
    channel.say('status', { execution_state: 'idle' });
    channel.reply({ status: 'ok', execution_count: 1 });
    await Promise.all([interrupted, again]);
    assert.deepEqual(calls, []);
  });

  it('is not at code that follows while it answers what came before it', async () => {
    await underClock(async () => {
      session.execute('silent', { output: () => undefined }, { silent: true });
      const before = channel.asked('execute_request');
      run();
      const interrupted = session.interrupt();
      channel.say('status', { execution_state: 'idle' }, before);
      channel.reply({ status: 'ok' }, before);
      await new Promise(setImmediate);
      assert.deepEqual(calls, []);
      channel.say('execute_input', { execution_count: 1 });
      mock.timers.tick(100);
      await interrupted;
      assert.deepEqual(calls, ['interrupt']);
    });
  });

  it('waits a second at most for a kernel that does not say that it has begun', async () => {
    await underClock(async () => {
      run();
      const interrupted = session.interrupt();
      mock.timers.tick(1000);
      await interrupted;
      assert.deepEqual(calls, ['interrupt']);
    });
  });

  it('ends code that was interrupted before the kernel came to it, of which it sends no reply', async () => {
    await underClock(async () => {
      const { done } = run();
      const request = channel.asked('execute_request');
      channel.say('status', { execution_state: 'busy' }, request);
      channel.say('status', { execution_state: 'idle' }, request);
      mock.timers.tick(500);
      channel.reply({ status: 'ok' }, channel.asked('kernel_info_request'));
      assert.deepEqual(await done, { ok: false, executionCount: undefined, problem: undefined });
    });
  });

  it('waits for a reply that is late, whatever the kernel was asked since', async () => {
    await underClock(async () => {
      const { done } = run();
      const request = channel.asked('execute_request');
      channel.say('status', { execution_state: 'idle' }, request);
      mock.timers.tick(500);
      channel.reply({ status: 'ok', execution_count: 1 }, request);
      channel.reply({ status: 'ok' }, channel.asked('kernel_info_request'));
      assert.deepEqual(await done, { ok: true, executionCount: 1 });
    });
  });

  it('ends the cell when the process died, and goes on with the next one', async () => {
    const { done } = run();
    channel.say('status', { execution_state: 'restarting' });
    assert.equal(reasonOf((await done).problem), 'died');
    assert.equal(channel.reconnects, 1);
    assert.equal(session.problem, undefined);
    assert.ok(run());
  });

  it('says that the process died while nothing ran, but not that it was restarted', async () => {
    const deaths: unknown[] = [];
    session.onDidDie((problem) => deaths.push(reasonOf(problem)));
    channel.say('status', { execution_state: 'restarting' }, { header: {} } as never);
    assert.deepEqual(deaths, ['died']);
    const restarted = session.restart();
    channel.say('status', { execution_state: 'restarting' }, { header: {} } as never);
    await restarted;
    assert.deepEqual(deaths, ['died']);
  });

  it('sends code to a process that Jupyter started again once that has answered, over as many connections as it takes', async () => {
    await underClock(() => {
      const before = run();
      channel.say('status', { execution_state: 'restarting' });
      assert.equal(channel.reconnects, 1);
      const next = run('next');
      const connect = () => {
        channel.connection(false);
        channel.connection(true);
      };
      connect();
      assert.equal(channel.asked('execute_request').header.msg_id, before.messageId);
      mock.timers.tick(3000);
      assert.equal(channel.reconnects, 2, 'no answer: another connection');
      connect();
      const question = channel.asked('kernel_info_request');
      channel.say('kernel_info_reply', {}, question, 'shell');
      assert.equal(channel.asked('execute_request').header.msg_id, before.messageId, 'its outputs may not arrive yet');
      mock.timers.tick(250);
      assert.notEqual(channel.asked('kernel_info_request'), question, 'so it is asked again');
      channel.say('status', { execution_state: 'busy' }, channel.asked('kernel_info_request'));
      assert.equal(channel.asked('execute_request').header.msg_id, next.messageId);
      mock.timers.tick(60_000);
      assert.equal(channel.reconnects, 2);
    });
  });

  it('ends when the pod is another one', async () => {
    const { done } = run();
    target.become(target.ready('uid-2'));
    assert.equal(reasonOf((await done).problem), 'serverRestarted');
    assert.equal(session.status, 'dead');
    assert.throws(() => run(), /KernelEnded/);
  });

  it('ends when the server is stopped', async () => {
    const { done } = run();
    target.become({ kind: 'none', why: 'stopped' });
    assert.equal(reasonOf((await done).problem), 'serverStopped');
  });

  it('names what ended the container, where that is known', async () => {
    Object.assign(target, { lastEnd: () => ({ reason: 'outOfMemory', which: 'first' }) });
    const { done } = run();
    channel.connection(false);
    channel.end('kernelGone');
    assert.equal(reasonOf((await done).problem), 'outOfMemory');
  });

  it('does not take what ended the container before it for what ended it', async () => {
    Object.assign(target, { lastEnd: () => ({ reason: 'outOfMemory', which: 'first' }) });
    start();
    const { done } = run();
    channel.end('kernelGone');
    assert.equal(reasonOf((await done).problem), 'serverRestarted');
  });

  it('ends as soon as its container does, and goes on while that is not known', async () => {
    const { done } = run();
    target.become({ kind: 'none', why: 'unknown' });
    assert.equal(session.problem, undefined);
    target.become({ kind: 'none', why: 'starting' });
    assert.equal(reasonOf((await done).problem), 'serverRestarted');
  });

  it('ends running cells on its own restart without calling that a problem', async () => {
    const { done } = run();
    await session.restart();
    assert.deepEqual(await done, { ok: false, executionCount: undefined, problem: undefined });
    assert.deepEqual(calls, ['restart']);
    assert.equal(channel.reconnects, 1);
  });

  it('keeps what is run during its restart for the new process', async () => {
    const old = run('old');
    const finish = await restarting();
    const { messageId, done } = run('new');
    assert.deepEqual(sentCodes(), ['old']);
    await finish();
    assert.equal((await old.done).problem, undefined);
    assert.deepEqual(sentCodes(), ['old', 'new']);
    assert.equal(channel.asked('execute_request').header.msg_id, messageId);
    channel.reply({ status: 'ok', execution_count: 1 });
    channel.say('status', { execution_state: 'idle' });
    assert.deepEqual(await done, { ok: true, executionCount: 1 });
  });

  /** A restart that Jupyter is at until it is told to be done. */
  const restarting = async () => {
    let answer!: () => void;
    restartAnswers = () => new Promise((resolve) => (answer = resolve));
    const restarted = session.restart();
    await until(() => calls.length > 0);
    return async () => {
      answer();
      await restarted;
    };
  };
  const sentCodes = () => channel.sent.map((m) => (m.content as { code?: string }).code).filter(Boolean);

  it('does not run what is interrupted while it waits for the restart', async () => {
    const finish = await restarting();
    const { done } = run('new');
    await session.interrupt();
    assert.equal((await done).ok, false);
    await finish();
    assert.deepEqual(sentCodes(), []);
  });

  it('restarts once for two who ask at the same time', async () => {
    const finish = await restarting();
    const second = session.restart();
    await finish();
    await second;
    assert.deepEqual(calls, ['restart']);
    assert.equal(channel.reconnects, 1);
  });

  it('does not take what waits for the restart for lost when the connection is cut and back meanwhile', async () => {
    const finish = await restarting();
    const { messageId } = run('new');
    channel.connection(false);
    channel.connection(true);
    const probe = channel.asked('kernel_info_request');
    channel.say('status', { execution_state: 'idle' }, probe);
    channel.say('kernel_info_reply', {}, probe, 'shell');
    await finish();
    assert.equal(channel.asked('execute_request').header.msg_id, messageId);
  });

  it('keeps what is run waiting while Jupyter restarts the process by itself, whoever else is done first', async () => {
    channel.say('status', { execution_state: 'restarting' }, { header: {} } as never);
    const finish = await restarting();
    run('new');
    await finish();
    assert.deepEqual(sentCodes(), [], 'the new process has not proven itself');
    channel.connection(false);
    channel.connection(true);
    channel.say('status', { execution_state: 'busy' }, channel.asked('kernel_info_request'));
    assert.deepEqual(sentCodes(), ['new']);
  });

  it('goes on with the old process when its restart fails, with what was run meanwhile, too', async () => {
    const old = run('old');
    const request = channel.asked('execute_request');
    restartAnswers = () => Promise.reject(new Error('no'));
    const restarted = session.restart();
    const { messageId } = run('new');
    await assert.rejects(restarted, /no/);
    assert.equal(channel.asked('execute_request').header.msg_id, messageId);
    channel.reply({ status: 'ok', execution_count: 1 }, request);
    channel.say('status', { execution_state: 'idle' }, request);
    assert.deepEqual(await old.done, { ok: true, executionCount: 1 });
    assert.equal(channel.reconnects, 0);
  });

  it('answers a question, and interrupts when it is dismissed', async () => {
    let answer: string | undefined = 'bob';
    session.execute('input()', { output: () => undefined, input: () => Promise.resolve(answer) });
    channel.say('input_request', { prompt: '?', password: false }, undefined, 'stdin');
    await new Promise(setImmediate);
    assert.deepEqual(channel.asked('input_reply').content, { status: 'ok', value: 'bob' });
    answer = undefined;
    channel.say('input_request', { prompt: '?', password: false }, undefined, 'stdin');
    await until(() => calls.length > 0);
    assert.deepEqual(calls, ['interrupt']);
  });

  it('tells a display update once, whichever cell it came from', () => {
    const updates: string[] = [];
    session.onDidUpdateDisplay((u) => updates.push(u.displayId));
    run();
    channel.say('update_display_data', { data: {}, metadata: {}, transient: { display_id: 'd' } });
    assert.deepEqual(updates, ['d']);
    assert.deepEqual(outputs, []);
  });
});
