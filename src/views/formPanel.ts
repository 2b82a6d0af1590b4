/** The editor tabs that hold forms of notebook servers. */
import type { Disposable } from '../k8s/events.ts';
import type { Launched } from './formOutcome.ts';
import { OpenForm } from './openForm.ts';
import type { FormStart, OpenFormOptions } from './openForm.ts';

/**
 * One tab at most holds the form that a person fills in from nothing; it alone has a draft that outlives it. A form that
 * comes filled in has a tab of its own, so that neither spoils the other.
 */
export class FormPanel implements Disposable {
  private fresh: OpenForm | undefined;
  private readonly all = new Set<OpenForm>();

  constructor(private readonly o: OpenFormOptions) {}

  /** Opens a form, or reveals the one that is being filled in from nothing: it moves to the namespace that is asked for. */
  async show(start: FormStart = {}): Promise<void> {
    await this.open(start);
  }

  /**
   * Opens a form and waits for what comes of it: a server that answers, or one that is on its way there when the tab is
   * closed. Undefined when it is closed without a launch.
   */
  async launched(start: FormStart = {}): Promise<Launched | undefined> {
    const form = await this.open(start);
    return new Promise((resolve) => {
      const end = form.outcome.onDidEnd((launched) => {
        end.dispose();
        resolve(launched);
      });
    });
  }

  private async open(start: FormStart): Promise<OpenForm> {
    await this.o.sessions.ensureLoaded();
    if (!start.filled && this.fresh) {
      this.fresh.reveal(start);
      return this.fresh;
    }
    const open: OpenForm = new OpenForm(this.o, start, () => {
      this.all.delete(open);
      if (this.fresh === open) this.fresh = undefined;
    });
    this.all.add(open);
    if (!start.filled) this.fresh = open;
    return open;
  }

  dispose(): void {
    for (const open of [...this.all]) open.dispose();
  }
}
