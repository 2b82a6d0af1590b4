import assert from 'node:assert/strict';
import http from 'node:http';
import { isJupyterError } from '../../../src/jupyter/errors.ts';
import { makeFetch } from '../../../src/jupyter/fetch.ts';
import { TunnelHttp } from '../../../src/jupyter/http.ts';
import { Tunnel } from '../../../src/jupyter/tunnel.ts';
import { KubeError } from '../../../src/k8s/errors.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import { listen, SocketTarget } from './support/target.ts';

describe('HTTP through a tunnel', () => {
  let server: Awaited<ReturnType<typeof listen>>;
  let target: SocketTarget;
  let tunnel: Tunnel;
  let client: TunnelHttp;
  let fetch: typeof globalThis.fetch;
  let answer: http.RequestListener;

  beforeEach(async () => {
    answer = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.setHeader('Content-Type', 'application/json');
        const { method, url, rawHeaders } = request;
        response.end(JSON.stringify({ method, url, rawHeaders, body: Buffer.concat(chunks).toString() }));
      });
    };
    server = await listen(http.createServer((request, response) => answer(request, response)));
    target = new SocketTarget(server.port);
    tunnel = new Tunnel({ target, logger: silentLogger, settleMs: 5 });
    client = new TunnelHttp(tunnel);
    fetch = makeFetch(client, () => ({ Cookie: '_xsrf=abc', 'X-XSRFToken': 'abc' }), 2000);
  });
  afterEach(async () => {
    client.dispose();
    tunnel.dispose();
    await server.close();
  });

  it('uses one connection for requests that follow each other', async () => {
    for (let i = 0; i < 5; i++) assert.equal((await fetch(`http://localhost/x?${i}`)).status, 200);
    assert.ok(server.connections() <= 2, `${server.connections()} connections: one in use and the spare`);
  });

  it('sends method, path, body and the XSRF pair once, whatever the request brought along', async () => {
    const given = new Request('http://localhost/a%20b?c=d', {
      method: 'POST',
      body: 'hello',
      headers: { 'x-xsrftoken': 'old', 'Content-Type': 'text/x' },
    });
    const seen = (await (await fetch(given)).json()) as { [key: string]: string } & { rawHeaders: string[] };
    assert.deepEqual([seen.method, seen.url, seen.body], ['POST', '/a%20b?c=d', 'hello']);
    const names = seen.rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
    for (const name of ['x-xsrftoken', 'cookie', 'host', 'content-length'])
      assert.equal(names.filter((n) => n === name).length, 1, name);
    assert.ok(seen.rawHeaders.includes('abc'));
  });

  it('takes a request object of another fetch library', async () => {
    const other = {
      url: 'http://localhost/y',
      method: 'PUT',
      headers: new Map([['content-type', 'text/x']]),
      arrayBuffer: () => Promise.resolve(new TextEncoder().encode('body').buffer),
    };
    const seen = (await (await fetch(other as unknown as Request)).json()) as { method: string; body: string };
    assert.deepEqual([seen.method, seen.body], ['PUT', 'body']);
  });

  it('tries another connection when a kept one turns out to be dead', async () => {
    assert.equal((await fetch('http://localhost/1')).status, 200);
    for (const socket of target.sockets) socket.destroy();
    assert.equal((await fetch('http://localhost/2')).status, 200);
  });

  it('says that an answer was cut short instead of handing out half of it', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    };
    await assert.rejects(fetch('http://localhost/'), (e) => isJupyterError(e, 'Unreachable'));
  });

  it('gives a slow but moving body all the time that it needs, both ways', async () => {
    const slow = makeFetch(client, () => ({}), 350);
    answer = (request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        request.pause();
        setTimeout(() => request.resume(), 3);
      });
      request.on('end', () => {
        response.writeHead(200, { 'Content-Length': '5' });
        const parts = [...String(bytes).padStart(5, ' ').slice(-5)];
        const timer = setInterval(() => {
          response.write(parts.shift());
          if (parts.length > 0) return;
          clearInterval(timer);
          response.end();
        }, 100);
      });
    };
    const given = await slow('http://localhost/', { method: 'PUT', body: 'x'.repeat(2_000_000) });
    assert.equal(await given.text(), '00000');
  });

  it('takes no block of ours for a silence of the server', async () => {
    const patienceMs = 100;
    answer = (_request, response) => {
      response.writeHead(200, { 'Content-Length': '5' });
      // It is on the wire when this is called, and nobody reads until the patience is over.
      response.end('there', () => {
        const end = performance.now() + 2 * patienceMs;
        while (performance.now() < end);
      });
    };
    assert.equal(await (await makeFetch(client, () => ({}), patienceMs)('http://localhost/')).text(), 'there');
  });

  it('ends an answer that stops in the middle without a word', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('half');
    };
    await assert.rejects(makeFetch(client, () => ({}), 60)('http://localhost/'), (e) =>
      isJupyterError(e, 'NotAnswering'),
    );
  });

  it('asks again when the kept connection ended with an error of the cluster', async () => {
    assert.equal((await fetch('http://localhost/1')).status, 200);
    const cut = new KubeError({ code: 'Unreachable', host: 'the pod', reason: 'reset', detail: 'code 1006' });
    answer = (() => {
      const usual = answer;
      let first = true;
      return (request, response) => {
        if (!first) return usual(request, response);
        first = false;
        for (const socket of target.sockets) socket.destroy(cut);
      };
    })();
    assert.equal((await fetch('http://localhost/2')).status, 200);
  });

  it('gives up at its deadline with what is wrong with the server', async () => {
    target.become({ kind: 'none', why: 'starting' });
    const impatient = makeFetch(client, () => ({}), 50);
    await assert.rejects(
      impatient('http://localhost/'),
      (e) => isJupyterError(e, 'NotRunning') && e.problem.why === 'starting',
    );
    target.become(target.ready('uid-1'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(target.dials, 0, 'nobody waits any more');
  });

  it('ends with the reason of the signal', async () => {
    answer = () => undefined;
    const abort = new AbortController();
    const given = fetch('http://localhost/', { signal: abort.signal });
    setTimeout(() => abort.abort(new Error('changed my mind')), 20);
    await assert.rejects(given, /changed my mind/);
  });
});
