import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as nodeFetch from 'node-fetch';
import { WebSocketServer } from 'ws';
import { isJupyterError } from '../../../src/jupyter/errors.ts';
import { makeFollowing } from '../../../src/jupyter/following.ts';
import { proveKernels } from '../../../src/jupyter/handOver.ts';
import { JupyterServer } from '../../../src/jupyter/server.ts';
import { Tunnel } from '../../../src/jupyter/tunnel.ts';
import { silentLogger as logger } from '../../../src/k8s/log.ts';
import { SocketTarget } from './support/target.ts';

const base = 'http://localhost/notebook/alice/mnist/';

describe('fetch and WebSocket for somebody who keeps them', () => {
  let listener: http.Server;
  let sockets: WebSocketServer;
  let port: number;
  let tunnels: Tunnel[];
  let servers: JupyterServer[];
  let target: SocketTarget;
  let current: JupyterServer;
  let asked: { method?: string; url?: string; headers: string[]; body: string }[];
  let answer: { status: number; body: string };

  const serverOver = (over: SocketTarget): JupyterServer => {
    const tunnel = new Tunnel({ target: over, logger, settleMs: 5, random: () => 0 });
    const server = new JupyterServer({ tunnel, namespace: 'alice', name: 'mnist', logger });
    tunnels.push(tunnel);
    servers.push(server);
    return server;
  };
  const valuesOf = (name: string) => {
    const raw = asked.at(-1)!.headers;
    return raw.filter((_, i) => i % 2 === 1 && raw[i - 1]!.toLowerCase() === name.toLowerCase());
  };

  beforeEach(async () => {
    asked = [];
    tunnels = [];
    servers = [];
    answer = { status: 201, body: '{"id":"1"}' };
    listener = http.createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        asked.push({ method: request.method, url: request.url, headers: request.rawHeaders, body });
        response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(answer.body);
      });
    });
    sockets = new WebSocketServer({ server: listener });
    sockets.on('connection', (socket, request) => {
      asked.push({ url: request.url, headers: request.rawHeaders, body: '' });
      socket.on('message', (data) => socket.send(`echo ${(data as Buffer).toString()}`));
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    ({ port } = listener.address() as AddressInfo);
    target = new SocketTarget(port);
    current = serverOver(target);
  });
  afterEach(() => {
    for (const server of servers) server.dispose();
    for (const tunnel of tunnels) tunnel.dispose();
    for (const socket of sockets.clients) socket.terminate();
    listener.close();
  });

  it('takes one Request of node-fetch, with each header once and the XSRF pair', async () => {
    const { fetch } = makeFollowing(() => current);
    const request = new nodeFetch.Request(`${base}api/sessions?1`, {
      method: 'POST',
      body: '{"path":"한글.ipynb"}',
      headers: { 'content-type': 'application/json', cookie: '_xsrf=old', 'x-xsrftoken': 'old' },
    });
    const response = await fetch(request as unknown as Request);
    assert.deepEqual(
      [response.ok, response.status, response.headers.get('content-type'), await response.json()],
      [true, 201, 'application/json', { id: '1' }],
    );
    const [{ method, url, body } = {}] = asked;
    assert.deepEqual([method, url, body], ['POST', '/notebook/alice/mnist/api/sessions?1', '{"path":"한글.ipynb"}']);
    const [token] = valuesOf('X-XSRFToken');
    assert.match(token!, /^[0-9a-f]{32}$/);
    assert.deepEqual([valuesOf('X-XSRFToken'), valuesOf('Cookie')], [[token], [`_xsrf=${token}`]]);
    assert.deepEqual([valuesOf('Content-Type'), valuesOf('Host')], [['application/json'], ['localhost']]);
  });

  it('takes a Request of the platform, a URL and a string as well', async () => {
    const { fetch } = makeFollowing(() => current);
    for (const input of [new Request(`${base}api`), new URL(`${base}api`), `${base}api`]) await fetch(input);
    assert.deepEqual(
      asked.map(({ method, url }) => [method, url]),
      Array.from({ length: 3 }, () => ['GET', '/notebook/alice/mnist/api']),
    );
  });

  it('gives a class that can be subclassed as that of ws, called with undefined options', async () => {
    const { WebSocket } = makeFollowing(() => current);
    const heard: (string | symbol)[] = [];
    class Hooked extends WebSocket {
      override emit(event: string | symbol, ...args: unknown[]): boolean {
        heard?.push(event);
        return super.emit(event, ...args);
      }
    }
    const socket = new Hooked(`${base.replace('http', 'ws')}api/kernels/1/channels`, ['v1'], undefined);
    await once(socket, 'open');
    socket.ping(() => undefined);
    await once(socket, 'pong');
    socket.send('hello');
    const [data] = (await once(socket, 'message')) as [Buffer];
    assert.equal(data.toString(), 'echo hello');
    assert.ok(heard.includes('message'));
    assert.match(valuesOf('Cookie')[0] ?? '', /^_xsrf=[0-9a-f]{32}$/);
    assert.equal(valuesOf('X-XSRFToken').length, 1);
    socket.terminate();
  });

  it('waits with a new socket for as long as there is no connection, so that an outage costs one try', async () => {
    const { WebSocket } = makeFollowing(() => current);
    let away = true;
    target.failure = () => (away ? new Error('no network') : undefined);
    const socket = new WebSocket(`${base.replace('http', 'ws')}api/kernels/1/channels`);
    const closed: number[] = [];
    socket.on('close', (code) => closed.push(code));
    socket.on('error', () => closed.push(0));
    await new Promise<void>((resolve) => {
      const watch = current.tunnel.onDidChange((state) => {
        if (state.kind !== 'retrying' || state.attempt < 3) return;
        watch.dispose();
        resolve();
      });
    });
    away = false;
    await once(socket, 'open');
    assert.deepEqual(closed, []);
    socket.terminate();
  });

  it('goes where the server is now, after its connection was made anew', async () => {
    const { fetch, WebSocket } = makeFollowing(() => current);
    await fetch(`${base}api`);
    current.dispose();
    current.tunnel.dispose();
    const other = new SocketTarget(port);
    current = serverOver(other);
    assert.equal((await fetch(`${base}api`)).status, 201);
    const socket = new WebSocket(`${base.replace('http', 'ws')}api/kernels/1/channels`);
    await once(socket, 'open');
    assert.ok(other.dials > 0);
    socket.terminate();
  });

  it('rejects with what is wrong where the server is nowhere', async () => {
    const { fetch } = makeFollowing(() => {
      throw new Error('no such context');
    });
    await assert.rejects(fetch(`${base}api`), /no such context/);
  });

  describe('the proof that a server has kernels', () => {
    it('is their list', async () => {
      answer = { status: 200, body: '{"default":"python3","kernelspecs":{"python3":{}}}' };
      await proveKernels(current);
      assert.equal(asked[0]?.url, '/notebook/alice/mnist/api/kernelspecs');
    });

    it('fails where something other than Jupyter answers', async () => {
      for (const other of [
        { status: 404, body: 'not here' },
        { status: 200, body: '<html>RStudio</html>' },
        { status: 200, body: '{"kernelspecs":{}}' },
      ]) {
        answer = other;
        await assert.rejects(proveKernels(current), (error) => isJupyterError(error, 'NoKernels'));
      }
    });

    it('fails with what the server says where it is Jupyter that refuses', async () => {
      answer = { status: 403, body: '{"message":"Forbidden"}' };
      await assert.rejects(proveKernels(current), (error) => isJupyterError(error, 'Refused'));
    });

    it('fails in time where nobody answers', async () => {
      target.failure = () => new Error('no network');
      await assert.rejects(proveKernels(current, undefined, 300), (error) => isJupyterError(error));
    });
  });
});
