import type http from 'node:http';
import type WebSocket from 'ws';
import type { Authorization } from './credentials.ts';
import type { Logger } from './log.ts';
import { readText } from './messageBody.ts';
import { errorFromSocket } from './problems.ts';
import { refusedHandshake } from './refusedHandshake.ts';

/**
 * Waits until a WebSocket is open; ends it where it is not to be.
 * @throws KubeError from the body of a refused handshake, or for a failed connection; the signal's reason
 */
export function handshake(
  socket: WebSocket,
  { host, sent, logger, signal }: { host: string; sent: Authorization; logger: Logger; signal?: AbortSignal },
): Promise<{ socket: WebSocket }> {
  return new Promise((resolve, reject) => {
    const abort = (): void => settle(() => reject(signal!.reason as Error), true);
    const failed = (error: Error): void => settle(() => reject(errorFromSocket(error, host)), true);
    const refused = (_: http.ClientRequest, response: http.IncomingMessage): void => {
      readText(response).then(
        (text) => settle(() => reject(refusedHandshake(response, text, sent)), true),
        (error: Error) => failed(error),
      );
    };
    const settle = (then: () => void, end: boolean): void => {
      signal?.removeEventListener('abort', abort);
      socket.off('unexpected-response', refused);
      if (end) {
        // Ending a handshake makes ws report an error once more; it was reported already.
        socket.terminate();
      }
      socket.off('error', failed);
      then();
    };
    // Whoever gets the socket listens for errors too; one between two owners must not end the process.
    socket.on('error', (error) => logger.trace(`WebSocket to ${host}: ${error.message}`));
    socket.once('error', failed);
    socket.once('unexpected-response', refused);
    socket.once('open', () => {
      // The first frames may have come with the handshake: they wait until our caller listens.
      socket.pause();
      setImmediate(() => socket.resume());
      settle(() => resolve({ socket }), false);
    });
    signal?.addEventListener('abort', abort, { once: true });
  });
}
