/** One launch as a list of lines: the steps that make the server, then each state that it goes through until it runs. */
import { Emitter } from '../k8s/events.ts';
import type { Disposable } from '../k8s/events.ts';
import type { SpawnForm } from '../kubeflow/form.ts';
import type { SpawnerConfig } from '../kubeflow/form/spawnerConfig.ts';
import type { ServerView } from '../kubeflow/inventory.ts';
import type { Session } from '../kubeflow/sessions.ts';
import { launch } from '../kubeflow/spawn.ts';
import type { SpawnResult, SpawnStep } from '../kubeflow/spawn.ts';
import type { Progress, ProgressLine } from '../../webview-ui/contract.ts';
import { explain, statusSentence, statusShort } from './words.ts';
import type { Translate } from './words.ts';
import { stepWords } from './words/launch.ts';

export class LaunchRun implements Disposable {
  private readonly emitter = new Emitter<void>();
  readonly onDidChange = this.emitter.event;
  private readonly lines: ProgressLine[] = [];
  private end: Progress['end'];
  private following: Disposable[] = [];
  private seen = false;
  private disposed = false;

  constructor(
    private readonly o: {
      session: Session;
      form: SpawnForm;
      creator?: string;
      config?: SpawnerConfig;
      t: Translate;
      now: () => number;
    },
  ) {}

  get progress(): Progress {
    return { name: this.name, lines: this.lines.map((line) => ({ ...line })), end: this.end };
  }

  get ref(): { context: string; namespace: string; name: string } {
    return { context: this.o.session.context.name, namespace: this.o.form.namespace, name: this.name };
  }

  /**
   * Launches, and goes on to follow the server. Disposing ends the following only: what was begun is finished or undone.
   */
  async start(): Promise<SpawnResult> {
    const { session, form, creator, config } = this.o;
    const result = await launch(session.cluster, form, { onStep: (step) => this.step(step), creator, config });
    if (!result.ok) {
      this.end = 'refused';
      if (result.left.length > 0) this.leftBehind(result.left);
    } else if (!this.disposed) this.follow();
    this.emitter.fire();
    return result;
  }

  dispose(): void {
    this.disposed = true;
    this.stopFollowing();
    this.emitter.dispose();
  }

  private get name(): string {
    return this.o.form.name.trim();
  }

  private step(step: SpawnStep): void {
    const { t, now, session } = this.o;
    const id = `${step.id} ${step.name ?? ''}`;
    const line: ProgressLine = {
      id,
      text: stepWords(t, step),
      state: step.state,
      since: now() - (step.ms ?? 0),
      ms: step.ms,
      detail: step.problem && explain(t, step.problem, { context: session.context.name }).text,
    };
    this.put(line);
  }

  private leftBehind(names: readonly string[]): void {
    const { t, now } = this.o;
    const text = t('These may still be there: {0}. Look for them in the sidebar.', names.join(', '));
    this.put({ id: 'left', text, state: 'waiting', since: now(), ms: 0 });
  }

  /** Puts a line in its place, or at the end. */
  private put(line: ProgressLine): void {
    const at = this.lines.findIndex((other) => other.id === line.id);
    if (at < 0) this.lines.push(line);
    else this.lines[at] = line;
    this.emitter.fire();
  }

  private follow(): void {
    const { inventory } = this.o.session;
    this.following = [
      inventory.look(),
      inventory.open(this.o.form.namespace),
      inventory.onDidChange(() => this.look()),
    ];
    this.look();
  }

  private stopFollowing(): void {
    for (const one of this.following) one.dispose();
    this.following = [];
  }

  private look(): void {
    const server = this.o.session.inventory.server(`${this.o.form.namespace}/${this.name}`);
    if (server) {
      this.seen = true;
      this.tell(server);
    } else if (this.seen) {
      this.finishLast();
      const { t, now } = this.o;
      const text = t('The notebook server was deleted.');
      this.stopFollowing();
      this.put({ id: 'deleted', text, state: 'failed', since: now(), ms: 0 });
    }
  }

  private tell(server: ServerView): void {
    const { t, now } = this.o;
    const { status } = server;
    const trouble = status.phase === 'waiting' || status.phase === 'failing';
    const said = statusSentence(t, status, {
      now: new Date(now()),
      node: server.pod?.spec?.nodeName,
      image: server.image,
    });
    const text = status.phase === 'running' ? t('Running') : statusShort(t, status.cause) || said;
    const last = this.lines.at(-1);
    const running = status.phase === 'running';
    const line: ProgressLine = {
      id: last?.id.startsWith('state ') && last.text === text ? last.id : `state ${this.lines.length}`,
      text,
      state: running ? 'done' : status.phase === 'failing' ? 'failed' : trouble ? 'waiting' : 'running',
      since: now(),
      ...(trouble ? { detail: said } : {}),
      ...(running ? { ms: 0 } : {}),
    };
    if (last?.id === line.id) line.since = last.since;
    else this.finishLast();
    if (running) {
      this.end = 'ready';
      this.stopFollowing();
    }
    if (JSON.stringify(line) !== JSON.stringify(last)) this.put(line);
  }

  /** The state before the present one is over: it took until now. */
  private finishLast(): void {
    const last = this.lines.at(-1);
    if (last?.ms !== undefined || last === undefined) return;
    last.ms = this.o.now() - last.since;
    last.state = 'done';
    delete last.detail;
  }
}
