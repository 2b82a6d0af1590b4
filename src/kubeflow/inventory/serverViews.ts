/** The views of all servers, and those of each namespace in their order. What one change costs does not grow with their number. */
import type { ServerView } from './inventoryView.ts';
import { compareServers, isTransitional } from './serverView.ts';

const none: readonly ServerView[] = [];

interface Namespace {
  readonly keys: Set<string>;
  /** As it was given out last. */
  sorted: readonly ServerView[];
  /** Changed since then; what is in it but has no view is gone. */
  readonly changed: Set<string>;
}

export class ServerViews {
  readonly #views = new Map<string, ServerView>();
  readonly #namespaces = new Map<string, Namespace>();
  readonly #transitional = new Set<string>();

  get(key: string): ServerView | undefined {
    return this.#views.get(key);
  }

  /** Names of namespaces that have servers. */
  namespaces(): Iterable<string> {
    return this.#namespaces.keys();
  }

  keysIn(namespace: string): Iterable<string> {
    return this.#namespaces.get(namespace)?.keys ?? [];
  }

  /** Keys of those whose status depends on the time that passes. */
  get transitional(): ReadonlySet<string> {
    return this.#transitional;
  }

  set(view: ServerView): void {
    const { key, namespace } = view;
    this.#views.set(key, view);
    if (isTransitional(view)) this.#transitional.add(key);
    else this.#transitional.delete(key);
    let own = this.#namespaces.get(namespace);
    if (!own) this.#namespaces.set(namespace, (own = { keys: new Set(), sorted: none, changed: new Set() }));
    own.keys.add(key);
    own.changed.add(key);
  }

  /** @returns false when there is no such server */
  delete(key: string): boolean {
    const view = this.#views.get(key);
    if (!view) return false;
    this.#views.delete(key);
    this.#transitional.delete(key);
    const own = this.#namespaces.get(view.namespace)!;
    own.keys.delete(key);
    own.changed.add(key);
    if (own.keys.size === 0) this.#namespaces.delete(view.namespace);
    return true;
  }

  /** What needs the user first, then what runs, then the rest; each by name. The same array as long as nothing of it changes. */
  sortedIn(namespace: string): readonly ServerView[] {
    const own = this.#namespaces.get(namespace);
    if (!own) return none;
    const { changed } = own;
    if (changed.size === 0) return own.sorted;
    let moved = false;
    const sorted: ServerView[] = [];
    for (const before of own.sorted) {
      const view = changed.delete(before.key) ? this.#views.get(before.key) : before;
      if (!view) continue;
      moved ||= view !== before && compareServers(before, view) !== 0;
      sorted.push(view);
    }
    for (const key of changed) {
      const view = this.#views.get(key);
      if (view) sorted.push(view);
      moved = true;
    }
    changed.clear();
    if (moved) sorted.sort(compareServers);
    own.sorted = sorted;
    return sorted;
  }
}
