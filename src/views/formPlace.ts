/** Where a form's server is to run: a context and a namespace, kept live while the form is open. */
import { Emitter } from '../k8s/events.ts';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import type { SpawnOptions } from '../kubeflow/form.ts';
import type { Session, Sessions } from '../kubeflow/sessions.ts';
import { parseSpawnerConfig } from '../kubeflow/form/parseSpawnerConfig.ts';
import { FormNames } from '../kubeflow/form/nameLists.ts';
import { builtInConfig, mergeConfigs } from '../kubeflow/form/spawnerConfig.ts';
import type { SpawnerConfig } from '../kubeflow/form/spawnerConfig.ts';
import { probeCluster, probeNamespace, spawnOptions } from '../kubeflow/form/spawnOptions.ts';
import type { ClusterProbe, NamespaceProbe } from '../kubeflow/form/spawnOptions.ts';
import { whoAmI } from '../kubeflow/form/whoAmI.ts';
import type { FormContext } from '../../webview-ui/contract.ts';
import type { FormConfig } from './formConfig.ts';
import { explain } from './words.ts';
import type { Translate } from './words.ts';

const nothing: SpawnOptions = {
  namespaces: [],
  config: builtInConfig(),
  gpuVendors: [],
  claims: {},
  servers: {},
  quota: {},
  storage: {},
  mayCreate: {},
};

/** One context as the form looks at it; replaced as a whole when the form moves to another context. */
class Watched implements Disposable {
  readonly namespaces = new Map<string, NamespaceProbe>();
  cluster: ClusterProbe = {};
  /** What the cluster itself sets for the form. */
  config: Partial<SpawnerConfig> = {};
  creator: string | undefined;
  namespace: string | undefined;
  readonly names: FormNames;
  /** Questions that have no answer yet. */
  asking = 0;
  private readonly ending = new AbortController();
  private readonly held: Disposable[] = [];
  private open: Disposable | undefined;

  constructor(
    readonly session: Session,
    private readonly changed: () => void,
    private readonly logger: Logger,
  ) {
    this.names = new FormNames(session.cluster, Date.now);
    this.held.push(
      session.inventory.look(),
      session.inventory.onDidChange(() => changed()),
    );
    this.ask(async (signal) => {
      this.cluster = await probeCluster(session.cluster, signal);
      this.config = this.configured();
    });
    this.ask(async (signal) => {
      this.creator = await whoAmI(session.cluster, signal);
    });
  }

  /** What of it is odd is for the log: a user cannot mend it. */
  private configured(): Partial<SpawnerConfig> {
    const { configText } = this.cluster;
    if (configText === undefined) return {};
    const { config, problems } = parseSpawnerConfig(configText);
    for (const { section, code } of problems) {
      this.logger.warn(`The form's configuration in ${this.session.context.name}: ${section} (${code})`);
    }
    return config;
  }

  use(namespace: string): void {
    if (namespace === this.namespace || namespace === '') return;
    this.namespace = namespace;
    const before = this.open;
    this.open = this.session.inventory.open(namespace);
    before?.dispose();
    this.ask(async (signal) => {
      const probe = await probeNamespace(this.session.cluster, this.session.access, namespace, signal);
      this.namespaces.set(namespace, probe);
    });
  }

  /** Asks for the names of the namespace's secrets and the like, or the keys of one of its config maps. */
  readNames(namespace: string, configMap?: string): void {
    const { names } = this;
    if (names.isFresh(JSON.stringify([namespace, configMap]))) return;
    this.ask((signal) =>
      configMap === undefined ? names.readLists(namespace, signal) : names.readKeys(namespace, configMap, signal),
    );
  }

  /** Runs a question to the cluster; its answer changes the form, its end with the form is no error. */
  private ask(question: (signal: AbortSignal) => Promise<void>): void {
    const { signal } = this.ending;
    this.asking++;
    question(signal)
      .catch((error: unknown) => {
        if (!signal.aborted) this.logger.error(`The form could not ask ${this.session.context.name}: ${String(error)}`);
      })
      .finally(() => {
        this.asking--;
        if (!signal.aborted) this.changed();
      });
  }

