import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { Duplex } from 'node:stream';
import { isKubeError, KubeError } from '../../../src/k8s/errors.ts';
import { podProxy } from '../../../src/k8s/podProxy.ts';
import type { Passed } from '../../../src/k8s/requests.ts';
import { Cleanup, clusterFor, contextFor, serve, type TestServer } from './fixtures.ts';

const prefix = '/api/v1/namespaces/alice/pods/mnist-0:8888/proxy';

describe('a connection by pods/proxy', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  /** Stands for the API server and the pod behind it. */
  let server: TestServer;
  let handle: http.RequestListener;
  let stream: Duplex;
  let open: () => Promise<void>;
  /** What a request waits for before it is sent, as when somebody signs in. */
  let held: Promise<void>;
  let passed: Promise<Passed>;

  beforeEach(async () => {
    server = await serve(cleanup, (request, response) => handle(request, response));
    const cluster = clusterFor(cleanup, contextFor(server.url));
    const pass = cluster.pass.bind(cluster);
    held = Promise.resolve();
    cluster.pass = (...asked) => (passed = held.then(() => pass(...asked)));
    open = async () => {
      handle = (_, response) => void response.end();
      stream = await podProxy(cluster, { namespace: 'alice', pod: 'mnist-0', port: 8888, path: '/' });
      const opened = stream;
      cleanup.add(() => opened.destroy());
    };
    await open();
  });

  /** A request on the connection, as HTTP of the pod. */
  function ask(path: string, o: http.RequestOptions = {}): http.ClientRequest {
    return http.request({ host: 'localhost', path, createConnection: () => stream, ...o });
  }

  async function answerTo(request: http.ClientRequest): Promise<{ head: http.IncomingMessage; body: string }> {
    const [head] = (await once(request, 'response')) as [http.IncomingMessage];
    const parts: Buffer[] = [];
    for await (const part of head) parts.push(part as Buffer);
    return { head, body: Buffer.concat(parts).toString() };
  }

  it('gives a page whose length was told as that of the rewritten one', async () => {
    const page = `<a href="${prefix}/x">x</a>`;
    handle = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Length': page.length, ETag: '"1"' }).end(page);
    };
    const { head, body } = await answerTo(ask('/page').end());
    assert.equal(body, '<a href="/x">x</a>');
    assert.deepEqual([head.headers['content-length'], head.headers.etag], [undefined, undefined]);
  });

  it('asks for no WebSocket any more that was given up while somebody signed in', async () => {
    let signedIn = (): void => undefined;
    held = new Promise((resolve) => (signedIn = resolve));
    ask('/channels', { headers: { Connection: 'Upgrade', Upgrade: 'websocket' } })
      .on('error', () => undefined)
      .end();
    await new Promise(setImmediate);
    stream.destroy();
    await once(stream, 'close');
    signedIn();
    await assert.rejects(passed, /the connection was closed/);
  });

  for (const [method, times] of Object.entries({ GET: 2, PUT: 1, DELETE: 1, PATCH: 1, POST: 1 }))
    it(`asks ${times === 1 ? 'once' : 'once more'} with ${method} when a kept connection ends in place of an answer`, async () => {
      const asked: string[] = [];
      handle = (request, response) => {
        asked.push(request.method!);
        if (asked.length === 1) request.socket.destroy();
        else response.end();
      };
      const request = ask('/file', { method });
      request.end();
      if (times === 2) await answerTo(request);
      else await assert.rejects(once(request, 'response'), KubeError);
      assert.deepEqual(asked, Array(times).fill(method));
    });

  describe('whose WebSocket is refused', () => {
    const upgrade = () => ask('/channels', { headers: { Connection: 'Upgrade', Upgrade: 'websocket' } }).end();

    it('ends with what the cluster’s errors are when the refusal is cut short', async () => {
      handle = (request, response) => {
        response.writeHead(403, { 'Content-Length': 100 });
        response.write('half', () => request.socket.destroy());
      };
      await assert.rejects(once(upgrade(), 'response'), (error) => isKubeError(error, 'Unreachable'));
    });

    const refuse = (status: number, headers: http.OutgoingHttpHeaders, text = 'No'): void => {
      handle = (_, response) => void response.writeHead(status, headers).end(text);
    };
    const tornado = { Server: 'TornadoServer/6.4' };
    const page = '<head>\n    <title>Jupyter Server</title></head>';

    for (const [mark, headers, text] of [
      ['Tornado’s name', tornado, 'Kernel does not exist'],
      ['a page, behind a sidecar with a name of its own', { Server: 'istio-envoy' }, page],
      ['the API server’s mark', { 'Audit-Id': '1' }, 'Kernel does not exist'],
    ] as const)
      it(`has the pod’s own answer, which is known by ${mark}`, async () => {
        for (const status of [403, 404, 500]) {
          refuse(status, headers, text);
          const { head, body } = await answerTo(upgrade());
          assert.deepEqual([head.statusCode, body], [status, text]);
          await open();
        }
      });

    it('hears that no WebSocket comes through when something on the way refuses it', async () => {
      refuse(403, { Server: 'nginx' });
      await assert.rejects(once(upgrade(), 'response'), (error) => isKubeError(error, 'Refused'));
    });

    it('hears so, too, when Jupyter was asked for no WebSocket any more', async () => {
      refuse(400, tornado, 'Can "Upgrade" only to "WebSocket".');
      await assert.rejects(once(upgrade(), 'response'), (error) => isKubeError(error, 'Refused'));
    });

    it('may try again when something on the way is in trouble', async () => {
      refuse(503, { Server: 'nginx' });
      await assert.rejects(once(upgrade(), 'response'), (error) => isKubeError(error, 'ServerError'));
    });
  });
});
