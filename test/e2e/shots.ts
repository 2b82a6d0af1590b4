import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { repository } from '../../lab/folders.ts';

const folder = join(repository, 'test', 'shots');

/** Keeps a screenshot as test/shots/NAME.png. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}

/** The elements below `within` whose text is wider or higher than the room that they have: cut off, or behind an ellipsis. */
export function clipped(within: Locator): Promise<string[]> {
  return within.evaluate((root) => {
    const all = [...root.querySelectorAll<HTMLElement>('*')];
    return all
      .filter((element) => {
        const own = [...element.childNodes].some(
          (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
        );
        if (!own || !element.checkVisibility() || getComputedStyle(element).overflow === 'visible') return false;
        return element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 2;
      })
      .map((element) => element.textContent?.trim() ?? '');
  });
}
