import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame, Page } from 'playwright-core';

/** What inPage.js offers. */
interface InPage {
  bench: {
    expectClick(type: string): void;
    clicked: Promise<number>;
    expectOutput(wanted: Wanted): void;
    shown: Promise<number>;
  };
}

/** An output that is waited for. */
export interface Wanted {
  /** Selectors: where the cell's outputs are, and of one in there. */
  within: string;
  output: string;
  words: readonly string[];
  images: number;
}

const script = await readFile(join(import.meta.dirname, 'inPage.js'), 'utf8');
const patienceMs = 120_000;

/** Moments within a page, in ms since the epoch: the next event of a type, which a click makes. */
export async function clickOf(page: Page, type: string, click: () => Promise<unknown>): Promise<number> {
  await page.evaluate(script);
  await page.evaluate((which) => (globalThis as unknown as InPage).bench.expectClick(which), type);
  await click();
  return inTime(
    page.evaluate(() => (globalThis as unknown as InPage).bench.clicked),
    'no click was seen',
  );
}

/** Begins to wait for an output; what it gives resolves with the moment when it is there. */
export async function outputIn(frame: Frame, wanted: Wanted): Promise<() => Promise<number>> {
  await frame.evaluate(script);
  await frame.evaluate((what) => (globalThis as unknown as InPage).bench.expectOutput(what), wanted);
  return () =>
    inTime(
      frame.evaluate(() => (globalThis as unknown as InPage).bench.shown),
      `no output says ${wanted.words.join(' and ')}`,
    );
}

function inTime<T>(coming: Promise<T>, problem: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(problem)), patienceMs);
    void coming.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
