import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame, Page } from 'playwright-core';

/** What inPage.js offers. */
interface InPage {
  bench: {
    text(within: string): string;
    expectClick(type: string): void;
    clicked: Promise<number>;
    expectOutput(wanted: Wanted): void;
    shown: Promise<number>;
  };
}

/** An output that is waited for. */
export interface Wanted {
  /** A selector: where the cell's outputs are. */
  within: string;
  words: readonly string[];
  images: number;
}

const script = await readFile(join(import.meta.dirname, 'inPage.js'), 'utf8');
const patienceMs = 120_000;

/** Moments within a page, in ms since the epoch: the next event of a type, which a click makes. */
export async function clickOf(page: Page | Frame, type: string, click: () => Promise<unknown>): Promise<number> {
  await page.evaluate(script);
  await page.evaluate((which) => (globalThis as unknown as InPage).bench.expectClick(which), type);
  await click();
  return inTime(
    page.evaluate(() => (globalThis as unknown as InPage).bench.clicked),
    () => 'no click was seen',
  );
}

/** Begins to wait for an output; what it gives resolves with the moment when it is there. */
export async function outputIn(frame: Frame, wanted: Wanted): Promise<() => Promise<number>> {
  await frame.evaluate(script);
  await frame.evaluate((what) => (globalThis as unknown as InPage).bench.expectOutput(what), wanted);
  return () =>
    inTime(
      frame.evaluate(() => (globalThis as unknown as InPage).bench.shown),
      async () => {
        const text = await frame.evaluate((at) => (globalThis as unknown as InPage).bench.text(at), wanted.within);
        return `no output says ${wanted.words.join(' and ')}; they end with: ${text.slice(-400)}`;
      },
    );
}

/** @param problem says what was not seen, when it is too late */
function inTime<T>(coming: Promise<T>, problem: () => string | Promise<string>): Promise<T> {
  const tell = async () => new Error(await problem());
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => void tell().then(reject, reject), patienceMs);
    void coming.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
