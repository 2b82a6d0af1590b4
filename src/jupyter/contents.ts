import { copyEntry } from './contentsCopy.ts';
import { deleteEntry, type Sweep } from './contentsDelete.ts';
import {
  besides,
  byKindAndName,
  encodePath,
  entryOf,
  largestFileBytes,
  problemOf,
  type Entry,
  type Model,
} from './contentsModel.ts';
import { isJupyterError, JupyterError } from './errors.ts';
import { fileBody } from './fileBody.ts';
import type { RawFiles } from './rawFiles.ts';
import type { Rest } from './rest.ts';

export { largestFileBytes, type Entry } from './contentsModel.ts';

export interface CallOptions {
  query?: string;
  /** As in Rest. */
  body?: unknown;
  signal?: AbortSignal;
  /** Doing it twice is another thing. */
  once?: boolean;
  /** Where to, of a move. */
  to?: string;
}

/** From this size on a file is read as it is and not as base64 in JSON, which needs some four times its room. */
const rawBytes = 1024 * 1024;

/** Files on a Jupyter server through its Contents API. Paths are as in Entry; errors are JupyterError. */
export class ContentsClient {
  constructor(
    private readonly rest: Rest,
    private readonly o: { raw?: RawFiles; sweep?: Sweep } = {},
  ) {}

  /** With `hash` the server reads the whole file for its sha256, where it can. */
  async stat(path: string, signal?: AbortSignal, o: { hash?: boolean } = {}): Promise<Entry> {
    const query = o.hash ? 'content=0&hash=1' : 'content=0';
    return entryOf(await this.call<Model>('GET', path, { query, signal }));
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
    if (this.o.raw && (known.size ?? 0) >= rawBytes) {
      const bytes = await this.o.raw.read(path, largestFileBytes, signal);
      // Changed in between, it is newer than `known` says: the next look finds that out.
      return { bytes, entry: known };
    }
    const model = await this.call<Model>('GET', path, { query: 'type=file&format=base64&content=1', signal });
    return {
      bytes: Buffer.from(typeof model.content === 'string' ? model.content : '', 'base64'),
      entry: entryOf(model),
    };
  }

  /** Writes the whole file, over one that is there. */
  async writeFile(path: string, bytes: Uint8Array, o: { signal?: AbortSignal } = {}): Promise<Entry> {
    if (bytes.byteLength > largestFileBytes)
      throw new JupyterError({ code: 'TooLarge', path, bytes: bytes.byteLength, limitBytes: largestFileBytes });
    const body = fileBody(bytes);
    const put = async (to: string) => entryOf(await this.call<Model>('PUT', to, { body, signal: o.signal }));
    try {
      return await put(path);
    } catch (error) {
      // Jupyter keeps a copy beside the file while it writes, whose name is two characters longer.
      if (!isJupyterError(error, 'NameTooLong') || !(await this.exists(path))) throw error;
      const beside = besides(path, 'new');
      await put(beside);
      return this.rename(beside, path, { overwrite: true });
    }
  }

  /**
   * Appends a part to a file that is sent in parts (jupyter_server's `chunk`: 1 begins the file anew, -1 is the last).
   * The file is as long afterwards as the entry's size says; a manager that knows no parts shows there.
   */
  async writePart(path: string, part: Uint8Array, chunk: number, signal?: AbortSignal): Promise<Entry> {
    return entryOf(await this.call<Model>('PUT', path, { body: fileBody(part, chunk), signal, once: true }));
  }

  /** Rejects with Exists where there is something of that name. */
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
    return this.putNotebook(path);
  }

  /** A new file, a notebook with one empty cell. Rejects with Exists where there is something of that name. */
  async createFile(path: string): Promise<Entry> {
    await this.mustNotExist(path);
    return path.endsWith('.ipynb') ? this.putNotebook(path) : this.writeFile(path, new Uint8Array());
  }

  async rename(from: string, to: string, o: { overwrite?: boolean } = {}): Promise<Entry> {
    return o.overwrite ? this.replace(to, () => this.move(from, to)) : this.move(from, to);
  }

  /** A copy of a file or folder, made by the server where it can. Rejects with Exists unless told to overwrite. */
  async copy(from: string, to: string, o: { overwrite?: boolean } = {}): Promise<Entry> {
    if (o.overwrite) return this.replace(to, () => copyEntry(this, from, to));
    await this.mustNotExist(to);
    return copyEntry(this, from, to);
  }

  /**
   * Deletes a file, or a folder with all that is in it if `recursive`. Rejects with NotEmpty for a folder that is not
   * empty, unless told otherwise, and for one that cannot be emptied.
   */
  delete(path: string, o: { recursive?: boolean } = {}): Promise<void> {
    return deleteEntry(this, path, { recursive: o.recursive ?? false, sweep: this.o.sweep });
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

  /** One call of the API, for the parts of this client; its refusals are turned into what they mean. */
  async call<T>(method: string, path: string, o: CallOptions): Promise<T> {
    try {
      return await this.rest.call<T>(method, `api/contents/${encodePath(path)}${o.query ? `?${o.query}` : ''}`, {
        body: o.body,
        signal: o.signal,
        once: o.once,
      });
    } catch (error) {
      if (!isJupyterError(error, 'Refused')) throw error;
      const { status, message } = error.problem;
      throw new JupyterError(problemOf(status, message, path, o.to), { cause: error });
    }
  }

  private async move(from: string, to: string): Promise<Entry> {
    return entryOf(await this.call<Model>('PATCH', from, { body: { path: to }, to }));
  }

  /** What is in the way is put aside first and comes back if `work` is refused: nothing is lost half-way. */
  private async replace(path: string, work: () => Promise<Entry>): Promise<Entry> {
    if (!(await this.exists(path))) return work();
    const aside = besides(path, 'replaced');
    await this.move(path, aside);
    let entry: Entry;
    try {
      entry = await work();
    } catch (error) {
      await this.move(aside, path);
      throw error;
    }
    await this.delete(aside, { recursive: true });
    return entry;
  }

  private async putNotebook(path: string): Promise<Entry> {
    const cell = { cell_type: 'code', id: 'first', execution_count: null, metadata: {}, outputs: [], source: '' };
    const content = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
    return entryOf(await this.call<Model>('PUT', path, { body: { type: 'notebook', format: 'json', content } }));
  }

  private async mustNotExist(path: string): Promise<void> {
    if (await this.exists(path)) throw new JupyterError({ code: 'Exists', path });
  }
}
