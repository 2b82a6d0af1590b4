import { readFile } from 'node:fs/promises';
import { KubeError } from './errors.ts';
import type { Disposable } from './events.ts';
import type { KubeContext } from './kubeconfig.ts';
import type { KubeUser } from './kubeconfigFile.ts';
import type { Logger } from './log.ts';
import type { PluginLogin } from './pluginLogin.ts';
import { PluginLogins, type HeldLogin } from './pluginLogins.ts';

/** Who we are, for one request: headers, and for TLS a client certificate. */
export interface Authorization {
  headers: Record<string, string | string[]>;
  cert?: Buffer | string;
  key?: Buffer | string;
}

export interface CredentialsOptions {
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** The time in milliseconds; the system's clock when not given. */
  now?: () => number;
  /** The plugins that contexts of one window share; one of our own when not given. */
  logins?: PluginLogins;
}

/** Files are read anew after this time: token files are rotated in place (client-go reads them each minute at most). */
const rereadMs = 10_000;

/**
 * Who we are at one cluster: one user entry of the kubeconfig. Of several ways to sign in the one counts that counts in
 * client-go: token file, token, name and password, plugin, auth-provider; a client certificate goes along with each.
 */
export class Credentials implements Disposable {
  readonly #context: KubeContext;
  readonly #now: () => number;
  readonly #held: HeldLogin | undefined;
  readonly #files = new Map<string, { read: number; contents: Promise<Buffer> }>();
  /** What was last read of a file that may be away for a moment. */
  readonly #last = new Map<string, Buffer>();
  /** An id-token that the server has rejected after its end: only the user can get another. */
  #ended: { token: string; error: KubeError } | undefined;

  constructor(context: KubeContext, options: CredentialsOptions) {
    this.#context = context;
    this.#now = options.now ?? Date.now;
    this.#held = (options.logins ?? new PluginLogins(options)).hold(context);
  }

  /** The plugin that signs us in, to be asked in a terminal; undefined where there is none. */
  get login(): PluginLogin | undefined {
    return this.#held?.login;
  }

