/**
 * Everything that one context shows, live: profiles, their notebook servers, and for open namespaces their pods, events,
 * claims and quotas. The one place that joins them; tree, forms, documents and connections read its views.
 */
import type { Access } from '../k8s/access.ts';
import type { Cluster } from '../k8s/cluster.ts';
import type { KubeError } from '../k8s/errors.ts';
import { Disposables, Emitter } from '../k8s/events.ts';
import type { Disposable } from '../k8s/events.ts';
import type { LiveState } from '../k8s/liveList.ts';
import type { Logger } from '../k8s/log.ts';
import type { PersistentVolumeClaim } from '../k8s/objects.ts';
import { Counted } from './inventory/counted.ts';
import type { InventoryChange, InventoryView, ProfileView, ServerView } from './inventory/inventoryView.ts';
import { overallState, sameState, wholeClusterError } from './inventory/inventoryState.ts';
import { NamespaceDetails } from './inventory/namespaceDetails.ts';
import { NotebookLists } from './inventory/notebookLists.ts';
import type { NotebooksChange } from './inventory/notebookLists.ts';
import { ProfileNames } from './inventory/profileNames.ts';
import { profileView } from './inventory/profileView.ts';
import { isTransitional, serverView } from './inventory/serverView.ts';

export type { GpuQuota, InventoryChange, InventoryView, ProfileView, ServerView } from './inventory/inventoryView.ts';

/** ms. A folder that is closed and opened again, a view that is hidden for a moment: nothing is listed anew. */
const linger = { look: 60_000, open: 30_000 } as const;
/** ms between two looks at servers whose status depends on the clock. */
const tick = 5_000;

interface OpenNamespace {
  counted: Counted;
  details?: NamespaceDetails;
}

