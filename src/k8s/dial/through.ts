import type { KubeError } from '../errors.ts';
import type { Proxy } from '../proxy.ts';
import type { ProxyTrouble } from '../proxyTrouble.ts';
import type { Limit } from './limit.ts';

/** Makes the error of a proxy; `status` is the number that it answered. */
export type ProxyFails = (
  trouble: ProxyTrouble['trouble'],
  detail: string,
  more?: { status?: number; cause?: unknown },
) => KubeError;

/** What a connection through a proxy needs to know. */
export interface Through {
  proxy: Proxy;
  /** `name:port` of the server. */
  host: string;
  limit: Limit;
  fails: ProxyFails;
}

/** A part of a URL as it was before it was escaped; a `%` that escapes nothing stands for itself. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
