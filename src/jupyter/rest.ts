import { JupyterError } from './errors.ts';
import type { OwnInit } from './fetch.ts';

/** JSON calls to Jupyter's REST API. JupyterLab's own client would lose the cause of a failed connection. */
export class Rest {
  constructor(
    private readonly fetch: typeof globalThis.fetch,
    private readonly baseUrl: string,
  ) {}

  /**
   * The answer's JSON (undefined for 204). `path` is relative to the server's base, percent-encoded. A body of bytes is
   * JSON already. Rejects with JupyterError Refused for any status that is no success, with the tunnel's error where
   * nothing was answered.
   */
  async call<T>(
    method: string,
    path: string,
    o: { body?: unknown; signal?: AbortSignal; once?: boolean } = {},
  ): Promise<T> {
    const init: OwnInit = {
      method,
      once: o.once,
      ...(o.body === undefined
        ? {}
        : {
            body: o.body instanceof Uint8Array ? (o.body as BodyInit) : JSON.stringify(o.body),
            headers: { 'Content-Type': 'application/json' },
          }),
      ...(o.signal ? { signal: o.signal } : {}),
    };
    const response = await this.fetch(this.baseUrl + path, init);
    const text = await response.text();
    if (!response.ok)
      throw new JupyterError({
        code: 'Refused',
        status: response.status,
        message: messageOf(text, response.statusText),
      });
    if (text === '') return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new JupyterError({ code: 'Refused', status: response.status, message: 'the answer is no JSON' }, { cause });
    }
  }
}

/** Jupyter's own sentence, of JSON bodies only: its HTML pages say nothing. */
function messageOf(text: string, otherwise: string): string {
  try {
    const parsed = JSON.parse(text) as { message?: unknown };
    return typeof parsed.message === 'string' && parsed.message ? parsed.message : otherwise;
  } catch (error) {
    if (error instanceof SyntaxError) return otherwise;
    throw error;
  }
}
