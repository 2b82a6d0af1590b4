import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Guard } from './guard.ts';

/** Headers that speak of one connection, not of what it carries (RFC 9110, 7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** Pages of servers are small; what is larger is no page that names its own paths. */
const mostRewritten = 8 * 1024 * 1024;

/** Where the gateway's paths begin in the user's browser when something in front of it takes a prefix off. */
export interface External {
  /** Without a slash at its end; '' for none. */
  prefix: string;
  /** What the server's own absolute paths begin with. */
  base: string;
}

/** The request as the server behind gets it: from a page of its own, without what is the gateway's. */
export function headersFor(request: IncomingMessage, guard: Guard): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || hopByHop.has(name) || name.startsWith('sec-fetch-') || name === 'referer') continue;
    headers[name] = value;
  }
  const cookie = guard.others(request.headers.cookie);
  if (cookie) headers.cookie = cookie;
  else delete headers.cookie;
  headers.host = 'localhost';
  if (headers.origin) headers.origin = 'http://localhost';
  return headers;
}

/** Passes one request on and its answer back, as streams. @throws what is wrong with the way to the server */
export function pass(
  request: IncomingMessage,
  response: ServerResponse,
  o: { agent: http.Agent; guard: Guard; external: External },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = headersFor(request, o.guard);
    // A page whose paths are to be rewritten must be readable.
    if (o.external.prefix) headers['accept-encoding'] = 'identity';
    const outgoing = new http.ClientRequest({
      agent: o.agent,
      host: 'localhost',
      method: request.method,
      path: request.url,
      headers,
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      answer(incoming, response, { ...o.external, asked: request.url ?? '/' }).then(resolve, reject);
    });
    response.on('close', () => outgoing.destroy());
    request.on('error', () => outgoing.destroy());
    request.pipe(outgoing);
  });
}

/**
 * An absolute path as a way from another one. Some of what stands in front of a gateway puts its prefix before absolute
 * paths in headers (code-server does) and some does not: a relative one is right with both.
 */
export function relativeTo(asked: string, path: string): string {
  const depth = asked.split('?')[0]!.split('/').length - 2;
  return '../'.repeat(Math.max(0, depth)) + path.slice(1) || './';
}

async function answer(
  incoming: IncomingMessage,
  response: ServerResponse,
  { prefix, base, asked }: External & { asked: string },
): Promise<void> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !hopByHop.has(name)) headers[name] = value;
  }
  const { location } = incoming.headers;
  if (prefix && location?.startsWith('/')) headers.location = relativeTo(asked, location);
  if (prefix && incoming.headers['set-cookie']) {
    headers['set-cookie'] = incoming.headers['set-cookie'].map((cookie) =>
      cookie.replace(/(;\s*path=)\//i, `$1${prefix}/`),
    );
  }
  if (!prefix || !namesPaths(asked, incoming.headers['content-type'] ?? '')) {
    response.writeHead(incoming.statusCode ?? 502, headers);
    await new Promise<void>((resolve) => {
      // A server that goes away in the middle of an answer must not look as if it had ended it.
      incoming.on('error', () => response.destroy());
      response.on('close', resolve);
      incoming.pipe(response);
    });
    return;
  }
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming) {
    parts.push(part as Buffer);
    if ((size += (part as Buffer).length) > mostRewritten) throw new Error('the page is too large');
  }
  const text = Buffer.concat(parts)
    .toString('utf8')
    .replaceAll(base, prefix + base);
  delete headers['content-length'];
  response.writeHead(incoming.statusCode ?? 502, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
}

/** Pages name the server's absolute paths, and so does what Jupyter says of its kernels' icons. */
function namesPaths(asked: string, type: string): boolean {
  return /^text\/html/i.test(type) || (/^application\/json/i.test(type) && /\/api\/kernelspecs\b/.test(asked));
}

/** Passes a WebSocket's handshake and everything after it. */
export function passUpgrade(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  server: Duplex,
  guard: Guard,
): void {
  const headers = headersFor(request, guard);
  const lines = Object.entries({ ...headers, connection: 'Upgrade', upgrade: 'websocket' }).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}: ${one}\r\n`),
  );
  server.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
  if (head.length > 0) server.write(head);
  server.on('error', () => client.destroy());
  client.on('error', () => server.destroy());
  server.on('close', () => client.destroy());
  client.on('close', () => server.destroy());
  client.pipe(server).pipe(client);
}
