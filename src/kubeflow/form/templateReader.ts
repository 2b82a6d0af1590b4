/** Reads a template's tree, and says of each place that is not as it should be where it is and what belongs there. Pure. */
import type { Expected, TemplateProblem } from './templateProblem.ts';
import type { Tree } from './templateYaml.ts';

/** Numbers as the form's fields take them; schemas/notebook-template.schema.json has the same. */
export const patterns = {
  cores: /^(\d{1,9}m|\d{1,6}(\.\d{0,3})?|\.\d{1,3})$/,
  memory: /^(\d{1,15}(\.\d{0,3})?|\.\d{1,3}) ?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$/,
  /** Of a resource with a unit, such as ephemeral-storage. */
  count: /^\d{1,15}(\.\d{0,3})?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P|m)?$/,
} as const;

/** Is this the text for no limit? */
const none = 'none';

type ProblemAt = TemplateProblem extends infer P ? (P extends { line: number } ? Omit<P, 'line'> : never) : never;

export class TemplateReader {
  readonly problems: TemplateProblem[] = [];

  report(line: number, problem: ProblemAt): undefined {
    this.problems.push({ line, ...problem });
    return undefined;
  }

  private expected(tree: Tree, field: string, expected: Expected): undefined {
    return this.report(tree.line, { code: 'expected', field, expected });
  }

  /** A map's entries by key; keys that are not known are told, with the one that they may stand for. */
  map(tree: Tree, field: string, known: readonly string[]): Map<string, Tree> {
    const found = new Map<string, Tree>();
    for (const { key, line, value } of this.entries(tree, field) ?? []) {
      if (known.includes(key)) found.set(key, value);
      else {
        const near = nearest(key, known);
        this.report(line, { code: 'unknownKey', field: within(field, key), ...(near ? { near } : {}) });
      }
    }
    return found;
  }

  /** As `map`, of which these have to be there. */
  record(tree: Tree, field: string, required: readonly string[], optional: readonly string[]): Map<string, Tree> {
    const found = this.map(tree, field, [...required, ...optional]);
    if (tree.kind === 'map') {
      for (const key of required)
        if (!found.has(key)) this.report(tree.line, { code: 'missingKey', field: within(field, key) });
    }
    return found;
  }

  /** A map with keys of the author's own. */
  entries(tree: Tree, field: string): Extract<Tree, { kind: 'map' }>['entries'] | undefined {
    return tree.kind === 'map' ? tree.entries : this.expected(tree, field, 'map');
  }

  list<T>(tree: Tree, field: string, read: (item: Tree, field: string) => T | undefined): T[] {
    if (tree.kind !== 'list') this.expected(tree, field, 'list');
    if (tree.kind !== 'list') return [];
    return tree.items.flatMap((item, index) => {
      const one = read(item, `${field}.${index + 1}`);
      return one === undefined ? [] : [one];
    });
  }

  /** A text of one character at least, unless it may be empty. */
  text(tree: Tree | undefined, field: string, mayBeEmpty = false): string | undefined {
    if (!tree) return undefined;
    const value = tree.kind === 'value' ? tree.value : undefined;
    return typeof value === 'string' && (mayBeEmpty || value !== '') ? value : this.expected(tree, field, 'text');
  }

  flag(tree: Tree | undefined, field: string): boolean | undefined {
    if (!tree) return undefined;
    const value = tree.kind === 'value' ? tree.value : undefined;
    return typeof value === 'boolean' ? value : this.expected(tree, field, 'flag');
  }

  choice<T extends string>(tree: Tree | undefined, field: string, choices: readonly T[]): T | undefined {
    if (!tree) return undefined;
    const found = choices.find((one) => tree.kind === 'value' && tree.value === one);
    return found ?? this.report(tree.line, { code: 'choice', field, choices });
  }

  /** Cores or an amount of memory, as the form has it typed: without Gi. */
  size(tree: Tree | undefined, field: string, kind: 'cores' | 'memory'): string | undefined {
    return tree && (this.amount(tree, kind) ?? this.expected(tree, field, kind));
  }

  /** The same, or none. */
  limit(tree: Tree | undefined, field: string, kind: 'cores' | 'memory'): string | undefined {
    if (!tree) return undefined;
    if (tree.kind === 'value' && tree.value === none) return none;
    return this.amount(tree, kind) ?? this.expected(tree, field, kind === 'cores' ? 'limitOfCores' : 'limitOfMemory');
  }

  /** A whole number of devices, or a quantity as text. */
  count(tree: Tree, field: string): string | undefined {
    const value = tree.kind === 'value' ? tree.value : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 1e6) return String(value);
    return typeof value === 'string' && patterns.count.test(value) ? value : this.expected(tree, field, 'count');
  }

  /** Whether there is shared memory, and how much, where that is said. */
  sharedMemory(tree: Tree, field: string): { shm: boolean; shmSize: string } | undefined {
    if (tree.kind === 'value' && typeof tree.value === 'boolean') return { shm: tree.value, shmSize: '' };
    const shmSize = this.amount(tree, 'memory');
    return shmSize === undefined ? this.expected(tree, field, 'sharedMemory') : { shm: true, shmSize };
  }

  private amount(tree: Tree, kind: 'cores' | 'memory'): string | undefined {
    if (tree.kind !== 'value') return undefined;
    const { value } = tree;
    if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? String(value) : undefined;
    if (typeof value !== 'string' || !patterns[kind].test(value)) return undefined;
    return kind === 'memory' ? value.replace(/ ?Gi$/, '') : value;
  }
}

/** A field within a field, as the sentences name it. */
export function within(field: string, key: string): string {
  return field === '' ? key : `${field}.${key}`;
}

/** The known key that a misspelt one is closest to; undefined where none is close. */
function nearest(key: string, known: readonly string[]): string | undefined {
  const lower = key.toLowerCase().slice(0, 40);
  const begun = known.find((one) => lower.length > 2 && one.toLowerCase().startsWith(lower));
  if (begun) return begun;
  const ranked = known.map((one) => ({ one, away: distance(lower, one.toLowerCase()) }));
  const [best] = ranked.sort((a, b) => a.away - b.away);
  return best && best.away <= Math.max(1, Math.floor(best.one.length / 3)) ? best.one : undefined;
}

/** How many letters have to be changed, added or taken away. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same));
    }
    row = next;
  }
  return row[b.length]!;
}
