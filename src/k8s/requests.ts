import type http from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { KubeError } from './errors.ts';
import type { KubeObject } from './objects.ts';
import type { RawResponse } from './transport.ts';

export type Query = Record<string, string | number | boolean | undefined>;

export interface KubeRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Query;
  /** Sent as JSON. */
  body?: unknown;
  contentType?: string;
  /** The one form of an answer that is wanted, instead of JSON as it comes. */
  accept?: string;
  signal?: AbortSignal;
  /** For the whole answer; for `lines`, until its head. 30 s when not given. */
  timeoutMs?: number;
}

/** A request that is passed on for somebody else; an `upgrade` gets a connection of its own. */
export interface PassedRequest {
  method: string;
  path: string;
  headers: http.OutgoingHttpHeaders;
  kind: 'request' | 'again' | 'upgrade';
}

/** A request that was begun for somebody else. */
export interface Passed {
  outgoing: http.ClientRequest;
  /** The KubeError behind an error of `outgoing`. */
  failed(error: unknown): KubeError;
  /** The KubeError behind an answer that is the API server's own; after a 401 the next request has other credentials. */
  refused(status: number, text: string): KubeError;
}

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  resourceVersion?: string;
  limit?: number;
  continue?: string;
  signal?: AbortSignal;
  /** Gets each item as soon as it is read, to take out of it what nobody needs. */
  slim?: (item: KubeObject) => void;
}

export interface SocketRequest {
  path: string;
  query?: Query | URLSearchParams;
  protocols: string[];
  signal?: AbortSignal;
}

export interface KubeList<T> {
  metadata: { resourceVersion?: string; continue?: string };
  items: T[];
}

/** What a refusal by RBAC names. */
export interface MissingRight {
  verb: string;
  /** With its subresource: `pods/portforward`. */
  resource: string;
  namespace?: string;
}

/** Content types of a PATCH, by the ways to patch. */
export const patchTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

const unzip = promisify(gunzip);

/** An answer's whole body, unpacked. */
export async function wholeBody({ body, headers }: Pick<RawResponse, 'body' | 'headers'>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  return headers['content-encoding'] === 'gzip' ? await unzip(bytes) : bytes;
}

/** What `read` makes of a body. @throws KubeError ServerError for what is no JSON */
export async function parsed<T>(bytes: Buffer, status: number, read: (bytes: Buffer) => T | Promise<T>): Promise<T> {
  try {
    return await read(bytes);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const message = `the answer is no JSON: ${bytes.toString('utf8', 0, 60)}`;
    throw new KubeError({ code: 'ServerError', status, message }, { cause: error });
  }
}

/** A query as it stands in a URL, with its question mark; '' for none. */
export function search(query: Query | URLSearchParams | undefined): string {
  const parameters = query instanceof URLSearchParams ? query : new URLSearchParams();
  if (query && !(query instanceof URLSearchParams)) {
    for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
