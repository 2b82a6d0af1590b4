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

/** What is painted over the form's footer, wherever the form is scrolled to: nothing, as the fields go behind it. */
export function overFooter(form: FrameLocator): Promise<string[]> {
  return form.locator('footer').evaluate((footer) => {
    const over = new Set<string>();
    for (let down = 0; down < document.documentElement.scrollHeight; down += 60) {
      window.scrollTo(0, down);
      const { left, top, right, bottom } = footer.getBoundingClientRect();
      for (let x = left + 4; x < right - 4; x += 16)
        for (let y = top + 4; y < bottom - 4; y += 8) {
          const element = document.elementFromPoint(x, y);
          if (element && !footer.contains(element)) over.add(element.textContent.trim() || element.tagName);
        }
    }
    window.scrollTo(0, 0);
    return [...over];
  });
}
