import type { Usage } from '../../kubeflow/usage.ts';

/** So long an answer is believed, and nobody is asked again; ms. */
const freshMs = 10_000;
/** So long a tooltip waits for the answer: what is known is shown then; ms. */
const patienceMs = 700;

export interface ServerUsageOptions {
  /** Asks the server; may reject. */
  ask: () => Promise<Usage>;
  /** Another look would tell something else now: the answer has come late, or is old. */
  changed: () => void;
  /** An answer that could not be had, for the log. */
  failed: (error: unknown) => void;
  now?: () => number;
}

/** What one server uses, asked for when somebody looks and at most every ten seconds. */
export class ServerUsage {
  private asked = -Infinity;
  private asking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private known: Usage | undefined;
  private disposed = false;
  private readonly now: () => number;

  constructor(private readonly o: ServerUsageOptions) {
    this.now = o.now ?? Date.now;
  }

  /** The last answer while it is fresh. */
  get current(): Usage | undefined {
    return this.now() - this.asked < freshMs ? this.known : undefined;
  }

  /** Somebody looks: resolves when the answer is there, or when it keeps them waiting; undefined while it is fresh. */
  look(): Promise<void> | undefined {
    if (!this.asking) {
      if (this.now() - this.asked < freshMs) return undefined;
      this.asking = this.ask();
    }
    return this.waitFor(this.asking);
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
  }

  private async ask(): Promise<void> {
    this.asked = this.now();
    this.known = undefined;
    try {
      this.known = await this.o.ask();
    } catch (error) {
      this.o.failed(error);
    } finally {
      this.asking = undefined;
    }
  }

  private waitFor(asking: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      let waits = true;
      const patience = setTimeout(() => {
        waits = false;
        resolve();
      }, patienceMs);
      void asking.then(() => {
        clearTimeout(patience);
        resolve();
        if (this.disposed || !this.known) return;
        // VS Code asks for a row's tooltip once, until the row is drawn again.
        if (!waits) return this.o.changed();
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.o.changed(), freshMs);
        this.timer.unref?.();
      });
    });
  }
}
