/** Events by the object that they are about. */
import type { CoreEvent } from '../../k8s/objects.ts';
import { involved } from '../events.ts';

export class EventIndex {
  readonly #byObject = new Map<string, Map<string, CoreEvent>>();
  /** The object of each event, as one that is gone can't be asked. */
  readonly #objects = new Map<string, string>();

  /** Takes over an event as it is now, or that it is gone. @returns `Kind/name` of the objects that hear of it */
  set(key: string, event: CoreEvent | undefined): string[] {
    const before = this.#objects.get(key);
    const object = event && involved(event);
    if (before !== undefined && before !== object) this.#remove(before, key);
    if (event && object !== undefined) {
      this.#objects.set(key, object);
      const all = this.#byObject.get(object);
      if (all) all.set(key, event);
      else this.#byObject.set(object, new Map([[key, event]]));
    }
    return [before, object].filter((one) => one !== undefined);
  }

  of(object: string): Iterable<CoreEvent> {
    return this.#byObject.get(object)?.values() ?? [];
  }

  #remove(object: string, key: string): void {
    this.#objects.delete(key);
    const all = this.#byObject.get(object);
    all?.delete(key);
    if (all?.size === 0) this.#byObject.delete(object);
  }
}
