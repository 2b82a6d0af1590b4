import type { TunnelHttp } from './http.ts';

/** The part of a Request that every fetch library's has: WHATWG's, undici's and node-fetch's. */
interface RequestLike {
  url: string;
  method: string;
  headers: { forEach(visit: (value: string, name: string) => void): void };
  signal?: AbortSignal | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What only our own callers say to this `fetch`. */
export interface OwnInit extends RequestInit {
  /** As in HttpRequest. */
  once?: boolean;
}

/** Statuses whose Response may have no body, by the Fetch standard. */
const bodiless: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/**
 * A `fetch` over the tunnel, for @jupyterlab/services and for the Jupyter extension (which gives one node-fetch Request
 * and no init). `extra` headers are set, never appended: Jupyter answers 403 to a header that comes twice.
 */
export function makeFetch(http: TunnelHttp, extra: () => Record<string, string>, timeoutMs?: number): typeof fetch {
  return async (input, init?: OwnInit) => {
    const isRequest = typeof input === 'object' && 'method' in input && 'url' in input;
    // A Request would copy them twice, and a large file's are many.
    const bytes = init?.body instanceof Uint8Array ? init.body : undefined;
    const request =
      isRequest && !init
        ? (input as unknown as RequestLike)
        : new Request(input, bytes ? { ...init, body: undefined } : init);
    const url = new URL(request.url);
    const headers = new Headers();
    request.headers.forEach((value, name) => headers.set(name, value));
    for (const [name, value] of Object.entries(extra())) headers.set(name, value);
    headers.set('Host', url.host);
    headers.delete('Content-Length');
    headers.delete('Connection');
    const bodyless = request.method === 'GET' || request.method === 'HEAD';
    const answer = await http.request({
      method: request.method,
      path: url.pathname + url.search,
      headers: Object.fromEntries(headers),
      body: bytes ?? (bodyless ? undefined : new Uint8Array(await request.arrayBuffer())),
      signal: request.signal ?? undefined,
      once: init?.once,
      timeoutMs,
    });
    return new Response(bodiless.has(answer.status) ? null : new Uint8Array(answer.body), {
      status: answer.status,
      statusText: answer.statusText,
      headers: answer.headers,
    });
  };
}
