import assert from 'node:assert/strict';
import type { FrameLocator, Page } from 'playwright-core';

/** Makes the editor about 320 px wide; resolves when the page in it is. @returns how many px stick out to the side */
export async function narrow(page: Page, form: FrameLocator): Promise<number> {
  await page.setViewportSize({ width: 680, height: 900 });
  const html = form.locator('html');
  const width = await html.evaluate(
    (element) =>
      new Promise<number>((resolve) => {
        new ResizeObserver((_, observer) => {
          if (element.clientWidth > 340) return;
          observer.disconnect();
          resolve(element.clientWidth);
        }).observe(element);
      }),
  );
  assert.ok(width >= 300, `${width} px`);
  return html.evaluate((element) => element.scrollWidth - element.clientWidth);
}
