import { readFile } from 'node:fs/promises';
import { KubeError } from './errors.ts';
import type { Disposable } from './events.ts';
import { runExecPlugin, type PluginCredentials } from './execPlugin.ts';
import type { KubeContext } from './kubeconfig.ts';
import type { KubeUser } from './kubeconfigFile.ts';
import type { Logger } from './log.ts';

/** Who we are, for one request: headers, and for TLS a client certificate. */
export interface Authorization {
  headers: Record<string, string | string[]>;
  cert?: Buffer | string;
  key?: Buffer | string;
}

/** Files are read anew after this time: token files are rotated in place (client-go reads them each minute at most). */
const rereadMs = 10_000;
/** A credential that ends within this time is renewed first. */
const skewMs = 10_000;
const pluginTimeoutMs = 60_000;

/** Who we are at one cluster: one user entry of the kubeconfig. */
export class Credentials implements Disposable {
  readonly #context: KubeContext;
  readonly #env: NodeJS.ProcessEnv;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #ended = new AbortController();
  readonly #files = new Map<string, { read: number; contents: Promise<Buffer> }>();
  #plugin: PluginCredentials | undefined;
  #running: Promise<PluginCredentials> | undefined;

  constructor(context: KubeContext, options: { env: NodeJS.ProcessEnv; logger: Logger; now?: () => number }) {
    this.#context = context;
    this.#env = options.env;
    this.#logger = options.logger;
    this.#now = options.now ?? Date.now;
  }

  /**
   * What to send with the next request. Cheap when nothing must be renewed.
   * @throws KubeError ExecPluginFailed, SignedOut, KubeconfigInvalid (a file it names can't be read)
   */
  async authorize(): Promise<Authorization> {
    const { user } = this.#context;
    const headers = impersonation(user);
    const cert = user.certData ? Buffer.from(user.certData, 'base64') : await this.#read(user.certFile);
    const key = user.keyData ? Buffer.from(user.keyData, 'base64') : await this.#read(user.keyFile);
    const who: Authorization = { headers, ...(cert && key ? { cert, key } : {}) };
    const token = await this.#token(user, who);
    if (token) headers.Authorization = `Bearer ${token}`;
    else if (user.username) {
      headers.Authorization = `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
    }
    return who;
  }

  /**
   * The server did not believe us (401): forget what can be had anew. Given what was sent, a credential that has been
   * renewed since is kept, so that many requests rejected together renew it once.
   */
  rejected(sent?: Authorization): void {
    this.#files.clear();
    const token = this.#plugin?.token;
    if (sent && token && sent.headers.Authorization !== `Bearer ${token}`) return;
    this.#plugin = undefined;
  }

  dispose(): void {
    this.#ended.abort(new Error('The cluster was closed'));
  }

  async #token(user: KubeUser, who: Authorization): Promise<string | undefined> {
    if (user.tokenFile) return (await this.#read(user.tokenFile))?.toString('utf8').trim();
    if (user.token) return user.token.trim();
    if (user.exec) {
      const plugin = await this.#fromPlugin();
      if (plugin.cert && plugin.key) Object.assign(who, { cert: plugin.cert, key: plugin.key });
      return plugin.token;
    }
    return user.authProvider ? providerToken(user.authProvider, this.#now()) : undefined;
  }

  /**
   * One run at a time, for all who ask meanwhile; a failure is theirs too: a plugin may open a browser, and must not do
   * so once for each request that waits.
   */
  async #fromPlugin(): Promise<PluginCredentials> {
    const current = this.#validPlugin();
    if (current) return current;
    const running = (this.#running ??= this.#runPlugin());
    try {
      return await running;
    } finally {
      if (this.#running === running) this.#running = undefined;
    }
  }

  async #runPlugin(): Promise<PluginCredentials> {
    const { user, cluster } = this.#context;
    const started = this.#now();
    const options = { env: this.#env, timeoutMs: pluginTimeoutMs, signal: this.#ended.signal };
    this.#plugin = await runExecPlugin(user.exec!, cluster, options);
    this.#logger.debug(`Credential plugin ${user.exec!.command} answered in ${this.#now() - started} ms`);
    return this.#plugin;
  }

  #validPlugin(): PluginCredentials | undefined {
    const plugin = this.#plugin;
    return plugin && (plugin.expires === undefined || plugin.expires - skewMs > this.#now()) ? plugin : undefined;
  }

  async #read(file: string | undefined): Promise<Buffer | undefined> {
    if (!file) return undefined;
    const known = this.#files.get(file);
    if (known && this.#now() - known.read < rereadMs) return known.contents;
    const contents = readFile(file).catch((error: NodeJS.ErrnoException) => {
      this.#files.delete(file);
      const detail = `${file} cannot be read (${error.code})`;
      throw new KubeError({ code: 'KubeconfigInvalid', path: file, detail }, { cause: error });
    });
    this.#files.set(file, { read: this.#now(), contents });
    return contents;
  }
}

function impersonation(user: KubeUser): Authorization['headers'] {
  const as = user.impersonate;
  if (!as) return {};
  const headers: Authorization['headers'] = {};
  if (as.user) headers['Impersonate-User'] = as.user;
  if (as.uid) headers['Impersonate-Uid'] = as.uid;
  if (as.groups.length > 0) headers['Impersonate-Group'] = as.groups;
  for (const [name, values] of Object.entries(as.extra)) {
    headers[`Impersonate-Extra-${encodeURIComponent(name)}`] = values;
  }
  return headers;
}

/**
 * The token of an auth-provider entry. An OIDC id-token is used while it lasts; its refresh token is never spent, as
 * the answer would have to be written to the kubeconfig, and kubectl would be signed out without it.
 */
function providerToken(provider: NonNullable<KubeUser['authProvider']>, now: number): string {
  if (provider.name !== 'oidc') {
    const detail = `the sign-in method ${JSON.stringify(provider.name)} was removed from Kubernetes 1.26`;
    throw new KubeError({ code: 'SignedOut', detail });
  }
  const token = provider.config['id-token'];
  if (!token) throw new KubeError({ code: 'SignedOut', detail: 'the kubeconfig has no id-token' });
  const expires = expiryOf(token);
  if (expires !== undefined && expires - skewMs <= now) {
    throw new KubeError({ code: 'SignedOut', detail: `the id-token ended ${new Date(expires).toISOString()}` });
  }
  return token;
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
