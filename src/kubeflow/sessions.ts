/** Which contexts this window shows, and what belongs to each context that is in use: one per window. */
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

export interface ChosenContexts {
  readonly names: readonly string[];
  /** Chosen in this workspace, and not only the default that another one left behind. */
  readonly here: boolean;
}

export interface SessionsOptions {
  source: KubeconfigSource;
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** Remembers the chosen contexts, the first one first. Asked once, with the first kubeconfig that can be read. */
  memory: { get(): ChosenContexts | undefined; set(names: readonly string[]): unknown };
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
  readonly #nowMade = new Emitter<Session>((error) =>
    this.#o.logger.error(`A listener of the sessions threw: ${String(error)}`),
  );
  /** A context is used for the first time. */
  readonly onDidMake = this.#nowMade.event;
  #kubeconfig: Kubeconfig | undefined;
  #problem: KubeError | undefined;
  /** What the user chose; undefined for those who never did. */
  #wish: ChosenContexts | undefined;
  #remembered = false;
  #shown: readonly string[] = [];
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

  /**
   * Names of the contexts that are shown, in their order. Of several, one that the kubeconfig lost meanwhile stays (see
   * `problemOf`); where none is left, or nobody chose, it is kubectl's current context.
   */
  get shown(): readonly string[] {
    return this.#shown;
  }

  /** Names of contexts that were chosen in this workspace and are not in the kubeconfig. */
  get missing(): readonly string[] {
    if (!this.#wish?.here || !this.#kubeconfig) return [];
    return this.#wish.names.filter((name) => !this.#find(name));
  }

  /** The session of the first context that is shown; undefined before the kubeconfig is read, and where none is usable. */
  get current(): Session | undefined {
    const name = this.#shown.find((shown) => this.#find(shown) !== undefined);
    return name === undefined ? undefined : this.session(name);
  }

  /** The sessions that somebody has asked for so far. */
  get made(): readonly Session[] {
    return [...this.#made.values()];
  }

  /** Why a context by this name can't be used; undefined where it can. */
  problemOf(name: string): KubeError | undefined {
    try {
      this.#kubeconfig?.context(name);
      return this.#kubeconfig ? undefined : (this.#problem ?? new KubeError({ code: 'ContextMissing', context: name }));
    } catch (error) {
      if (isKubeError(error)) return error;
      throw error;
    }
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
   * Shows this context alone and remembers the choice.
   * @throws KubeError ContextMissing or KubeconfigInvalid, where the context can't be used
   */
  switchTo(context: string): Promise<void> {
    return this.show([context]);
  }

  /**
   * Shows these contexts, the first of which is the current one, and remembers the choice. Contacts nobody. One that is
   * shown already may stay though the kubeconfig has lost it.
   * @throws KubeError ContextMissing or KubeconfigInvalid, where one of them can't be used
   */
  async show(contexts: readonly string[]): Promise<void> {
    await this.ensureLoaded();
    const names = [...new Set(contexts)];
    if (names.length === 0) return;
    for (const name of names) {
      const problem = this.problemOf(name);
      if (problem && (names.length === 1 || !this.#shown.includes(name))) throw problem;
    }
    const same = names.length === this.#shown.length && names.every((name, i) => name === this.#shown[i]);
    if (same && this.#wish?.here && this.missing.length === 0) return;
    this.#wish = { names, here: true };
    this.#shown = names;
    this.#problem = undefined;
    await this.#o.memory.set(names);
    this.#changed.fire();
  }

  /** The session of any context by name, made when first asked for; contacts nobody. Undefined for an unknown context. */
  session(name: string): Session | undefined {
    const made = this.#made.get(name);
    if (made) return made;
    const context = this.#find(name);
    if (!context || this.#disposed) return undefined;
    const { env, logger, logins, editorProxy } = this.#o;
    const cluster = Cluster.connect(context, { env, logger, logins, editorProxy });
    const access = new Access(cluster, { logger });
    const knownNamespaces = () => this.#knownNamespaces(name);
    const inventory = new Inventory({ cluster, access, logger, knownNamespaces });
    const session: Session = { cluster, access, inventory, context };
    this.#made.set(name, session);
    this.#nowMade.fire(session);
    return session;
  }

  /** The namespaces that settings name are other ones. */
  namespacesChanged(): void {
    for (const { inventory } of this.#made.values()) inventory.addNamespacesChanged();
  }

  dispose(): void {
    this.#disposed = true;
    for (const name of [...this.#made.keys()]) this.#end(name);
    this.#things.dispose();
    this.#changed.dispose();
    this.#nowMade.dispose();
  }

  #find(name: string): KubeContext | undefined {
    return this.contexts.find((c) => c.name === name);
  }

  /** Namespaces of this context, of others of the same cluster, of settings and history. */
  #knownNamespaces(name: string): string[] {
    const own = this.#find(name);
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
        this.#shown = [];
        for (const name of [...this.#made.keys()]) this.#end(name);
      }
    }
    this.#loaded = true;
    if (!this.#disposed) this.#changed.fire();
  }

  #take(kubeconfig: Kubeconfig): void {
    if (!this.#remembered) this.#wish ??= this.#o.memory.get();
    this.#remembered = true;
    this.#kubeconfig = kubeconfig;
    this.#problem = undefined;
    for (const [name, session] of this.#made) {
      const context = this.#find(name);
      if (!context || !sameConnection(context, session.context)) {
        this.#end(name);
        continue;
      }
      if (context.namespace !== session.context.namespace) this.#made.set(name, { ...session, context });
      session.inventory.addNamespacesChanged();
    }
    const chosen = this.#wish?.names ?? [];
    this.#shown = chosen.some((name) => this.#find(name)) ? chosen : this.#byDefault(kubeconfig);
    const wish = kubeconfig.currentContext;
    if (this.#shown.length === 0 && wish !== undefined && wish !== '') this.#problem = this.problemOf(wish);
  }

  /** kubectl's current context; where it has none, the one that is in use, or the only one there is. */
  #byDefault({ currentContext, contexts }: Kubeconfig): readonly string[] {
    const names = [currentContext, ...this.#shown, contexts.length === 1 ? contexts[0]?.name : undefined];
    const name = names.find((n) => n !== undefined && this.#find(n) !== undefined);
    return name === undefined ? [] : [name];
  }
}

/** The namespace is no part of the connection. */
function sameConnection(a: KubeContext, b: KubeContext): boolean {
  return sameShown({ ...a, namespace: undefined }, { ...b, namespace: undefined });
}
