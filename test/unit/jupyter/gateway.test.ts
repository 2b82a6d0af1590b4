import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { WebSocket, WebSocketServer } from 'ws';
import { Gateway } from '../../../src/jupyter/gateway.ts';
import { Tunnel } from '../../../src/jupyter/tunnel.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import { listen, SocketTarget, until } from './support/target.ts';

const prefix = '/notebook/alice/mnist/';

describe('the gateway for a browser', () => {
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  interface Seen {
    method: string;
    url: string;
    headers: http.IncomingHttpHeaders;
    body: string;
  }
  /** A server behind a tunnel behind a gateway, and a browser's way in. */
  const start = async (o: { prefix?: string } = {}) => {
    const seen: Seen[] = [];
    const backend = http.createServer((request, response) => {
      void text(request).then((body) => {
        seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
        if (request.url?.endsWith('/go')) return response.writeHead(302, { Location: `${prefix}lab` }).end();
        response.writeHead(200, { 'Content-Type': 'text/html', 'Set-Cookie': `_xsrf=1; Path=${prefix}` });
        response.end(`<a href="${prefix}static/x.js">`);
      });
    });
    const sockets = new WebSocketServer({ server: backend });
    sockets.on('connection', (socket) =>
      socket.on('message', (data) => socket.send(`echo ${(data as Buffer).toString()}`)),
    );
    const listening = await listen(backend);
    const target = new SocketTarget(listening.port);
    const tunnel = new Tunnel({ target, logger: silentLogger, settleMs: 0 });
    const gateway = new Gateway({
      tunnel,
      prefix: o.prefix ?? prefix,
      start: 'lab',
      explain: (error) => `wrong: ${String(error)}`,
      turnedAway: 'Open it from VS Code.',
      logger: silentLogger,
    });
    undo.push(
      () => listening.close(),
      () => tunnel.dispose(),
      () => gateway.dispose(),
    );
    const { host, port } = await gateway.address();
    const ask = (path: string, headers: http.OutgoingHttpHeaders = {}, method = 'GET', body = '') =>
      new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }>((resolve, reject) => {
        const request = http.request({
          host: '127.0.0.1',
          port,
          path,
          method,
          headers: { host, ...headers },
          agent: false,
        });
        request.on('error', reject);
        request.on('response', (answer) => {
          void text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
        });
        request.end(body);
      });
    /** What a browser has after it followed a link. */
    const enter = async (external?: URL) => {
      const link = await gateway.link(external);
      const path = external ? link.pathname.slice(external.pathname.replace(/\/$/, '').length) : link.pathname;
      const answer = await ask(path, external ? { host: external.host } : {});
      const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
      return { link, path, answer, cookie };
    };
    return { gateway, tunnel, target, seen, host, port: Number(port), ask, enter, backend };
  };
  const webSocket = (url: string, headers: Record<string, string>): Promise<'open' | number | 'closed'> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url, { headers });
      undo.push(() => socket.terminate());
      socket.on('open', () => resolve('open'));
      socket.on('unexpected-response', (_, answer) => resolve(answer.statusCode ?? 0));
      socket.on('error', () => resolve('closed'));
    });

  it('lets the browser in that follows the link, and leads it on from a page of its own', async () => {
    const { ask, enter, seen, host } = await start();
    const { answer, cookie } = await enter();
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.refresh, `0; url=..${prefix}lab`);
    assert.match(answer.headers['set-cookie']![0]!, /; HttpOnly; SameSite=Strict$/);
    const page = await ask(`${prefix}lab?reset`, { cookie: `theme=dark; ${cookie}`, 'sec-fetch-site': 'same-origin' });
    assert.deepEqual([page.status, page.body], [200, `<a href="${prefix}static/x.js">`]);
    assert.deepEqual(
      [seen[0]!.url, seen[0]!.headers.cookie, seen[0]!.headers.host],
      [`${prefix}lab?reset`, 'theme=dark', 'localhost'],
    );
    const post = await ask(`${prefix}api/x`, { cookie, origin: `http://${host}` }, 'POST', 'body');
    assert.deepEqual([post.status, seen[1]!.body, seen[1]!.headers.origin], [200, 'body', 'http://localhost']);
  });

  it('carries WebSockets', async () => {
    const { enter, host } = await start();
    const { cookie } = await enter();
    const socket = new WebSocket(`ws://${host}${prefix}api`, { headers: { cookie, origin: `http://${host}` } });
    undo.push(() => socket.terminate());
    await once(socket, 'open');
    socket.send('hello');
    assert.equal(String((await once(socket, 'message'))[0]), 'echo hello');
  });

  describe('turns away', () => {
    const attacks: [string, (c: string, host: string) => [string, http.OutgoingHttpHeaders, string?]][] = [
      ['a request without the cookie', () => [`${prefix}lab`, {}]],
      ['a made-up cookie', (cookie) => [`${prefix}lab`, { cookie: `${cookie}x` }]],
      [
        'another name that points here (DNS rebinding)',
        (cookie) => [`${prefix}lab`, { cookie, host: 'evil.example:80' }],
      ],
      ['a name like ours', (cookie, host) => [`${prefix}lab`, { cookie, host: `${host}0` }]],
      ['a foreign page that posts', (cookie) => [`${prefix}api`, { cookie, origin: 'http://evil.example' }, 'POST']],
      [
        'a page at another port of this computer',
        (cookie) => [`${prefix}api`, { cookie, origin: 'http://127.0.0.1:1' }],
      ],
      [
        'its scripts and pictures, which tell no origin',
        (cookie) => [`${prefix}api`, { cookie, 'sec-fetch-site': 'same-site' }],
      ],
      ['a page without an origin that posts', (cookie) => [`${prefix}api`, { cookie }, 'POST']],
      ['an opaque origin', (cookie) => [`${prefix}api`, { cookie, origin: 'null' }, 'POST']],
      ['a way out of the path by dots', (cookie) => [`${prefix}../../other/lab`, { cookie }]],
      ['by encoded dots', (cookie) => [`${prefix}%2e%2e/%2e%2e/other/lab`, { cookie }]],
      ['by encoded slashes', (cookie) => [`${prefix}..%2f..%2fother`, { cookie }]],
      ['by backslashes', (cookie) => [`${prefix}..%5c..%5cother`, { cookie }]],
      ['another server of the same cluster', (cookie) => ['/notebook/alice/other/lab', { cookie }]],
      ['a path that is none', (cookie) => [`${prefix}%zz`, { cookie }]],
      ['an absolute address', (cookie) => ['http://evil.example/notebook/alice/mnist/lab', { cookie }]],
      ['a link that nobody made', () => ['/.kubeflow-open/abc', {}]],
    ];
    for (const [name, attack] of attacks) {
      it(name, async () => {
        const { ask, enter, seen, host } = await start();
        const { cookie } = await enter();
        const [path, headers, method] = attack(cookie, host);
        const answer = await ask(path, headers, method);
        assert.deepEqual([answer.status, seen.length], [403, 0]);
        assert.match(answer.body, /Open it from VS Code/);
        assert.equal(answer.headers['set-cookie'], undefined);
      });
    }

    it('a link that was used, and one that another site posts to', async () => {
      const { gateway, ask, enter } = await start();
      const { path } = await enter();
      assert.equal((await ask(path)).status, 403);
      const fresh = await gateway.link();
      assert.equal((await ask(fresh.pathname, {}, 'POST')).status, 403);
      assert.equal((await ask(fresh.pathname)).status, 200);
    });

    it("another server's cookie", async () => {
      const one = await start();
      const other = await start();
      const { cookie } = await one.enter();
      assert.equal((await other.ask(`${prefix}lab`, { cookie })).status, 403);
    });

    it('WebSockets without an origin, of another one, and without the cookie', async () => {
      const { enter, host, seen } = await start();
      const { cookie } = await enter();
      const url = `ws://${host}${prefix}api`;
      assert.equal(await webSocket(url, { cookie }), 403);
      assert.equal(await webSocket(url, { cookie, origin: 'http://127.0.0.1:1' }), 403);
      assert.equal(await webSocket(url, { origin: `http://${host}` }), 403);
      assert.equal(await webSocket(url, { cookie, origin: `http://${host}` }), 'open');
      assert.equal(seen.length, 0);
    });
  });

  it('answers beside a thousand connections that say nothing, and closes those', async function () {
    this.timeout(40_000);
    const { ask, enter, port } = await start();
    const { cookie } = await enter();
    let closed = 0;
    const idle = await Promise.all(
      Array.from({ length: 1000 }, async () => {
        const socket = net.connect(port, '127.0.0.1');
        socket.on('error', () => undefined); // it is closed from the other side
        socket.on('close', () => closed++);
        await once(socket, 'connect');
        return socket;
      }),
    );
    undo.push(() => idle.forEach((socket) => socket.destroy()));
    assert.equal((await ask(`${prefix}lab`, { cookie })).status, 200);
    await until(() => closed === 1000, 20_000);
  });

  it('goes by another name and below another path where VS Code says so', async () => {
    const { enter, ask } = await start();
    const external = new URL('https://code.example/proxy/4711/');
    const { link, answer, cookie } = await enter(external);
    assert.match(link.href, /^https:\/\/code\.example\/proxy\/4711\/\.kubeflow-open\//);
    assert.equal(answer.headers.refresh, `0; url=..${prefix}lab`);
    const headers = { cookie, host: 'code.example' };
    const page = await ask(`${prefix}lab`, headers);
    assert.equal(page.body, `<a href="/proxy/4711${prefix}static/x.js">`);
    assert.deepEqual(page.headers['set-cookie'], [`_xsrf=1; Path=/proxy/4711${prefix}`]);
    assert.equal((await ask(`${prefix}go`, headers)).headers.location, `../../..${prefix}lab`);
    assert.equal((await ask(`${prefix}api`, { ...headers, origin: 'https://code.example' }, 'POST')).status, 200);
    assert.equal((await ask(`${prefix}api`, { ...headers, origin: 'http://code.example' }, 'POST')).status, 403);
    assert.equal((await ask(`${prefix}lab`, { ...headers, host: 'old.example' })).status, 403);
  });

  it('serves everything of a server that lives at the root', async () => {
    const { enter, ask, seen } = await start({ prefix: '/' });
    const { cookie } = await enter();
    assert.equal((await ask('/static/app.js', { cookie })).status, 200);
    assert.equal(seen[0]!.url, '/static/app.js');
  });

  it('says in a sentence what is wrong with the way to the server', async () => {
    const { enter, ask, target } = await start();
    const { cookie } = await enter();
    target.become({ kind: 'none', why: 'stopped' });
    const answer = await ask(`${prefix}lab`, { cookie });
    assert.deepEqual([answer.status, /wrong: .*</.test(answer.body)], [502, true]);
  });

  it('listens on loopback only, from the first link on, until it is disposed', async () => {
    const { gateway, port, enter } = await start();
    await enter();
    gateway.dispose();
    await new Promise((resolve) => setImmediate(resolve));
    await assert.rejects(once(net.connect(port, '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' });
    await assert.rejects(gateway.link(), /closed/);
  });
});
