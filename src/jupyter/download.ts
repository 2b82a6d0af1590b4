import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat, truncate, utimes } from 'node:fs/promises';
import path from 'node:path';
import { deepestFolder } from './contentsCopy.ts';
import type { Entry } from './contentsModel.ts';
import { isJupyterError, JupyterError } from './errors.ts';
import { forAll, patiently, unlessOfOne, type Failure, type TransferOptions, type TransferServer } from './transfer.ts';

/** A file that changes faster than it comes down is given up after so many beginnings. */
const mostBeginnings = 3;

/**
 * Brings a file of the server to the local disk, piece by piece: into a file beside `to` that is named for the version,
 * and under its own name when all of it is there. A cut connection goes on where it was, also in a later call; a file
 * that changes meanwhile begins anew. It gets the server's time of change. When `signal` aborts, the piece goes as well.
 */
export async function downloadFile(
  server: TransferServer,
  from: string,
  to: string,
  o: TransferOptions,
): Promise<void> {
  for (let beginning = 1; ; beginning++) {
    const entry = await patiently(o, () => server.contents.stat(from, o.signal));
    const part = partOf(to, entry);
    try {
      if (await fetchAll(server, entry, part, o)) {
        await utimes(part, new Date(), new Date(entry.modified));
        await rename(part, to);
        return;
      }
    } catch (error) {
      if (o.signal.aborted) await rm(part, { force: true });
      throw error;
    }
    await rm(part, { force: true });
    if (beginning === mostBeginnings) throw new JupyterError({ code: 'Changing', path: from, here: false });
  }
}

/** Appends to `part` until it is the whole of that version; false when the file became another one. */
async function fetchAll(server: TransferServer, entry: Entry, part: string, o: TransferOptions): Promise<boolean> {
  let have = await sizeOf(part);
  if (entry.size !== undefined && have > entry.size) {
    await truncate(part, 0);
    have = 0;
  }
  let seen = 0;
  const arrived = (more: number) => {
    have += more;
    o.onBytes?.(more);
  };
  o.onBytes?.(have);
  try {
    await patiently(
      o,
      () => append(server, entry, part, have, arrived, o.signal),
      () => {
        const moved = have > seen;
        seen = have;
        return moved;
      },
    );
  } catch (error) {
    if (!isJupyterError(error, 'Conflict')) throw error;
    o.onBytes?.(-have);
    return false;
  }
  const now = await patiently(o, () => server.contents.stat(entry.path, o.signal));
  if (now.version === entry.version && have === (entry.size ?? have)) return true;
  o.onBytes?.(-have);
  return false;
}

/** Rejects with Conflict when the file is not as long as it was. */
async function append(
  server: TransferServer,
  entry: Entry,
  part: string,
  from: number,
  arrived: (more: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const file = await open(part, 'a');
  try {
    if (from > 0 && from === entry.size) return;
    const { start, total, body } = await server.raw.open(entry.path, from, signal);
    // A server that sends no parts sends what is here already once more.
    let skip = from - start;
    for await (const bytes of body) {
      if (total !== undefined && total !== (entry.size ?? total))
        throw new JupyterError({ code: 'Conflict', path: entry.path });
      const fresh = skip > 0 ? bytes.subarray(skip) : bytes;
      skip = Math.max(0, skip - bytes.byteLength);
      if (fresh.byteLength === 0) continue;
      await file.appendFile(fresh);
      arrived(fresh.byteLength);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A file of a folder that comes down, and where it goes. */
export interface Download {
  entry: Entry;
  to: string;
}

export interface DownloadPlan {
  folders: string[];
  files: Download[];
  /** Files that are here already, as they are there. */
  same: number;
  /** Local files that are there and different: they would be replaced. */
  replaced: string[];
  bytes: number;
}

/**
 * What has to come down for `to` to hold what the server's folder holds. A file of the same size and time counts as the
 * same, as its time is the server's since the last download. What the server does not list (hidden files) stays there.
 */
export async function planDownload(
  server: TransferServer,
  folder: string,
  to: string,
  o: TransferOptions,
): Promise<DownloadPlan> {
  const plan = emptyPlan();
  await planFolder(plan, { server, folder, to, depth: 0 }, o);
  return plan;
}

/** The same for several files and folders, which come into one local folder, each under its own name. */
export async function planDownloads(
  server: TransferServer,
  paths: readonly string[],
  into: string,
  o: TransferOptions,
): Promise<DownloadPlan> {
  const plan = emptyPlan();
  for (const from of paths) {
    const entry = await patiently(o, () => server.contents.stat(from, o.signal));
    const to = path.join(into, localName(entry.name));
    if (entry.type === 'directory') await planFolder(plan, { server, folder: from, to, depth: 0 }, o);
    else await planFile(plan, entry, to);
  }
  return plan;
}

function emptyPlan(): DownloadPlan {
  return { folders: [], files: [], same: 0, replaced: [], bytes: 0 };
}

async function planFolder(
  plan: DownloadPlan,
  at: { server: TransferServer; folder: string; to: string; depth: number },
  o: TransferOptions,
): Promise<void> {
  // A link to a folder above it has no end.
  if (at.depth > deepestFolder) throw new JupyterError({ code: 'NameTooLong', path: at.folder });
  plan.folders.push(at.to);
  for (const entry of await patiently(o, () => at.server.contents.list(at.folder, o.signal))) {
    const to = path.join(at.to, localName(entry.name));
    if (entry.type !== 'directory') await planFile(plan, entry, to);
    else await planFolder(plan, { ...at, folder: entry.path, to, depth: at.depth + 1 }, o);
  }
}

async function planFile(plan: DownloadPlan, entry: Entry, to: string): Promise<void> {
  const known = await stat(to).catch(() => undefined);
  if (known && known.size === entry.size && Math.abs(known.mtimeMs - entry.modified) < 1000) {
    plan.same++;
    return;
  }
  if (known) plan.replaced.push(to);
  plan.files.push({ entry, to });
  plan.bytes += entry.size ?? 0;
}

/**
 * Does what was planned; `onFile` is called when another file is through. Gives the files that could not be had (gone,
 * not readable, changing all the time), which hold up no others.
 */
export async function downloadPlanned(
  server: TransferServer,
  plan: DownloadPlan,
  o: TransferOptions & { onFile?: () => void },
): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const folder of plan.folders) await mkdir(folder, { recursive: true });
  await forAll(plan.files, async ({ entry, to }) => {
    await unlessOfOne(failures, entry.path, () => downloadFile(server, entry.path, to, o));
    o.onFile?.();
  });
  return failures;
}

/** A name that the local disk takes, and that leads nowhere else: Windows forbids some letters, Linux hardly any. */
export function localName(name: string, platform = process.platform): string {
  const safe = platform === 'win32' ? name.replace(/[<>:"/\\|?*\p{Cc}]/gu, '_').replace(/[. ]+$/, '_') : name;
  if (safe === '' || safe === '.' || safe === '..' || safe.includes('/')) return '_';
  const device = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
  return platform === 'win32' && device.test(safe) ? `_${safe}` : safe;
}

function partOf(to: string, entry: Entry): string {
  const version = createHash('sha256').update(`${entry.path}\n${entry.version}`).digest('hex').slice(0, 8);
  let name = path.basename(to);
  while (Buffer.byteLength(name) > 200) name = [...name].slice(0, -10).join('');
  return path.join(path.dirname(to), `${name}.${version}.part`);
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
