import { Disposables, type Disposable } from '../../k8s/events.ts';
import type { Session, Sessions } from '../../kubeflow/sessions.ts';
import type { ListedServer } from './api.ts';

/** Changes within so long are told as one; ms. */
const calmMs = 500;

export interface ListWatchOptions {
  sessions: Sessions;
  /** The list as it is now. */
  list: () => readonly ListedServer[];
  /** The list is another one. */
  changed: () => void;
}

/** Says when the list of servers is another one: never for a change that does not show in it. */
export class ListWatch implements Disposable {
  private readonly things = new Disposables();
  private readonly watched = new Map<Session['inventory'], Disposable>();
  private timer: NodeJS.Timeout | undefined;
  private told: string;

  constructor(private readonly o: ListWatchOptions) {
    this.told = this.now();
    this.things.add(o.sessions.onDidMake(() => this.follow()));
    this.things.add(o.sessions.onDidChange(() => this.follow()));
    this.follow();
  }

  /** Something may have changed. */
  look(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const now = this.now();
      if (now === this.told) return;
      this.told = now;
      this.o.changed();
    }, calmMs);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.things.dispose();
    for (const watch of this.watched.values()) watch.dispose();
    this.watched.clear();
  }

  private follow(): void {
    const { made } = this.o.sessions;
    for (const [inventory, watch] of this.watched) {
      if (made.some((session) => session.inventory === inventory)) continue;
      watch.dispose();
      this.watched.delete(inventory);
    }
    for (const { inventory } of made)
      if (!this.watched.has(inventory))
        this.watched.set(
          inventory,
          inventory.onDidChange(() => this.look()),
        );
    this.look();
  }

  private now(): string {
    return JSON.stringify(this.o.list());
  }
}
