import type { Locator, Page } from 'playwright-core';

/** The terminal in sight. */
export class TerminalPanel {
  constructor(private readonly page: Page) {}

  /** The last line that contains a text. */
  line(text: string | RegExp): Locator {
    return this.page.locator('.terminal-wrapper.active .xterm-rows > div').filter({ hasText: text }).last();
  }

  /** Types into it, where the code asks. */
  async type(text: string): Promise<void> {
    await this.page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
    await this.page.keyboard.type(text);
  }

  /** Follows a link by its words, as VS Code's terminals want it: with Ctrl. A layer over the text takes the pointer. */
  async follow(text: string | RegExp): Promise<void> {
    const words = this.line(text).getByText(text).first();
    await words.waitFor();
    // What comes behind it moves it.
    await this.line(/^Done in|^Stopped after/).waitFor();
    const box = (await words.boundingBox())!;
    const at = [box.x + 20, box.y + box.height / 2] as const;
    await this.page.keyboard.down('ControlOrMeta');
    await this.page.mouse.move(at[0], at[1] - 40);
    await this.page.mouse.move(...at, { steps: 3 });
    // The link's tooltip: from then on a click follows it.
    await this.page.getByText(/\+ click\)$/).waitFor();
    await this.page.mouse.click(...at);
    await this.page.keyboard.up('ControlOrMeta');
  }
}
