import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { cacheRoot } from '../../lab/folders.ts';
import { startLab, type Lab } from '../../lab/index.ts';
import type { Connection } from '../../src/editor/connections.ts';
import { isJupyterError } from '../../src/jupyter/errors.ts';
import { Gateway } from '../../src/jupyter/gateway.ts';
import { KernelChannel } from '../../src/jupyter/kernelChannel.ts';
import { Disposables } from '../../src/k8s/events.ts';
import { silentLogger } from '../../src/k8s/log.ts';
import { diagnose } from '../../src/k8s/diagnose.ts';
import { kubeflowNeeds, runningServer } from '../../src/kubeflow/diagnosis.ts';
import { diagnosisText } from '../../src/views/words/diagnose.ts';
import { inEnglish } from '../../src/views/words/translate.ts';
import { clusterOf } from './support/lab.ts';
import { connectionsOf, labContext } from './support/connections.ts';
import { smallNotebook } from './support/notebooks.ts';

const name = 'by-proxy';
const verbs = ['get', 'create', 'update', 'patch', 'delete'];

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

describe('a notebook server whose pod no port-forward leads to', function () {
  this.timeout(90_000);
  const run = join(cacheRoot(), 'run', `test-pod-proxy-${process.pid}`);
  let lab: Lab;
  let things: Disposables;

  before(async function () {
    this.timeout(600_000);
    lab = await startLab({ run, podNetwork: true });
    // The server listens on a port of its own, beside a sidecar with another one.
    const notebook = smallNotebook(name, 'alice');
    const { containers } = notebook.spec!.template!.spec!;
    const [server] = containers;
    server!.ports = [{ containerPort: 9123 }];
    containers.push({ ...server!, name: 'sidecar', ports: [{ containerPort: 15_090 }] });
    await lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(notebook) });
    await lab.kubectl(['-n', 'alice', 'wait', '--for=create', `pod/${name}-0`, '--timeout=60s']);
    await lab.kubectl(['-n', 'alice', 'wait', '--for=condition=Ready', `pod/${name}-0`, '--timeout=90s']);
  });
  after(async () => {
    await lab?.stop();
    await rm(run, { recursive: true, force: true });
  });
  beforeEach(() => (things = new Disposables()));
  afterEach(async () => {
    things.dispose();
    await lab.proxy.clear();
  });

  /** What dave may do in alice's profile, besides looking. */
  async function dave(...more: Rule[]): Promise<Connection> {
    const rules: Rule[] = [
      { apiGroups: ['kubeflow.org'], resources: ['notebooks'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['pods', 'events'], verbs: ['get', 'list', 'watch'] },
      ...more,
    ];
    const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'dave', namespace: 'alice' } };
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'dave' };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'dave@example.com' }];
    const items = [
      { ...rbac, kind: 'Role', rules },
      { ...rbac, kind: 'RoleBinding', roleRef, subjects },
    ];
    await lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
    // The API server's own list of roles follows within moments.
    while (!(await daveMay(rules))) await new Promise(setImmediate);
    return connected('dave');
  }

  /** Whether the API server goes by these rules: each resource with its verbs, and no right to a proxy besides. */
  async function daveMay(rules: Rule[]): Promise<boolean> {
    const list = await lab.kubectl(['-n', 'alice', 'auth', 'can-i', '--list', '--as=dave@example.com']);
    const granted = new Map<string, string>();
    for (const line of list.split('\n')) {
      const [, resource, verbs] = /^(\S+) .*\[([^\]]*)\]$/.exec(line.trim()) ?? [];
      if (resource) granted.set(resource, verbs!);
    }
    const wanted = rules.flatMap(({ apiGroups: [group], resources, verbs }) =>
      resources.map((resource) => [group ? `${resource}.${group}` : resource, verbs.join(' ')] as const),
    );
    return (
      wanted.every(([resource, verbs]) => granted.get(resource) === verbs) &&
      granted.has('pods/proxy') === wanted.some(([resource]) => resource === 'pods/proxy')
    );
  }

  async function connected(who: 'alice' | 'dave'): Promise<Connection> {
    const made = await connectionsOf(lab, who, { at: 'proxy' });
    things.add(made.things);
    return made.connections.get({ context: labContext, namespace: 'alice', name });
  }

  const proxying = { apiGroups: [''], resources: ['pods/proxy'], verbs };

  async function runs(connection: Connection, code: string): Promise<string> {
    const session = await connection.server.openKernel({ path: 'proxied.ipynb' });
    let text = '';
    const output = (event: { kind: string; text?: string }) => void (text += event.kind === 'stream' ? event.text : '');
    const result = await session.execute(code, { output }).done;
    assert.deepEqual(result.problem, undefined);
    session.dispose();
    return text;
  }

  it('runs a cell and lists files by pods/proxy, for somebody who may that and no port-forward', async () => {
    const connection = await dave(proxying);
    await connection.server.waitUntilAnswers(undefined, 60_000);
    const seen = await runs(connection, 'open("seen.txt", "w").write("x" * 1_000_000); print(6 * 7)');
    assert.equal(seen, '42\n');
    const names = (await connection.server.contents.list('')).map((entry) => entry.name);
    assert.ok(names.includes('seen.txt'), names.join());
  });

  it('carries large cells, large files and names of all kinds, byte by byte', async () => {
    const connection = await dave(proxying);
    const { contents } = connection.server;
    const bytes = Buffer.alloc(3_000_000, 0).map((_, at) => (at * 31) & 255);
    await contents.writeFile('a b#%é 한.bin', bytes);
    assert.ok(Buffer.from((await contents.readFile('a b#%é 한.bin')).bytes).equals(bytes));
    await contents.rename('a b#%é 한.bin', 'moved.bin');
    await contents.delete('moved.bin');
    assert.equal(
      await runs(connection, `print(len(${JSON.stringify('y'.repeat(300_000))}), "z" * 200_000)`),
      `300000 ${'z'.repeat(200_000)}\n`,
    );
  });

  it('hands over a page as it is on the server, though the API server rewrites its links', async () => {
    const connection = await dave(proxying);
    const { contents, raw } = connection.server;
    const page = Buffer.from('<html><body>  <a href=/notebook/x>한</a><img SRC="/y.png"  alt=""></body></html>\n');
    await contents.writeFile('page.html', page);
    assert.equal(Buffer.from(await raw.read('page.html', 1e6)).toString(), page.toString());
    const parts: Buffer[] = [];
    for await (const part of (await raw.open('page.html', 7)).body) parts.push(part);
    assert.equal(Buffer.concat(parts).toString(), page.subarray(7).toString());
  });

  it("is asked at the notebook container's own port, by a port-forward too", async () => {
    const connection = await connected('alice');
    await connection.server.waitUntilAnswers(undefined, 60_000);
    const target = connection.tunnel.target.current();
    assert.equal(target.kind === 'ready' && target.pod.port, 9123);
  });

  it('is gone round by when something on the way lets no port-forward through', async () => {
    await lab.proxy.set({ match: { path: '/portforward' }, do: { kind: 'status', status: 403, body: '<p>No.</p>' } });
    const connection = await connected('alice');
    await connection.server.waitUntilAnswers(undefined, 60_000);
    assert.equal(await runs(connection, 'print(1)'), '1\n');
  });

  it('is gone round by when port-forwards are cut again and again', async () => {
    await lab.proxy.set({ match: { path: '/portforward' }, do: { kind: 'cut' } });
    const connection = await connected('alice');
    await connection.server.waitUntilAnswers(undefined, 60_000);
    assert.equal(await runs(connection, 'print(2)'), '2\n');
  });

  it('gives files, and says why there is no kernel, where no WebSocket comes through at all', async () => {
    for (const path of ['/portforward', '/channels'])
      await lab.proxy.set({ match: { path }, do: { kind: 'status', status: 403, body: '<p>No WebSockets.</p>' } });
    const connection = await connected('alice');
    assert.ok((await connection.server.contents.list('')).length > 0);
    const session = await connection.server.openKernel({ path: 'deaf.ipynb' });
    const { problem } = await session.execute('1', { output: () => undefined }).done;
    assert.equal(problem?.code === 'KernelEnded' && problem.reason, 'noWebSockets');
  });

  it('tells a kernel that is gone from a way without WebSockets, though no mark is on that answer', async () => {
    const connection = await dave(proxying);
    const { server } = connection;
    const { kernelId } = await server.openKernel({ path: 'gone.ipynb' });
    await server.shutdownKernel(kernelId);
    const url = `${server.baseUrl.replace(/^http/, 'ws')}api/kernels/${kernelId}/channels`;
    const channel = things.add(new KernelChannel({ WebSocket: server.WebSocket, url, logger: silentLogger }));
    assert.equal(await new Promise((resolve) => channel.onDidEnd(resolve)), 'kernelGone');
  });

  it('says both missing rights when neither way is open', async () => {
    const connection = await dave();
    const problem = await connection.server.contents.list('').then(
      () => assert.fail('it was let through'),
      (error: unknown) => (isJupyterError(error, 'NoRoute') ? error.problem : assert.fail(String(error))),
    );
    assert.deepEqual(problem.portForward.missing, ['get pods/portforward', 'create pods/portforward']);
    assert.deepEqual(problem.podProxy.missing, ['get pods/proxy', 'create pods/proxy']);
    assert.equal(connection.tunnel.state.kind, 'failed');
  });

  it('names the right that is missing for one thing', async () => {
    const connection = await dave({ ...proxying, verbs: ['get', 'create'] });
    await connection.server.contents.list('');
    await assert.rejects(
      connection.server.contents.writeFile('no.txt', Buffer.from('x')),
      /cannot update resource "pods\/proxy"/,
    );
  });

  it('waits for Jupyter as with a port-forward, and follows the pod', async () => {
    const connection = await dave(proxying);
    await connection.server.contents.list('');
    await lab.kubectl(['-n', 'alice', 'delete', 'pod', `${name}-0`, '--wait=true']);
    await connection.server.waitUntilAnswers(undefined, 60_000);
    assert.equal(await runs(connection, 'print(3)'), '3\n');
  });

  it('carries Open in Browser: pages with their own links, redirects, and WebSockets', async () => {
    const connection = await dave(proxying);
    const session = await connection.server.openKernel({ path: 'page.ipynb' });
    const gateway = things.add(
      new Gateway({
        tunnel: connection.tunnel,
        prefix: `/notebook/alice/${name}/`,
        start: '',
        explain: String,
        turnedAway: 'no',
        logger: silentLogger,
      }),
    );
    const link = await gateway.link();
    const cookie = (await fetch(link)).headers.get('set-cookie')!.split(';')[0]!;
    const get = (path: string) => fetch(new URL(path, link), { headers: { cookie }, redirect: 'manual' });
    const redirect = await get(`/notebook/alice/${name}/`);
    assert.equal(redirect.status, 302);
    assert.equal(redirect.headers.get('location'), `/notebook/alice/${name}/lab?`);
    const page = await (await get(`/notebook/alice/${name}/lab`)).text();
    assert.ok(page.includes(`src="/notebook/alice/${name}/static/lab/`), page.slice(0, 2000));
    assert.ok(!page.includes('/api/v1/'));
    const url = new URL(`/notebook/alice/${name}/api/kernels/${session.kernelId}/channels`, link);
    const socket = new WebSocket(url.href.replace(/^http/, 'ws'), { headers: { cookie, origin: url.origin } });
    await once(socket, 'open');
    socket.terminate();
  });

  it('is told by Diagnose Connection, with what closes the other way', async () => {
    const diagnosis = async (who: 'alice' | 'dave') => {
      const cluster = await clusterOf(lab, who, { at: 'proxy' });
      try {
        const open = () => Promise.resolve({ files: [], context: cluster.context, cluster, namespace: 'alice' });
        const results = await diagnose({ needs: kubeflowNeeds, open, target: runningServer });
        return diagnosisText(inEnglish, { context: 'prod', began: new Date(), results, done: true }, String);
      } finally {
        cluster.dispose();
      }
    };
    await dave(proxying);
    const forbidden = await diagnosis('dave');
    assert.match(
      forbidden,
      /^skipped +Port-forward +Not tried: you may not do it \(needs: get pods\/portforward\)\.$/m,
    );
    assert.match(forbidden, /^ok +Pod proxy .* leads to alice\/by-proxy-0, port 9123: it is used in place of a/m);
    await lab.proxy.set({ match: { path: '/portforward' }, do: { kind: 'status', status: 403, body: '<p>No.</p>' } });
    const blocked = await diagnosis('alice');
    assert.match(blocked, /^Result: +It works by the pod proxy, as port-forward fails\. Something between/m);
    assert.match(blocked, /^Failed +Port-forward .* lets no WebSocket through: it answered with 403\.$/m);
    await lab.proxy.set({ match: { path: '/proxy/' }, do: { kind: 'status', status: 403, body: '<p>No.</p>' } });
    const closed = await diagnosis('alice');
    assert.match(closed, /^Result: +Port-forward fails\./m);
    assert.match(closed, /^Failed +Pod proxy /m);
  });

  it('leaves nothing open when it is closed', async () => {
    const before = await lab.proxy.connections();
    const connection = await dave(proxying);
    await connection.server.contents.list('');
    assert.ok((await lab.proxy.connections()) > before);
    things.dispose();
    for (let tries = 0; (await lab.proxy.connections()) > before; tries++) {
      assert.ok(tries < 100, 'still open');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
});
