/**
 * Everything that one context shows, live: profiles, their notebook servers, and for open namespaces their pods, events,
 * claims and quotas. The one place that joins them; tree, forms, documents and connections read its views.
 */
import type { Access } from '../k8s/access.ts';
import type { Cluster } from '../k8s/cluster.ts';
import type { KubeError } from '../k8s/errors.ts';
import { Disposables, Emitter, type Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import type { PersistentVolumeClaim } from '../k8s/objects.ts';
import { Counted } from './inventory/counted.ts';
import type { InventoryChange, InventoryView, ProfileView, ServerView } from './inventory/inventoryView.ts';
import { overallState, wholeClusterError } from './inventory/inventoryState.ts';
import { concerned, NamespaceDetails } from './inventory/namespaceDetails.ts';
import { NotebookLists, type NotebooksChange } from './inventory/notebookLists.ts';
import { ProfileNames } from './inventory/profileNames.ts';
import { profileView } from './inventory/profileView.ts';
import { sameOverall, sortedProfiles } from './inventory/profileList.ts';
import { serverView } from './inventory/serverView.ts';
import { ServerViews } from './inventory/serverViews.ts';

export type { GpuQuota, InventoryChange, InventoryView, ProfileView, ServerView } from './inventory/inventoryView.ts';

/** ms. A folder that is closed and opened again, a view that is hidden for a moment: nothing is listed anew. */
const linger = { look: 60_000, open: 30_000 } as const;
/** ms between two looks at servers whose status depends on the clock. */
const tick = 5_000;
/** Servers whose views are made in one go: some milliseconds. */
const sliceSize = 250;

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
  readonly #servers = new ServerViews();
  readonly #profiles = new Map<string, ProfileView>();
  readonly #answers = new Map<string, { uid: string; answers: boolean }>();
  readonly #changed = new Emitter<InventoryChange>((error) =>
    this.#logger.error(`A listener of the inventory of ${this.#cluster.name} threw: ${String(error)}`),
  );
  readonly onDidChange = this.#changed.event;
  #view: InventoryView = { state: { kind: 'loading' }, profiles: [], canListProfiles: false };
  #ticker: NodeJS.Timeout | undefined;
  /** What is to be made anew. */
  readonly #due = { servers: new Set<string>(), namespaces: new Set<string>() };
  #nextSlice: NodeJS.Immediate | undefined;

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
    clearImmediate(this.#nextSlice);
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
    entry.details.onDidChange((change) =>
      this.#rebuild(concerned(change, this.#servers.sortedIn(namespace)), [namespace]),
    );
    entry.details.start();
  }

  #end(namespace: string): void {
    const entry = this.#open.get(namespace);
    this.#open.delete(namespace);
    entry?.details?.dispose();
    this.#rebuild(this.#servers.keysIn(namespace), [namespace]);
  }

  #namesChanged(): void {
    this.#notebooks.setNamespaces(new Set(this.#names.found.keys()));
    this.#rebuild([], [...this.#names.found.keys(), ...this.#profiles.keys()]);
  }

  #notebooksChanged({ keys, states }: NotebooksChange): void {
    if (states && states.size === 0) return this.#rebuild(keys);
    // another state may mean that all servers of a namespace are stale now, or no longer are
    const namespaces = states ?? new Set([...this.#names.found.keys(), ...this.#servers.namespaces()]);
    const all = new Set(keys);
    for (const namespace of namespaces) for (const key of this.#servers.keysIn(namespace)) all.add(key);
    this.#rebuild(all, namespaces);
  }

  /** Makes the views of these servers and namespaces anew, and tells what is another one now: at once if they are few. */
  #rebuild(keys: Iterable<string>, namespaces: Iterable<string> = []): void {
    for (const key of keys) this.#due.servers.add(key);
    for (const name of namespaces) this.#due.namespaces.add(name);
    if (!this.#nextSlice) this.#rebuildSlice();
  }

  /** Thousands are made in slices, each of which is told of, so that other work has its turn in between. */
  #rebuildSlice(): void {
    this.#nextSlice = undefined;
    const due = this.#due;
    const now = new Date();
    const servers = new Set<string>();
    const touched = new Set<string>();
    let left = sliceSize;
    for (const key of due.servers) {
      if (left-- === 0) break;
      due.servers.delete(key);
      if (!this.#rebuildServer(key, now)) continue;
      servers.add(key);
      touched.add(key.slice(0, key.indexOf('/')));
    }
    if (due.servers.size > 0) {
      this.#nextSlice = setImmediate(() => this.#rebuildSlice());
    } else {
      // only now: a namespace is not to say that it is empty before its servers are there
      for (const name of due.namespaces) touched.add(name);
      due.namespaces.clear();
    }
    const namespaces = this.#rebuildProfiles(touched);
    const before = this.#view;
    this.#view = this.#overall(namespaces);
    const profiles = !sameOverall(before, this.#view);
    this.#tickIfNeeded();
    if (profiles || servers.size > 0 || namespaces.size > 0) this.#changed.fire({ profiles, servers, namespaces });
  }

  /** @returns the namespaces whose view is another one now */
  #rebuildProfiles(names: Iterable<string>): Set<string> {
    const changed = new Set<string>();
    const found = this.#names.found;
    for (const name of names) {
      const before = this.#profiles.get(name);
      const known = found.get(name);
      const servers = this.#servers.sortedIn(name);
      if (!known && servers.length === 0) {
        if (this.#profiles.delete(name)) changed.add(name);
        continue;
      }
      const details = this.#open.get(name)?.details;
      const view = profileView({ name, known, servers, state: this.#notebooks.stateOf(name), details }, before);
      if (view === before) continue;
      this.#profiles.set(name, view);
      changed.add(name);
    }
    return changed;
  }

  /** True if the view of the server is another one now. */
  #rebuildServer(key: string, now: Date): boolean {
    const before = this.#servers.get(key);
    const notebook = this.#notebooks.get(key);
    const namespace = key.slice(0, key.indexOf('/'));
    if (!notebook) {
      this.#answers.delete(key);
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
    this.#servers.set(view);
    return true;
  }

  #overall(changed: ReadonlySet<string>): InventoryView {
    const before = this.#view;
    // until the last server of the first list is there, the whole is loading
    const unfinished = this.#due.servers.size > 0 && before.state.kind === 'loading';
    const state = unfinished ? before.state : overallState(this.#names, this.#notebooks, before.state);
    const problem: KubeError | undefined = wholeClusterError(state);
    const profiles = changed.size > 0 ? sortedProfiles(this.#profiles, before.profiles) : before.profiles;
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
    const needed = this.#looking.active && this.#servers.transitional.size > 0;
    if (needed === (this.#ticker !== undefined)) return;
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    if (!needed) return;
    this.#ticker = setInterval(() => this.#rebuild(this.#servers.transitional), tick);
    this.#ticker.unref();
  }
}
