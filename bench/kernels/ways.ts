import type { Frame, Page } from 'playwright-core';
import type { ServerRef } from '../../src/editor/address.ts';
import { NotebookEditor } from '../../test/e2e/notebook.ts';
import type { Host, Kernel } from '../host.ts';
import { mark, type Cell } from './cells.ts';
import { clickOf, outputIn } from './watch.ts';

/** A way from a click on a cell's run button to its output. */
export interface Way {
  /** Brings it to the front. */
  turn(): Promise<void>;
  /** Clicks, and gives how long it took until the output was there; with `ended` until the cell had ended, too. In ms. */
  click(o?: { ended?: boolean }): Promise<number>;
}

const inFrame = '.output_container';
const inLab = '.jp-Notebook .jp-Cell:first-child';

/** In VS Code, with our kernel or a direct connection; both are the same notebook in the same window. */
export class InVscode implements Way {
  private runs = 0;
  private frame: Frame | undefined;
  private readonly notebook: NotebookEditor;

  constructor(
    private readonly o: { page: Page; host: Host; ref: ServerRef; path: string; kernel: Kernel; cell: Cell },
  ) {
    this.notebook = new NotebookEditor(o.page);
  }

  async turn(): Promise<void> {
    const { page, host, ref, path, kernel } = this.o;
    await page.bringToFront();
    await host.ask('use', { ref, path, kernel });
  }

  async click(o: { ended?: boolean } = {}): Promise<number> {
    const { page, host, path, cell, kernel } = this.o;
    const said = mark(++this.runs);
    if (!this.frame) return this.first(said);
    const words = kernel === 'ours' && cell.leftOut ? [said, cell.leftOut] : [said];
    const shown = await outputIn(this.frame, { within: inFrame, words, images: cell.images });
    if (o.ended) await host.ask('expectEnd', { path });
    const clicked = await clickOf(page, 'click', () => this.notebook.run(0));
    const all = await Promise.all([shown(), o.ended ? host.ask('ended') : 0]);
    return Math.max(...all) - clicked;
  }

  /** The first output tells which frame holds the outputs; it starts the kernel as well, and its time is not asked for. */
  private async first(said: string): Promise<number> {
    const { host, path } = this.o;
    const shown = this.notebook.output(said, 120_000);
    await host.ask('expectEnd', { path });
    await this.notebook.run(0);
    const output = await (await shown).elementHandle();
    // A kernel that is changed under a running cell leaves it running for ever.
    await host.ask('ended');
    this.frame = (await output?.ownerFrame()) ?? undefined;
    return NaN;
  }
}

/** In JupyterLab itself, straight from its server, in the same Chromium. */
export class InJupyterLab implements Way {
  private runs = 0;

  private constructor(
    private readonly page: Page,
    private readonly cell: Cell,
  ) {}

  /** Opens a notebook there. @param jupyter the server's address */
  static async open(page: Page, jupyter: string, path: string, cell: Cell): Promise<InJupyterLab> {
    await page.goto(new URL(`lab/tree/${path}?reset`, jupyter).href);
    await page.locator('.jp-Notebook .jp-CodeCell').first().waitFor();
    await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
    await page.getByText(/\| Idle$/).waitFor();
    return new InJupyterLab(page, cell);
  }

  async turn(): Promise<void> {
    await this.page.bringToFront();
  }

  async click(o: { ended?: boolean } = {}): Promise<number> {
    const { page, cell } = this;
    const said = mark(++this.runs);
    // The button runs the active cell and goes on to the next.
    await page.locator('.jp-Notebook .jp-CodeCell .jp-InputPrompt').first().click();
    const shown = await outputIn(page.mainFrame(), {
      within: `${inLab} .jp-OutputArea`,
      words: [said],
      images: cell.images,
    });
    const button = page.locator('.jp-NotebookPanel-toolbar [data-jp-item-name="run"] jp-button');
    const clicked = await clickOf(page, 'mousedown', () => button.click());
    const at = await shown();
    if (!o.ended) return at - clicked;
    const number = page.locator(`${inLab} .jp-InputPrompt`).getByText(`[${this.runs}]:`);
    if (await number.isVisible()) return at - clicked;
    await number.waitFor();
    return Date.now() - clicked;
  }
}
