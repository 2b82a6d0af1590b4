import { open, stat, type FileHandle } from 'node:fs/promises';
import type { ContentsClient } from './contents.ts';
import { besides, type Entry } from './contentsModel.ts';
import { isJupyterError, JupyterError } from './errors.ts';
import { patiently, type TransferOptions } from './transfer.ts';

/** Larger files go in parts of this size, as base64 in JSON: so much is in memory at a time. */
const partBytes = 2 * 1024 * 1024;
const mostBeginnings = 3;

/**
 * Sends a local file to the server, over one that is there. A large one goes in parts into a file beside it, which gets
 * the name when it is whole: nobody on the server sees half of it, and what was there before stays until then. A cut
 * connection goes on with the part that is missing. When `signal` aborts, the parts go as well.
 */
export async function uploadFile(
  contents: ContentsClient,
  from: string,
  to: string,
  o: TransferOptions,
): Promise<void> {
  const file = await open(from, 'r');
  try {
    const before = await file.stat();
    const entry =
      before.size <= partBytes ? await sendWhole(contents, file, to, o) : await sendParts(contents, file, to, o);
    const now = await stat(from);
    if (now.size !== before.size || now.mtimeMs !== before.mtimeMs)
      throw new JupyterError({ code: 'Changing', path: from, here: true });
    mustBe(entry, before.size);
  } finally {
    await file.close();
  }
}

async function sendWhole(contents: ContentsClient, file: FileHandle, to: string, o: TransferOptions): Promise<Entry> {
  const bytes = await file.readFile();
  const entry = await patiently(o, () => contents.writeFile(to, bytes, { signal: o.signal }));
  o.onBytes?.(bytes.byteLength);
  return entry;
}

async function sendParts(contents: ContentsClient, file: FileHandle, to: string, o: TransferOptions): Promise<Entry> {
  for (let beginning = 1; ; beginning++) {
    const beside = besides(to, 'part');
    let sent = 0;
    const onBytes = (more: number) => {
      sent += more;
      o.onBytes?.(more);
    };
    try {
      await sendAll(contents, file, beside, { ...o, onBytes });
      return await patiently(o, () => takeName(contents, beside, to));
    } catch (error) {
      await dropPart(contents, beside, error);
      // A part whose connection was cut can arrive after it was looked for: then it is there twice.
      if (!isJupyterError(error, 'Incomplete') || beginning === mostBeginnings) throw error;
      o.onBytes?.(-sent);
    }
  }
}

async function sendAll(contents: ContentsClient, file: FileHandle, to: string, o: TransferOptions): Promise<void> {
  const { size } = await file.stat();
  for (let at = 0, chunk = 1; at < size; chunk++) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(partBytes), 0, partBytes, at);
    if (bytesRead === 0) return; // shorter by now: told by the caller
    const part = buffer.subarray(0, bytesRead);
    const last = at + bytesRead >= size;
    await patiently(o, () => sendPart(contents, to, part, { at, chunk: last ? -1 : chunk, signal: o.signal }));
    at += bytesRead;
    o.onBytes?.(bytesRead);
  }
}

/** A part is appended: before it is sent once more it must be known whether it arrived. */
async function sendPart(
  contents: ContentsClient,
  path: string,
  part: Buffer,
  o: { at: number; chunk: number; signal: AbortSignal },
): Promise<void> {
  const length = await lengthOf(contents, path, o.signal);
  const end = o.at + part.byteLength;
  if (length === end) return;
  if (length !== o.at) throw new JupyterError({ code: 'Incomplete', path, bytes: length, expected: o.at });
  const entry = await contents.writePart(path, part, o.chunk, o.signal);
  mustBe(entry, end);
}

/** An answer that was lost leaves nothing to rename: then it is done. */
async function takeName(contents: ContentsClient, from: string, to: string): Promise<Entry> {
  if (!(await contents.exists(from))) return contents.stat(to);
  return contents.rename(from, to, { overwrite: true });
}

async function lengthOf(contents: ContentsClient, path: string, signal: AbortSignal): Promise<number> {
  try {
    return (await contents.stat(path, signal)).size ?? 0;
  } catch (error) {
    if (isJupyterError(error, 'NotFound')) return 0;
    throw error;
  }
}

function mustBe(entry: Entry, expected: number): void {
  if (entry.size !== undefined && entry.size !== expected)
    throw new JupyterError({ code: 'Incomplete', path: entry.path, bytes: entry.size, expected });
}

/** Half a file is of no use; where the server cannot be told so now, it stays under a name that says what it is. */
async function dropPart(contents: ContentsClient, path: string, reason: unknown): Promise<void> {
  try {
    if (!(await contents.exists(path))) return;
    // Jupyter keeps what is deleted in its trash, on the user's volume.
    await contents.writeFile(path, new Uint8Array());
    await contents.delete(path);
  } catch (error) {
    if (!isJupyterError(error)) throw new AggregateError([reason, error], 'a part of an upload is left on the server');
  }
}
