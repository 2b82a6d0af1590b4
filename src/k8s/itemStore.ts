import { keyOf, type KubeObject } from './objects.ts';

/** The items of a live list by key, and what changed with each step. */
export class ItemStore<T extends KubeObject> {
  readonly #items = new Map<string, T>();
  readonly #slim: (object: KubeObject) => void;
  /** The newest resource version seen, for "at least as new as this". */
  version: string | undefined;

  /** @param slim takes out of an object what nobody reads */
  constructor(slim: (object: KubeObject) => void = withoutManagedFields) {
    this.#slim = slim;
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
    return changed;
  }

  /** Takes over one watch event; gives the key if anything changed. */
  apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): string | undefined {
    const key = keyOf(object);
    if (type === 'DELETED') return this.#items.delete(key) ? key : undefined;
    return this.#put(key, object) ? key : undefined;
  }

  #put(key: string, object: T): boolean {
    const { uid, resourceVersion } = object.metadata;
    const known = this.#items.get(key)?.metadata;
    if (known && resourceVersion && known.resourceVersion === resourceVersion && known.uid === uid) return false;
    this.#slim(object);
    this.#items.set(key, object);
    return true;
  }
}

function withoutManagedFields(object: KubeObject): void {
  delete (object.metadata as { managedFields?: unknown }).managedFields;
}
