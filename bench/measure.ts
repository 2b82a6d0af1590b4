import { setTimeout as delay } from 'node:timers/promises';

/** One line of the table. Lower is better unless `higherIsBetter`. */
export interface Figure {
  what: string;
  value: number;
  unit: 's' | 'ms' | 'MB/s' | 'MB' | 'kB' | '%';
  /** The same thing done the other way, in the same run. */
  peer?: { name: string; value: number };
  /** The most that docs/architecture.md's budgets allow, or the least where higher is better; absent: only told. */
  budget?: { value: number; of: 'value' | 'ratio' | 'difference' };
  higherIsBetter?: boolean;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The value that this share of all is at most, e.g. 0.95. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

/**
 * What several ways to do the same measure, in turns, so that a busy moment of the computer meets all of them. The first
 * turn is a warm-up and does not count.
 * @param o.restMs between two runs, as between two things that a person does
 */
export async function inTurns<T>(
  o: { times: number; restMs?: number },
  ways: readonly (() => Promise<T>)[],
): Promise<T[][]> {
  const values: T[][] = ways.map(() => []);
  for (let n = 0; n <= o.times; n++)
    for (const [i, way] of ways.entries()) {
      await delay(o.restMs ?? 0);
      const value = await way();
      if (n > 0) values[i]!.push(value);
    }
  return values;
}

/** The medians of two ways to do the same, measured in turns. */
export async function sideBySide(
  o: { times: number; restMs?: number },
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<{ ours: number; theirs: number }> {
  const [mine = [], other = []] = await inTurns(o, [ours, theirs]);
  return { ours: median(mine), theirs: median(other) };
}

/** How long something takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Whether a figure keeps its budget; undefined without one. */
export function keeps({ value, peer, budget, higherIsBetter }: Figure): boolean | undefined {
  if (!budget) return undefined;
  const compared =
    budget.of === 'value' ? value : budget.of === 'ratio' ? value / (peer?.value ?? NaN) : value - (peer?.value ?? NaN);
  return higherIsBetter ? compared >= budget.value : compared <= budget.value;
}
