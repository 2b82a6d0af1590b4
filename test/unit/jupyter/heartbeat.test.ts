import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mock } from 'node:test';
import type { WebSocket } from 'ws';
import { Heartbeat } from '../../../src/jupyter/heartbeat.ts';

class FakeSocket extends EventEmitter {
  pings = 0;
  isPaused = false;
  ping() {
    this.pings++;
  }
}

describe('the heartbeat of a connection', () => {
  let socket: FakeSocket;
  let heartbeat: Heartbeat;
  let silent: number;
  let sent: number;
  const send = () => {
    const go = () => {
      if (heartbeat.isFresh(go)) sent++;
    };
    go();
  };

  /** What has arrived is read. */
  const turn = () => new Promise(setImmediate);

  beforeEach(() => {
    mock.timers.enable({ apis: ['setInterval', 'setTimeout', 'Date'] });
    socket = new FakeSocket();
    silent = sent = 0;
    heartbeat = new Heartbeat(socket as unknown as WebSocket, { intervalMs: 20_000, onSilent: () => silent++ });
  });
  afterEach(() => {
    heartbeat.dispose();
    mock.timers.reset();
  });

  it('goes on for as long as it is answered', () => {
    for (let beats = 0; beats < 90; beats++) {
      mock.timers.tick(20_000);
      socket.emit('pong');
    }
    assert.deepEqual([socket.pings, silent], [90, 0]);
  });

  it('ends after two beats without an answer', async () => {
    mock.timers.tick(20_000);
    await turn();
    assert.equal(silent, 0);
    mock.timers.tick(20_000);
    await turn();
    assert.equal(silent, 1);
  });

  it('lets what is sent right after something was heard pass at once', () => {
    mock.timers.tick(4000);
    send();
    assert.deepEqual([sent, socket.pings], [1, 0]);
  });

  it('has what is sent after a silence wait for an answer', () => {
    mock.timers.tick(6000);
    send();
    send();
    assert.deepEqual([sent, socket.pings], [0, 1]);
    socket.emit('pong');
    assert.deepEqual([sent, silent], [2, 0]);
  });

  it('ends soon when that answer does not come', async () => {
    mock.timers.tick(6000);
    send();
    mock.timers.tick(5000);
    await turn();
    assert.deepEqual([sent, silent], [0, 1]);
  });

  it('does not take a socket that we hold back for a silent one', async () => {
    mock.timers.tick(6000);
    send();
    socket.isPaused = true;
    for (let beats = 0; beats < 3; beats++) mock.timers.tick(20_000);
    await turn();
    assert.deepEqual([sent, silent], [0, 0]);
    socket.isPaused = false;
    socket.emit('pong');
    assert.deepEqual([sent, silent], [1, 0]);
  });

  it('ends soon after a socket was held back when nothing comes of it then', async () => {
    mock.timers.tick(6000);
    send();
    socket.isPaused = true;
    mock.timers.tick(6000);
    socket.isPaused = false;
    mock.timers.tick(5000);
    await turn();
    assert.deepEqual([sent, silent], [0, 1]);
  });

  it('reads what has come before it ends: an answer may lie unread after a block of ours', async () => {
    mock.timers.tick(6000);
    send();
    mock.timers.tick(5000);
    socket.emit('pong');
    await turn();
    assert.deepEqual([sent, silent], [1, 0]);
  });
});
