import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ContentsClient } from './contents.ts';
import { isHidden, joinPath, type Entry } from './contentsModel.ts';
import { isJupyterError } from './errors.ts';
import { IgnoreFiles } from './ignoreFiles.ts';
import { forAll, patiently, unlessOfOne, type Failure, type TransferOptions } from './transfer.ts';
import { uploadFile } from './upload.ts';

/** A local file and where it goes. */
export interface Upload {
  from: string;
  to: string;
  bytes: number;
}

export interface UploadPlan {
  /** To be made on the server, those above first. */
  folders: string[];
  files: Upload[];
  /** Files of the server that are different and would be replaced. */
  replaced: string[];
  /** Files that are on the server as they are here. */
  same: number;
  /** Files and folders that .gitignore keeps here. */
  ignored: number;
  bytes: number;
}

/** Jupyter reads a file whole to hash it: beyond this the time of change must do. */
const mostHashed = 256 * 1024 * 1024;

/**
 * What has to go up for a folder of the server to hold what the local ones hold. `sources` are files and folders; each
 * goes into `target` under its own name. A file counts as the same when the server's has its size and its sha256: Jupyter
 * cannot set a time, so times say nothing of the content. Servers before 2.11 know no hashes: there, and for very large
 * files, a later time with the same size does, which leaves alone what somebody may have changed.
 */
export async function planUpload(
  contents: ContentsClient,
  sources: readonly string[],
  target: string,
  o: TransferOptions,
): Promise<UploadPlan> {
  const plan: UploadPlan = { folders: [], files: [], replaced: [], same: 0, ignored: 0, bytes: 0 };
  const compared: { upload: Upload; there: Entry; modified: number }[] = [];

  const add = (from: string, to: string, info: { size: number; mtimeMs: number }, there: Entry | undefined) => {
    const upload = { from, to, bytes: info.size };
    if (there?.size === info.size) compared.push({ upload, there, modified: info.mtimeMs });
    else put(upload, there);
  };
  const put = (upload: Upload, there: Entry | undefined) => {
    if (there) plan.replaced.push(upload.to);
    plan.files.push(upload);
    plan.bytes += upload.bytes;
  };
  const walk = async (from: string, to: string, known: boolean, rules: IgnoreFiles): Promise<void> => {
    o.signal.throwIfAborted();
    const there = known ? await listed(contents, to, o) : new Map<string, Entry>();
    if (!known) plan.folders.push(to);
    for (const item of await readdir(from, { withFileTypes: true })) {
      const local = path.join(from, item.name);
      // Links to folders may lead in circles; a link to a file is sent as the file.
      const info = item.isSymbolicLink() ? await stat(local).catch(() => undefined) : item;
      const isFolder = item.isDirectory();
      if (!info || (!isFolder && !info.isFile())) continue;
      if (rules.ignores(local, isFolder)) {
        plan.ignored++;
        continue;
      }
      const remote = joinPath(to, item.name);
      const other = there.get(item.name);
      if (isFolder) await walk(local, remote, other?.type === 'directory', await rules.below(local));
      else add(local, remote, await stat(local), other);
    }
  };

  const there = await listed(contents, target, o);
  for (const source of sources) {
    const info = await stat(source);
    const name = path.basename(source);
    const [to, other] = [joinPath(target, name), there.get(name)];
    if (info.isDirectory()) await walk(source, to, other?.type === 'directory', await IgnoreFiles.above(source));
    else add(source, to, info, other);
  }
  await forAll(compared, async ({ upload, there, modified }) => {
    if (await same(contents, upload, there, modified, o)) plan.same++;
    else put(upload, there);
  });
  return plan;
}

/**
 * Does what was planned; `onFile` is called when another file is through. Gives the files that the server would not take
 * (hidden ones, too long names) or that changed meanwhile, which hold up no others.
 */
export async function uploadPlanned(
  contents: ContentsClient,
  plan: UploadPlan,
  o: TransferOptions & { onFile?: () => void },
): Promise<Failure[]> {
  const failures: Failure[] = [];
  /** Folders that the server would not take: what belongs into them needs no try. */
  const refused: string[] = [];
  const lost = (to: string) => refused.some((folder) => to.startsWith(`${folder}/`));
  for (const folder of plan.folders) {
    if (lost(folder)) continue;
    const before = failures.length;
    await unlessOfOne(failures, folder, () => patiently(o, () => makeFolder(contents, folder)));
    if (failures.length > before) refused.push(folder);
  }
  await forAll(plan.files, async ({ from, to }) => {
    if (!lost(to)) await unlessOfOne(failures, to, () => uploadFile(contents, from, to, o));
    o.onFile?.();
  });
  return failures;
}

async function makeFolder(contents: ContentsClient, folder: string): Promise<void> {
  try {
    await contents.mkdir(folder);
  } catch (error) {
    if (!isJupyterError(error, 'Exists')) throw error;
  }
}

async function listed(contents: ContentsClient, folder: string, o: TransferOptions): Promise<Map<string, Entry>> {
  try {
    const entries = await patiently(o, () => contents.list(folder, o.signal));
    return new Map(entries.map((entry) => [entry.name, entry]));
  } catch (error) {
    // What the server hides it does not list, and will not take.
    if (isJupyterError(error, 'NotFound') && isHidden(folder)) return new Map();
    throw error;
  }
}

async function same(
  contents: ContentsClient,
  upload: Upload,
  there: Entry,
  modified: number,
  o: TransferOptions,
): Promise<boolean> {
  const hashed =
    upload.bytes > mostHashed ? there : await patiently(o, () => contents.stat(upload.to, o.signal, { hash: true }));
  if (!hashed.sha256) return there.modified >= modified;
  return hashed.sha256 === (await hashOf(upload.from, o.signal));
}

async function hashOf(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file, { signal })) hash.update(part as Buffer);
  return hash.digest('hex');
}