export class Inventory implements Disposable {
  readonly #cluster: Cluster;
  readonly #logger: Logger;
  readonly #things = new Disposables();
  readonly #names: ProfileNames;
  readonly #notebooks: NotebookLists;
  readonly #looking: Counted;
  readonly #open = new Map<string, OpenNamespace>();
  readonly #servers = new Map<string, ServerView>();
  /** Keys of servers by namespace. */
  readonly #keys = new Map<string, Set<string>>();
  readonly #profiles = new Map<string, ProfileView>();
  readonly #answers = new Map<string, { uid: string; answers: boolean }>();
  readonly #changed = new Emitter<InventoryChange>((error) =>
    this.#logger.error(`A listener of the inventory of ${this.#cluster.name} threw: ${String(error)}`),
  );
  readonly onDidChange = this.#changed.event;
  #view: InventoryView = { state: { kind: 'loading' }, profiles: [], canListProfiles: false };
  #ticker: NodeJS.Timeout | undefined;

  constructor(o: { cluster: Cluster; access: Access; logger: Logger; knownNamespaces: () => readonly string[] }) {
    this.#cluster = o.cluster;
    this.#logger = o.logger;
    const candidates = () => [...o.knownNamespaces(), ...this.#open.keys()];
    this.#names = this.#things.add(new ProfileNames(o.cluster, { logger: o.logger, candidates }));
    this.#notebooks = this.#things.add(new NotebookLists(o.cluster, o.logger));
    this.#things.add(this.#names.onDidChange(() => this.#namesChanged()));
    this.#things.add(this.#notebooks.onDidChange((change) => this.#notebooksChanged(change)));
    this.#looking = this.#things.add(
      new Counted({ begin: () => this.#start(), end: () => this.#stop(), lingerMs: linger.look }),
    );
  }

  get view(): InventoryView {
    return this.#view;
  }

  profile(name: string): ProfileView | undefined {
    return this.#profiles.get(name);
  }

  server(key: string): ServerView | undefined {
    return this.#servers.get(key);
  }

  /** Claims of an open namespace, by name; empty for one that is not open. */
  claims(namespace: string): readonly PersistentVolumeClaim[] {
    return this.#profiles.get(namespace)?.claims ?? this.#open.get(namespace)?.details?.claims ?? [];
  }

  /** While somebody looks, profiles and notebook servers are live. */
  look(): Disposable {
    return this.#looking.use();
  }

  /** While a namespace is open, its pods, events, claims and quotas are live, too. It is also taken as known. */
  open(namespace: string): Disposable {
    const looking = this.look();
    let entry = this.#open.get(namespace);
    if (!entry) {
      const counted = new Counted({
        begin: () => this.#begin(namespace),
        end: () => this.#end(namespace),
        lingerMs: linger.open,
      });
      this.#open.set(namespace, (entry = { counted }));
      if (this.#names.canList === false && !this.#names.found.has(namespace)) this.#names.again();
    }
    const use = entry.counted.use();
    return {
      dispose: () => {
        use.dispose();
        looking.dispose();
      },
    };
  }

  /** Tells whether Jupyter answers in this pod; it counts for this very pod only. */
  setAnswers(key: string, podUid: string, answers: boolean): void {
    const before = this.#answers.get(key);
    if (before?.uid === podUid && before.answers === answers) return;
    this.#answers.set(key, { uid: podUid, answers });
    this.#rebuild([key]);
  }

  /** The namespaces that `knownNamespaces` gives are other ones. */
  addNamespacesChanged(): void {
    this.#names.again();
  }

  retryNow(): void {
    this.#cluster.retryNow();
    this.#names.again();
    this.#notebooks.retryNow();
    for (const { details } of this.#open.values()) details?.retryNow();
  }

  dispose(): void {
    for (const { counted } of this.#open.values()) counted.dispose();
    this.#things.dispose();
    clearInterval(this.#ticker);
    this.#changed.dispose();
  }

  #start(): void {
    this.#names.start();
    this.#notebooks.start();
    this.#tickIfNeeded();
  }

  #stop(): void {
    this.#names.stop();
    this.#notebooks.stop();
    this.#tickIfNeeded();
  }

  #begin(namespace: string): void {
    const entry = this.#open.get(namespace);
    if (!entry) return;
    entry.details = new NamespaceDetails(this.#cluster, namespace, this.#logger);
    entry.details.onDidChange(() => this.#rebuild(this.#keys.get(namespace) ?? [], [namespace]));
    entry.details.start();
  }

  #end(namespace: string): void {
    const entry = this.#open.get(namespace);
    this.#open.delete(namespace);
    entry?.details?.dispose();
    this.#rebuild(this.#keys.get(namespace) ?? [], [namespace]);
  }

  #namesChanged(): void {
    this.#notebooks.setNamespaces(new Set(this.#names.found.keys()));
    this.#rebuild([], [...this.#names.found.keys(), ...this.#profiles.keys()]);
  }

  #notebooksChanged({ keys, states }: NotebooksChange): void {
    if (states && states.size === 0) return this.#rebuild(keys);
    // another state may mean that all servers of a namespace are stale now, or no longer are
    const namespaces = states ?? new Set([...this.#names.found.keys(), ...this.#keys.keys()]);
    const all = new Set(keys);
    for (const namespace of namespaces) for (const key of this.#keys.get(namespace) ?? []) all.add(key);
    this.#rebuild(all, namespaces);
  }

  /** Makes the views of these servers and namespaces anew, and tells what is another one now. */
  #rebuild(keys: Iterable<string>, namespaces: Iterable<string> = []): void {
    const now = new Date();
    const servers = new Set<string>();
    const touched = new Set(namespaces);
    for (const key of keys) {
      if (!this.#rebuildServer(key, now)) continue;
      servers.add(key);
      touched.add(key.slice(0, key.indexOf('/')));
    }
    const changed = new Set<string>();
    const found = this.#names.found;
    for (const name of touched) {
      const before = this.#profiles.get(name);
      const known = found.get(name);
      const own = [...(this.#keys.get(name) ?? [])].flatMap((key) => this.#servers.get(key) ?? []);
      if (!known && own.length === 0) {
        if (this.#profiles.delete(name)) changed.add(name);
        continue;
      }
      const details = this.#open.get(name)?.details;
      const view = profileView({ name, known, servers: own, state: this.#notebooks.stateOf(name), details }, before);
      if (view === before) continue;
      this.#profiles.set(name, view);
      changed.add(name);
    }
    const before = this.#view;
    this.#view = this.#overall(changed.size > 0);
    const profiles =
      !sameState(before.state, this.#view.state) ||
      before.problem !== this.#view.problem ||
      before.canListProfiles !== this.#view.canListProfiles ||
      before.kubeflowMissing !== this.#view.kubeflowMissing ||
      !sameProfiles(before.profiles, this.#view.profiles);
    this.#tickIfNeeded();
    if (profiles || servers.size > 0 || changed.size > 0)
      this.#changed.fire({ profiles, servers, namespaces: changed });
  }

  /** True if the view of the server is another one now. */
  #rebuildServer(key: string, now: Date): boolean {
    const before = this.#servers.get(key);
    const notebook = this.#notebooks.get(key);
    const namespace = key.slice(0, key.indexOf('/'));
    if (!notebook) {
      this.#answers.delete(key);
      const own = this.#keys.get(namespace);
      own?.delete(key);
      if (own?.size === 0) this.#keys.delete(namespace);
      return this.#servers.delete(key);
    }
    const details = this.#open.get(namespace)?.details;
    const pod = details?.podOf(notebook);
    const answers = this.#answers.get(key);
    const state = this.#notebooks.stateOf(namespace);
    const view = serverView(
      {
        notebook,
        ...(pod ? { pod } : {}),
        ...(details ? { events: details.eventsOf(notebook), claims: details.claims } : {}),
        ...(answers && answers.uid === pod?.metadata.uid ? { answers: answers.answers } : {}),
        ...(state.kind === 'stale' ? { stale: state.since } : {}),
        now,
      },
      before,
    );
    if (view === before) return false;
    this.#servers.set(key, view);
    const own = this.#keys.get(namespace);
    if (own) own.add(key);
    else this.#keys.set(namespace, new Set([key]));
    return true;
  }

  #overall(profilesChanged: boolean): InventoryView {
    const before = this.#view;
    const state: LiveState = overallState(this.#names, this.#notebooks, before.state);
    const problem: KubeError | undefined = wholeClusterError(state);
    const profiles = profilesChanged
      ? [...this.#profiles.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'))
      : before.profiles;
    const kubeflowMissing = this.#notebooks.missing || this.#names.missing;
    const canListProfiles = this.#names.canList ?? false;
    return {
      state,
      profiles,
      canListProfiles,
      ...(problem ? { problem } : {}),
      ...(kubeflowMissing ? { kubeflowMissing } : {}),
    };
  }

  /** The clock matters only to servers that are on their way somewhere, and only while somebody looks. */
  #tickIfNeeded(): void {
    const needed = this.#looking.active && [...this.#servers.values()].some(isTransitional);
    if (needed === (this.#ticker !== undefined)) return;
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    if (!needed) return;
    this.#ticker = setInterval(() => {
      this.#rebuild([...this.#servers.values()].filter(isTransitional).map((s) => s.key));
    }, tick);
    this.#ticker.unref();
  }
}

/** The same profiles in the same order and state; what is in them may differ. */
function sameProfiles(a: readonly ProfileView[], b: readonly ProfileView[]): boolean {
  return (
    a.length === b.length &&
    a.every((p, i) => p.name === b[i]?.name && p.state === b[i]?.state && p.source === b[i]?.source)
  );
}
