import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { addForward } from '../../bench/server.ts';
import type { Lab } from '../../lab/index.ts';
import { Tunnel } from '../../src/jupyter/tunnel.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { portForward } from '../../src/k8s/portForward.ts';
import { FarSide } from './support/farSide.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';
import { searchedLogger } from './support/log.ts';
import { smallNotebook } from './support/notebooks.ts';

const name = 'tunnel-load';
const pod = `${name}-0`;
const MB = 1024 * 1024;
/** What lies between the two ends besides us: the kernel's socket buffers, the API server and the kubelet, twice each. */
const onTheWay = 48 * MB;
/** What our process may hold of it, frames that wait for their turn at the garbage collector included. */
const ours = 64 * MB;
/** How much a slow reader reads: bytes and not seconds, of which a busy machine needs more. */
const slowly = 40 * MB;

describe('the tunnel under load', function () {
  this.timeout(180_000);
  let lab: Lab;
  let far: FarSide;
  let cluster: Cluster;
  let tunnel: Tunnel;
  let opened: Duplex[];

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    far = await FarSide.start();
    await lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(smallNotebook(name, 'alice')) });
    await lab.kubectl(['-n', 'alice', 'wait', '--for=create', `pod/${pod}`, '--timeout=60s']);
    await lab.kubectl(['-n', 'alice', 'wait', '--for=condition=Ready', `pod/${pod}`, '--timeout=90s']);
    await addForward(lab, pod, 9000, far.port);
  });
  after(async () => {
    await far?.stop();
    await lab?.kubectl(['-n', 'alice', 'delete', 'notebook', name, '--ignore-not-found', '--cascade=foreground']);
  });
  afterEach(() => {
    tunnel?.dispose();
    cluster?.dispose();
  });

  async function connect(at: 'remote' | 'proxy'): Promise<void> {
    cluster = await clusterOf(lab, 'alice', { at });
    opened = [];
    const to = { namespace: 'alice', pod, uid: 'uid', port: 9000 };
    tunnel = new Tunnel({
      target: {
        namespace: 'alice',
        server: name,
        current: () => ({ kind: 'ready', pod: to }),
        onDidChange: () => ({ dispose: () => undefined }),
        open: async (target, signal) => {
          const stream = await portForward(cluster, target, signal);
          opened.push(stream);
          return stream;
        },
      },
      // On a busy machine a test takes longer than a spare is kept.
      spareMs: 600_000,
      logger: searchedLogger('tunnel'),
    });
  }

  /** The most that our process held while `work` ran, over what it held before; bytes outside of the JavaScript heap. */
  async function held<T>(work: () => Promise<T>): Promise<{ most: number; rss: number; result: T }> {
    global.gc?.();
    const before = process.memoryUsage();
    let [most, rss] = [0, 0];
    const look = () => {
      const now = process.memoryUsage();
      most = Math.max(most, now.arrayBuffers - before.arrayBuffers);
      rss = Math.max(rss, now.rss - before.rss);
    };
    const timer = setInterval(look, 20);
    try {
      return { result: await work(), most, rss };
    } finally {
      clearInterval(timer);
      look();
    }
  }

  /** Reads at most `perSecond` bytes a second, until it has read so many. */
  async function readSlowly(stream: Duplex, perSecond: number, bytes: number): Promise<{ read: number; most: number }> {
    let [read, most] = [0, 0];
    for (; read < bytes; await delay(20)) {
      most = Math.max(most, stream.readableLength);
      for (let budget = perSecond / 50; budget > 0;) {
        const part = stream.read(Math.min(budget, stream.readableLength || 1)) as Buffer | null;
        if (!part) break;
        read += part.length;
        budget -= part.length;
      }
    }
    return { read, most };
  }

  it('holds a sender of 2 GB back to the 10 MB/s of its reader', async () => {
    await connect('remote');
    const stream = await tunnel.connect();
    const { sent: before } = await far.passed();
    stream.write(`send ${2 * 1024 * MB}\n`);
    const { result, most, rss } = await held(() => readSlowly(stream, 10 * MB, slowly));
    const sent = (await far.passed()).sent - before;
    assert.ok(sent - result.read < onTheWay, `${sent - result.read} bytes are on the way`);
    assert.ok(result.most < 4 * MB, `${result.most} bytes wait for the reader`);
    assert.ok(most < ours && rss < 2 * ours, `${most} bytes are held, ${rss} by the process`);
  });

  it('carries 2 GB with flat memory', async () => {
    await connect('remote');
    const stream = await tunnel.connect();
    const whole = 2 * 1024 * MB;
    const { result, most, rss } = await held(async () => {
      stream.write(`send ${whole}\n`);
      let read = 0;
      for await (const part of stream) if ((read += (part as Buffer).length) >= whole) break;
      return read;
    });
    assert.equal(result, whole);
    assert.ok(most < 2 * ours && rss < 4 * ours, `${most} bytes are held, ${rss} by the process`);
  });

  for (const [what, rate] of [
    ['that reads 10 MB/s', 10 * MB],
    ['that reads nothing', 0],
  ] as const) {
    it(`holds a sender of ours back to a far side ${what}`, async () => {
      await connect('remote');
      const stream = await tunnel.connect();
      const { received: before } = await far.passed();
      stream.write(`sink ${rate}\n`);
      const block = Buffer.alloc(256 * 1024);
      let [written, waiting] = [0, 0];
      const stop = new AbortController();
      const received = async () => (await far.passed()).received - before;
      const enough = async () => {
        // What reads nothing is written to for a while.
        if (rate === 0) return delay(4000);
        while ((await received()) < slowly) await delay(50);
      };
      const { most } = await held(async () => {
        const over = enough().finally(() => stop.abort());
        while (!stop.signal.aborted) {
          const room = stream.write(block);
          written += block.length;
          waiting = Math.max(waiting, stream.writableLength);
          if (!room) await once(stream, 'drain', { signal: stop.signal }).catch(() => undefined);
        }
        await over;
      });
      const underWay = written - (await received());
      assert.ok(underWay < onTheWay, `${underWay} bytes are on the way`);
      assert.ok(waiting < 4 * MB, `${waiting} bytes wait in the stream`);
      assert.ok(most < ours, `${most} bytes are held`);
    });
  }

  it('serves fifty connections at once, each with its own bytes, five of whose readers sleep', async () => {
    const before = await lab.proxy.connections();
    await connect('proxy');
    const streams = await Promise.all(Array.from({ length: 50 }, () => tunnel.connect()));
    const bytes = 2 * MB;
    streams.forEach((stream, id) => stream.write(`pattern ${id + 1} ${bytes}\n`));
    const own = async (stream: Duplex, id: number) => {
      let read = 0;
      for await (const part of stream) {
        assert.ok(
          (part as Buffer).every((byte) => byte === id + 1),
          `connection ${id} got bytes of another one`,
        );
        if ((read += (part as Buffer).length) >= bytes) break;
      }
      assert.equal(read, bytes);
    };
    const asleep = (id: number) => id % 10 === 0;
    await Promise.all(streams.flatMap((stream, id) => (asleep(id) ? [] : [own(stream, id)])));
    await Promise.all(streams.flatMap((stream, id) => (asleep(id) ? [own(stream, id)] : [])));
    const open = () => opened.filter((stream) => !stream.destroyed).length;
    // Who has read all has closed: what is left is the spare.
    while (open() > 1) await delay(20);
    assert.equal(opened.length, 51, 'one dial for each, and one for the spare');
    const next = await tunnel.connect();
    assert.equal(next, opened[50], 'the spare is handed out');
    tunnel.dispose();
    next.destroy();
    cluster.dispose();
    while ((await lab.proxy.connections()) > before) await delay(50);
    assert.equal(open(), 0);
  });
});
