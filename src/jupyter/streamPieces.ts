import type { KernelMessage } from '@jupyterlab/services';

/** Bytes of text in one piece. */
const pieceBytes = 256 * 1024;

const quote = 0x22;
const backslash = 0x5c;

/**
 * A stream message on the wire (v1.kernel.websocket.jupyter.org) as several with a part of its text each; each is read when
 * it is asked for. Undefined for any other message.
 */
export function streamPieces(raw: ArrayBuffer): Generator<KernelMessage.IMessage, void> | undefined {
  const bytes = Buffer.from(raw);
  const count = Number(bytes.readBigUInt64LE(0));
  const part = (i: number) =>
    bytes.subarray(Number(bytes.readBigUInt64LE(8 * (i + 1))), Number(bytes.readBigUInt64LE(8 * (i + 2))));
  if (count < 6 || part(0).toString('utf8') !== 'iopub') return undefined;
  const header = JSON.parse(part(1).toString('utf8')) as { msg_type?: string };
  if (header.msg_type !== 'stream') return undefined;
  const content = part(4);
  const start = /^\s*\{\s*"name"\s*:\s*"(stdout|stderr)"\s*,\s*"text"\s*:\s*"/.exec(content.toString('latin1', 0, 200));
  if (!start) return undefined;
  const message = {
    header,
    channel: 'iopub',
    parent_header: JSON.parse(part(2).toString('utf8')) as object,
    metadata: JSON.parse(part(3).toString('utf8')) as object,
  };
  return pieces(content, start[0].length, (text) => {
    return { ...message, content: { name: start[1], text }, buffers: [] } as unknown as KernelMessage.IMessage;
  });
}

function* pieces(
  content: Buffer,
  from: number,
  message: (text: string) => KernelMessage.IMessage,
): Generator<KernelMessage.IMessage, void> {
  let at = from;
  while (at < content.length && content[at] !== quote) {
    const end = endOf(content, at);
    yield message(JSON.parse(`"${content.toString('utf8', at, end)}"`) as string);
    at = end;
  }
}

/** Where a piece that begins here ends: at the end of the text, or where no character and no escape is cut in two. */
function endOf(content: Buffer, from: number): number {
  const enough = Math.min(from + pieceBytes, content.length);
  let at = from;
  let halfPair = false;
  while (at < content.length && content[at] !== quote) {
    const byte = content[at]!;
    // Between the bytes of a character (10xxxxxx), or between the escapes of the two halves of one, is no place to cut.
    if (at >= enough && (byte & 0xc0) !== 0x80 && !halfPair) break;
    if (byte !== backslash) {
      at++;
      halfPair = false;
    } else if (content[at + 1] === 0x75) {
      halfPair = /^d[89ab]/i.test(content.toString('latin1', at + 2, at + 4));
      at += 6;
    } else {
      at += 2;
      halfPair = false;
    }
  }
  return Math.min(at, content.length);
}
