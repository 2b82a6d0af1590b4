import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { repository } from '../../lab/folders.ts';

const folder = join(repository, 'test', 'shots');

/** Keeps a screenshot as test/shots/NAME.png; with `from`, of what lies around it and 500 pixels below it. */
export async function shoot(page: Page, name: string, from?: Locator): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const box = await from?.boundingBox();
  const clip = box
    ? { x: Math.max(0, box.x), y: Math.max(0, box.y), width: box.width, height: box.height + 500 }
    : undefined;
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', clip });
}

/**
 * The texts below `within` that stick out of a box that hides what sticks out: cut off, or behind an ellipsis. Boxes that
 * scroll hide nothing for good.
 */
export function clipped(within: Locator): Promise<string[]> {
  return within.evaluate((root) => {
    const texts: string[] = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent?.trim();
      const parent = node.parentElement;
      if (!text || !parent?.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      for (let around: Element | null = parent; around && root.contains(around); around = around.parentElement) {
        const { overflowX, overflowY, clipPath } = getComputedStyle(around);
        // What is there for screen readers only has no room on purpose.
        if (clipPath !== 'none') break;
        const edge = around.getBoundingClientRect();
        const wide = overflowX === 'hidden' && (box.right > edge.right + 1 || box.left < edge.left - 1);
        const high = overflowY === 'hidden' && (box.bottom > edge.bottom + 3 || box.top < edge.top - 3);
        if (wide || high) {
          texts.push(text);
          break;
        }
      }
    }
    return texts;
  });
}
