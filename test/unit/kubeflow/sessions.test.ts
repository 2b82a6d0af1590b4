import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeconfigSource } from '../../../src/k8s/kubeconfig.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import { Sessions, type ChosenContexts } from '../../../src/kubeflow/sessions.ts';

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
  let remembered: ChosenContexts | undefined;
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
      memory: { get: () => remembered, set: (names) => (remembered = { names, here: true }) },
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
    assert.deepEqual(remembered, { names: ['b'], here: true });
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

  describe('of several contexts', () => {
    const abc = [1, 2, 3].map((port) => ({ name: 'abc'[port - 1] ?? '', port }));
    const shown = () => sessions.shown;

    it('show them in the order that was chosen, the first one as the current, and remember it', async () => {
      await write('a', ...abc);
      assert.deepEqual(shown(), ['a']);
      await sessions.show(['c', 'a', 'c']);
      assert.deepEqual(shown(), ['c', 'a']);
      assert.equal(chosen()?.context.name, 'c');
      assert.deepEqual(remembered, { names: ['c', 'a'], here: true });
      await write('b', ...abc);
      assert.deepEqual(shown(), ['c', 'a'], 'who has chosen no longer follows kubectl');
    });

    it('begin with what was remembered', async () => {
      remembered = { names: ['b', 'c'], here: true };
      await write('a', ...abc);
      assert.deepEqual(shown(), ['b', 'c']);
    });

    it('keep one that the kubeconfig loses in its place, and say so, while the others go on', async () => {
      await write('a', ...abc);
      await sessions.show(['a', 'b']);
      const b = sessions.session('b');
      await write('c', { name: 'b', port: 2 }, { name: 'c', port: 3 });
      assert.deepEqual(shown(), ['a', 'b']);
      assert.equal(sessions.problemOf('a')?.code, 'ContextMissing');
      assert.equal(sessions.problemOf('b'), undefined);
      assert.equal(sessions.session('a'), undefined);
      assert.equal(sessions.session('b'), b);
      assert.equal(chosen()?.context.name, 'b');
      await write('c', ...abc);
      assert.equal(sessions.problemOf('a'), undefined);
      assert.equal(chosen()?.context.name, 'a');
    });

    it('fall back to the current context when none is left, and come back with the first of them', async () => {
      await write('a', ...abc);
      await sessions.show(['a', 'b']);
      await write('c', { name: 'c', port: 3 });
      assert.deepEqual(shown(), ['c']);
      assert.deepEqual(sessions.missing, ['a', 'b']);
      await write('c', ...abc);
      assert.deepEqual(shown(), ['a', 'b']);
      assert.deepEqual(sessions.missing, []);
    });

    it('miss nothing that only another workspace chose', async () => {
      remembered = { names: ['elsewhere'], here: false };
      await write('a', ...abc);
      assert.deepEqual(shown(), ['a']);
      assert.deepEqual(sessions.missing, []);
    });

    it('begin anew under another user of the same name, and drop what the old one knew', async () => {
      await write('a', ...abc);
      await sessions.show(['a', 'b']);
      const [a, b] = [sessions.session('a'), sessions.session('b')];
      const other = kubeconfig('a', abc).replace('"token":"x"', '"token":"y"');
      await writeFile(path, other);
      await sessions.reload();
      assert.notEqual(sessions.session('a')?.inventory, a?.inventory);
      assert.notEqual(sessions.session('a')?.access, a?.access);
      assert.notEqual(sessions.session('b')?.access, b?.access);
    });
  });
});

describe('300 contexts in a kubeconfig', () => {
  /** Counts who comes, and answers nobody. */
  async function listener(): Promise<{ port: number; count: () => number; close: () => void }> {
    const seen = { count: 0 };
    const server = createServer((socket) => {
      seen.count++;
      socket.destroy();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { port, count: () => seen.count, close: () => server.close() };
  }

  it('cost nothing: only the one that is shown is made, and only it is contacted, when somebody looks', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sessions-'));
    const [own, others] = [await listener(), await listener()];
    const path = join(folder, 'config');
    const contexts = Array.from({ length: 300 }, (_, i) => ({
      name: `context-${i}`,
      port: i === 42 ? own.port : others.port,
      namespace: `team-${i}`,
    }));
    await writeFile(path, kubeconfig('context-42', contexts));
    const place = { env: {}, home: folder, platform: process.platform, path, logger: silentLogger };
    const source = new KubeconfigSource(place);
    const memory = { get: () => undefined, set: () => undefined };
    const sessions = new Sessions({ source, env: {}, logger: silentLogger, memory, extraNamespaces: () => [] });
    try {
      await sessions.ensureLoaded();
      assert.equal(sessions.contexts.length, 300);
      assert.equal(sessions.made.length, 0);
      const { inventory } = sessions.current!;
      assert.equal(own.count(), 0, 'nobody has looked yet');
      const failed = new Promise<void>((resolve) => {
        inventory.onDidChange(() => inventory.view.problem && resolve());
      });
      const look = inventory.look();
      await failed;
      await sessions.show(contexts.map(({ name }) => name).reverse());
      look.dispose();
      assert.ok(own.count() > 0);
      assert.equal(others.count(), 0);
      assert.deepEqual(
        sessions.made.map(({ context }) => context.name),
        ['context-42'],
        'showing all of them is no look at them',
      );
    } finally {
      sessions.dispose();
      source.dispose();
      own.close();
      others.close();
      await rm(folder, { recursive: true });
    }
  });
});
