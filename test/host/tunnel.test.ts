import assert from 'node:assert/strict';
import { Connections, type Connection } from '../../src/editor/connections.ts';
import { KubeconfigSource } from '../../src/k8s/kubeconfigSource.ts';
import { Disposables } from '../../src/k8s/events.ts';
import { silentLogger as logger } from '../../src/k8s/log.ts';
import { Sessions } from '../../src/kubeflow/sessions.ts';
import { labContext, RemoteLab } from './support/remoteLab.ts';

describe("the tunnel in VS Code's extension host", function () {
  this.timeout(120_000);
  const name = 'host-tunnel';
  const things = new Disposables();
  let lab: RemoteLab;
  let connection: Connection;

  before(async () => {
    lab = await RemoteLab.open();
    await lab.create(name);
    const place = { env: {}, home: '/', platform: process.platform, path: lab.kubeconfig, logger };
    const source = things.add(new KubeconfigSource(place));
    const memory = { get: () => undefined, set: () => undefined };
    const sessions = things.add(new Sessions({ source, env: {}, logger, memory, extraNamespaces: () => [] }));
    const connections = things.add(new Connections(sessions, { logger }));
    connection = await connections.open({ context: labContext, namespace: 'alice', name });
    await connection.server.waitUntilAnswers(undefined, 90_000);
  });
  after(async () => {
    things.dispose();
    await lab?.remove(name);
    lab?.close();
  });

  it('carries requests one after the other over one connection', async () => {
    await connection.server.contents.list('');
    const before = lab.connections;
    for (let i = 0; i < 16; i++) await connection.server.contents.list('');
    // The tunnel's spare and a watch of the inventory's may begin meanwhile; requests need none of their own.
    assert.ok(lab.connections - before <= 2, `${lab.connections - before} more connections`);
  });

  it('carries a WebSocket to a kernel, next to requests, and large frames both ways', async () => {
    const { server } = connection;
    const session = await server.openKernel({ path: 'host.ipynb' });
    let text = '';
    const code = `x = ${JSON.stringify('y'.repeat(500_000))}\nprint(len(x), 'z' * 300_000)`;
    const run = session.execute(code, {
      output: (event) => {
        if (event.kind === 'stream') text += event.text;
      },
    });
    const [result, kernels] = await Promise.all([run.done, server.kernels()]);
    assert.equal(result.ok, true, JSON.stringify(result));
    assert.equal(text, `500000 ${'z'.repeat(300_000)}\n`);
    assert.equal(kernels.length, 1);
    await server.shutdownKernel(session.kernelId);
  });
});
