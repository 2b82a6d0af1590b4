import { createHash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Why a request is turned away. */
export type Refusal = 'noCookie' | 'authority' | 'origin' | 'site' | 'path' | 'link';

/** What of a request decides whether it may pass. */
export interface Asked {
  method: string;
  /** As it came: path and query, still encoded. */
  url: string;
  headers: IncomingHttpHeaders;
  webSocket: boolean;
}

/** Paths of one-time links; no server of ours serves anything there. */
const linkPath = '/.kubeflow-open/';
const linkLifeMs = 60_000;

/**
 * Who may pass the gateway: a browser that came by a one-time link, from a page of this very gateway. A notebook server
 * has no password of its own, so whoever passes has a shell.
 *
 * The cookie alone does not do: browsers send it to and from every port of this computer (a site is a host, whatever its
 * port), so the page that asks must be ours as well, by `Origin` and `Sec-Fetch-Site`; and a name that an attacker lets
 * point to 127.0.0.1 (DNS rebinding) is told by its `Host`.
 */
export class Guard {
  readonly cookieName: string;
  readonly #prefix: string;
  readonly #now: () => number;
  readonly #sessions = new Set<string>();
  readonly #links = new Map<string, number>();
  readonly #authorities = new Set<string>();
  #external: { authority: string; origin: string } | undefined;

  /**
   * @param o.prefix what every path has to begin with, `/` for all
   * @param o.id told apart from other gateways of this computer, e.g. the port: cookies do not know ports
   */
  constructor(o: { prefix: string; id: string; now?: () => number }) {
    this.#prefix = o.prefix;
    this.#now = o.now ?? Date.now;
    this.cookieName = `kubeflow-${o.id}`;
  }

  /** A `host:port` that browsers of this computer use for the gateway. */
  know(authority: string): void {
    this.#authorities.add(authority);
  }

  /** Where VS Code says that the gateway can be reached from the user's browser; the last one counts. */
  knowExternal(origin: URL): void {
    this.#external = { authority: origin.host, origin: origin.origin };
  }

  /** The path of a link that opens the gateway for one browser, once, within a minute. */
  newLink(): string {
    const secret = randomBytes(32).toString('base64url');
    this.#links.set(digest(secret), this.#now() + linkLifeMs);
    return `${linkPath}${secret}`;
  }

  isLink(url: string): boolean {
    return url.startsWith(linkPath);
  }

  /** Uses a link up. @returns the cookie's value for this browser, undefined for a link that is unknown, used or old */
  redeem(url: string): string | undefined {
    const key = digest(url.slice(linkPath.length).split('?')[0]!);
    const until = this.#links.get(key);
    this.#links.delete(key);
    if (until === undefined || until < this.#now()) return undefined;
    const session = randomBytes(32).toString('base64url');
    this.#sessions.add(digest(session));
    return session;
  }

  /** Why a request may not pass; undefined if it may. A link is checked for its authority only. */
  refuses({ method, url, headers, webSocket }: Asked): Refusal | undefined {
    const host = headers.host ?? '';
    const external = this.#external?.authority === host ? this.#external : undefined;
    if (!external && !this.#authorities.has(host)) return 'authority';
    if (this.isLink(url)) return method === 'GET' && !webSocket ? undefined : 'link';
    const { origin } = headers;
    const own = external?.origin ?? `http://${host}`;
    if (origin === undefined ? webSocket || !reads(method) : origin !== own) return 'origin';
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'site';
    if (!this.#knows(headers.cookie)) return 'noCookie';
    return isBelow(url, this.#prefix) ? undefined : 'path';
  }

  /** A request's cookies without ours, which is nobody's business behind the gateway. */
  others(cookie: string | undefined): string | undefined {
    const left = cookies(cookie).filter(([name]) => name !== this.cookieName);
    return left.length > 0 ? left.map(([name, value]) => `${name}=${value}`).join('; ') : undefined;
  }

  #knows(cookie: string | undefined): boolean {
    return cookies(cookie).some(([name, value]) => name === this.cookieName && this.#sessions.has(digest(value)));
  }
}

const reads = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Compared by their digests, so that no comparison's time tells of a secret. */
function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}

function cookies(header: string | undefined): [string, string][] {
  return (header ?? '')
    .split(';')
    .map((part): [string, string] => {
      const at = part.indexOf('=');
      return [part.slice(0, Math.max(0, at)).trim(), part.slice(at + 1).trim()];
    })
    .filter(([name]) => name !== '');
}

/** Below the prefix also when dots, encoded or not, and backslashes are read as a server behind might read them. */
function isBelow(url: string, prefix: string): boolean {
  const path = url.split(/[?#]/)[0]!;
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return false;
  }
  if (decoded.split(/[/\\]/).some((part) => part === '..' || part === '.')) return false;
  return path.startsWith(prefix) || `${path}/` === prefix;
}
