/** Reads the values of a link, none of which is to be trusted. Pure. */

/** Why a link is not followed. */
export type LinkProblem =
  | { code: 'unknownKind' }
  /** It cannot be read, says something twice or is too long. */
  | { code: 'damaged' }
  | { code: 'missing'; key: string }
  /** What it says under this key is nothing that could be meant. */
  | { code: 'refused'; key: string };

/** Takes values out by key, remembers the first thing that is wrong, and knows in the end what nobody asked for. */
export class Reader {
  problem: LinkProblem | undefined;
  private readonly asked = new Set<string>();

  constructor(private readonly values: ReadonlyMap<string, string>) {}

  /** Undefined where the link does not say it, or says what is refused. */
  get(key: string, accepts: (value: string) => boolean): string | undefined {
    this.asked.add(key);
    const value = this.values.get(key);
    if (value === undefined) return undefined;
    if (accepts(value)) return value;
    this.refuse(key);
    return undefined;
  }

  need(key: string, accepts: (value: string) => boolean): string {
    if (!this.values.has(key)) this.problem ??= { code: 'missing', key };
    return this.get(key, accepts) ?? '';
  }

  refuse(key: string): void {
    this.problem ??= { code: 'refused', key };
  }

  /** The keys that begin so. */
  keys(prefix: string): string[] {
    return [...this.values.keys()].filter((key) => key.startsWith(prefix));
  }

  get ignored(): string[] {
    return [...this.values.keys()].filter((key) => !this.asked.has(key));
  }
}
