import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import type { Session } from '../../test/e2e/session.ts';
import type { Host } from '../host.ts';
import { clickOf, outputIn } from '../kernels/watch.ts';

/** What typable.js notes. */
interface Noted {
  benchTypable?: number;
  benchReady?: number;
}

/** A form in VS Code: ours, or the plain panel beside it. */
export class FormInVscode {
  private constructor(
    private readonly page: Page,
    private readonly host: Host,
    private readonly which: 'ours' | 'plain',
  ) {}

  /** Both, in one VS Code; its pages are told once to note the moments. */
  static async both({ workbench }: Session, host: Host): Promise<{ ours: FormInVscode; plain: FormInVscode }> {
    const { page } = workbench;
    await page.context().addInitScript(await readFile(join(import.meta.dirname, 'typable.js'), 'utf8'));
    return { ours: new FormInVscode(page, host, 'ours'), plain: new FormInVscode(page, host, 'plain') };
  }

  /** Opens it and closes it. @returns ms from the command until one can type, and until the form can be launched */
  async opened(): Promise<{ typable: number; ready: number }> {
    const { began, frame } = await this.open();
    const moment = async (what: keyof Noted): Promise<number> => {
      const at = await frame.waitForFunction((key) => (globalThis as Noted)[key], what);
      return ((await at.jsonValue()) ?? NaN) - began;
    };
    const typable = await moment('benchTypable');
    const ready = this.which === 'ours' ? await moment('benchReady') : NaN;
    await this.closeAll();
    return { typable, ready };
  }

  /** Keys that make a good name a bad one. @returns ms from each until the page says so */
  async keys(times: number): Promise<number[]> {
    const { frame } = await this.open();
    const remarks = frame.locator('.remarks', { hasText: 'Use lowercase letters' });
    await this.name.fill('bert');
    const all: number[] = [];
    for (let n = 0; n <= times; n++) {
      const shown = await outputIn(frame, { within: '.remarks', words: ['Use lowercase letters'], images: 0 });
      const pressed = await clickOf(frame, 'keydown', () => this.page.keyboard.press('_'));
      if (n > 0) all.push((await shown()) - pressed);
      else await shown();
      await this.page.keyboard.press('Backspace');
      await remarks.waitFor({ state: 'detached' });
    }
    // A draft that is kept would be the next form's beginning.
    if (this.which === 'ours') await frame.getByRole('button', { name: 'Cancel' }).click();
    await this.closeAll();
    return all;
  }

  async open(): Promise<{ began: number; frame: Frame }> {
    const began = await this.host.ask(this.which === 'ours' ? 'openForm' : 'openPlainPanel');
    await this.name.waitFor();
    const frame = await (await this.name.elementHandle())?.ownerFrame();
    if (!frame) throw new Error('the form is in no frame');
    return { began, frame };
  }

  /** Closes every editor. */
  closeAll(): Promise<void> {
    return this.host.ask('closePanels');
  }

  private get name(): Locator {
    const extension = this.which === 'ours' ? 'kubeflow-notebooks' : 'bench';
    return this.page
      .locator(`iframe.webview.ready[src*="extensionId=${extension}"]`)
      .contentFrame()
      .locator('iframe#active-frame')
      .contentFrame()
      .getByRole('textbox', { name: 'Name', exact: true });
  }
}
