import assert from 'node:assert/strict';
import type net from 'node:net';
import type tls from 'node:tls';
import { gzipSync } from 'node:zlib';
import { KubeError } from '../../../src/k8s/errors.ts';
import { certificate } from './certificate.ts';
import { answer, Cleanup, clusterFor, contextFor, serve } from './fixtures.ts';

const problem =
  (code: string, more: Record<string, unknown> = {}) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof KubeError, String(error));
    assert.equal(error.code, code);
    const fields = error.problem as Record<string, unknown>;
    for (const [name, value] of Object.entries(more)) assert.equal(fields[name], value);
    return true;
  };

describe('transport', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());
  const authorityCert = certificate({ name: 'test-ca' });
  const serverCert = certificate({ name: 'api', hosts: ['127.0.0.1', 'api.example'], by: authorityCert });

  it('uses one connection for requests that follow each other', async () => {
    const server = await serve(cleanup, (_, response) => answer(response, 200, {}), serverCert);
    const cluster = clusterFor(cleanup, contextFor(server.url, { ca: authorityCert }));
    for (let i = 0; i < 5; i++) await cluster.request({ path: '/version' });
    assert.equal(server.connections, 1);
  });

  it('resumes the TLS session for further connections', async () => {
    const resumed: boolean[] = [];
    const server = await serve(
      cleanup,
      (request, response) => {
        resumed.push((request.socket as tls.TLSSocket).isSessionReused());
        setTimeout(() => answer(response, 200, {}), 20);
      },
      serverCert,
    );
    const cluster = clusterFor(cleanup, contextFor(server.url, { ca: authorityCert }));
    await cluster.request({ path: '/' });
    await Promise.all([cluster.request({ path: '/' }), cluster.request({ path: '/' })]);
    assert.deepEqual([server.connections, resumed.sort()], [2, [false, false, true]]);
  });

  it('keeps the path of the server address and sends its host', async () => {
    const seen: string[] = [];
    const server = await serve(cleanup, (request, response) => {
      seen.push(`${request.headers.host} ${request.url}`);
      answer(response, 200, {});
    });
    const cluster = clusterFor(cleanup, contextFor(`${server.url}/k8s/clusters/c-1`));
    await cluster.request({ path: '/api/v1/pods', query: { limit: 5, watch: undefined } });
    assert.deepEqual(seen, [`127.0.0.1:${server.port} /k8s/clusters/c-1/api/v1/pods?limit=5`]);
  });

  it('reads gzip answers', async () => {
    const server = await serve(cleanup, (request, response) => {
      assert.equal(request.headers['accept-encoding'], 'gzip');
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('{"a":"é"}'));
    });
    assert.deepEqual(await clusterFor(cleanup, contextFor(server.url)).request({ path: '/' }), { a: 'é' });
  });

  describe('certificates', () => {
    it('does not believe an unknown authority', async () => {
      const server = await serve(cleanup, (_, response) => answer(response, 200, {}), serverCert);
      const cluster = clusterFor(cleanup, contextFor(server.url));
      await assert.rejects(
        cluster.serverVersion(),
        problem('CertificateUntrusted', { host: `127.0.0.1:${server.port}` }),
      );
    });

    it('does not believe an ended one, nor one of another host', async () => {
      const ended = certificate({ name: 'api', hosts: ['127.0.0.1'], by: authorityCert, ended: true });
      const other = certificate({ name: 'api', hosts: ['other.example'], by: authorityCert });
      for (const cert of [ended, other]) {
        const server = await serve(cleanup, (_, response) => answer(response, 200, {}), cert);
        const cluster = clusterFor(cleanup, contextFor(server.url, { ca: authorityCert }));
        await assert.rejects(cluster.serverVersion(), problem('CertificateUntrusted'));
      }
    });

    it('checks tls-server-name instead of the host, and sends it', async () => {
      const named = certificate({ name: 'api', hosts: ['api.example'], by: authorityCert });
      let sni: unknown;
      const server = await serve(
        cleanup,
        (request, response) => {
          sni = (request.socket as tls.TLSSocket & { servername: unknown }).servername;
          answer(response, 200, { gitVersion: 'v1' });
        },
        named,
      );
      const context = contextFor(server.url, { ca: authorityCert, cluster: { tlsServerName: 'api.example' } });
      assert.equal(await clusterFor(cleanup, context).serverVersion(), 'v1');
      assert.equal(sni, 'api.example');
    });

    it('checks nothing with insecure-skip-tls-verify', async () => {
      const server = await serve(cleanup, (_, response) => answer(response, 200, { gitVersion: 'v1' }), serverCert);
      const cluster = clusterFor(cleanup, contextFor(server.url, { cluster: { skipTLSVerify: true } }));
      assert.equal(await cluster.serverVersion(), 'v1');
    });

    it('shows a client certificate', async () => {
      const client = certificate({ name: 'alice', by: authorityCert });
      const server = await serve(
        cleanup,
        (request, response) => {
          const { subject } = (request.socket as tls.TLSSocket).getPeerCertificate();
          answer(response, 200, { gitVersion: subject.CN });
        },
        { ...serverCert, ca: authorityCert.cert, requestCert: true },
      );
      const data = (text: string): string => Buffer.from(text).toString('base64');
      const user = { certData: data(client.cert), keyData: data(client.key) };
      const cluster = clusterFor(cleanup, contextFor(server.url, { ca: authorityCert, user }));
      assert.equal(await cluster.serverVersion(), 'alice');
    });
  });

  describe('a kept connection that died', () => {
    /** Answers the first request of each connection and cuts at the second. */
    const dying = (seen: string[]) =>
      serve(cleanup, (request, response) => {
        const socket = request.socket as net.Socket & { used?: boolean };
        seen.push(request.method ?? '');
        if (socket.used) return void socket.destroy();
        socket.used = true;
        answer(response, 200, {});
      });

    it('costs a GET one new try', async () => {
      const seen: string[] = [];
      const server = await dying(seen);
      const cluster = clusterFor(cleanup, contextFor(server.url));
      await cluster.request({ path: '/' });
      await cluster.request({ path: '/' });
      assert.deepEqual(seen, ['GET', 'GET', 'GET']);
      assert.equal(server.connections, 2);
    });

    it('fails a POST, which may have been done', async () => {
      const seen: string[] = [];
      const server = await dying(seen);
      const cluster = clusterFor(cleanup, contextFor(server.url));
      await cluster.request({ path: '/' });
      const post = cluster.request({ path: '/', method: 'POST', body: {} });
      await assert.rejects(post, problem('Unreachable', { reason: 'reset' }));
      assert.deepEqual(seen, ['GET', 'POST']);
    });

    it('is not tried again when the new connection fails as well', async () => {
      let requests = 0;
      const server = await serve(cleanup, (request, response) => {
        if (++requests > 1) return void request.socket.destroy();
        answer(response, 200, {});
      });
      const cluster = clusterFor(cleanup, contextFor(server.url));
      await cluster.request({ path: '/' });
      await assert.rejects(cluster.request({ path: '/' }), problem('Unreachable', { reason: 'reset' }));
      assert.equal(requests, 3);
    });
  });

  describe('time', () => {
    it('limits a request that is not answered', async () => {
      const server = await serve(cleanup, () => undefined);
      const cluster = clusterFor(cleanup, contextFor(server.url));
      await assert.rejects(cluster.request({ path: '/', timeoutMs: 50 }), problem('Timeout', { seconds: 0.05 }));
    });

    it('limits an answer that does not end', async () => {
      const server = await serve(cleanup, (_, response) => void response.writeHead(200).write('{'));
      const cluster = clusterFor(cleanup, contextFor(server.url));
      await assert.rejects(cluster.request({ path: '/', timeoutMs: 100 }), problem('Timeout'));
    });

    it('rejects with the reason of an aborted signal, before and while it runs', async () => {
      const server = await serve(cleanup, () => undefined);
      const cluster = clusterFor(cleanup, contextFor(server.url));
      const reason = new Error('enough');
      await assert.rejects(cluster.request({ path: '/', signal: AbortSignal.abort(reason) }), reason);
      const control = new AbortController();
      const running = cluster.request({ path: '/', signal: control.signal });
      setTimeout(() => control.abort(reason), 30);
      await assert.rejects(running, reason);
    });
  });

  describe('401', () => {
    it('is tried once more, and no more', async () => {
      let requests = 0;
      const server = await serve(cleanup, (_, response) => {
        requests++;
        answer(response, 401, { kind: 'Status', message: 'Unauthorized' });
      });
      const cluster = clusterFor(cleanup, contextFor(server.url, { user: { token: 't' } }));
      await assert.rejects(cluster.serverVersion(), problem('Unauthorized'));
      assert.equal(requests, 2);
    });
  });

  it('says who refused the connection, without the token', async () => {
    const server = await serve(cleanup, () => undefined);
    const { port } = server;
    await cleanup.run();
    const context = contextFor(`http://127.0.0.1:${port}`, { user: { token: 'secret-token' } });
    await assert.rejects(clusterFor(cleanup, context).serverVersion(), (error: Error) => {
      problem('Unreachable', { reason: 'refused', host: `127.0.0.1:${port}` })(error);
      assert.ok(!error.message.includes('secret'));
      return true;
    });
  });

  it('calls an answer that is no JSON a server error', async () => {
    const server = await serve(cleanup, (_, response) => void response.end('<html>Sign in</html>'));
    await assert.rejects(clusterFor(cleanup, contextFor(server.url)).serverVersion(), problem('ServerError'));
  });

  it('follows no redirect, e.g. to a page to sign in, and takes it for no answer', async () => {
    const server = await serve(cleanup, (_, response) => response.writeHead(302, { Location: '/login' }).end('Found'));
    const cluster = clusterFor(cleanup, contextFor(server.url));
    await assert.rejects(cluster.serverVersion(), problem('ServerError', { status: 302 }));
    await assert.rejects(cluster.lines({ path: '/' }).next(), problem('ServerError', { status: 302 }));
  });

  describe('lines', () => {
    it('come as they are sent, also when cut anywhere', async () => {
      const server = await serve(cleanup, (_, response) => {
        const bytes = Buffer.from('one\ntwo é\n\nlast');
        for (const byte of bytes) response.write(Buffer.of(byte));
        response.end();
      });
      const lines: string[] = [];
      for await (const line of clusterFor(cleanup, contextFor(server.url)).lines({ path: '/' })) lines.push(line);
      assert.deepEqual(lines, ['one', 'two é', '', 'last']);
    });

    it('throw when the connection breaks, with the reason when aborted', async () => {
      const server = await serve(cleanup, (request, response) => {
        response.write('one\n');
        if (request.url === '/cut') setTimeout(() => request.socket.destroy(), 20);
      });
      const cluster = clusterFor(cleanup, contextFor(server.url));
      const drain = async (path: string, signal?: AbortSignal) => {
        for await (const line of cluster.lines({ path, signal })) assert.equal(line, 'one');
      };
      await assert.rejects(drain('/cut'), problem('Unreachable', { reason: 'reset' }));
      const control = new AbortController();
      setTimeout(() => control.abort(new Error('enough')), 50);
      await assert.rejects(drain('/stays', control.signal), /enough/);
    });

    it('close the connection when the reader leaves', async () => {
      const server = await serve(cleanup, (_, response) => void response.write('one\ntwo\n'));
      for await (const line of clusterFor(cleanup, contextFor(server.url)).lines({ path: '/' })) {
        assert.equal(line, 'one');
        break;
      }
      const [socket] = server.sockets;
      if (socket) await new Promise((resolve) => socket.once('close', resolve));
      assert.equal(server.sockets.size, 0);
    });
  });
});
