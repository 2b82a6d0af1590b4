import type { BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';

/** VS Code's workbench as a person sees it. Things are found by their role and name; nothing here waits by the clock. */
export class Workbench {
  constructor(readonly page: Page) {}

  /** Opens the workbench's address and waits until it can be used. */
  static async open(browser: BrowserContext, url: string): Promise<Workbench> {
    return Workbench.on(browser.pages()[0] ?? (await browser.newPage()), url);
  }

  /** The same in a tab of its own: another window of VS Code. */
  static async openIn(browser: BrowserContext, url: string): Promise<Workbench> {
    return Workbench.on(await browser.newPage(), url);
  }

  private static async on(page: Page, url: string): Promise<Workbench> {
    // Long enough for a computer that has other things to do.
    page.setDefaultTimeout(60_000);
    await page.goto(url, { waitUntil: 'commit' });
    await page.getByRole('tab', { name: /^Explorer/ }).waitFor({ timeout: 120_000 });
    return new Workbench(page);
  }

  /** Shows a view container of the activity bar. */
  async openView(name: string): Promise<void> {
    const tab = this.page.getByRole('tab', { name, exact: true }).first();
    await tab.waitFor({ timeout: 60_000 });
    const shown = this.page.getByRole('tab', { name, exact: true, expanded: true }).first();
    // A workbench that has just been opened again may bring the view back by itself, and a click then closes it.
    do {
      if (!(await shown.isVisible())) await tab.click();
    } while (!(await appears(shown)));
  }

  /** The tree in the side bar. */
  get tree(): Locator {
    return this.page.locator('.sidebar').getByRole('tree');
  }

  /** A tree's row whose spoken label starts with the given words. */
  row(start: string | RegExp): Locator {
    const name = typeof start === 'string' ? new RegExp(`^${escape(start)}\\b`) : start;
    return this.page.getByRole('treeitem', { name });
  }

  async expand(row: Locator): Promise<void> {
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'false') {
      await row.click();
      await this.page.keyboard.press('ArrowRight');
    }
    // The row's tooltip would cover those below it.
    await this.page.mouse.move(0, 0);
  }

  /**
   * A row's tooltip, once it says the text. VS Code asks for a tooltip once for each time that the pointer comes, so what is
   * known only after that is in the next one.
   */
  async tooltip(row: Locator, text: string): Promise<Locator> {
    const tooltip = this.page.locator('.monaco-hover:visible').filter({ hasText: text });
    for (let tries = 0; tries < 12; tries++) {
      await row.hover();
      const shown = tooltip.waitFor({ timeout: 5000 });
      if (await shown.then(() => true).catch(() => false)) return tooltip;
      await this.page.mouse.move(0, 0);
    }
    throw new Error(`The tooltip does not say ${text}`);
  }

  /** A row's inline action. */
  async inline(row: Locator, action: string): Promise<void> {
    await row.hover();
    await row.getByRole('button', { name: action }).click();
  }

  /** An entry of a row's context menu. VS Code ignores clicks on a menu that has only just opened, so it may take a second one. */
  async menu(row: Locator, entry: string): Promise<void> {
    await row.click({ button: 'right' });
    const item = this.page.getByRole('menuitem', { name: entry, exact: true });
    await item.waitFor();
    while (await item.isVisible()) {
      // The menu may go by the click before.
      await item.click({ timeout: 1000 }).catch(() => undefined);
      await item.waitFor({ state: 'hidden', timeout: 1000 }).catch(() => undefined);
    }
  }

  /**
   * Runs a command by its title in the palette. A key that comes while another quick pick is closing is lost, and the palette
   * does not learn of commands that an extension brings while it is open: so it may be opened more than once.
   */
  async command(title: string): Promise<void> {
    const option = this.page.locator('.quick-input-widget').getByRole('option', { name: title }).first();
    const done = (action: Promise<unknown>) =>
      action.then(
        () => true,
        () => false,
      );
    const timeout = 5000;
    for (let tries = 0; tries < 12; tries++) {
      if (!(await this.input.isVisible())) await this.page.keyboard.press('F1');
      if (!(await done(this.input.fill(`>${title}`, { timeout })))) continue;
      if (await done(option.click({ timeout }))) return;
      await this.page.keyboard.press('Escape');
    }
    throw new Error(`The palette has no command ${title}`);
  }

  /** The open quick pick's or input box's text field. */
  get input(): Locator {
    return this.page.locator('.quick-input-widget').locator('input:visible').first();
  }

  /** Fills the open quick pick's or input box's text field and presses Enter in it, wherever the focus is by then. */
  async enter(text: string): Promise<void> {
    await this.input.fill(text);
    await this.input.press('Enter');
  }

  /** Chooses the first entry of the open quick pick that contains the text. */
  async pick(text: string | RegExp): Promise<void> {
    const option = this.page.locator('.quick-input-widget').getByRole('option', { name: text }).first();
    await option.click();
  }

  /** A notification with these words. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts, .notifications-center').getByText(text).first();
  }

  /** The modal dialog. */
  get dialog(): Locator {
    // A notification with buttons has that role, too.
    return this.page.locator('.monaco-dialog-box');
  }

  async confirm(button: string): Promise<void> {
    await this.dialog.getByRole('button', { name: button, exact: true }).click();
  }

  /** The inside of the extension's webview; a notebook's outputs are in one as well, of no extension. */
  get webview(): FrameLocator {
    return this.page
      .locator('iframe.webview.ready[src*="extensionId=kubeflow-notebooks"]')
      .contentFrame()
      .locator('iframe#active-frame')
      .contentFrame();
  }

  /** A button of a view's title. The pointer then goes away, as the button's tooltip would cover the tree. */
  async viewAction(name: string): Promise<void> {
    await this.page.getByRole('button', { name }).first().click();
    await this.page.mouse.move(0, 0);
  }

  /** The tab of an editor. */
  editorTab(name: string | RegExp): Locator {
    return this.page.locator('.tabs-container').getByRole('tab', { name });
  }

  async closeTab(name: string | RegExp): Promise<void> {
    const tab = this.editorTab(name);
    await tab.hover();
    await tab.getByRole('button', { name: /^Close/ }).click();
    await tab.waitFor({ state: 'detached' });
  }

  async closeEditors(): Promise<void> {
    await this.command('View: Close All Editors');
  }

  /** The lines of the visible text editor, as far as they are on the screen. */
  get text(): Locator {
    return this.page.locator('.editor-instance .view-lines').first();
  }

  get statusBar(): Locator {
    return this.page.locator('.statusbar');
  }

  async theme(label: 'Dark Modern' | 'Light Modern' | 'Dark High Contrast' | 'Light High Contrast'): Promise<void> {
    await this.command('Preferences: Color Theme');
    await this.input.fill(label);
    await this.pick(label);
    const kind = label.includes('High Contrast')
      ? label.startsWith('Dark')
        ? 'hc-black'
        : 'hc-light'
      : label.startsWith('Dark')
        ? 'vs-dark'
        : 'vs';
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
  }
}

/** Whether it is in sight within a second. */
const appears = (what: Locator) =>
  what.waitFor({ timeout: 1000 }).then(
    () => true,
    () => false,
  );
const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
