import { keyOf, type KubeObject } from './objects.ts';

/** How many deletions are remembered against events that come late. */
const mostDeleted = 1000;

/**
 * The items of a live list by key, and what changed with each step. Events that come twice or in the wrong order (a proxy
 * that sends again what it has sent) change nothing: resource versions only grow (KEP-5504 makes them comparable).
 */
export class ItemStore<T extends KubeObject> {
  readonly #items = new Map<string, T>();
  /** Resource versions of the last deletions, by key. */
  readonly #deleted = new Map<string, string>();
  readonly slim: (object: KubeObject) => void;
  /** The newest resource version seen, for "at least as new as this". */
  version: string | undefined;

  /** @param slim takes out of an object what nobody reads; a second time it finds nothing to take */
  constructor(slim: (object: KubeObject) => void = withoutManagedFields) {
    this.slim = slim;
  }

  get items(): ReadonlyMap<string, T> {
    return this.#items;
  }

  /** Takes over a whole list; gives the keys that were added, changed or have vanished. */
  replace(list: readonly T[], version: string | undefined): Set<string> {
    const changed = new Set<string>();
    const there = new Set<string>();
    for (const object of list) {
      const key = keyOf(object);
      there.add(key);
      if (this.#put(key, object)) changed.add(key);
    }
    for (const key of this.#items.keys()) {
      if (there.has(key)) continue;
      this.#items.delete(key);
      changed.add(key);
    }
    this.version = version;
    this.#deleted.clear();
    return changed;
  }

  /** Takes over one watch event; gives the key if anything changed. */
  apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): string | undefined {
    const key = keyOf(object);
    const { resourceVersion } = object.metadata;
    if (isOlder(resourceVersion, this.#items.get(key)?.metadata.resourceVersion)) return undefined;
    if (type === 'DELETED') {
      this.#forget(key, resourceVersion);
      return this.#items.delete(key) ? key : undefined;
    }
    if (isOlder(resourceVersion, this.#deleted.get(key))) return undefined;
    return this.#put(key, object) ? key : undefined;
  }

  #forget(key: string, version: string | undefined): void {
    if (version === undefined) return;
    this.#deleted.delete(key);
    this.#deleted.set(key, version);
    if (this.#deleted.size > mostDeleted)
      for (const oldest of this.#deleted.keys()) return void this.#deleted.delete(oldest);
  }

  #put(key: string, object: T): boolean {
    const { uid, resourceVersion } = object.metadata;
    const known = this.#items.get(key)?.metadata;
    if (known && resourceVersion && known.resourceVersion === resourceVersion && known.uid === uid) return false;
    this.slim(object);
    this.#items.set(key, object);
    return true;
  }
}

/** Is a resource version lower than another one; false where either is no number. */
export function isOlder(version: string | undefined, than: string | undefined): boolean {
  if (!version || !than || !/^\d+$/.test(version) || !/^\d+$/.test(than)) return false;
  return version.length === than.length ? version < than : version.length < than.length;
}

function withoutManagedFields(object: KubeObject): void {
  delete (object.metadata as { managedFields?: unknown }).managedFields;
}
