/** Where a form's server is to run: a context and a namespace, kept live while the form is open. */
import { Emitter } from '../k8s/events.ts';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import type { SpawnOptions } from '../kubeflow/form.ts';
import type { Session, Sessions } from '../kubeflow/sessions.ts';
import { parseSpawnerConfig } from '../kubeflow/form/parseSpawnerConfig.ts';
import { builtInConfig, mergeConfigs } from '../kubeflow/form/spawnerConfig.ts';
import type { SpawnerConfig } from '../kubeflow/form/spawnerConfig.ts';
import { probeCluster, probeNamespace, spawnOptions } from '../kubeflow/form/spawnOptions.ts';
import type { ClusterProbe, NamespaceProbe } from '../kubeflow/form/spawnOptions.ts';
import { whoAmI } from '../kubeflow/form/whoAmI.ts';
import type { FormContext } from '../../webview-ui/contract.ts';
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
  config: SpawnerConfig;
  creator: string | undefined;
  namespace: string | undefined;
  private readonly ending = new AbortController();
  private readonly held: Disposable[] = [];
  private readonly asked: Promise<void>[] = [];
  private open: Disposable | undefined;

  constructor(
    readonly session: Session,
    private readonly changed: () => void,
    private readonly logger: Logger,
  ) {
    this.config = this.configured();
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

  /** The cluster's configuration, then the built-in one; what of it is odd is for the log. */
  private configured(): SpawnerConfig {
    const { configText } = this.cluster;
    if (configText === undefined) return builtInConfig();
    const { config, problems } = parseSpawnerConfig(configText);
    for (const { section, code } of problems) {
      this.logger.warn(`The form's configuration in ${this.session.context.name}: ${section} (${code})`);
    }
    return mergeConfigs(config);
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

  /** Runs a question to the cluster; its answer changes the form, its end with the form is no error. */
  private ask(question: (signal: AbortSignal) => Promise<void>): void {
    const { signal } = this.ending;
    const asked = question(signal).then(
      () => {
        if (!signal.aborted) this.changed();
      },
      (error: unknown) => {
        if (!signal.aborted) this.logger.error(`The form could not ask ${this.session.context.name}: ${String(error)}`);
      },
    );
    this.asked.push(asked);
  }

  /** Every question so far has been answered, or cannot be. */
  async settled(): Promise<void> {
    await Promise.all(this.asked);
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

  /** @param start the context and namespace to begin with; the current context where none is given */
  constructor(
    private readonly o: { sessions: Sessions; logger: Logger; t: Translate },
    private readonly start: { context?: string; namespace?: string },
  ) {
    this.wanted = start.context ?? o.sessions.current?.context.name ?? '';
    this.useContext(this.wanted);
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
    before?.dispose();
    this.emitter.fire();
  }

  /** The kubeconfig was read anew: the context may have another session now, or be there at last. */
  follow(): void {
    this.useContext(this.wanted || (this.o.sessions.current?.context.name ?? ''));
  }

  useNamespace(namespace: string): void {
    this.watched?.use(namespace);
  }

  /** Resolves when what was asked of the cluster is known, as far as it can be. */
  async settled(): Promise<void> {
    await this.watched?.settled();
  }

  /** What the form can choose from now, in words where the cluster does not answer. */
  get view(): FormContext {
    const { sessions, t } = this.o;
    const contexts = sessions.contexts.map((c) => c.name);
    const context = this.wanted;
    if (!this.watched) {
      const problem = sessions.problem ? explain(t, sessions.problem, { context }).text : undefined;
      return { context, contexts, options: nothing, loading: problem === undefined, problem };
    }
    const { inventory } = this.watched.session;
    const { namespaces, cluster, config } = this.watched;
    const options = spawnOptions(inventory, namespaces, cluster, config);
    const { view } = inventory;
    const problem = view.problem
      ? explain(t, view.problem, { context }).text
      : view.kubeflowMissing
        ? t('{0} does not know notebook servers. Is Kubeflow installed there?', context)
        : undefined;
    const loading = problem === undefined && options.namespaces.length === 0 && view.state.kind === 'loading';
    const namespace = this.start.namespace ?? this.watched.session.context.namespace;
    return { context, contexts, options, loading, problem, namespace };
  }

  dispose(): void {
    this.watched?.dispose();
    this.emitter.dispose();
  }
}
