import { isJupyterError, JupyterError, type JupyterProblem } from './errors.ts';
import type { Rest } from './rest.ts';

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
}

interface Model {
  name: string;
  path: string;
  type: Entry['type'];
  writable: boolean;
  created: string;
  last_modified: string;
  size?: number | null;
  content?: unknown;
  format?: string | null;
}

/** Whole files travel as base64 in JSON, in memory on both sides. */
export const largestFileBytes = 50 * 1024 * 1024;

/** Files on a Jupyter server through its Contents API. Paths are as in Entry; errors are JupyterError. */
export class ContentsClient {
  constructor(private readonly rest: Rest) {}

  async stat(path: string, signal?: AbortSignal): Promise<Entry> {
    return entryOf(await this.call<Model>('GET', path, { query: 'content=0', signal }));
  }

  /** The folder's entries, folders first, then by name. Hidden files are the server's to tell. */
  async list(path: string, signal?: AbortSignal): Promise<Entry[]> {
    const model = await this.call<Model>('GET', path, { query: 'content=1&type=directory', signal });
    if (!Array.isArray(model.content)) throw new JupyterError({ code: 'NotFound', path });
    return (model.content as Model[]).map(entryOf).sort(byKindAndName);
  }

  /** The bytes of a file; a notebook's too (asked for as a file, or it comes back as a model of cells). */
  async readFile(path: string, signal?: AbortSignal): Promise<{ bytes: Uint8Array; entry: Entry }> {
    const known = await this.stat(path, signal);
    if (known.type === 'directory') throw new JupyterError({ code: 'NotPermitted', path });
    if ((known.size ?? 0) > largestFileBytes)
      throw new JupyterError({ code: 'TooLarge', path, bytes: known.size ?? 0, limitBytes: largestFileBytes });
    const model = await this.call<Model>('GET', path, { query: 'type=file&format=base64&content=1', signal });
    return {
      bytes: Buffer.from(typeof model.content === 'string' ? model.content : '', 'base64'),
      entry: entryOf(model),
    };
  }

  /**
   * Writes the whole file. With `ifModified` (the `modified` of the version that was read) a file that is another by
   * now is left alone and Conflict thrown; Jupyter has no such condition of its own, so a short gap remains.
   */
  async writeFile(
    path: string,
    bytes: Uint8Array,
    o: { ifModified?: number; signal?: AbortSignal } = {},
  ): Promise<Entry> {
    if (bytes.byteLength > largestFileBytes)
      throw new JupyterError({ code: 'TooLarge', path, bytes: bytes.byteLength, limitBytes: largestFileBytes });
    if (o.ifModified !== undefined) {
      const now = await this.stat(path, o.signal);
      if (now.modified > o.ifModified) throw new JupyterError({ code: 'Conflict', path });
    }
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    return entryOf(
      await this.call<Model>('PUT', path, { body: { type: 'file', format: 'base64', content }, signal: o.signal }),
    );
  }

  async mkdir(path: string): Promise<Entry> {
    await this.mustNotExist(path);
    return entryOf(await this.call<Model>('PUT', path, { body: { type: 'directory' } }));
  }

  /**
   * A new notebook in `folder`, named by the server (Untitled.ipynb, Untitled1.ipynb, ...), with one empty cell to type
   * into: the server itself makes notebooks without any.
   */
  async createNotebook(folder: string): Promise<Entry> {
    const { path } = await this.call<Model>('POST', folder, { body: { type: 'notebook' } });
    const cell = { cell_type: 'code', id: 'first', execution_count: null, metadata: {}, outputs: [], source: '' };
    const content = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
    return entryOf(await this.call<Model>('PUT', path, { body: { type: 'notebook', format: 'json', content } }));
  }

  async rename(from: string, to: string, o: { overwrite?: boolean } = {}): Promise<Entry> {
    if (!o.overwrite || !(await this.exists(to))) return this.move(from, to);
    // What is in the way is put aside first and comes back if the rename is refused: nothing is lost half-way.
    const aside = `${to}.replaced-${Date.now().toString(36)}`;
    await this.move(to, aside);
    let entry: Entry;
    try {
      entry = await this.move(from, to);
    } catch (error) {
      await this.move(aside, to);
      throw error;
    }
    await this.delete(aside, { recursive: true });
    return entry;
  }

  private async move(from: string, to: string): Promise<Entry> {
    return entryOf(await this.call<Model>('PATCH', from, { body: { path: to }, taken: to }));
  }

  /**
   * Some servers refuse a folder that is not empty, so a recursive delete empties it first; others move it to the trash
   * whatever is in it, so one that is not recursive looks first. Rejects with NotEmpty.
   */
  async delete(path: string, o: { recursive?: boolean } = {}): Promise<void> {
    if (!o.recursive && (await this.stat(path)).type === 'directory' && (await this.list(path)).length > 0)
      throw new JupyterError({ code: 'NotEmpty', path });
    try {
      await this.call('DELETE', path, {});
    } catch (error) {
      const notEmpty = error instanceof JupyterError && error.code === 'NotEmpty';
      if (!notEmpty || !o.recursive) throw error;
      for (const entry of await this.list(path)) await this.delete(entry.path, { recursive: true });
      await this.call('DELETE', path, {});
    }
  }

  async exists(path: string): Promise<boolean> {
    try {
      await this.stat(path);
      return true;
    } catch (error) {
      if (error instanceof JupyterError && error.code === 'NotFound') return false;
      throw error;
    }
  }

  private async mustNotExist(path: string): Promise<void> {
    if (await this.exists(path)) throw new JupyterError({ code: 'Exists', path });
  }

  private async call<T>(
    method: string,
    path: string,
    o: { query?: string; body?: unknown; signal?: AbortSignal; taken?: string },
  ): Promise<T> {
    const encoded = path.split('/').filter(Boolean).map(encodeURIComponent).join('/');
    try {
      return await this.rest.call<T>(method, `api/contents/${encoded}${o.query ? `?${o.query}` : ''}`, {
        body: o.body,
        signal: o.signal,
      });
    } catch (error) {
      if (!isJupyterError(error, 'Refused')) throw error;
      const { status, message } = error.problem;
      throw new JupyterError(problemOf(status, message, status === 409 ? (o.taken ?? path) : path), { cause: error });
    }
  }
}

function entryOf(model: Model): Entry {
  return {
    path: model.path.replace(/^\/+/, ''),
    name: model.name,
    type: model.type,
    size: model.size ?? undefined,
    modified: Date.parse(model.last_modified) || 0,
    created: Date.parse(model.created) || 0,
    writable: model.writable,
  };
}

function byKindAndName(a: Entry, b: Entry): number {
  const folders = Number(b.type === 'directory') - Number(a.type === 'directory');
  return folders || a.name.localeCompare(b.name);
}

/** jupyter_server tells the reason only in words: 400 for a folder that is not empty, 403 and 500 for permissions. */
function problemOf(status: number, message: string, path: string): JupyterProblem {
  if (status === 404) return { code: 'NotFound', path };
  if (status === 409) return { code: 'Exists', path };
  if (status === 400 && /not empty/i.test(message)) return { code: 'NotEmpty', path };
  if (status === 413) return { code: 'TooLarge', path, bytes: 0, limitBytes: largestFileBytes };
  if (status === 403 || /permission denied|read-only file system/i.test(message)) return { code: 'NotPermitted', path };
  return { code: 'Refused', status, message };
}