  dispose(): void {
    this.ending.abort();
    this.open?.dispose();
    for (const one of this.held) one.dispose();
  }
}

export class FormPlace implements Disposable {
  private readonly emitter = new Emitter<void>();
  readonly onDidChange = this.emitter.event;
  private watched: Watched | undefined;
  private wanted: string;
  private readonly held: Disposable[];

  /** @param start the context and namespace to begin with; the current context where none is given */
  constructor(
    private readonly o: {
      sessions: Sessions;
      logger: Logger;
      t: Translate;
      file?: Pick<FormConfig, 'config' | 'trouble' | 'onDidChange'>;
    },
    private readonly start: { context?: string; namespace?: string },
  ) {
    this.wanted = start.context ?? o.sessions.current?.context.name ?? '';
    this.useContext(this.wanted);
    this.held = [
      o.sessions.onDidChange(() => {
        this.follow();
        this.emitter.fire();
      }),
      ...(o.file ? [o.file.onDidChange(() => this.emitter.fire())] : []),
    ];
  }

  get session(): Session | undefined {
    return this.watched?.session;
  }

  /** The user's name in the cluster, once known. */
  get creator(): string | undefined {
    return this.watched?.creator;
  }

  useContext(context: string): void {
    this.wanted = context;
    const session = this.o.sessions.session(context);
    if (this.watched && this.watched.session === session) return;
    const before = this.watched;
    this.watched = session ? new Watched(session, () => this.emitter.fire(), this.o.logger) : undefined;
    // The same context by another connection, perhaps: the form stays where it is.
    if (before?.session.context.name === context && before.namespace !== undefined) this.watched?.use(before.namespace);
    before?.dispose();
    this.emitter.fire();
  }

  /** The kubeconfig was read anew: the context may have another session now, or be there at last. */
  private follow(): void {
    this.useContext(this.wanted || (this.o.sessions.current?.context.name ?? ''));
  }

  useNamespace(namespace: string): void {
    this.watched?.use(namespace);
  }

  /** Reads what the form offers by name: it asks when somebody is about to use it. */
  readNames(namespace: string, configMap?: string): void {
    this.watched?.readNames(namespace, configMap);
  }

  /** Is everything known that this cluster tells of itself and of the namespace that is used? */
  get settled(): boolean {
    const { watched } = this;
    if (!watched) return false;
    const { view } = watched.session.inventory;
    const { namespace, asking } = watched;
    if (view.problem || view.kubeflowMissing) return true;
    const read = view.state.kind !== 'loading' && view.profiles.every(({ state }) => state.kind !== 'loading');
    const open = view.profiles.find(({ name }) => name === namespace);
    return read && asking === 0 && (namespace === undefined || !open || open.claims !== undefined);
  }

  /** What the form can choose from now, in words where the cluster does not answer. */
  get view(): FormContext {
    const { sessions, t } = this.o;
    const contexts = sessions.contexts.map((c) => c.name);
    const context = this.wanted;
    const { config: own = {}, trouble } = this.o.file ?? {};
    const notice = trouble && { text: trouble.text, button: trouble.button };
    if (!this.watched) {
      const problem = sessions.problem ? explain(t, sessions.problem, { context }).text : undefined;
      return { context, contexts, options: nothing, loading: problem === undefined, problem, notice };
    }
    const { inventory } = this.watched.session;
    const { namespaces, cluster, config, names } = this.watched;
    const known = spawnOptions(inventory, namespaces, cluster, mergeConfigs(config, own));
    const options: SpawnOptions = { ...known, ...names.options };
    const { view } = inventory;
    const problem = view.problem
      ? explain(t, view.problem, { context }).text
      : view.kubeflowMissing
        ? t('{0} does not know notebook servers. Is Kubeflow installed there?', context)
        : undefined;
    const loading = problem === undefined && options.namespaces.length === 0 && view.state.kind === 'loading';
    const namespace = this.start.namespace ?? this.watched.session.context.namespace;
    return { context, contexts, options, loading, problem, namespace, notice };
  }

  dispose(): void {
    for (const one of this.held) one.dispose();
    this.watched?.dispose();
    this.emitter.dispose();
  }
}
