import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type net from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type WebSocket, WebSocketServer } from 'ws';
import { exec } from '../../../src/k8s/exec.ts';
import { portForward, PortForwardRefused } from '../../../src/k8s/portForward.ts';
import { answer, Cleanup, clusterFor, contextFor, serve, until } from './fixtures.ts';

type Peer = (socket: WebSocket, request: http.IncomingMessage) => void;

describe('channels', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  /** An API server that upgrades each request and hands the WebSocket over. */
  const kubelet = async (peer: Peer) => {
    const server = await serve(cleanup, (_, response) => answer(response, 500, {}));
    const sockets = new WebSocketServer({ server: server.server as http.Server });
    cleanup.add(() => sockets.close());
    sockets.on('connection', peer);
    return clusterFor(cleanup, contextFor(server.url, { user: { token: 't' } }));
  };
  const refusing = async (status: number, body: string) => {
    const server = await serve(cleanup, (_, response) => answer(response, 500, {}));
    server.server.on('upgrade', (_, socket: net.Socket) => {
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
    return clusterFor(cleanup, contextFor(server.url));
  };
  const frame = (channel: number, body: string | Buffer): Buffer =>
    Buffer.concat([Buffer.of(channel), Buffer.from(body)]);

  describe('port-forward', () => {
    const to = { namespace: 'alice', pod: 'mnist-0', port: 8888 };
    const announce = (socket: WebSocket): void => {
      const port = Buffer.alloc(2);
      port.writeUInt16LE(8888);
      socket.send(frame(0, port));
      socket.send(frame(1, port));
    };
    const open = async (peer: Peer) => {
      const stream = await portForward(await kubelet(peer), to);
      cleanup.add(() => stream.destroy());
      return stream;
    };

    it('asks for the port as who we are, by the v4 protocol', async () => {
      const seen: unknown[] = [];
      await open((socket, { url, headers }) => {
        seen.push(url, headers['sec-websocket-protocol'], headers.authorization);
        assert.match(headers.host ?? '', /^127\.0\.0\.1:\d+$/);
        announce(socket);
      });
      assert.deepEqual(seen, [
        '/api/v1/namespaces/alice/pods/mnist-0/portforward?ports=8888',
        'v4.channel.k8s.io',
        'Bearer t',
      ]);
    });

    it('carries bytes both ways, and ends when the pod closes', async () => {
      const stream = await open((socket) => {
        announce(socket);
        socket.on('message', (data: Buffer) => {
          socket.send(frame(0, `echo ${data.subarray(1).toString()}`));
          socket.close(1000);
        });
      });
      stream.write('hi');
      assert.equal((await buffer(stream)).toString(), 'echo hi');
    });

    it('carries HTTP', async () => {
      const stream = await open((socket) => {
        announce(socket);
        socket.on('message', () =>
          socket.send(frame(0, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok')),
        );
      });
      const request = new http.ClientRequest({ path: '/', createConnection: () => stream });
      request.end();
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      assert.equal((await buffer(response)).toString(), 'ok');
      if (!stream.closed) await once(stream, 'close');
    });

    it('fails with PortForwardRefused when nobody listens, even at once', async () => {
      const refuse: Peer = (socket) => {
        announce(socket);
        socket.send(
          frame(1, 'error forwarding port 8888 to pod x: dial tcp4 127.0.0.1:8888: connect: connection refused'),
        );
        socket.close(1000);
      };
      await assert.rejects(open(refuse), PortForwardRefused);
      const later = await open((socket) => {
        announce(socket);
        setTimeout(() => socket.send(frame(1, 'connect: connection refused')), 30);
      });
      const [error] = (await once(later, 'error')) as [Error];
      assert.ok(error instanceof PortForwardRefused);
    });

    it('loses nothing that comes before the error channel is open, nor with it', async () => {
      const stream = await open((socket) => {
        const port = Buffer.from([0xb8, 0x22]);
        socket.send(frame(0, port));
        socket.send(frame(0, 'early '));
        socket.send(Buffer.alloc(0));
        socket.send(frame(1, port));
        socket.send(frame(0, 'and '));
        socket.send(frame(7, 'of no channel'));
        socket.send(frame(0, 'late'));
        socket.close(1000);
      });
      assert.equal((await buffer(stream)).toString(), 'early and late');
    });

    it('fails when the node closes before both channels are open, even cleanly', async () => {
      const closing = open((socket) => {
        socket.send(frame(0, Buffer.from([0xb8, 0x22])));
        socket.close(1000);
      });
      await assert.rejects(closing, { code: 'Unreachable' });
    });

    it('fails with what the node says, and when the connection is lost', async () => {
      const told = await open((socket) => {
        announce(socket);
        setTimeout(() => socket.send(frame(1, 'connection reset by peer')), 30);
      });
      const [error] = (await once(told, 'error')) as [Error & { code: string }];
      assert.deepEqual([error.code, error.message], ['ServerError', 'ServerError 500: connection reset by peer']);
      const lost = await open((socket) => {
        announce(socket);
        setTimeout(() => socket.terminate(), 30);
      });
      const [cut] = (await once(lost, 'error')) as [Error & { code: string }];
      assert.equal(cut.code, 'Unreachable');
    });

    it('sends frames of 1 MiB at most, in order, and waits for a slow reader', async () => {
      const sent = Buffer.alloc(6 * 1024 * 1024, 'abcdefg');
      const parts: Buffer[] = [];
      let largest = 0;
      let peer: WebSocket | undefined;
      const stream = await open((socket) => {
        peer = socket;
        announce(socket);
        socket.pause();
        socket.on('message', (data: Buffer) => {
          largest = Math.max(largest, data.length - 1);
          parts.push(Buffer.from(data.subarray(1)));
        });
      });
      // Writes stop being taken while the other side does not read.
      let taken = 0;
      for (let from = 0; from < sent.length; from += 65536) {
        stream.write(sent.subarray(from, from + 65536), () => (taken += 65536));
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
      const held = taken;
      peer!.resume();
      await until(() => parts.reduce((sum, part) => sum + part.length, 0) === sent.length, 'all bytes');
      assert.ok(held < sent.length, `${held} bytes were taken at once`);
      assert.ok(largest <= 1024 * 1024, `a frame of ${largest} bytes`);
      assert.ok(Buffer.concat(parts).equals(sent));
    });

    it('holds the sender back while nobody reads here', async () => {
      const total = 32 * 1024 * 1024;
      let peer: WebSocket | undefined;
      const stream = await open((socket) => {
        peer = socket;
        announce(socket);
        for (let i = 0; i < total / 32768; i++) socket.send(frame(0, Buffer.alloc(32768)));
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.ok(peer!.bufferedAmount > total / 3, `${peer!.bufferedAmount} bytes still wait at the sender`);
      assert.ok(stream.readableLength < 4 * 1024 * 1024, `${stream.readableLength} bytes are kept here`);
      let received = 0;
      for await (const chunk of stream) {
        received += (chunk as Buffer).length;
        if (received === total) break;
      }
      assert.equal(received, total);
    });

    it('closes the WebSocket when destroyed, after what was written', async () => {
      let closed: number | undefined;
      let got = '';
      const stream = await open((socket) => {
        announce(socket);
        socket.on('message', (data: Buffer) => (got += data.subarray(1).toString()));
        socket.on('close', (code) => (closed = code));
      });
      stream.write('last words');
      stream.destroy();
      await until(() => closed !== undefined, 'the close');
      assert.deepEqual([closed, got], [1000, 'last words']);
    });

    it('is given up by a signal, before it is open', async () => {
      const cluster = await kubelet(() => undefined);
      const control = new AbortController();
      setTimeout(() => control.abort(new Error('enough')), 50);
      await assert.rejects(portForward(cluster, to, control.signal), /enough/);
    });

    for (const [status, body, expected] of [
      [
        404,
        '{"kind":"Status","reason":"NotFound","message":"pods \\"x\\" not found","details":{"name":"x"}}',
        { code: 'NotFound' },
      ],
      [
        403,
        '{"kind":"Status","message":"User \\"u\\" cannot create resource \\"pods/portforward\\" in API group \\"\\""}',
        { code: 'Forbidden' },
      ],
      [
        500,
        'pod not found ("mnist-0_alice")',
        { code: 'ServerError', message: 'ServerError 500: pod not found ("mnist-0_alice")' },
      ],
    ] as const) {
      it(`rejects with what a handshake refused by ${status} says`, async () => {
        await assert.rejects(portForward(await refusing(status, body), to), expected);
      });
    }
  });

  describe('exec', () => {
    const what = { namespace: 'alice', pod: 'mnist-0', container: 'mnist', command: ['nvidia-smi', '-L', 'a b&c'] };
    const run = async (peer: Peer, more = {}) => exec(await kubelet(peer), { ...what, ...more });

    it('gives output and exit code', async () => {
      let url: string | undefined;
      const done = await run((socket, request) => {
        url = request.url;
        socket.send(frame(1, ''));
        socket.send(frame(1, 'GPU 0\n'));
        socket.send(frame(2, 'warning'));
        socket.send(frame(1, 'GPU 1\n'));
        socket.send(frame(3, '{"metadata":{},"status":"Success"}'));
        socket.close(1000);
      });
      assert.deepEqual(done, { stdout: 'GPU 0\nGPU 1\n', stderr: 'warning', exitCode: 0 });
      const { pathname, searchParams } = new URL(url ?? '', 'http://x');
      assert.equal(pathname, '/api/v1/namespaces/alice/pods/mnist-0/exec');
      assert.deepEqual(searchParams.getAll('command'), what.command);
      assert.equal(searchParams.get('container'), 'mnist');
    });

    it('gives the exit code of a command that failed', async () => {
      const details = { causes: [{ reason: 'ExitCode', message: '3' }] };
      const status = { status: 'Failure', reason: 'NonZeroExitCode', message: 'command terminated', details };
      assert.equal((await run((socket) => socket.send(frame(3, JSON.stringify(status))))).exitCode, 3);
    });

    it('waits only a moment for a server that does not close', async () => {
      const done = await run(
        (socket, request) => {
          socket.send(frame(1, 'GPU 0\n'));
          socket.send(frame(3, '{"status":"Success"}'));
          request.socket.pause();
        },
        { timeoutMs: 8_000 },
      );
      assert.deepEqual([done.stdout, done.exitCode], ['GPU 0\n', 0]);
    });

    it('throws when the command could not be run, when the connection is lost, and when time is over', async () => {
      const status = { status: 'Failure', reason: 'InternalError', message: 'exec: "nvidia-smi": not found' };
      await assert.rejects(
        run((socket) => socket.send(frame(3, JSON.stringify(status)))),
        { code: 'ServerError' },
      );
      await assert.rejects(
        run((socket) => socket.close(1011)),
        { code: 'Unreachable' },
      );
      await assert.rejects(
        run(() => undefined, { timeoutMs: 100 }),
        { code: 'Timeout' },
      );
    });
  });
});
