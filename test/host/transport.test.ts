import assert from 'node:assert/strict';
import { namespaces, pods } from '../../src/k8s/objects.ts';
import { RemoteLab } from './support/remoteLab.ts';

// VS Code's extension host replaces http.request: keep-alive agents and connections of a caller's own are ignored there for
// every host but localhost. The lab at 127.0.0.2 is such a host.
describe("the transport in VS Code's extension host", () => {
  let lab: RemoteLab;

  before(async () => {
    lab = await RemoteLab.open();
  });
  after(() => lab?.close());

  it('uses one connection for requests that follow each other', async () => {
    for (let i = 0; i < 8; i++) await lab.cluster.get(namespaces, { name: 'alice' });
    assert.equal(lab.connections, 1);
  });

  it('keeps the connection of requests when a watch has one of its own', async () => {
    const before = lab.connections;
    const abort = new AbortController();
    const { metadata } = await lab.cluster.list(pods, { namespace: 'alice' });
    const lines = lab.cluster.lines({
      path: '/api/v1/namespaces/alice/pods',
      query: { watch: true, resourceVersion: metadata.resourceVersion },
      signal: abort.signal,
    });
    const watching = (async () => {
      for await (const line of lines) void line;
    })().catch(() => undefined); // ended below
    for (let i = 0; i < 8; i++) await lab.cluster.get(namespaces, { name: 'alice' });
    abort.abort();
    await watching;
    assert.ok(lab.connections - before <= 2, `${lab.connections - before} more connections`);
  });
});
