import http from 'node:http';
import type net from 'node:net';
import { decode, type ProxyFails, type Through } from './through.ts';

/** HTTP CONNECT over an open socket to a proxy. */
export function httpConnect(socket: net.Socket, { proxy, host, limit, fails }: Through): Promise<net.Socket> {
  const authorization = proxy.authorization ?? basic(proxy.url);
  const headers = { Host: host, ...(authorization ? { 'Proxy-Authorization': authorization } : {}) };
  // A socket of our own by `createConnection`: VS Code's extension host leaves the constructor alone.
  const request = new http.ClientRequest({ method: 'CONNECT', path: host, headers, createConnection: () => socket });
  return limit.step(request, (_, done: (socket: net.Socket) => void, fail) => {
    const refused = ({ statusCode: status = 0 }: http.IncomingMessage): void =>
      fail(refusal(status, authorization !== undefined, fails));
    request.once('error', (cause) => fail(fails('closed', `hung up: ${cause.message}`, { cause })));
    request.once('response', refused);
    request.once('connect', (response, connected: net.Socket, head) => {
      // Any 2xx switches to tunnel mode (RFC 9110, 9.3.6).
      if (response.statusCode === undefined || Math.floor(response.statusCode / 100) !== 2) return refused(response);
      if (head.length > 0) connected.unshift(head);
      done(connected);
    });
    request.end();
  });
}

function refusal(status: number, authorized: boolean, fails: ProxyFails): Error {
  const said = `answered ${status}`;
  switch (status) {
    case 407:
      return authorized
        ? fails('wrongPassword', `does not accept the user name and password (${status})`, { status })
        : fails('password', `asks for a user name and password (${status})`, { status });
    case 403:
    case 405:
      return fails('denied', said, { status });
    case 502:
    case 503:
    case 504:
      return fails('unreachable', said, { status });
    default:
      return fails('answer', said, { status });
  }
}

function basic(url: URL): string | undefined {
  if (!url.username && !url.password) return undefined;
  const who = `${decode(url.username)}:${decode(url.password)}`;
  return `Basic ${Buffer.from(who).toString('base64')}`;
}
