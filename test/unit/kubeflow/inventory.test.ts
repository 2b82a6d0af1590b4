import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { Access } from '../../../src/k8s/access.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import { Inventory } from '../../../src/kubeflow/inventory.ts';
import { annotations } from '../../../src/kubeflow/objects.ts';
import type { Notebook } from '../../../src/kubeflow/objects.ts';
import { answer, Cleanup, clusterFor, contextFor, serve, until } from '../k8s/fixtures.ts';
import { notebook } from './fixtures.ts';

/** A path without the group, and whether it is watched: '/namespaces/alice/notebooks', 'watch /profiles'. */
type Answers = (what: string, response: ServerResponse) => void;

describe('inventory', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  const refused = (response: ServerResponse, verb = 'list'): void =>
    answer(response, 403, { kind: 'Status', code: 403, message: `User "u" cannot ${verb} resource "things"` });
  const notServed = (response: ServerResponse): void => void response.writeHead(404).end('404 page not found\n');
  const list = (response: ServerResponse, items: unknown[]): void =>
    answer(response, 200, { kind: 'List', metadata: { resourceVersion: '5' }, items });
  const silent = (response: ServerResponse): void => response.writeHead(200).flushHeaders();
  const stored = (parts: Parameters<typeof notebook>[0]): Notebook => {
    const made = notebook(parts);
    return { ...made, metadata: { ...made.metadata, resourceVersion: '1' } };
  };

  async function start(answers: Answers, known: readonly string[] = []) {
    const asked: string[] = [];
    const errors: string[] = [];
    const server = await serve(cleanup, (request, response) => {
      const url = new URL(request.url ?? '', 'http://x');
      const path = url.pathname.replace(/^\/(api|apis\/kubeflow\.org)\/[^/]+/, '');
      const what = url.searchParams.has('watch') ? `watch ${path}` : path;
      asked.push(what);
      answers(what, response);
    });
    const cluster = clusterFor(cleanup, contextFor(server.url));
    const logger = { ...silentLogger, error: (text: string) => void errors.push(text) };
    const access = new Access(cluster, { logger });
    const inventory = new Inventory({ cluster, access, logger, knownNamespaces: () => known });
    cleanup.add(() => inventory.dispose());
    cleanup.add(() => looking.dispose());
    const looking = inventory.look();
    return { inventory, asked, errors, server };
  }

  it('says that a cluster has no Kubeflow', async () => {
    const { inventory } = await start((what, response) => {
      if (what.endsWith('/namespaces')) return list(response, []);
      notServed(response);
    });
    await until(() => inventory.view.kubeflowMissing === true, 'Kubeflow is missing');
    assert.equal(inventory.view.problem, undefined);
    assert.deepEqual(inventory.view.profiles, []);
  });

  for (const [served, missing] of [
    [undefined, true],
    [[{ name: 'experiments' }], true],
    [[{ name: 'notebooks' }, { name: 'profiles' }], undefined],
  ] as const) {
    it(`${missing ? 'says so' : 'says nothing'} to somebody without rights where ${JSON.stringify(served) ?? 'nothing'} is served`, async () => {
      const { inventory } = await start(
        (what, response) => {
          if (what !== '') return refused(response);
          if (served) answer(response, 200, { kind: 'APIResourceList', resources: served });
          else notServed(response);
        },
        ['alice'],
      );
      await until(() => inventory.view.state.kind === 'live', 'live');
      assert.equal(inventory.view.kubeflowMissing, missing);
      assert.deepEqual([inventory.view.profiles, inventory.view.problem], [[], undefined]);
    });
  }

  it('shows that a profile is being deleted', async () => {
    const gone = { metadata: { name: 'gone', resourceVersion: '1', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    const stays = { metadata: { name: 'stays', resourceVersion: '1' }, spec: { owner: { kind: 'User', name: 'a' } } };
    const { inventory } = await start((what, response) => {
      if (what.startsWith('watch')) return silent(response);
      list(response, what === '/profiles' ? [gone, stays] : []);
    });
    await until(() => inventory.view.profiles.length === 2, 'the profiles');
    assert.deepEqual(
      inventory.view.profiles.map(({ name, owner, deleting }) => [name, owner, deleting]),
      [
        ['gone', undefined, true],
        ['stays', 'a', undefined],
      ],
    );
  });

  it('tells a non-admin within seconds that the cluster is away, and that it is back', async () => {
    let away = false;
    const { inventory, server } = await start(
      (what, response) => {
        if (away) return void response.destroy();
        if (what === '/namespaces/alice/notebooks') return list(response, [stored({})]);
        if (what === 'watch /namespaces/alice/notebooks') return silent(response);
        refused(response);
      },
      ['alice'],
    );
    await until(() => inventory.server('alice/mnist') !== undefined, 'a row');
    assert.equal(inventory.view.state.kind, 'live');
    away = true;
    for (const socket of server.sockets) socket.destroy();
    await until(() => inventory.view.problem?.code === 'Unreachable', 'the problem');
    assert.ok(inventory.server('alice/mnist')?.stale);
    const due = () => (inventory.view.state.kind === 'stale' ? inventory.view.state.retryAt?.getTime() : undefined);
    const first = due();
    await until(() => due() !== first, 'the time of the next try');
    away = false;
    inventory.retryNow();
    await until(() => inventory.view.problem === undefined, 'no problem');
    await until(() => inventory.server('alice/mnist')?.stale === undefined, 'the row is true again');
  });

  it('looks at no name that can be no namespace', async () => {
    const { inventory, asked } = await start(
      (_, response) => refused(response),
      ['..', 'a/b', 'Ä', '\ud800', '', 'ok'],
    );
    await until(() => inventory.view.state.kind === 'live', 'live');
    assert.deepEqual([...new Set(asked.filter((what) => what.startsWith('/namespaces/')))].sort(), [
      '/namespaces/ok',
      '/namespaces/ok/notebooks',
    ]);
  });

  it('knows who may list profiles, also where these may not be watched', async () => {
    const { inventory } = await start((what, response) => {
      if (what.startsWith('watch')) return refused(response, 'watch');
      if (what === '/profiles') return list(response, [{ metadata: { name: 'alice', resourceVersion: '1' } }]);
      list(response, [stored({})]);
    });
    await until(() => inventory.view.state.kind === 'stale', 'as of a time');
    assert.equal(inventory.view.canListProfiles, true);
    assert.equal(inventory.view.problem, undefined);
    assert.deepEqual(
      inventory.view.profiles.map((p) => [p.name, p.source, p.servers.length]),
      [['alice', 'profile', 1]],
    );
  });

  it('tells who stopped a server', async () => {
    const managed = (manager: string, key: string) => ({
      manager,
      fieldsV1: { 'f:metadata': { 'f:annotations': { [`f:${key}`]: {} } } },
    });
    const culled = stored({ annotations: { [annotations.stopped]: '2026-08-20T10:00:00Z' } });
    Object.assign(culled.metadata, {
      managedFields: [managed('kubectl-client-side-apply', 'a'), managed('notebook-controller', annotations.stopped)],
    });
    const { inventory } = await start((what, response) => {
      if (what.startsWith('watch')) return silent(response);
      list(response, what === '/notebooks' ? [culled] : []);
    });
    await until(() => inventory.server('alice/mnist') !== undefined, 'a row');
    const { cause, phase } = inventory.server('alice/mnist')!.status;
    assert.equal(phase, 'stopped');
    assert.ok(cause.code === 'stopped' && cause.by === 'culler');
  });

  it('goes on when a listener throws, and logs it', async () => {
    const { inventory, errors } = await start((_, response) => refused(response));
    inventory.onDidChange(() => {
      throw new Error('a bug');
    });
    await until(() => inventory.view.state.kind === 'live', 'live');
    assert.match(errors.join('\n'), /a bug/);
  });
});
