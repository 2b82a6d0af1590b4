import type { FaultRule } from '../types.ts';

/** The rules of the fault proxy, in the order they were set; the first that matches a request wins. */
export class Rules {
  private rules: { rule: FaultRule; path: RegExp | undefined; passing: number; left: number }[] = [];

  /** @throws SyntaxError when `match.path` is no regular expression */
  add(rule: FaultRule): void {
    const path = rule.match?.path === undefined ? undefined : new RegExp(rule.match.path);
    this.rules.push({ rule, path, passing: rule.after ?? 0, left: rule.times ?? Infinity });
  }

  clear(): void {
    this.rules = [];
  }

  /** How many matches it takes until every rule that has an end is used up, with those that it lets pass before. */
  get left(): number {
    return this.rules.reduce((sum, { passing, left }) => (left === Infinity ? sum : sum + passing + left), 0);
  }

  /** What to do with a request, counted as one of the rule's times. */
  take(method: string, url: string): FaultRule['do'] | undefined {
    for (const one of this.rules) {
      const { match } = one.rule;
      if ((match?.method ?? method).toUpperCase() !== method.toUpperCase() || one.path?.test(url) === false) continue;
      if (one.passing > 0) {
        one.passing--;
        continue;
      }
      if (--one.left <= 0) this.rules = this.rules.filter((rule) => rule !== one);
      return one.rule.do;
    }
    return undefined;
  }
}
