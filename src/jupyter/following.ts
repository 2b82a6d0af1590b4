import type { JupyterServer } from './server.ts';
import { makeWebSocket, type WebSocketClass } from './webSocket.ts';
import { makeXsrfPair } from './xsrf.ts';

/**
 * A `fetch` and a `WebSocket` for somebody who keeps them for as long as the window lives: each request and each dial asks
 * anew where the server is now, so that they outlive a changed kubeconfig. A WebSocket that dials waits as long as the
 * tunnel does, which is what lets a client with a fixed number of tries go through an outage of any length.
 * @param now the server as it is reached now; throws what is wrong where it can't be
 */
export function makeFollowing(now: () => JupyterServer): { fetch: typeof fetch; WebSocket: WebSocketClass } {
  let last: JupyterServer | undefined;
  const dialer = {
    connect: async (signal?: AbortSignal) => (last = now()).tunnel.connect(signal),
    suspect: () => last?.suspect(),
  };
  return {
    fetch: async (input, init) => now().fetch(input, init),
    WebSocket: makeWebSocket(dialer, makeXsrfPair()),
  };
}
