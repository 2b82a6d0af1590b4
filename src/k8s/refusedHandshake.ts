import type { IncomingMessage } from 'node:http';
import type { Authorization } from './credentials.ts';
import { KubeError, type KubeProblem } from './errors.ts';
import { errorFromResponse } from './problems.ts';

/** A WebSocket's handshake that was refused. */
export class RefusedHandshake extends KubeError {
  /** Who was refused: a 401 is tried once more with new credentials. */
  readonly sent: Authorization;
  /** The HTTP status. */
  readonly status: number;
  /** The API server or the node wrote the answer; else something between us and it, which lets no WebSocket through. */
  readonly byApiServer: boolean;

  constructor(problem: KubeProblem, o: Pick<RefusedHandshake, 'sent' | 'status' | 'byApiServer'>) {
    super(problem);
    this.sent = o.sent;
    this.status = o.status;
    this.byApiServer = o.byApiServer;
  }
}

/** @param text the answer's body */
export function refusedHandshake(response: IncomingMessage, text: string, sent: Authorization): RefusedHandshake {
  const { statusCode: status = 0, headers } = response;
  const { problem } = errorFromResponse(status, text, headers['retry-after']);
  return new RefusedHandshake(problem, { sent, status, byApiServer: isFromApiServer(status, text) });
}

/**
 * The API server refuses with a Status, the kubelet behind it with a line and a 5xx. "Upgrade request required" is the
 * API server's answer to a handshake whose Upgrade header somebody has taken out.
 */
function isFromApiServer(status: number, text: string): boolean {
  if (/upgrade request required/i.test(text)) return false;
  return status >= 500 || /"kind":\s*"Status"/.test(text);
}
