import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeconfigSource } from '../../../src/k8s/kubeconfig.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import { Sessions } from '../../../src/kubeflow/sessions.ts';

function kubeconfig(current: string, contexts: { name: string; port: number; namespace?: string }[]): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': current,
    clusters: contexts.map((c) => ({ name: c.name, cluster: { server: `https://127.0.0.1:${c.port}` } })),
    users: [{ name: 'me', user: { token: 'x' } }],
    contexts: contexts.map((c) => ({ name: c.name, context: { cluster: c.name, user: 'me', namespace: c.namespace } })),
  });
}

describe('sessions', () => {
  let folder: string;
  let path: string;
  let remembered: string | undefined;
  let sessions: Sessions;
  let source: KubeconfigSource;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sessions-'));
    path = join(folder, 'config');
    remembered = undefined;
    source = new KubeconfigSource({ env: {}, home: folder, platform: process.platform, path, logger: silentLogger });
    sessions = new Sessions({
      source,
      env: {},
      logger: silentLogger,
      memory: { get: () => remembered, set: (name) => (remembered = name) },
      extraNamespaces: () => [],
    });
  });
  afterEach(async () => {
    sessions.dispose();
    source.dispose();
    await rm(folder, { recursive: true });
  });

  // by call: an assertion about a property would hold for the type checker ever after
  const chosen = () => sessions.current;
  const problem = () => sessions.problem;
  const write = async (current: string, ...contexts: Parameters<typeof kubeconfig>[1]) => {
    await writeFile(path, kubeconfig(current, contexts));
    await sessions.reload();
  };

  it('begin with the current context and contact nobody', async () => {
    await writeFile(
      path,
      kubeconfig('b', [
        { name: 'a', port: 1 },
        { name: 'b', port: 2 },
      ]),
    );
    assert.ok(!chosen());
    await sessions.ensureLoaded();
    assert.equal(chosen()?.context.name, 'b');
    assert.equal(sessions.current, sessions.current);
    assert.equal(chosen()?.inventory.view.state.kind, 'loading');
  });

  it('remember the chosen context, and fall back when it is gone', async () => {
    await write('a', { name: 'a', port: 1 }, { name: 'b', port: 2 });
    await sessions.switchTo('b');
    assert.equal(remembered, 'b');
    assert.equal(chosen()?.context.name, 'b');
    await write('a', { name: 'a', port: 1 });
    assert.equal(chosen()?.context.name, 'a');
    await assert.rejects(sessions.switchTo('nowhere'), /nowhere/);
  });

  it('follow kubectl as long as nobody chose', async () => {
    await write('a', { name: 'a', port: 1 }, { name: 'b', port: 2 });
    await write('b', { name: 'a', port: 1 }, { name: 'b', port: 2 });
    assert.equal(chosen()?.context.name, 'b');
  });

  it('rebuild only what changed in the kubeconfig', async () => {
    await write('a', { name: 'a', port: 1 }, { name: 'b', port: 2, namespace: 'x' });
    const [a, b] = [sessions.session('a'), sessions.session('b')];
    await write('a', { name: 'a', port: 9 }, { name: 'b', port: 2, namespace: 'y' });
    assert.notEqual(sessions.session('a')?.cluster, a?.cluster);
    assert.equal(sessions.session('b')?.inventory, b?.inventory, 'another namespace is no other connection');
    assert.equal(sessions.session('b')?.context.namespace, 'y');
  });

  it('say what is wrong, and go on after a broken edit', async () => {
    await sessions.ensureLoaded();
    assert.equal(problem()?.code, 'KubeconfigMissing');
    assert.ok(!chosen());
    await write('a', { name: 'a', port: 1 });
    const before = sessions.current;
    assert.equal(sessions.problem, undefined);
    await writeFile(path, 'clusters: [');
    await sessions.reload();
    assert.equal(problem()?.code, 'KubeconfigInvalid');
    assert.equal(sessions.current, before);
  });
});
