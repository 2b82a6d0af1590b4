/** The product below VS Code, looked at as its tree does it: kubeconfig, sessions, inventory. */
import { Disposables, type Disposable } from '../../../src/k8s/events.ts';
import { KubeconfigSource } from '../../../src/k8s/kubeconfigSource.ts';
import type { Logger } from '../../../src/k8s/log.ts';
import { Sessions, type Session } from '../../../src/kubeflow/sessions.ts';
import { seenOf, type Seen } from './seen.ts';
import { searchedLogger } from '../support/log.ts';

export interface ClientOptions {
  kubeconfig: string;
  /** The namespace whose folder is open. */
  namespace: string;
  env: Record<string, string>;
}

/** Keeps what was seen, and waits for what is to be seen. */
export class Watched {
  /** Everything that was seen since `forget`, the newest last. */
  history: Seen[] = [];
  private readonly waiting = new Set<() => void>();

  get seen(): Seen {
    return this.history.at(-1)!;
  }

  forget(): void {
    this.history = this.history.slice(-1);
  }

  take(seen: Seen): void {
    this.history.push(seen);
    for (const look of [...this.waiting]) look();
  }

  /** The first that was seen since `forget` and is it; rejects after `seconds` with what was seen last. */
  until(what: string, met: (seen: Seen) => boolean, seconds: number): Promise<Seen> {
    return this.wait(what, () => this.history.find(met), seconds);
  }

  /** Resolves when what is seen now is it. */
  untilNow(what: string, met: (seen: Seen) => boolean, seconds: number): Promise<Seen> {
    return this.wait(what, () => (met(this.seen) ? this.seen : undefined), seconds);
  }

  private wait(what: string, find: () => Seen | undefined, seconds: number): Promise<Seen> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.waiting.delete(look);
      };
      const look = () => {
        const found = this.history.length > 0 ? find() : undefined;
        if (!found) return;
        end();
        resolve(found);
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`not seen in ${seconds} s: ${what}; last: ${brief(this.history.at(-1))}`));
      }, seconds * 1000);
      this.waiting.add(look);
      look();
    });
  }
}

/** What was seen, on one line. */
export function brief(seen: Seen | undefined): string {
  if (!seen) return 'nothing';
  const { face, state, problem, reason, said, profiles, rows, stale } = seen;
  return JSON.stringify({ face, state, problem, reason, said, profiles, rows: Object.keys(rows), stale });
}

/** The client in this process. */
export class LocalClient extends Watched implements Disposable {
  private readonly things = new Disposables();
  private readonly sessions: Sessions;
  private looking = new Disposables();
  private session: Session | undefined;
  private hidden = false;

  constructor(
    private readonly o: ClientOptions,
    logger: Logger = searchedLogger('faults'),
  ) {
    super();
    const place = { env: o.env, home: '/nonexistent', platform: process.platform, path: o.kubeconfig, logger };
    const source = this.things.add(new KubeconfigSource(place));
    const memory = { get: () => undefined, set: () => undefined };
    this.sessions = this.things.add(new Sessions({ source, env: o.env, logger, memory, extraNamespaces: () => [] }));
    this.things.add(this.sessions.onDidChange(() => this.attach()));
  }

  async start(): Promise<this> {
    await this.sessions.ensureLoaded();
    this.attach();
    return this;
  }

  get current(): Session {
    if (!this.session) throw new Error('there is no session');
    return this.session;
  }

  /** The view is not visible any more. */
  hide(): void {
    this.hidden = true;
    this.looking.dispose();
  }

  show(): void {
    this.hidden = false;
    this.session = undefined;
    this.attach();
  }

  dispose(): void {
    this.looking.dispose();
    this.things.dispose();
  }

  private attach(): void {
    const { current } = this.sessions;
    if (current?.inventory !== this.session?.inventory && !this.hidden) {
      this.looking.dispose();
      this.looking = new Disposables();
      if (current) {
        this.looking.add(current.inventory.onDidChange(() => this.record()));
        this.looking.add(current.inventory.look());
        this.looking.add(current.inventory.open(this.o.namespace));
        // As the tree does for what it shows in menus. It also leaves a connection that is kept.
        void current.access.canPortForward(this.o.namespace);
      }
    }
    this.session = current;
    this.record();
  }

  private record(): void {
    this.take(seenOf(this.sessions, this.session, this.o.namespace));
  }
}
