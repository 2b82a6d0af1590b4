/** A Notebook that is being written: its parts are made when they are first written to, so that what is not stays absent. */
import type { Kept, SpawnForm } from '../form.ts';
import type { Notebook } from '../objects.ts';
import { asRecord } from './kept.ts';
import { readContainer } from './readBack.ts';
import type { SpawnerConfig } from './spawnerConfig.ts';

export class Draft {
  private found: Kept | undefined;

  constructor(
    /** Is written to. */
    readonly notebook: Notebook,
    readonly form: SpawnForm,
    readonly config: SpawnerConfig,
    /** The form that the Notebook was before; absent for a new one. */
    readonly before?: SpawnForm,
  ) {}

  get metadata(): Kept {
    return this.notebook.metadata as unknown as Kept;
  }

  get spec(): Kept {
    const spec = part(this.notebook as unknown as Kept, 'spec');
    return part(part(spec, 'template'), 'spec');
  }

  /** The container that is the notebook: the same one, whatever it is renamed to. */
  get container(): Kept {
    this.found ??= this.findContainer();
    return this.found;
  }

  private findContainer(): Kept {
    const { spec } = this;
    const found = readContainer(this.before?.name ?? this.form.name.trim(), spec);
    const containers = Array.isArray(spec['containers']) ? (spec['containers'] as unknown[]) : [];
    if (containers.includes(found)) return found;
    const made: Kept = { name: this.form.name.trim() };
    spec['containers'] = [made, ...containers];
    return made;
  }

  /** Every container and init container. */
  get containers(): Kept[] {
    const of = (key: string): Kept[] => (Array.isArray(this.spec[key]) ? this.spec[key].map(asRecord) : []);
    return [...of('containers'), ...of('initContainers')];
  }
}

/** The map under a key, made where there is none. */
export function part(parent: Kept, key: string): Kept {
  const found = parent[key];
  if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as Kept;
  const made: Kept = {};
  parent[key] = made;
  return made;
}

/** Writes a value, or removes the key where there is none. */
export function put(parent: Kept, key: string, value: unknown): void {
  if (value === undefined) delete parent[key];
  else parent[key] = value;
}

/**
 * Makes the map under a key hold these entries: the `before` ones that are gone are removed, others that stand there stay,
 * and an empty map that was not there is not made.
 */
export function putEntries(parent: Kept, key: string, entries: Kept, before: readonly string[]): void {
  const found = asRecord(parent[key]);
  const gone = new Set(before.filter((one) => !(one in entries)));
  const kept = Object.fromEntries(Object.entries(found).filter(([one]) => !gone.has(one)));
  const written = { ...kept, ...entries };
  if (Object.keys(written).length > 0) parent[key] = written;
  else delete parent[key];
}
