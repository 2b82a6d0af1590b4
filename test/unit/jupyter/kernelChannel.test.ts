import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
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

  it('hands on what is on its way when it finishes, in order, and then closes', async () => {
    const closed = once(there, 'close');
    for (const text of ['1', 'x'.repeat(2_000_000), '2']) there.send(printed(text));
    await channel.finish();
    assert.deepEqual([came[0], came.slice(1, -1).join('').length, came.at(-1)], ['1', 2_000_000, '2']);
    await closed;
    assert.equal(server.clients.size, 0);
  });

  it('tells nobody of a lost connection and makes no other when it finishes', async () => {
    await channel.finish();
    channel.reconnect();
    assert.deepEqual(connections, []);
    assert.equal(server.clients.size, 0);
  });

  it('waits a second at most for the other end to acknowledge', async () => {
    there.pause();
    const began = performance.now();
    await channel.finish();
    const took = performance.now() - began;
    assert.ok(took > 900 && took < 5000, String(took));
  });
});
