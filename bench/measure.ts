/** One line of the table. Lower is better unless `higherIsBetter`. */
export interface Figure {
  what: string;
  value: number;
  unit: 's' | 'ms' | 'MB/s' | 'MB';
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

/** The median of several runs, in milliseconds; the first run is a warm-up and does not count. */
export async function repeat(times: number, run: () => Promise<number>): Promise<number> {
  await run();
  const values: number[] = [];
  for (let n = 0; n < times; n++) values.push(await run());
  return median(values);
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
