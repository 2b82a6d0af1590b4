import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { mock } from 'node:test';
import type { KernelMessage } from '@jupyterlab/services';
import { serialize } from '@jupyterlab/services/lib/kernel/serialize';
import { WebSocket, WebSocketServer } from 'ws';
import { silentLogger } from '../../../src/k8s/log.ts';
import { KernelChannel } from '../../../src/jupyter/kernelChannel.ts';

const protocol = 'v1.kernel.websocket.jupyter.org';

class Socket extends WebSocket {
  isFresh(): boolean {
    return true;
  }
}

function printed(text: string): ArrayBuffer {
  const header = { msg_type: 'stream', msg_id: 'm', session: 's', username: '', version: '5.3', date: '' };
  const content = { name: 'stdout', text };
  const message = { channel: 'iopub', header, parent_header: header, metadata: {}, content, buffers: [] };
  return serialize(message as never, protocol) as ArrayBuffer;
}

describe('KernelChannel', () => {
  let server: WebSocketServer;
  let channel: KernelChannel;
  let there: WebSocket;
  let came: string[];
  let connections: boolean[];

  beforeEach(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => protocol });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connected = once(server, 'connection') as Promise<[WebSocket]>;
    came = [];
    connections = [];
    channel = new KernelChannel({ WebSocket: Socket, url: `ws://127.0.0.1:${port}`, logger: silentLogger });
    channel.onMessage((message) => came.push((message as KernelMessage.IStreamMsg).content.text));
    const open = new Promise<void>((resolve) => channel.onDidConnect((up) => up && resolve()));
    [there] = await connected;
    await open;
    channel.onDidConnect((up) => connections.push(up));
  });
  afterEach(() => {
    channel.dispose();
    there.terminate();
    server.close();
  });

  for (const [when, blockMs] of [
    ['when it finishes', 0],
    ['also when we block for longer than it waits', 1100],
  ] as const)
    it(`hands on what is on its way, in order, and then closes: ${when}`, async () => {
      const closed = once(there, 'close');
      for (const text of ['1', 'x'.repeat(2_000_000), '2']) there.send(printed(text));
      const finished = channel.finish();
      const end = performance.now() + blockMs;
      while (performance.now() < end);
      await finished;
      assert.deepEqual([came[0], came.slice(1, -1).join('').length, came.at(-1)], ['1', 2_000_000, '2']);
      await closed;
      assert.equal(server.clients.size, 0);
    });

  it('tells nobody of a lost connection and makes no other when it finishes', async () => {
    const closed = once(there, 'close');
    await channel.finish();
    channel.reconnect();
    assert.deepEqual(connections, []);
    await closed;
    assert.equal(server.clients.size, 0);
  });

  it('waits a second and no longer for the other end to acknowledge', async () => {
    there.pause();
    mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    try {
      let isFinished = false;
      const finished = channel.finish().then(() => (isFinished = true));
      mock.timers.tick(999);
      await new Promise(setImmediate);
      assert.equal(isFinished, false);
      mock.timers.tick(1);
      await finished;
    } finally {
      mock.timers.reset();
    }
  });
});
