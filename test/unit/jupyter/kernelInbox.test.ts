import assert from 'node:assert/strict';
import type { KernelMessage } from '@jupyterlab/services';
import { serialize } from '@jupyterlab/services/lib/kernel/serialize';
import { KernelInbox } from '../../../src/jupyter/kernelInbox.ts';

const protocol = 'v1.kernel.websocket.jupyter.org';

function wire(content: object, type = 'stream'): ArrayBuffer {
  const header = { msg_type: type, msg_id: 'm', session: 's', username: '', version: '5.3', date: '' };
  return serialize(
    { channel: 'iopub', header, parent_header: header, metadata: {}, content, buffers: [] } as never,
    protocol,
  ) as ArrayBuffer;
}

describe("the kernel's messages", () => {
  let came: KernelMessage.IMessage[];
  let calls: string[];
  let inbox: KernelInbox;
  let idle: () => Promise<void>;

  beforeEach(() => {
    came = [];
    calls = [];
    inbox = new KernelInbox({
      deliver: (message) => void came.push(message),
      refuse: (error) => void calls.push(`refused ${(error as Error).name}`),
      pause: () => void calls.push('pause'),
      resume: () => void calls.push('resume'),
    });
    idle = async () => {
      for (let seen = -1; seen !== came.length;) {
        seen = came.length;
        for (let i = 0; i < 5; i++) await new Promise(setImmediate);
      }
    };
  });
  const text = () => came.map((message) => (message.content as { text?: string }).text ?? message.header.msg_type);

  it('come at once when they are small, and what is no message is left out', () => {
    inbox.push(wire({ name: 'stdout', text: 'a' }), protocol);
    inbox.push(new ArrayBuffer(8), protocol);
    inbox.push('{', '');
    assert.deepEqual(text(), ['a']);
    assert.equal(calls.length, 2);
  });

  it('come in pieces when they are large, with no character cut, and in order', async () => {
    const large = 'x🚀한\n"\\\t\u001b[0m\u2028'.repeat(120_000);
    inbox.push(wire({ name: 'stderr', text: large }), protocol);
    inbox.push(wire({ name: 'stdout', text: 'behind' }), protocol);
    inbox.push(wire({ data: { 'text/plain': 'y'.repeat(2_000_000) } }, 'display_data'), protocol);
    await idle();
    assert.equal(text().at(-1), 'display_data');
    assert.equal(text().at(-2), 'behind');
    const parts = text().slice(0, -2);
    assert.ok(parts.length > 5);
    assert.equal(parts.join(''), large);
    assert.ok(parts.every((part) => !/\p{Surrogate}/u.test(part)));
    assert.equal((came[0]!.content as { name: string }).name, 'stderr');
    assert.equal((came[1]!.parent_header as { msg_id: string }).msg_id, 'm');
  });

  it('come in pieces also where the kernel writes everything outside of ASCII as escapes', async () => {
    const large = '🚀'.repeat(150_000);
    const escaped = JSON.stringify({ name: 'stdout', text: 'T' }).replace('T', '\\ud83d\\ude80'.repeat(150_000));
    const plain = new Uint8Array(wire({ name: 'stdout', text: 'T' }));
    const contentAt = Number(new DataView(plain.buffer).getBigUint64(8 * 5, true));
    const raw = Buffer.concat([plain.subarray(0, contentAt), Buffer.from(escaped)]);
    raw.writeBigUInt64LE(BigInt(raw.length), 8 * 6);
    inbox.push(new Uint8Array(raw).buffer, protocol);
    await idle();
    assert.equal(text().join(''), large);
    assert.ok(came.length > 1 && text().every((part) => !/\p{Surrogate}/u.test(part)));
  });

  it('hold the wire up when too many wait, and let it go on', async () => {
    for (let i = 0; i < 10; i++) inbox.push(wire({ name: 'stdout', text: 'z'.repeat(4_000_000) }), protocol);
    assert.deepEqual(calls, ['pause']);
    await idle();
    assert.deepEqual(calls, ['pause', 'resume']);
    assert.equal(text().join('').length, 40_000_000);
  });

  it('of 100 MB keep nobody waiting: others get their turn after each few milliseconds', async function () {
    this.timeout(60_000);
    const raw = wire({ name: 'stdout', text: `${'x'.repeat(79)}\n`.repeat(1_250_000) });
    let now = 0;
    let begun = 0;
    let bytes = 0;
    const turns = { longestMs: 0, largestPiece: 0 };
    inbox.dispose();
    const slow = new KernelInbox({
      deliver: (message) => {
        const piece = (message.content as { text: string }).text.length;
        now += 3;
        bytes += piece;
        turns.longestMs = Math.max(turns.longestMs, now - begun);
        turns.largestPiece = Math.max(turns.largestPiece, piece);
      },
      refuse: (error) => assert.fail(String(error)),
      pause: () => undefined,
      resume: () => undefined,
      now: () => now,
    });
    slow.push(raw, protocol);
    assert.equal(bytes, 0);
    while (bytes < 100_000_000) {
      begun = now;
      await new Promise(setImmediate);
    }
    assert.equal(bytes, 100_000_000);
    assert.ok(turns.longestMs <= 9, `${turns.longestMs} ms`);
    assert.ok(turns.largestPiece <= 300_000, `${turns.largestPiece} bytes`);
  });
});
