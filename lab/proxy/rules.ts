import type { FaultRule } from '../types.ts';

/** The rules of the fault proxy, in the order they were set; the first that matches a request wins. */
export class Rules {
  private rules: { rule: FaultRule; path: RegExp | undefined; left: number }[] = [];

  /** @throws SyntaxError when `match.path` is no regular expression */
  add(rule: FaultRule): void {
    const path = rule.match?.path === undefined ? undefined : new RegExp(rule.match.path);
    this.rules.push({ rule, path, left: rule.times ?? Infinity });
  }

  clear(): void {
    this.rules = [];
  }

  /** What to do with a request, counted as one of the rule's times. */
  take(method: string, url: string): FaultRule['do'] | undefined {
    const found = this.rules.find(
      ({ rule, path }) =>
        (rule.match?.method ?? method).toUpperCase() === method.toUpperCase() && (path?.test(url) ?? true),
    );
    if (!found) return undefined;
    if (--found.left <= 0) this.rules = this.rules.filter((rule) => rule !== found);
    return found.rule.do;
  }
}
