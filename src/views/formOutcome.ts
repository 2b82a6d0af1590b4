/** What comes of a form, for whoever waits for a server from it. */
import { Emitter } from '../k8s/events.ts';
import type { LaunchRun } from './launchRun.ts';

/** A server that a form has launched. */
export interface Launched {
  ref: LaunchRun['ref'];
  isJupyter: boolean;
  /** False where nobody watched the launch any more before the server was known to answer. */
  answers: boolean;
}

/** A form may launch several servers, one after the other; each launch that stands is told of once. */
export class FormOutcome {
  private readonly emitter = new Emitter<Launched | undefined>();
  /** A server that was launched; undefined: the tab is closed, and nothing came of it. */
  readonly onDidEnd = this.emitter.event;
  private readonly left = new Set<LaunchRun>();
  private making = 0;
  private isClosed = false;

  follow(run: LaunchRun, made: Promise<{ ok: boolean } | undefined>): void {
    const watch = run.onDidChange(() => {
      if (run.progress.end !== 'ready') return;
      watch.dispose();
      this.tell(run, true);
    });
    this.making++;
    const end = (stands: boolean): void => {
      this.making--;
      if (stands && this.left.has(run)) this.tell(run, false);
      else if (!stands && this.isClosed) this.emitter.fire(undefined);
    };
    // What is wrong is said by whoever started it.
    made.then(
      (result) => end(result?.ok === true && run.stands),
      () => end(false),
    );
  }

  /** The launch goes on without being watched here. */
  leave(run: LaunchRun): void {
    this.left.add(run);
    if (run.stands && run.progress.end === undefined) this.tell(run, false);
  }

  close(): void {
    this.isClosed = true;
    if (this.making === 0) this.emitter.fire(undefined);
  }

  private tell({ ref, isJupyter }: LaunchRun, answers: boolean): void {
    this.emitter.fire({ ref, isJupyter, answers });
  }
}
