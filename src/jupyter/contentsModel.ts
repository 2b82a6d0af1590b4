import type { JupyterProblem } from './errors.ts';

/** One file, notebook or folder, as Jupyter's Contents API tells it. */
export interface Entry {
  /** From the server's root, segments joined by `/`, no leading slash, not encoded; '' is the root. */
  path: string;
  name: string;
  type: 'file' | 'notebook' | 'directory';
  /** Bytes; undefined for folders and where the server does not know. */
  size?: number;
  /** ms since the epoch. */
  modified: number;
  created: number;
  writable: boolean;
  /** Another one for every other content, as far as the server's clock and the size tell; compare, never show. */
  version: string;
  /** Of the content, in lower-case hex; only where it was asked for and the server can (jupyter_server 2.11). */
  sha256?: string;
}

/** Jupyter's own shape. */
export interface Model {
  name: string;
  path: string;
  type: Entry['type'];
  writable: boolean;
  created: string;
  last_modified: string;
  size?: number | null;
  content?: unknown;
  format?: string | null;
  hash?: string | null;
  hash_algorithm?: string | null;
}

/** Whole files travel as base64 in JSON, in memory on both sides. */
export const largestFileBytes = 50 * 1024 * 1024;

export function entryOf(model: Model): Entry {
  return {
    path: model.path.replace(/^\/+/, ''),
    name: model.name,
    type: model.type,
    size: model.size ?? undefined,
    modified: Date.parse(model.last_modified) || 0,
    created: Date.parse(model.created) || 0,
    writable: model.writable,
    // Finer than `modified`, which is cut to ms.
    version: `${model.last_modified} ${model.size ?? ''}`,
    ...(model.hash && model.hash_algorithm === 'sha256' ? { sha256: model.hash } : {}),
  };
}

const byName = new Intl.Collator(undefined, { numeric: true });

/** Folders first, then by name as people count: a2 before a10. */
export function byKindAndName(a: Entry, b: Entry): number {
  const folders = Number(b.type === 'directory') - Number(a.type === 'directory');
  return folders || byName.compare(a.name, b.name);
}

/**
 * What a refused call means. jupyter_server tells the reason only in words: 400 for a folder that is not empty and for
 * names with a dot, 500 with the system's error number for most else.
 * @param to where to, of a move
 */
export function problemOf(status: number, message: string, path: string, to = path): JupyterProblem {
  if (/send2trash/.test(message)) return { code: 'Refused', status, message };
  if (status === 404 || /\[Errno 2\]/.test(message)) return { code: 'NotFound', path };
  if (status === 409) return { code: 'Exists', path: to };
  if (status === 400 && /not empty/i.test(message)) return { code: 'NotEmpty', path };
  if (/Errno 36\b|file name too long/i.test(message) || (status === 500 && [path, to].some(hasLongName)))
    return { code: 'NameTooLong', path: to };
  if (/Errno (28|122)\b|no space left|quota exceeded/i.test(message)) return { code: 'NoSpace', path };
  if (status === 413) return { code: 'TooLarge', path, bytes: 0, limitBytes: largestFileBytes };
  if (status === 403 || /permission denied|read-only file system/i.test(message)) return { code: 'NotPermitted', path };
  const hidden = [to, path].find(isHidden);
  if (hidden && status === 400 && /Cannot (create|rename|copy|delete) (file or )?directory/.test(message))
    return { code: 'HiddenName', path: hidden };
  return { code: 'Refused', status, message };
}

/** Whether Jupyter hides a path by default: a name in it begins with a dot. */
export function isHidden(path: string): boolean {
  return path.split('/').some((name) => name.startsWith('.'));
}

/** Linux' file systems take names of 255 bytes; Jupyter answers to longer ones without a reason. */
function hasLongName(path: string): boolean {
  return path.split('/').some((name) => Buffer.byteLength(name) > 255);
}

/** A path in URLs: each segment encoded, the slashes not. */
export function encodePath(path: string): string {
  return path.split('/').filter(Boolean).map(encodeURIComponent).join('/');
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder of a path; '' for what lies in the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function joinPath(folder: string, name: string): string {
  return folder ? `${folder}/${name}` : name;
}

/**
 * A free name beside a path, for what must not stand under its own name (yet). Short enough where the name itself is as
 * long as file systems allow, and visible, as Jupyter refuses names with a dot.
 */
export function besides(path: string, word: string): string {
  let name = baseName(path);
  while (Buffer.byteLength(name) > 180) name = [...name].slice(0, -10).join('');
  const mark = `${Date.now().toString(36)}${Math.floor(Math.random() * 1296).toString(36)}`;
  return joinPath(parentOf(path), `${name}.${word}-${mark}`);
}
