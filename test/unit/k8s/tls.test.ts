import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type tls from 'node:tls';
import { Credentials } from '../../../src/k8s/credentials.ts';
import { isKubeError, type KubeProblem } from '../../../src/k8s/errors.ts';
import { computerAuthorities } from '../../../src/k8s/computerAuthorities.ts';
import type { KubeContext } from '../../../src/k8s/kubeconfig.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import { readText } from '../../../src/k8s/messageBody.ts';
import { Transport } from '../../../src/k8s/transport.ts';
import { certificate, type Certified } from './certificate.ts';
import { answer, Cleanup, clusterFor, contextFor, serve, type TestServer } from './fixtures.ts';

describe('TLS', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());
  const authority = certificate({ name: 'test-ca' });
  const other = certificate({ name: 'other-ca' });
  const good = certificate({ name: 'api', hosts: ['127.0.0.1'], by: authority });
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeflow-tls-'));
    cleanup.add(() => rm(folder, { recursive: true }));
  });
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const versions = (cert: tls.TlsOptions | undefined): Promise<TestServer> =>
    serve(cleanup, (_, response) => answer(response, 200, { gitVersion: 'v1' }), cert);
  const problemOf = async (context: KubeContext, env: NodeJS.ProcessEnv = {}): Promise<KubeProblem> => {
    const error: unknown = await clusterFor(cleanup, context, { env })
      .serverVersion()
      .catch((reason: unknown) => reason);
    assert.ok(isKubeError(error), String(error));
    return error.problem;
  };
  /** Answers whatever comes with these bytes. */
  const saying = async (bytes: Buffer | string): Promise<number> => {
    const server = net.createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => socket.end(bytes));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanup.add(() => server.close());
    return (server.address() as net.AddressInfo).port;
  };

  describe('does not believe a certificate', () => {
    const by = authority;
    const hosts = ['127.0.0.1'];
    const cases: [string, Certified, string][] = [
      ['of an unknown authority', certificate({ name: 'api', hosts, by: other }), 'authority'],
      ['that signed itself', certificate({ name: 'api', hosts }), 'authority'],
      ['that has ended', certificate({ name: 'api', hosts, by, ended: true }), 'expired'],
      ['that has not begun', certificate({ name: 'api', hosts, by, notYet: true }), 'notYetValid'],
      ['of another name', certificate({ name: 'api', hosts: ['other.example'], by }), 'name'],
    ];
    for (const [title, cert, reason] of cases) {
      it(`${title}, and says so`, async () => {
        const { url, port } = await versions(cert);
        const problem = await problemOf(contextFor(url, { ca: authority }));
        assert.ok(problem.code === 'CertificateUntrusted', problem.code);
        assert.deepEqual([problem.reason, problem.host], [reason, `127.0.0.1:${port}`]);
      });
    }
  });

  describe('with a server that wants another client certificate', () => {
    // Fatal alerts of RFC 8446, 6.2, as they are sent before there are keys.
    for (const alert of [42, 43, 44, 45, 46, 48, 49]) {
      it(`takes the alert ${alert} for a refused sign-in`, async () => {
        const port = await saying(Buffer.of(21, 3, 3, 0, 2, 2, alert));
        const problem = await problemOf(contextFor(`https://127.0.0.1:${port}`, { ca: authority }));
        assert.equal(problem.code, 'Unauthorized');
      });
    }

    it('says so too when the alert comes after the handshake (TLS 1.3)', async () => {
      const strict = { ...good, ca: authority.cert, requestCert: true, rejectUnauthorized: true };
      const { url } = await versions({ ...strict, minVersion: 'TLSv1.3' });
      assert.equal((await problemOf(contextFor(url, { ca: authority }))).code, 'Unauthorized');
    });
  });

  describe('says that no protocol is common', () => {
    const isProtocol = (problem: KubeProblem, detail: RegExp): void => {
      assert.ok(problem.code === 'Unreachable', problem.code);
      assert.equal(problem.reason, 'protocol');
      assert.match(problem.detail, detail);
    };

    it('with a server of old TLS versions', async () => {
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
      const { url } = await versions({ ...good, ...old });
      isProtocol(await problemOf(contextFor(url, { ca: authority })), /versions? of TLS/);
    });

    it('with plain HTTP at an https address', async () => {
      const { port } = await versions(undefined);
      isProtocol(await problemOf(contextFor(`https://127.0.0.1:${port}`)), /does not speak TLS/);
    });

    it("with Go's TLS at an http address", async () => {
      const port = await saying('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
      isProtocol(await problemOf(contextFor(`http://127.0.0.1:${port}`)), /must begin with https/);
    });

    it('with what is neither', async () => {
      const port = await saying('SSH-2.0-OpenSSH_9.6\r\n');
      isProtocol(await problemOf(contextFor(`https://127.0.0.1:${port}`)), /does not speak TLS/);
      isProtocol(await problemOf(contextFor(`http://127.0.0.1:${port}`)), /no common protocol/);
    });
  });

  it('is not spoken at all by a server that hangs up', async () => {
    const port = await saying('');
    const problem = await problemOf(contextFor(`https://127.0.0.1:${port}`));
    assert.ok(problem.code === 'Unreachable' && problem.reason === 'reset', JSON.stringify(problem));
  });

  describe('names what is no certificate', () => {
    const garbled = good.cert.replace(/(BEGIN CERTIFICATE-----\n).{8}/, '$1AAAAAAAA');

    for (const [title, text] of [
      ['empty', ''],
      ['another text', 'clusters: []\n'],
      ['a key', good.key],
      ['a garbled certificate', garbled],
    ] as const) {
      it(`in the authority file: ${title}`, async () => {
        const { url } = await versions(good);
        const caFile = await file('ca.crt', text);
        const problem = await problemOf(contextFor(url, { cluster: { caFile } }));
        assert.ok(problem.code === 'KubeconfigInvalid', problem.code);
        assert.equal(problem.path, caFile);
      });
    }

    it('in the kubeconfig itself', async () => {
      const { url } = await versions(good);
      const caData = Buffer.from('nothing').toString('base64');
      const problem = await problemOf(contextFor(url, { cluster: { caData } }));
      assert.ok(problem.code === 'KubeconfigInvalid', problem.code);
      assert.match(problem.detail, /certificate-authority-data/);
    });

    it('in an authority file that is not there', async () => {
      const { url } = await versions(good);
      const caFile = join(folder, 'none.crt');
      const problem = await problemOf(contextFor(url, { cluster: { caFile } }));
      assert.ok(problem.code === 'KubeconfigInvalid' && problem.path === caFile);
      assert.match(problem.detail, /ENOENT/);
    });

    it('in the client certificate, and that it does not fit its key, without showing either', async () => {
      const { url } = await versions(good);
      const [one, two] = [certificate({ name: 'alice', by: authority }), certificate({ name: 'bob', by: authority })];
      for (const [cert, key] of [
        ['nothing', one.key],
        [one.cert, two.key],
      ] as const) {
        const [certFile, keyFile] = [await file('me.crt', cert), await file('me.key', key)];
        const problem = await problemOf(contextFor(url, { ca: authority, user: { certFile, keyFile } }));
        assert.ok(problem.code === 'KubeconfigInvalid', problem.code);
        assert.equal(problem.path, certFile);
        assert.doesNotMatch(problem.detail, /BEGIN/);
      }
    });
  });

  describe('without an authority in the kubeconfig', () => {
    it("believes those of this computer's store, as soon as they are in it", async () => {
      const { url } = await versions(good);
      const store = await file('store.crt', other.cert);
      const cluster = clusterFor(cleanup, contextFor(url), { env: { SSL_CERT_FILE: store } });
      await assert.rejects(cluster.serverVersion(), (error) => isKubeError(error, 'CertificateUntrusted'));
      await writeFile(store, `# ours\n${other.cert}\n${authority.cert}`);
      assert.equal(await cluster.serverVersion(), 'v1');
    });

    it("knows Node's list, the first bundle that is there, a folder, and Node's extra file, each once", async () => {
      const compact = (pems: string[]): string[] => pems.map((pem) => pem.replace(/\s+/g, ''));
      const extra = certificate({ name: 'extra' });
      const inFolder = certificate({ name: 'in folder' });
      const env = { NODE_EXTRA_CA_CERTS: await file('extra.crt', extra.cert), SSL_CERT_DIR: folder };
      await file('in-folder.pem', inFolder.cert);
      const bundles = [join(folder, 'none'), await file('bundle', authority.cert + authority.cert), '/etc/hosts'];
      const none = await computerAuthorities({ env: {}, platform: 'linux', bundles: [] });
      const all = compact(await computerAuthorities({ env, platform: 'linux', bundles }));
      assert.ok(none.length > 50);
      assert.equal(all.length, none.length + 3);
      for (const { cert } of [authority, extra, inFolder]) assert.ok(all.includes(compact([cert.trim()])[0]!));
    });

    it('is content where the store cannot be asked', async () => {
      const place = { env: { SSL_CERT_FILE: '/none', SSL_CERT_DIR: '/none' }, platform: 'linux' } as const;
      assert.ok((await computerAuthorities(place)).length > 50);
      assert.ok((await computerAuthorities({ env: {}, platform: 'darwin' })).length > 50);
    });
  });

  describe('with files that are replaced', () => {
    const transportFor = (context: KubeContext, now = Date.now): { send: () => Promise<string>; close: () => void } => {
      const options = { env: {}, logger: silentLogger };
      const credentials = new Credentials(context, { ...options, now });
      const transport = new Transport(context, credentials, options);
      cleanup.add(() => transport.dispose());
      return {
        send: async () => readText((await transport.send({ method: 'GET', path: '/' })).body),
        close: () => transport.closeIdle(),
      };
    };

    it('believes the new authority for new connections', async () => {
      const caFile = await file('ca.crt', other.cert);
      const { url } = await versions(good);
      const { send } = transportFor(contextFor(url, { cluster: { caFile } }));
      await assert.rejects(send(), (error) => isKubeError(error, 'CertificateUntrusted'));
      await writeFile(caFile, authority.cert);
      await send();
    });

    it('resumes no session that another authority was checked by', async () => {
      const caFile = await file('ca.crt', authority.cert);
      const { url } = await versions(good);
      const { send, close } = transportFor(contextFor(url, { cluster: { caFile } }));
      await send();
      close();
      await writeFile(caFile, other.cert);
      await assert.rejects(send(), (error) => isKubeError(error, 'CertificateUntrusted'));
    });

    it('shows the new client certificate on a connection of its own', async () => {
      const [one, two] = [certificate({ name: 'one', by: authority }), certificate({ name: 'two', by: authority })];
      const [certFile, keyFile] = [await file('me.crt', one.cert), await file('me.key', one.key)];
      const server = await serve(
        cleanup,
        (request, response) => answer(response, 200, (request.socket as tls.TLSSocket).getPeerCertificate().subject.CN),
        { ...good, ca: authority.cert, requestCert: true },
      );
      let now = Date.now();
      const { send } = transportFor(contextFor(server.url, { ca: authority, user: { certFile, keyFile } }), () => now);
      assert.equal(await send(), '"one"');
      await writeFile(certFile, two.cert);
      await writeFile(keyFile, two.key);
      now += 60_000;
      assert.equal(await send(), '"two"');
      assert.equal(server.connections, 2);
    });
  });

  it('has the kernel ask a silent peer after 8 s, kept or in use', async function () {
    // Linux shows the timers of sockets: 02 is keep-alive, with the time that is left in hundredths of a second.
    if (process.platform !== 'linux') this.skip();
    const { url, port } = await serve(
      cleanup,
      (request, response) => {
        if (request.url === '/watch') response.write('\n');
        else answer(response, 200, {});
      },
      good,
    );
    const cluster = clusterFor(cleanup, contextFor(url, { ca: authority }));
    const timers = async (): Promise<number[]> => {
      const remote = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
      const lines = (await readFile('/proc/net/tcp', 'latin1')).split('\n').map((line) => line.trim().split(/\s+/));
      const keepAlive = lines.filter(([, , to, , , timer]) => to === remote && timer?.startsWith('02:'));
      return keepAlive.map((line) => parseInt(line[5]!.slice(3), 16) / 100);
    };
    const began = performance.now();
    const isFullTime = (left: number): boolean => left <= 8 && left > 8 - (performance.now() - began) / 1000 - 0.5;
    await cluster.request({ path: '/' });
    const [kept] = await timers();
    assert.ok(kept !== undefined && isFullTime(kept), `kept: ${kept} s`);
    const watch = cluster.lines({ path: '/watch' });
    await watch.next();
    const used = await timers();
    assert.ok(used.length > 0 && used.every(isFullTime), `in use: ${used.join(', ')} s`);
    await watch.return();
  });
});
