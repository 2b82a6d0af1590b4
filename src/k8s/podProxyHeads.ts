/** What of a message's head is passed on, and whose answer it is. */
import type http from 'node:http';
import type { IncomingMessage } from 'node:http';
import { readBytes } from './messageBody.ts';

/** Set on answers that the API server has parsed and written anew: their bytes need not be those of the file. */
export const rewritten = 'x-kubeflow-notebooks-rewritten';

/** Headers that speak of one connection, not of what it carries (RFC 9110, 7.6.1). */
const hopByHop = new Set(['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect']);
const ofTheBody = new Set(['content-length', 'content-md5', 'digest', 'content-digest', 'etag']);
/** Ours to say: who we are to the API server is no business of whoever speaks to the pod. */
const ours = /^(?:host|authorization|impersonate-.*|proxy-.*|user-agent)$/;
/** A Status is short. */
const longestStatus = 64 * 1024;
/** Bodies of this size are kept until the answer has come: they can be sent once more. */
const smallBytes = 256 * 1024;

export type Head = [name: string, value: string][];

/** A request's headers as they go on. Pages must be readable, as their links are mended. */
export function requestHead({ headers }: IncomingMessage): http.OutgoingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !hopByHop.has(name) && !ours.test(name));
  return { ...Object.fromEntries(kept), 'accept-encoding': 'identity' };
}

/** An answer's headers as they go on, each as often as it came. */
export function answerHead({ rawHeaders }: IncomingMessage): Head {
  return pairs(rawHeaders).filter(([name]) => !hopByHop.has(name.toLowerCase()));
}

/** Without what is true only of the body as it came: its length and its digests. */
export function withoutBodyFacts(head: Head): Head {
  return head.filter(([name]) => !ofTheBody.has(name.toLowerCase()));
}

export function pairs(raw: readonly string[]): Head {
  const found: Head = [];
  for (let i = 0; i + 1 < raw.length; i += 2) found.push([raw[i]!, raw[i + 1]!]);
  return found;
}

/** The head of an answer as it stands on the wire. */
export function wireHead(status: number, message: string, head: Head): string {
  return `HTTP/1.1 ${status} ${message}\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/**
 * The API server marks each answer that it writes (since Kubernetes 1.22), so also those of a pod, but for a pod's answer to
 * a WebSocket's handshake: that goes on byte by byte as the pod wrote it (k8s.io/apimachinery, util/proxy, tryUpgrade).
 */
export function cameThroughApiServer({ headers }: IncomingMessage): boolean {
  return 'audit-id' in headers;
}

/** Whether Jupyter wrote a refusal: Tornado names itself, and where a sidecar has put its own name there, the page does. */
export function isJupyters({ headers }: IncomingMessage, text: string): boolean {
  return /^TornadoServer\b/.test(String(headers.server ?? '')) || /<title>\s*Jupyter/.test(text);
}

/** Whether an answer may be the API server's own, by its head: then its body tells. */
export function mayBeStatus({ statusCode = 0, headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length'] ?? longestStatus + 1);
  return statusCode >= 400 && /^application\/json\b/.test(headers['content-type'] ?? '') && length <= longestStatus;
}

export function isStatus(text: string): boolean {
  try {
    const parsed = JSON.parse(text) as { kind?: unknown; apiVersion?: unknown } | null;
    return parsed?.kind === 'Status' && parsed.apiVersion === 'v1';
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** A request's body: whole where it is small, else as it comes; undefined for none. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer | IncomingMessage | undefined> {
  const length = request.headers['content-length'];
  if (length === undefined && request.headers['transfer-encoding'] === undefined) return undefined;
  if (length === undefined || Number(length) > smallBytes) return request;
  return readBytes(request);
}
