import assert from 'node:assert/strict';
import type { KernelMessage } from '@jupyterlab/services';
import { MessageNumbers } from '../../../src/jupyter/messageNumbers.ts';

const message = (id: string, type = 'stream', channel = 'iopub', content: object = {}) =>
  ({ header: { msg_id: id, msg_type: type }, channel, content }) as unknown as KernelMessage.IMessage;
const idle = (id: string) => message(id, 'status', 'iopub', { execution_state: 'idle' });

describe('numbers of messages', () => {
  let numbers: MessageNumbers;
  let now: number;
  const take = (one: KernelMessage.IMessage | string) => numbers.take(typeof one === 'string' ? message(one) : one);
  beforeEach(() => {
    now = 0;
    numbers = new MessageNumbers(() => new Date((now += 1000)));
    take('kernel_7_10');
  });

  it('tell what is missing after a reconnect, with the times around it', () => {
    numbers.reconnected();
    assert.deepEqual(take('kernel_7_15'), { from: new Date(1000), to: new Date(2000) });
    assert.equal(take('kernel_7_16'), undefined);
  });

  it('tell nothing when the next one comes, or when the connection was never cut', () => {
    numbers.reconnected();
    assert.equal(take('kernel_7_11'), undefined);
    assert.equal(take('kernel_7_20'), undefined);
  });

  for (const [name, between] of [
    ['a question that came before', [message('kernel_7_11', 'input_request', 'stdin')]],
    ['the greeting of another client', [message('kernel_7_11', 'iopub_welcome')]],
  ] as const) {
    it(`count ${name}`, () => {
      numbers.reconnected();
      between.forEach(take);
      assert.equal(take('kernel_7_12'), undefined);
    });
  }

  it('leave room for the reply that comes with the end of a cell, before or after it', () => {
    numbers.reconnected();
    assert.equal(take(idle('kernel_7_12')), undefined);
    numbers.reconnected();
    take(message('kernel_7_13', 'execute_reply', 'shell'));
    assert.equal(take(idle('kernel_7_14')), undefined);
    numbers.reconnected();
    assert.ok(take(idle('kernel_7_17')));
  });

  it('tell nothing of another process, or of a kernel that does not number', () => {
    numbers.reconnected();
    assert.equal(take('kernel_8_90'), undefined);
    numbers.reconnected();
    assert.equal(take('0d3f6c0e-8b7e'), undefined);
  });
});
