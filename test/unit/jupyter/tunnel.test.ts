import assert from 'node:assert/strict';
import net from 'node:net';
import { mock } from 'node:test';
import { isJupyterError } from '../../../src/jupyter/errors.ts';
import { Tunnel } from '../../../src/jupyter/tunnel.ts';
import { KubeError } from '../../../src/k8s/errors.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import { PortForwardRefused } from '../../../src/k8s/portForward.ts';
import { listen, SocketTarget, until } from './support/target.ts';

describe('Tunnel', () => {
  let echo: Awaited<ReturnType<typeof listen>>;
  let target: SocketTarget;
  let tunnel: Tunnel;
  const make = (o: { idleMs?: number } = {}) => new Tunnel({ target, logger: silentLogger, settleMs: 5, ...o });

  beforeEach(async () => {
    echo = await listen(net.createServer((socket) => socket.pipe(socket)));
    target = new SocketTarget(echo.port);
    tunnel = make();
  });
  afterEach(async () => {
    tunnel.dispose();
    await echo.close();
  });

  it('keeps a spare warm once it is in use, and hands it out without a dial in between', async () => {
    assert.equal(target.dials, 0);
    await tunnel.connect();
    await until(() => target.dials === 2 && target.sockets.length === 2);
    await new Promise(setImmediate);
    const second = await tunnel.connect();
    assert.equal(second, target.sockets[1]);
  });

  it('rejects at once while the server is stopped, and dials nothing', async () => {
    target.become({ kind: 'none', why: 'stopped' });
    await assert.rejects(tunnel.connect(), (e) => isJupyterError(e, 'NotRunning') && e.problem.why === 'stopped');
    assert.equal(target.dials, 0);
    assert.equal(target.holds, 0);
  });

  it('waits for a server that starts, until the signal ends the patience', async () => {
    target.become({ kind: 'none', why: 'starting' });
    const abort = new AbortController();
    const given = assert.rejects(tunnel.connect(abort.signal), /enough/);
    const waiting = tunnel.connect();
    abort.abort(new Error('enough'));
    await given;
    assert.equal(target.holds, 1);
    target.become(target.ready('uid-1'));
    assert.ok((await waiting).writable);
  });

  it('ends the connections of an old pod and leads to the new one', async () => {
    const old = await tunnel.connect();
    const other = await listen(net.createServer((socket) => socket.end('new pod')));
    target.become(target.ready('uid-2'), other.port);
    assert.ok(old.destroyed);
    const chunks: Buffer[] = [];
    for await (const chunk of await tunnel.connect()) chunks.push(chunk as Buffer);
    assert.equal(Buffer.concat(chunks).toString(), 'new pod');
    await other.close();
  });

  it('retries while nobody listens yet', async () => {
    let refusals = 2;
    target.failure = () => (refusals-- > 0 ? new PortForwardRefused('connection refused') : undefined);
    assert.ok((await tunnel.connect()).writable);
    assert.ok(target.dials >= 3);
  });

  it('counts a first connection only after it has lived for a moment: a refusal comes after the open', async () => {
    let refusals = 1;
    const open = target.open.bind(target);
    target.open = async (pod, signal) => {
      const socket = await open(pod, signal);
      if (refusals-- > 0) setTimeout(() => socket.destroy(new PortForwardRefused('connection refused')), 1);
      return socket;
    };
    const stream = await tunnel.connect();
    assert.equal(stream.destroyed, false);
    assert.notEqual(stream, target.sockets[0]);
  });

  it('gives the error of a missing right as it is, without trying again', async () => {
    target.failure = () => new KubeError({ code: 'Forbidden', message: 'no' });
    await assert.rejects(tunnel.connect(), (e) => e instanceof KubeError && e.code === 'Forbidden');
    assert.equal(target.dials, 1);
    assert.equal(tunnel.state.kind, 'failed');
    target.failure = undefined;
    assert.ok((await tunnel.connect()).writable, 'the next one that asks is a new try');
  });

  it('lets a dial go that hangs, when asked to reconnect now', async () => {
    const open = target.open.bind(target);
    target.open = (pod, signal) =>
      target.dials++ === 0
        ? new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
        : open(pod, signal);
    const waiting = tunnel.connect();
    assert.deepEqual(tunnel.wait, { for: 'connection' });
    tunnel.reconnectNow();
    assert.ok((await waiting).writable);
    assert.equal(tunnel.wait, undefined);
  });

  it('tries at once when asked to, in place of after its pause', async () => {
    target.failure = () => new KubeError({ code: 'Unreachable', host: 'h', reason: 'timeout', detail: 'asleep' });
    const waiting = tunnel.connect();
    await until(() => tunnel.state.kind === 'retrying');
    assert.equal(tunnel.wait?.for, 'connection');
    target.failure = undefined;
    tunnel.reconnectNow();
    assert.ok((await waiting).writable);
  });

  it('trusts no spare after an hour of sleep, even before its timers have noticed', async () => {
    await tunnel.connect();
    await until(() => target.sockets.length === 2);
    await new Promise(setImmediate);
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 3_600_000 });
    try {
      assert.notEqual(await tunnel.connect(), target.sockets[1]);
    } finally {
      mock.timers.reset();
    }
  });

  it('keeps no spare for long: networks cut idle connections without a word', async () => {
    tunnel.dispose();
    tunnel = new Tunnel({ target, logger: silentLogger, settleMs: 5, spareMs: 20 });
    await tunnel.connect();
    await until(() => target.sockets.length === 2 && target.sockets[1]!.destroyed);
    assert.ok((await tunnel.connect()).writable);
    assert.equal(target.sockets[0]!.destroyed, false, 'a connection in use is left alone');
  });

  it('serves whoever asked while a working pod was not known for a moment', async () => {
    await tunnel.connect();
    await until(() => target.sockets.length === 2);
    const pod = target.current();
    target.become({ kind: 'none', why: 'unknown' });
    tunnel.suspect();
    const waiting = tunnel.connect();
    target.become(pod);
    assert.ok((await waiting).writable);
  });

  it('gives nobody a connection to a pod that was replaced while it was being made', async () => {
    const open = target.open.bind(target);
    let opened: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => (opened = resolve));
    target.open = async (pod, signal) => {
      const socket = await open(pod, signal);
      if (target.dials === 1) await gate;
      return socket;
    };
    const waiting = tunnel.connect();
    await until(() => target.sockets.length === 1);
    target.become(target.ready('uid-2'));
    opened!();
    const stream = await waiting;
    assert.notEqual(stream, target.sockets[0]);
    assert.ok(target.sockets[0]!.destroyed);
  });

  it('leaves no connection open when it is disposed by whoever hears that it is up', async () => {
    tunnel.onDidChange(({ kind }) => kind === 'up' && tunnel.dispose());
    await assert.rejects(tunnel.connect());
    await until(() => target.sockets.every((socket) => socket.destroyed));
    assert.equal(target.holds, 0);
  });

  it('goes on watching its target while a connection is in use, when another could not be made', async () => {
    await tunnel.connect();
    target.failure = () => new KubeError({ code: 'Forbidden', message: 'no' });
    tunnel.suspect();
    await assert.rejects(tunnel.connect());
    assert.equal(target.holds, 1);
  });

  it('closes the spare and lets the target go when nobody uses it', async () => {
    tunnel.dispose();
    tunnel = make({ idleMs: 20 });
    const stream = await tunnel.connect();
    await until(() => target.sockets.length === 2);
    stream.destroy();
    await until(() => tunnel.state.kind === 'idle');
    assert.ok(target.sockets[1]!.destroyed);
    assert.equal(target.holds, 0);
  });
});
