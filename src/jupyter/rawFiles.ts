import { rewritten } from '../k8s/podProxyHeads.ts';
import { encodePath, problemOf } from './contentsModel.ts';
import { JupyterError } from './errors.ts';
import type { HttpStream, TunnelHttp } from './http.ts';

/** A file's bytes from some place on. */
export interface RawBytes {
  /** Where the body begins: what was asked for, or 0 with a server that sends no parts. */
  start: number;
  /** Of the whole file; undefined where the server does not tell. */
  total: number | undefined;
  body: AsyncIterable<Buffer>;
}

/** Files as they are, through Jupyter's route `files/`: no base64, no JSON, in parts by `Range`. */
export class RawFiles {
  constructor(
    private readonly o: {
      http: TunnelHttp;
      /** The server's base path, with a slash at its end. */
      basePath: string;
      /** Jupyter checks XSRF here, too. */
      headers: () => Record<string, string>;
    },
  ) {}

  /** The bytes from `from` on, to be read as they come. Rejects as ContentsClient does. */
  open(path: string, from = 0, signal?: AbortSignal): Promise<RawBytes> {
    return this.opened(path, from, { signal });
  }

  private async opened(path: string, from: number, o: Limits): Promise<RawBytes> {
    const { signal } = o;
    const answer = await this.o.http.stream({
      method: 'GET',
      path: `${this.o.basePath}files/${encodePath(path)}`,
      headers: { ...this.o.headers(), Host: 'localhost', ...(from > 0 ? { Range: `bytes=${from}-` } : {}) },
      signal,
    });
    const header = (name: string) => answer.headers.find(([key]) => key.toLowerCase() === name)?.[1];
    if (header(rewritten) !== undefined && answer.status < 300) return this.encoded(path, from, answer, o);
    if (answer.status === 200) {
      const length = header('content-length');
      return { start: 0, total: length === undefined ? undefined : Number(length), body: answer.body };
    }
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(header('content-range') ?? '') ?? [];
    if (answer.status === 206 && start !== undefined)
      return { start: Number(start), total: Number(total), body: answer.body };
    await drain(answer);
    // Nothing is left of a file that has become shorter.
    if (answer.status === 416) throw new JupyterError({ code: 'Conflict', path });
    throw new JupyterError(problemOf(answer.status, answer.statusText, path));
  }

  /** What was changed on its way as a page does not change as JSON. */
  private async encoded(path: string, from: number, page: HttpStream, { signal, limit }: Limits): Promise<RawBytes> {
    for await (const part of page.body) {
      void part;
      break; // ends it
    }
    if (limit !== undefined) {
      const { size } = await this.model<{ size?: number | null }>(path, 'content=0', signal);
      refuseOver(limit, path, size ?? 0);
    }
    const { content } = await this.model<{ content: string }>(path, 'type=file&format=base64&content=1', signal);
    const bytes = Buffer.from(content, 'base64');
    if (from > bytes.length) throw new JupyterError({ code: 'Conflict', path });
    return { start: from, total: bytes.length, body: only(bytes.subarray(from)) };
  }

  private async model<T>(path: string, query: string, signal: AbortSignal | undefined): Promise<T> {
    const answer = await this.o.http.request({
      method: 'GET',
      path: `${this.o.basePath}api/contents/${encodePath(path)}?${query}`,
      headers: { ...this.o.headers(), Host: 'localhost' },
      signal,
    });
    if (answer.status !== 200) throw new JupyterError(problemOf(answer.status, answer.statusText, path));
    return JSON.parse(answer.body.toString('utf8')) as T;
  }

  /** A whole file of `limit` bytes at most. Rejects with TooLarge. */
  async read(path: string, limit: number, signal?: AbortSignal): Promise<Uint8Array> {
    const { body } = await this.opened(path, 0, { signal, limit });
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of body) {
      bytes += part.byteLength;
      refuseOver(limit, path, bytes);
      parts.push(part);
    }
    return Buffer.concat(parts, bytes);
  }
}

interface Limits {
  signal?: AbortSignal;
  /** What is larger need not be fetched; bytes. */
  limit?: number;
}

function refuseOver(limit: number, path: string, bytes: number): void {
  if (bytes > limit) throw new JupyterError({ code: 'TooLarge', path, bytes, limitBytes: limit });
}

/** An answer that is here already. */
async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield await Promise.resolve(bytes);
}

async function drain(answer: HttpStream): Promise<void> {
  for await (const part of answer.body) void part;
}
