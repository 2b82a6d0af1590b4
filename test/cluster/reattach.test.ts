import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Lab } from '../../lab/index.ts';
import type { Connection } from '../../src/editor/connections.ts';
import type { OutputEvent } from '../../src/jupyter/kernelMessages.ts';
import type { KernelSession } from '../../src/jupyter/kernelSession.ts';
import type { MessageMark } from '../../src/jupyter/messageMark.ts';
import type { Disposables } from '../../src/k8s/events.ts';
import { connectionsOf, labContext } from './support/connections.ts';
import { lab as theLab } from './support/lab.ts';
import { smallNotebook } from './support/notebooks.ts';

const path = 'reattach.ipynb';
const counting = `import os, time
i = 0
while not os.path.exists("enough"):
    print(i, flush=True)
    i += 1
    time.sleep(0.05)
    while i == 4 and not os.path.exists("go"): time.sleep(0.02)`;

/** What one window after the other saw of a cell. */
class Seen {
  readonly events: OutputEvent[] = [];
  mark: MessageMark | undefined;
  private wake: (() => void) | undefined;
  readonly handlers = {
    output: (event: OutputEvent) => {
      this.events.push(event);
      this.wake?.();
    },
    heard: (mark: MessageMark | undefined) => (this.mark = mark ?? this.mark),
  };
  get lines(): string[] {
    const printed = this.events.map((event) => (event.kind === 'stream' ? event.text : ''));
    return printed.join('').split('\n').slice(0, -1);
  }
  async until(look: () => boolean): Promise<void> {
    while (!look()) await new Promise<void>((resolve) => (this.wake = resolve));
  }
}

describe('a real kernel that runs a cell while its client goes away', function () {
  this.timeout(120_000);
  const name = 'reattach-test';
  let lab: Lab;
  let connection: Connection;
  let things: Disposables;
  let clientId: string;
  let kernelId: string;
  let messageId: string;
  let seen: Seen;

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    await lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(smallNotebook(name, 'alice')) });
    const made = await connectionsOf(lab, 'alice');
    things = made.things;
    connection = made.connections.get({ context: labContext, namespace: 'alice', name });
    await connection.server.waitUntilAnswers(undefined, 120_000);
  });
  after(async () => {
    things?.dispose();
    await lab?.kubectl(['-n', 'alice', 'delete', 'notebook', name, '--ignore-not-found', '--cascade=foreground']);
  });
  beforeEach(async () => {
    clientId = randomUUID();
    seen = new Seen();
    const first = await connection.server.openKernel({ path, clientId });
    kernelId = first.kernelId;
    ({ messageId } = first.execute(counting, seen.handlers));
    await seen.until(() => seen.lines.length > 3);
    first.dispose();
    // What Jupyter sends before it knows that its client is gone is lost.
    await noClient();
    await connection.server.contents.writeFile('go', Buffer.from(''));
    await printed();
  });
  afterEach(async () => {
    const files = await connection.server.contents.list('');
    for (const sign of ['go', 'enough'])
      if (files.some((file) => file.name === sign)) await connection.server.contents.delete(sign);
    for (const { id } of await connection.server.kernels()) await connection.server.shutdownKernel(id);
  });

  /** Jupyter has seen that nobody is connected to the kernel any more. */
  const noClient = async () => {
    while ((await connection.server.kernels()).find(({ id }) => id === kernelId)?.connections !== 0);
  };
  const connected = async () => {
    while ((await connection.server.kernels()).find(({ id }) => id === kernelId)?.connections !== 1);
  };
  /** The kernel has printed a few more lines, to whomever. */
  const printed = async () => {
    const heard = new Set<string>();
    while (heard.size < 5)
      for (const { id, lastActivity } of await connection.server.kernels())
        if (id === kernelId) heard.add(lastActivity);
  };
  const reopen = (): Promise<KernelSession> => connection.server.reopenKernel(kernelId, { path, clientId });
  const enough = () => connection.server.contents.writeFile('enough', Buffer.from(''));
  const lost = () => seen.events.filter((event) => event.kind === 'lost');
  const gone = new Date('2026-11-26T12:03:00Z');

  it('hands over what it said meanwhile to the same client id, and goes on to its end', async () => {
    const session = await reopen();
    assert.equal(session.status, 'busy');
    const { done } = session.adopt(messageId, seen.handlers, gone, seen.mark);
    const before = seen.lines.length;
    await seen.until(() => seen.lines.length > before + 20);
    await enough();
    assert.equal((await done).ok, true);
    assert.deepEqual(
      seen.lines,
      seen.lines.map((_, i) => String(i)),
    );
    assert.deepEqual(lost(), []);
    session.dispose();
  });

  it('that has ended meanwhile hands over the rest and its result', async () => {
    await enough();
    while ((await connection.server.kernels())[0]?.state !== 'idle');
    const session = await reopen();
    assert.equal((await session.adopt(messageId, seen.handlers, gone, seen.mark).done).ok, true);
    assert.deepEqual(
      seen.lines,
      seen.lines.map((_, i) => String(i)),
    );
    session.dispose();
  });

  it('keeps nothing when another client was there, which is named with its time', async () => {
    const other = await connection.server.openKernel({ path });
    await connected();
    await printed();
    const session = await reopen();
    const { done } = session.adopt(messageId, seen.handlers, gone, seen.mark);
    await seen.until(() => lost().length > 0);
    const [event] = lost();
    assert.equal(event?.kind === 'lost' && event.problem.from, gone);
    await enough();
    assert.equal((await done).ok, true);
    assert.equal(lost().length, 1);
    other.dispose();
    session.dispose();
  });

  it('is interrupted by a client that has heard nothing of it yet', async () => {
    const session = await reopen();
    const { done } = session.adopt(messageId, seen.handlers, gone, seen.mark);
    await session.interrupt();
    assert.equal((await done).ok, false);
    assert.ok(seen.events.some((event) => event.kind === 'error' && event.name === 'KeyboardInterrupt'));
    session.dispose();
  });

  it('is not there any more after it was shut down, which is said', async () => {
    await connection.server.shutdownKernel(kernelId);
    await assert.rejects(reopen(), { problem: { code: 'KernelEnded', server: name, reason: 'shutDown' } });
  });
});
