/** Which context this window works in, and what belongs to each context that is in use: one per window. */
import { Access } from '../k8s/access.ts';
import { Cluster } from '../k8s/cluster.ts';
import { isKubeError, KubeError } from '../k8s/errors.ts';
import { Disposables, Emitter } from '../k8s/events.ts';
import type { Disposable } from '../k8s/events.ts';
import type { Kubeconfig, KubeconfigSource, KubeContext } from '../k8s/kubeconfig.ts';
import type { Logger } from '../k8s/log.ts';
import type { PluginLogins } from '../k8s/pluginLogins.ts';
import type { EditorProxy } from '../k8s/proxy.ts';
import { Inventory } from './inventory.ts';
import { sameShown } from './inventory/sameShown.ts';

/** One context: how to reach it, what one may do there, what there is. */
export interface Session {
  readonly cluster: Cluster;
  readonly access: Access;
  readonly inventory: Inventory;
  readonly context: KubeContext;
}

export interface SessionsOptions {
  source: KubeconfigSource;
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** Remembers the chosen context. */
  memory: { get(): string | undefined; set(name: string): unknown };
  /** Namespaces of a context known from settings and history. */
  extraNamespaces: (contextName: string) => readonly string[];
  /** What credential plugins have handed out, shared by contexts with the same user entry. */
  logins?: PluginLogins;
  /** VS Code's own proxy; asked for each new connection. */
  editorProxy?: () => EditorProxy | undefined;
}

export class Sessions implements Disposable {
  readonly #o: SessionsOptions;
  readonly #things = new Disposables();
  readonly #made = new Map<string, Session>();
  readonly #changed = new Emitter<void>((error) =>
    this.#o.logger.error(`A listener of the sessions threw: ${String(error)}`),
  );
  readonly onDidChange = this.#changed.event;
  #kubeconfig: Kubeconfig | undefined;
  #problem: KubeError | undefined;
  #chosen: string | undefined;
  #loading: Promise<void> | undefined;
  #loaded = false;
  #disposed = false;

  constructor(o: SessionsOptions) {
    this.#o = o;
    this.#things.add(
      o.source.onDidChange(() => {
        if (this.#loaded) void this.reload();
      }),
    );
  }

  /** The session of the chosen context; undefined before the kubeconfig is read, and where it names no usable context. */
  get current(): Session | undefined {
    return this.#chosen === undefined ? undefined : this.session(this.#chosen);
  }

  /** What is wrong with the kubeconfig. After a broken edit the sessions of before go on beside it. */
  get problem(): KubeError | undefined {
    return this.#problem;
  }

  get contexts(): readonly KubeContext[] {
    return this.#kubeconfig?.contexts ?? [];
  }

  /** Reads the kubeconfig at the first call. Never rejects: see `problem`. */
  async ensureLoaded(): Promise<void> {
    if (!this.#loaded) await (this.#loading ?? this.reload());
  }

  /** Reads the kubeconfig anew; sessions whose cluster and user are as before go on. Never rejects: see `problem`. */
  reload(): Promise<void> {
    // one after the other: the newest contents win
    const before = this.#loading ?? Promise.resolve();
    const loading = before.then(() => this.#load());
    this.#loading = loading;
    return loading.finally(() => {
      if (this.#loading === loading) this.#loading = undefined;
    });
  }

  /**
   * Chooses a context and remembers the choice.
   * @throws KubeError ContextMissing or KubeconfigInvalid, where the context can't be used
   */
  async switchTo(context: string): Promise<void> {
    await this.ensureLoaded();
    if (!this.#kubeconfig) throw this.#problem ?? new KubeError({ code: 'ContextMissing', context });
    this.#kubeconfig.context(context);
    if (this.#chosen === context) return;
    this.#chosen = context;
    this.#problem = undefined;
    await this.#o.memory.set(context);
    this.#changed.fire();
  }

  /** The session of any context by name, made when first asked for; contacts nobody. Undefined for an unknown context. */
  session(name: string): Session | undefined {
    const made = this.#made.get(name);
    if (made) return made;
    const context = this.contexts.find((c) => c.name === name);
    if (!context || this.#disposed) return undefined;
    const { env, logger, logins, editorProxy } = this.#o;
    const cluster = Cluster.connect(context, { env, logger, logins, editorProxy });
    const access = new Access(cluster, { logger });
    const knownNamespaces = () => this.#knownNamespaces(name);
    const inventory = new Inventory({ cluster, access, logger, knownNamespaces });
    const session: Session = { cluster, access, inventory, context };
    this.#made.set(name, session);
    return session;
  }

  dispose(): void {
    this.#disposed = true;
    for (const name of [...this.#made.keys()]) this.#end(name);
    this.#things.dispose();
    this.#changed.dispose();
  }

  /** Namespaces of this context, of others of the same cluster, of settings and history. */
  #knownNamespaces(name: string): string[] {
    const own = this.contexts.find((c) => c.name === name);
    const siblings = this.contexts.filter((c) => own && c.fingerprint === own.fingerprint);
    const all = [own?.namespace, ...siblings.map((c) => c.namespace), ...this.#o.extraNamespaces(name)];
    return [...new Set(all.filter((n): n is string => n !== undefined && n !== ''))];
  }

  #end(name: string): void {
    const session = this.#made.get(name);
    this.#made.delete(name);
    session?.inventory.dispose();
    session?.cluster.dispose();
  }

  async #load(): Promise<void> {
    if (this.#disposed) return;
    try {
      this.#take(await this.#o.source.load());
    } catch (error) {
      this.#problem = isKubeError(error)
        ? error
        : new KubeError({ code: 'KubeconfigInvalid', path: '', detail: String(error) }, { cause: error });
      // a file that is being written is no reason to drop connections, one that is gone is
      if (this.#problem.code === 'KubeconfigMissing') {
        this.#kubeconfig = undefined;
        this.#chosen = undefined;
        for (const name of [...this.#made.keys()]) this.#end(name);
      }
    }
    this.#loaded = true;
    if (!this.#disposed) this.#changed.fire();
  }

  #take(kubeconfig: Kubeconfig): void {
    const before = this.#kubeconfig;
    this.#kubeconfig = kubeconfig;
    this.#problem = undefined;
    const find = (name: string | undefined) => kubeconfig.contexts.find((c) => c.name === name);
    for (const [name, session] of this.#made) {
      const context = find(name);
      if (!context || !sameConnection(context, session.context)) {
        this.#end(name);
        continue;
      }
      if (context.namespace !== session.context.namespace) this.#made.set(name, { ...session, context });
      session.inventory.addNamespacesChanged();
    }
    const followed = this.#chosen === undefined || this.#chosen === before?.currentContext;
    const remembered = this.#o.memory.get();
    // who never chose follows kubectl's current context
    const wanted = remembered !== undefined || !followed ? [remembered, this.#chosen] : [];
    const chosen = [...wanted, kubeconfig.currentContext, this.#chosen].find((name) => find(name) !== undefined);
    this.#chosen = chosen ?? (kubeconfig.contexts.length === 1 ? kubeconfig.contexts[0]?.name : undefined);
    if (this.#chosen !== undefined) return;
    const wish = kubeconfig.currentContext;
    if (wish === undefined || wish === '') return;
    try {
      kubeconfig.context(wish);
    } catch (error) {
      if (isKubeError(error)) this.#problem = error;
      else throw error;
    }
  }
}

/** The namespace is no part of the connection. */
function sameConnection(a: KubeContext, b: KubeContext): boolean {
  return sameShown({ ...a, namespace: undefined }, { ...b, namespace: undefined });
}
