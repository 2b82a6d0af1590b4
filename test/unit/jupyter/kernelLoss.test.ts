import assert from 'node:assert/strict';
import type { KernelMessage } from '@jupyterlab/services';
import type { KernelChannel } from '../../../src/jupyter/kernelChannel.ts';
import type { OutputEvent } from '../../../src/jupyter/kernelMessages.ts';
import { KernelSession } from '../../../src/jupyter/kernelSession.ts';
import type { MessageMark } from '../../../src/jupyter/messageMark.ts';
import { FakeChannel } from './support/fakeChannel.ts';
import { SocketTarget } from './support/target.ts';

const earlier = new Date('2026-11-26T12:03:00Z');

describe('what a cut wire cost', () => {
  let channel: FakeChannel;
  let session: KernelSession;
  let outputs: OutputEvent[];
  let marks: (MessageMark | undefined)[];
  const handlers = {
    output: (event: OutputEvent) => void outputs.push(event),
    heard: (mark: MessageMark | undefined) => void marks.push(mark),
  };
  /** The request of another window, as far as answers name it. */
  const theirs = { header: { msg_id: 'theirs' } } as KernelMessage.IMessage;
  const print = (text: string, of?: KernelMessage.IMessage) => channel.say('stream', { name: 'stdout', text }, of);
  const said = () => outputs.map((event) => (event.kind === 'stream' ? event.text : event.kind));
  const answerQuestion = () => {
    const question = channel.asked('kernel_info_request');
    channel.say('status', { execution_state: 'idle' }, question);
    channel.say('kernel_info_reply', {}, question, 'shell');
  };

  beforeEach(() => {
    channel = new FakeChannel();
    channel.process = 'kernel_42';
    outputs = [];
    marks = [];
    const nothing = () => Promise.resolve();
    session = new KernelSession({
      channel: channel as unknown as KernelChannel,
      target: new SocketTarget(1),
      clientId: 'me',
      kernelId: 'k',
      kernelName: 'python3',
      path: 'a.ipynb',
      rest: { interrupt: nothing, restart: nothing, shutdown: nothing },
    });
  });
  afterEach(() => session.dispose());

  describe('under a running cell', () => {
    beforeEach(() => {
      session.execute('x', handlers);
      print('1');
      channel.connection(false);
    });

    it('nothing, when what comes follows on what was heard last', () => {
      channel.connection(true);
      print('2');
      assert.deepEqual(said(), ['1', '2']);
    });

    it('is named where it is missing, once', () => {
      channel.n += 5;
      channel.connection(true);
      print('7');
      print('8');
      assert.deepEqual(said(), ['1', 'lost', '7', '8']);
    });

    it('is unknown, and so not named, for kernels that do not number what they say', () => {
      channel.process = undefined;
      channel.connection(true);
      print('7');
      assert.deepEqual(said(), ['1', '7']);
    });

    it('is not the output of a cell that only began after it', () => {
      const first = channel.asked('execute_request');
      channel.connection(true);
      session.execute('y', handlers);
      channel.n += 5;
      channel.say('status', { execution_state: 'busy' });
      print('y');
      assert.notEqual(channel.asked('execute_request'), first);
      assert.deepEqual(said(), ['1', 'y']);
    });
  });

  it("is the cell's end, when the process that answers is another one", async () => {
    const { done } = session.execute('x', handlers);
    print('1');
    channel.connection(false);
    channel.process = 'kernel_43';
    channel.connection(true);
    answerQuestion();
    const { problem } = await done;
    assert.equal(problem?.code === 'KernelEnded' && problem.reason, 'died');
  });

  describe('for a cell of an earlier window', () => {
    const adopt = (mark?: MessageMark) => session.adopt('theirs', handlers, earlier, mark);

    it('nothing, when Jupyter kept it all: the cell goes on and ends with its result', async () => {
      channel.n = 8;
      const { done } = adopt({ process: 'kernel_42', n: 7 });
      channel.connection(true);
      print('8', theirs);
      channel.reply({ status: 'ok', execution_count: 3 }, theirs);
      channel.say('status', { execution_state: 'idle' }, theirs);
      assert.deepEqual(said(), ['8']);
      assert.deepEqual(await done, { ok: true, executionCount: 3 });
      assert.deepEqual(marks.at(-1), { process: 'kernel_42', n: 10 });
    });

    it('is named from when it was heard last', () => {
      channel.n = 20;
      adopt({ process: 'kernel_42', n: 7 });
      channel.connection(true);
      print('20', theirs);
      const [lost] = outputs;
      assert.equal(lost?.kind === 'lost' && lost.problem.from, earlier);
      assert.deepEqual(said(), ['lost', '20']);
    });

    it('is its end, when the kernel is past it', async () => {
      const { done } = adopt({ process: 'kernel_42', n: 7 });
      channel.connection(true);
      answerQuestion();
      const { problem } = await done;
      assert.equal(problem?.code === 'OutputLost' && problem.from, earlier);
    });

    it('is no less for one that was never heard of', async () => {
      const { done } = adopt();
      channel.connection(true);
      print('1', theirs);
      await session.interrupt();
      channel.reply({ status: 'error' }, theirs);
      channel.say('status', { execution_state: 'idle' }, theirs);
      assert.equal((await done).ok, false);
      assert.deepEqual(said(), ['1']);
    });
  });
});
