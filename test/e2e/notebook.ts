import type { Frame, Locator, Page } from 'playwright-core';

/** The visible notebook editor. */
export class NotebookEditor {
  constructor(private readonly page: Page) {}

  async shown(): Promise<void> {
    await this.page.locator('.notebookOverlay .cell-list-container').first().waitFor();
  }

  /** The label of the selected kernel, in the notebook's toolbar. */
  kernel(name: string | RegExp): Locator {
    return this.page.locator('.notebook-toolbar-container').getByText(name).first();
  }

  /** A code cell, counted from 0. */
  cell(index: number): Locator {
    return this.page.locator('.notebookOverlay .code-cell-row').nth(index);
  }

  /** Replaces a cell's text. */
  async write(index: number, code: string): Promise<void> {
    await this.cell(index).locator('.monaco-editor').first().click();
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.insertText(code);
  }

  /** Waits until the caret stands in a line of a cell, counted from 1: a notebook's status bar does not tell. */
  async caret(index: number, line: number): Promise<void> {
    const editor = this.cell(index).locator('.monaco-editor.focused');
    await editor.waitFor();
    await this.page.waitForFunction(
      ({ within, at }) => {
        // No function with a name of its own: tsx would have it call a helper that the page has not.
        const [caret, ...lines] = ['.cursors-layer .cursor', '.view-line'].flatMap((what) =>
          [...(within?.querySelectorAll(what) ?? [])].map((one) => one.getBoundingClientRect().top),
        );
        return Math.abs(caret! - lines.sort((a, b) => a - b)[at]!) < 3;
      },
      { within: await editor.elementHandle(), at: line - 1 },
    );
  }

  async run(index: number): Promise<void> {
    const cell = this.cell(index);
    await cell.hover();
    await cell
      .getByRole('button', { name: /^Execute Cell/ })
      .first()
      .click();
    // Away from the button, whose tooltip would cover the code.
    await this.page.mouse.move(0, 0);
  }

  /** Waits until a cell's output shows the text; gives its element. VS Code renders all outputs in frames of their own. */
  async output(text: string | RegExp, timeoutMs = 60_000): Promise<Locator> {
    const found = new Promise<Locator>((resolve) => {
      const look = (frame: Frame) => {
        const line = frame.locator('.output').getByText(text).last();
        line.waitFor({ timeout: timeoutMs }).then(
          () => resolve(line),
          // Most frames are no output, and some go while they are looked at.
          () => undefined,
        );
      };
      this.page.frames().forEach(look);
      this.page.on('frameattached', look);
      this.page.once('close', () => this.page.off('frameattached', look));
    });
    const late = new Promise<never>((_resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No output shows ${String(text)}`)), timeoutMs);
      void found.finally(() => clearTimeout(timer));
    });
    return Promise.race([found, late]);
  }
}