  /**
   * What to send with the next request. Cheap when nothing must be renewed.
   * @throws KubeError ExecPluginFailed, SignedOut, KubeconfigInvalid (a file it names can't be read, half an entry)
   */
  async authorize(): Promise<Authorization> {
    if (isOpenWire(this.#context.server)) return { headers: {} };
    const { user } = this.#context;
    const headers = impersonation(user);
    const cert = user.certData ? Buffer.from(user.certData, 'base64') : await this.#read(user.certFile);
    const key = user.keyData ? Buffer.from(user.keyData, 'base64') : await this.#read(user.keyFile);
    if (cert && !key) throw invalid(user, 'has a client certificate without its key');
    const who: Authorization = { headers, ...(cert && key ? { cert, key } : {}) };
    const token = await this.#staticToken(user);
    if (token) headers.Authorization = `Bearer ${token}`;
    else if (user.username) {
      headers.Authorization = `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
    } else if (this.login) {
      const given = await this.login.credentials();
      if (!who.cert && given.cert && given.key) Object.assign(who, { cert: given.cert, key: given.key });
      if (given.token) headers.Authorization = `Bearer ${given.token}`;
    } else if (user.authProvider) {
      headers.Authorization = `Bearer ${this.#idToken(user.authProvider)}`;
    }
    return who;
  }

  /**
   * The server did not believe us (401): forget what can be had anew. Given what was sent, a credential that has been
   * renewed since is kept, so that many requests rejected together renew it once.
   */
  rejected(sent?: Authorization): void {
    this.#files.clear();
    this.#last.clear();
    const bearer = /^Bearer (.*)$/.exec(String(sent?.headers.Authorization ?? ''))?.[1];
    if (sent) this.login?.rejected({ token: bearer, cert: typeof sent.cert === 'string' ? sent.cert : undefined });
    const idToken = this.#context.user.authProvider?.config['id-token'];
    const ends = idToken === undefined ? undefined : expiryOf(idToken);
    if (idToken === undefined || bearer !== idToken || ends === undefined || ends > this.#now()) return;
    const detail = `the id-token ended ${new Date(ends).toISOString()}`;
    this.#ended = { token: idToken, error: new KubeError({ code: 'SignedOut', detail }) };
  }

  /** The user asks to try again: a plugin that failed is started at once, files are read anew. */
  retryNow(): void {
    this.#files.clear();
    this.#ended = undefined;
    this.login?.retryNow();
  }

  dispose(): void {
    this.#held?.dispose();
  }

  /** A token file beats a token, which stands in for it when it can't be read (client-go's bearer round tripper). */
  async #staticToken(user: KubeUser): Promise<string | undefined> {
    const token = user.token?.trim();
    if (!user.tokenFile) return token;
    try {
      const read = (await this.#read(user.tokenFile))?.toString('utf8').trim();
      if (read) return read;
    } catch (error) {
      if (!token) throw error;
    }
    if (token) return token;
    throw invalid(user, `has an empty token file, ${user.tokenFile}`);
  }

  /**
   * The token of an auth-provider entry. Its refresh token is never spent, as the answer would have to be written to the
   * kubeconfig, and kubectl would be signed out without it. An id-token that is over by our clock is sent until the
   * server says so too: the clock may be the one that is wrong.
   */
  #idToken(provider: NonNullable<KubeUser['authProvider']>): string {
    if (provider.name !== 'oidc') {
      const detail = `the sign-in method ${JSON.stringify(provider.name)} was removed from Kubernetes 1.26`;
      throw new KubeError({ code: 'SignedOut', detail });
    }
    const token = provider.config['id-token'];
    if (!token) throw new KubeError({ code: 'SignedOut', detail: 'the kubeconfig has no id-token' });
    if (this.#ended?.token === token) throw this.#ended.error;
    return token;
  }

  async #read(file: string | undefined): Promise<Buffer | undefined> {
    if (!file) return undefined;
    const known = this.#files.get(file);
    if (known && this.#now() - known.read < rereadMs) return known.contents;
    const contents = readFile(file).then(
      (read) => {
        this.#last.set(file, read);
        return read;
      },
      (error: NodeJS.ErrnoException) => {
        this.#files.delete(file);
        const last = this.#last.get(file);
        if (last) return last;
        const detail = `${file} cannot be read (${error.code})`;
        throw new KubeError({ code: 'KubeconfigInvalid', path: file, detail }, { cause: error });
      },
    );
    this.#files.set(file, { read: this.#now(), contents });
    return contents;
  }
}

/** kubectl shows nothing of a user over plain http. To this computer itself we do: it may be the near end of a tunnel. */
function isOpenWire(server: string): boolean {
  return /^http:\/\/(?!(localhost|127(\.\d+){3}|\[::1\])([:/]|$))/i.test(server);
}

function invalid(user: KubeUser, what: string): KubeError {
  const detail = `the user ${JSON.stringify(user.name)} ${what}`;
  return new KubeError({ code: 'KubeconfigInvalid', path: user.file ?? '', detail });
}

/** Headers as client-go makes them: UTF-8, and in the name of an extra everything escaped that no header name holds. */
function impersonation(user: KubeUser): Authorization['headers'] {
  const as = user.impersonate;
  if (!as) return {};
  if (!as.user) throw invalid(user, 'acts for groups, an id or extras of nobody: `as` is missing');
  const headers: Authorization['headers'] = { 'Impersonate-User': utf8(as.user) };
  if (as.uid) headers['Impersonate-Uid'] = utf8(as.uid);
  if (as.groups.length > 0) headers['Impersonate-Group'] = as.groups.map(utf8);
  for (const [name, values] of Object.entries(as.extra)) {
    const escaped = encodeURIComponent(name).replace(/[()]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
    headers[`Impersonate-Extra-${escaped}`] = values.map(utf8);
  }
  return headers;
}

/** Node writes headers as Latin-1, Go as UTF-8: each byte of the one becomes a letter of the other. */
function utf8(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1');
}

/** `exp` of a JSON web token in milliseconds; undefined for what is none. */
function expiryOf(token: string): number | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      exp?: unknown;
    };
    return typeof claims.exp === 'number' ? claims.exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
