import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PulseTimes } from '../../../src/k8s/pulse.ts';
import { LiveList } from '../../../src/k8s/liveList.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import { configMaps, type ConfigMap } from '../../../src/k8s/objects.ts';
import { answer, Cleanup, clusterFor, contextFor, serve, until } from './fixtures.ts';

type Handler = (url: URL, response: ServerResponse, request: IncomingMessage) => void;

describe('live list', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  const object = (name: string, version: number): ConfigMap => ({
    metadata: { name, namespace: 'n', uid: `uid-${name}`, resourceVersion: String(version) },
  });
  const list = (response: ServerResponse, version: number, items: ConfigMap[], next?: string): void =>
    answer(response, 200, { metadata: { resourceVersion: String(version), continue: next }, items });
  const status = (response: ServerResponse, code: number, message = 'no', headers = {}): void =>
    answer(response, code, { kind: 'Status', code, message }, headers);

  /** A server whose lists and watches each test answers, and a live list of it. */
  const start = async (
    handlers: { list: Handler; watch?: Handler; probe?: Handler },
    more: { batchMs?: number; silenceMs?: number; pulse?: Partial<PulseTimes> } = {},
  ) => {
    const lists: string[] = [];
    const watches: { from: string; send: (type: string, object: unknown) => void; response: ServerResponse }[] = [];
    const server = await serve(cleanup, (request, response) => {
      const url = new URL(request.url ?? '', 'http://x');
      if (url.pathname === '/version')
        return (handlers.probe ?? ((_, to) => answer(to, 200, {})))(url, response, request);
      if (url.searchParams.get('watch') !== 'true') {
        lists.push(url.search);
        return handlers.list(url, response, request);
      }
      if (handlers.watch) return handlers.watch(url, response, request);
      response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
      const send = (type: string, object: unknown): void =>
        void response.write(JSON.stringify({ type, object }) + '\n');
      watches.push({ from: url.searchParams.get('resourceVersion') ?? '', send, response });
    });
    const { pulse, ...own } = more;
    const cluster = clusterFor(cleanup, contextFor(server.url), { pulse });
    const live = new LiveList<ConfigMap>(
      cluster,
      { type: configMaps, namespace: 'n' },
      { logger: silentLogger, batchMs: 10, ...own },
    );
    cleanup.add(() => live.dispose());
    const changes: string[][] = [];
    const states: string[] = [];
    live.onDidChange(({ keys, state }) => {
      if (keys.size > 0) changes.push([...keys].sort());
      if (state) states.push(live.state.kind);
    });
    live.start();
    return { live, lists, watches, changes, states, server };
  };
  const names = (live: LiveList<ConfigMap>): string[] => [...live.items.keys()].sort();

  it('lists from the watch cache, then watches from there', async () => {
    const { live, lists, watches, changes, states } = await start({
      list: (_, response) => list(response, 7, [object('a', 1), object('b', 2)]),
    });
    await live.ready();
    assert.deepEqual([lists, changes, states], [['?resourceVersion=0'], [['n/a', 'n/b']], ['live']]);
    assert.deepEqual([live.items.get('n/a')?.kind, live.items.get('n/a')?.apiVersion], ['ConfigMap', 'v1']);
    await until(() => watches.length === 1, 'a watch');
    assert.equal(watches[0]?.from, '7');
  });

  it('tells changes in batches, and what did not change stays the same object', async () => {
    const { live, watches, changes } = await start(
      { list: (_, response) => list(response, 1, [object('a', 1), object('b', 1)]) },
      { batchMs: 50 },
    );
    await live.ready();
    const b = live.items.get('n/b');
    await until(() => watches.length === 1, 'a watch');
    const { send } = watches[0]!;
    send('ADDED', object('c', 2));
    send('MODIFIED', object('a', 3));
    send('MODIFIED', object('a', 4));
    send('MODIFIED', object('b', 1));
    send('DELETED', object('c', 5));
    send('ADDED', object('d', 6));
    await until(() => live.items.has('n/d') && changes.length > 1, 'the changes');
    assert.deepEqual(changes.slice(1), [['n/a', 'n/c', 'n/d']]);
    assert.equal(live.items.get('n/a')?.metadata.resourceVersion, '4');
    assert.equal(live.items.get('n/b'), b);
    assert.deepEqual(names(live), ['n/a', 'n/b', 'n/d']);
  });

  it('goes on from the last bookmark when the server ends a watch or cuts it, without a new list', async () => {
    const { live, lists, watches, states } = await start({
      list: (_, response) => list(response, 1, [object('a', 1)]),
    });
    await until(() => watches.length === 1, 'a watch');
    watches[0]!.send('BOOKMARK', { kind: 'ConfigMap', metadata: { resourceVersion: '20' } });
    watches[0]!.response.end();
    await until(() => watches.length === 2, 'the second watch');
    assert.equal(watches[1]!.from, '20');
    assert.deepEqual(states, ['live']);
    watches[1]!.send('ADDED', object('b', 30));
    await until(() => live.items.has('n/b'), 'the object');
    watches[1]!.response.destroy();
    await until(() => watches.length === 3, 'the third watch');
    await until(() => live.state.kind === 'live', 'live again');
    assert.equal(watches[2]!.from, '30');
    assert.deepEqual(states, ['live', 'stale', 'live']);
    assert.equal(lists.length, 1);
  });

  for (const how of ['an answer', 'an event'] as const) {
    it(`lists anew after 410 as ${how}, and tells what has vanished meanwhile`, async () => {
      let lists = 0;
      let watches = 0;
      const { live, changes, states } = await start({
        list: (url, response) => {
          if (++lists === 1) return list(response, 1, [object('a', 1), object('gone', 1)]);
          assert.equal(url.searchParams.get('resourceVersion'), null, 'the newest is wanted');
          list(response, 9, [object('a', 1), object('new', 8)]);
        },
        watch: (url, response) => {
          if (++watches > 1) return void response.writeHead(200).flushHeaders();
          if (how === 'an answer') return status(response, 410, 'too old resource version');
          const error = { kind: 'Status', code: 410, message: 'too old' };
          response.writeHead(200).end(JSON.stringify({ type: 'ERROR', object: error }) + '\n');
        },
      });
      await live.ready();
      const a = live.items.get('n/a');
      await until(() => changes.length === 2, 'the difference');
      assert.deepEqual(changes[1], ['n/gone', 'n/new']);
      assert.equal(live.items.get('n/a'), a);
      assert.deepEqual(names(live), ['n/a', 'n/new']);
      assert.deepEqual(states, ['live']);
    });
  }

  it('takes no older state of an object from events that come twice or in the wrong order', async () => {
    const { live, watches } = await start({ list: (_, response) => list(response, 1, [object('a', 1)]) });
    await until(() => watches.length === 1, 'a watch');
    const { send, response } = watches[0]!;
    send('MODIFIED', object('a', 9));
    send('MODIFIED', object('a', 8));
    send('DELETED', object('b', 12));
    send('MODIFIED', object('b', 11));
    send('ADDED', object('c', 15));
    send('DELETED', object('c', 14));
    send('ADDED', object('d', 10));
    await until(() => live.items.has('n/d'), 'the last event');
    assert.equal(live.items.get('n/a')?.metadata.resourceVersion, '9');
    assert.deepEqual(names(live), ['n/a', 'n/c', 'n/d']);
    response.end();
    await until(() => watches.length === 2, 'the second watch');
    assert.equal(watches[1]!.from, '15', 'it goes on from the newest');
  });

  describe('and a cluster that falls silent', () => {
    const times = { quietMs: 50, limitMs: 60, everyMs: 60 };
    const quiet = (silence: { on: boolean }) => ({
      list: (_: URL, response: ServerResponse) => list(response, 1, [object('a', 1)]),
      probe: (_: URL, response: ServerResponse) => (silence.on ? undefined : answer(response, 200, {})),
    });

    it('is live as long as the cluster answers, without a new watch', async () => {
      let probes = 0;
      const { live, watches, states } = await start(
        {
          list: (_, response) => list(response, 1, []),
          probe: (_, response) => {
            probes++;
            answer(response, 200, {});
          },
        },
        // A busy machine is no cluster that falls silent.
        { pulse: { ...times, limitMs: 10_000 } },
      );
      await until(() => probes >= 3, 'probes');
      assert.deepEqual([live.state.kind, states, watches.length], ['live', ['live'], 1]);
    });

    it('is stale when it does not answer a probe, and live on a new watch when it does again', async () => {
      const silence = { on: false };
      const { live, watches, states, lists } = await start(quiet(silence), { pulse: times });
      await until(() => watches.length === 1, 'a watch');
      silence.on = true;
      await until(() => live.state.kind === 'stale', 'stale');
      assert.ok(live.state.kind === 'stale');
      assert.equal(live.state.error.code, 'Timeout');
      assert.deepEqual(names(live), ['n/a']);
      const first = live.state.retryAt;
      await until(() => live.state.kind === 'stale' && live.state.retryAt! > first!, 'the next try');
      assert.equal(watches.length, 1, 'only the probe tries');
      silence.on = false;
      await until(() => live.state.kind === 'live', 'live again');
      assert.deepEqual([states, watches.length, lists.length], [['live', 'stale', 'live'], 2, 1]);
    });

    it('asks for itself, not for each list, while it does not answer', async () => {
      const silence = { on: true };
      const asked: string[] = [];
      const server = await serve(cleanup, (request, response) => {
        asked.push(request.url ?? '');
        if (silence.on) return void request.socket.destroy();
        if (request.url === '/version') return answer(response, 200, {});
        list(response, 1, []);
      });
      const cluster = clusterFor(cleanup, contextFor(server.url), { pulse: { ...times, everyMs: 40 } });
      const lives = Array.from({ length: 40 }, () => {
        const live = new LiveList(cluster, { type: configMaps }, { logger: silentLogger });
        cleanup.add(() => live.dispose());
        live.start();
        return live;
      });
      const probes = () => asked.filter((path) => path === '/version').length;
      await until(() => lives.every((live) => live.state.kind === 'failed') && probes() > 2, 'all failed');
      asked.length = 0;
      await until(() => probes() >= 5, 'more probes');
      assert.deepEqual(new Set(asked), new Set(['/version']));
      silence.on = false;
      await until(() => lives.every((live) => live.state.kind === 'live'), 'all live');
    });
  });

  it('keeps its items while the server is away, and says since when', async () => {
    const { live, watches } = await start({
      list: (_, response) => list(response, 1, [object('a', 1)]),
    });
    await until(() => watches.length === 1, 'a watch');
    const before = new Date();
    watches[0]!.response.destroy();
    await until(() => live.state.kind === 'stale', 'stale');
    assert.ok(live.state.kind === 'stale');
    assert.ok(live.state.since <= new Date() && live.state.since.getTime() > before.getTime() - 5000);
    assert.equal(live.state.error.code, 'Unreachable');
    assert.ok(live.state.retryAt! > before);
    assert.deepEqual(names(live), ['n/a']);
  });

  it('is denied by a missing right, and tries again when asked to', async () => {
    let allowed = false;
    const { live, states } = await start({
      list: (_, response) =>
        allowed
          ? list(response, 1, [object('a', 1)])
          : status(response, 403, 'User "u" cannot list resource "configmaps"'),
    });
    await assert.rejects(live.ready(), { code: 'Forbidden' });
    assert.equal(live.state.kind, 'denied');
    allowed = true;
    live.retryNow();
    await live.ready();
    assert.deepEqual(states, ['denied', 'loading', 'live']);
  });

  it('lists only, where watching is not allowed', async () => {
    let version = 1;
    const { live, lists, states } = await start({
      list: (_, response) => list(response, version, [object('a', version)]),
      watch: (_, response) => status(response, 403, 'User "u" cannot watch resource "configmaps"'),
    });
    await until(() => live.state.kind === 'stale', 'stale');
    assert.deepEqual(names(live), ['n/a']);
    const [before, since] = [lists.length, live.state.kind === 'stale' ? live.state.since : undefined];
    version = 2;
    live.retryNow();
    await until(() => lists.length > before, 'a new list');
    await until(() => live.items.get('n/a')?.metadata.resourceVersion === '2', 'the newer item');
    assert.ok(live.state.kind === 'stale' && live.state.since >= since!);
    assert.deepEqual(states.slice(0, 2), ['live', 'stale']);
    assert.ok(!states.slice(1).includes('live'), 'it is not called live between two lists');
  });

  it('has failed when the type is not served', async () => {
    const { live } = await start({ list: (_, response) => void response.writeHead(404).end('404 page not found') });
    await assert.rejects(live.ready(), { code: 'NotFound' });
    assert.equal(live.state.kind, 'failed');
  });

  it('lists anew when its type was gone and is served again', async () => {
    let [lists, watches] = [0, 0];
    const { live, states } = await start({
      list: (_, response) => list(response, 1, ++lists === 1 ? [object('old', 1)] : [object('new', 1)]),
      watch: (_, response) => {
        if (++watches === 1) return void response.writeHead(404).end('404 page not found');
        response.writeHead(200).flushHeaders();
      },
    });
    await until(() => live.state.kind === 'failed', 'failed');
    assert.deepEqual(names(live), ['n/old']);
    live.retryNow();
    await until(() => live.state.kind === 'live' && lists === 2, 'live again');
    assert.deepEqual(names(live), ['n/new']);
    assert.deepEqual(states, ['live', 'failed', 'live']);
  });

  it('waits as long as the server asks for', async () => {
    const times: number[] = [];
    const { live } = await start({
      list: (_, response) => {
        times.push(Date.now());
        if (times.length === 1) return status(response, 429, 'slow down', { 'Retry-After': '1' });
        list(response, 1, []);
      },
    });
    await until(() => live.state.kind === 'live', 'live');
    assert.ok(times[1]! - times[0]! >= 1000, `${times[1]! - times[0]!} ms`);
  });

  it('takes pages from a server that cannot answer from its cache', async () => {
    const { live, lists } = await start({
      list: ({ searchParams }, response) => {
        if (searchParams.has('resourceVersion')) return status(response, 504, 'Too large resource version');
        if (searchParams.get('continue') === 'p2') return list(response, 5, [object('b', 2)]);
        list(response, 5, [object('a', 1)], 'p2');
      },
    });
    await live.ready();
    assert.deepEqual(names(live), ['n/a', 'n/b']);
    assert.deepEqual(lists, ['?resourceVersion=0', '?limit=500', '?limit=500&continue=p2']);
  });

  it('asks for one answer when the next page has expired', async () => {
    const { live } = await start({
      list: ({ searchParams }, response) => {
        if (searchParams.has('resourceVersion') || searchParams.has('continue'))
          return status(response, 410, 'expired');
        if (searchParams.has('limit')) return list(response, 5, [object('old', 1)], 'p2');
        list(response, 6, [object('a', 1)]);
      },
    });
    await live.ready();
    assert.deepEqual(names(live), ['n/a']);
  });

  it('does not storm a server that ends each watch at once', async () => {
    let watches = 0;
    await start({
      list: (_, response) => list(response, 1, []),
      watch: (_, response) => {
        watches++;
        response.writeHead(200).end();
      },
    });
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.ok(watches >= 1 && watches <= 5, `${watches} watches in 0.6 s`);
  });

  it('opens a watch anew that has gone silent, and stays live while that works', async () => {
    const silent = await start({ list: (_, response) => list(response, 4, []) }, { silenceMs: 100 });
    await until(() => silent.watches.length >= 2, 'a second watch');
    assert.equal(silent.watches[1]!.from, '4');
    assert.deepEqual(silent.states, ['live']);
  });

  it('is stale when a silent watch cannot be opened anew', async () => {
    let watches = 0;
    const { live } = await start(
      {
        list: (_, response) => list(response, 4, []),
        watch: (_, response, request) => {
          if (++watches > 1) return void request.socket.destroy();
          response.writeHead(200).flushHeaders();
        },
      },
      { silenceMs: 100 },
    );
    await until(() => live.state.kind === 'stale', 'stale');
  });

  it('keeps items when stopped, and goes on from there', async () => {
    const { live, lists, watches } = await start({ list: (_, response) => list(response, 4, [object('a', 1)]) });
    await until(() => watches.length === 1, 'a watch');
    live.stop();
    assert.deepEqual(names(live), ['n/a']);
    live.start();
    await until(() => watches.length === 2, 'the second watch');
    assert.deepEqual([watches[1]!.from, lists.length], ['4', 1]);
  });

  it('leaves managed fields out', async () => {
    const item = object('a', 1);
    Object.assign(item.metadata, { managedFields: [{ manager: 'x' }] });
    const { live } = await start({ list: (_, response) => list(response, 1, [item]) });
    await live.ready();
    assert.equal('managedFields' in live.items.get('n/a')!.metadata, false);
  });

  it('goes on when a listener throws', async () => {
    const { live, watches } = await start({ list: (_, response) => list(response, 1, []) });
    live.onDidChange(() => {
      throw new Error('a bug');
    });
    await until(() => watches.length === 1, 'a watch');
    watches[0]!.send('ADDED', object('a', 2));
    await until(() => live.items.has('n/a'), 'the object');
    assert.equal(live.state.kind, 'live');
  });
});
