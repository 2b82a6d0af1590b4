/** One launch as a list of lines: the steps that make the server, then each state that it goes through until it answers. */
import { Emitter } from '../k8s/events.ts';
import type { Disposable } from '../k8s/events.ts';
import type { ServerView } from '../kubeflow/inventory.ts';
import { browserPath } from '../kubeflow/objects.ts';
import { launch } from '../kubeflow/spawn.ts';
import type { SpawnResult, SpawnStep } from '../kubeflow/spawn.ts';
import type { Progress, ProgressLine, Refusal } from '../../webview-ui/contract.ts';
import type { EditResult } from '../kubeflow/edit.ts';
import { answeringLine, isUp, nodeOf, stateLine, volumesLine } from './launchTruth.ts';
import type { StateLine } from './launchTruth.ts';
import type { LaunchRunOptions } from './launchRunOptions.ts';
import { explain } from './words.ts';
import { conflictWords, savedWords } from './words/edit.ts';
import { endingPodWords, leftWords, scheduledWords, stepWords } from './words/launch.ts';

export type { LaunchRunOptions, ServerToAsk } from './launchRunOptions.ts';

type Result = SpawnResult | EditResult;
type Made = Extract<Result, { ok: true }>;

/** A state's line also knows its cause, and what it says when it is over. */
type Line = ProgressLine & Partial<Pick<StateLine, 'code' | 'over'>>;

/** States whose end tells a node or an image. */
const facts: ReadonlySet<string> = new Set(['scheduling', 'pullingImage']);

export class LaunchRun implements Disposable {
  private readonly emitter = new Emitter<void>();
  readonly onDidChange = this.emitter.event;
  private readonly lines: Line[] = [];
  private readonly left = new Set<string>();
  private readonly giveUp = new AbortController();
  private end: Progress['end'];
  private refusal: Refusal | undefined;
  private made: Made | undefined;
  private following: Disposable[] = [];
  private asking: AbortController | undefined;
  private seen = false;
  private nodeTold = false;
  private server: ServerView | undefined;
  /** An edit is past its patch: there is no way back. */
  private patched = false;
  private disposed = false;

  constructor(private readonly o: LaunchRunOptions) {}

  get progress(): Progress {
    const lines = this.lines.map(({ over: _over, code: _code, ...line }) => line);
    const opens = this.isJupyter ? 'connect' : 'browser';
    const cancelling = this.giveUp.signal.aborted;
    const { name, end, made, refusal } = this;
    const canCancel = end === undefined && !cancelling && !this.patched;
    const phase = this.server?.status.phase;
    const canEdit = end === undefined && !cancelling && (phase === 'failing' || phase === 'waiting');
    const saved = made && 'then' in made ? { saved: savedWords(this.o.t, made.then) } : {};
    return { name, lines, opens, end, cancelling, canCancel, canEdit, refusal, ...saved };
  }

  get ref(): { context: string; namespace: string; name: string } {
    return { context: this.o.session.context.name, namespace: this.o.form.namespace, name: this.name };
  }

  get isJupyter(): boolean {
    return this.o.form.serverType === 'jupyter';
  }

  /**
   * Launches, and goes on to follow the server. Disposing ends the following only: what was begun is finished or undone.
   * @returns undefined when it was given up
   */
  async start(): Promise<Result | undefined> {
    const { session, form, creator, config, base, journal, edit } = this.o;
    const { signal } = this.giveUp;
    const onStep = (step: SpawnStep): void => this.step(step);
    let result: Result | undefined;
    try {
      result = edit
        ? await edit({ onStep, signal })
        : await launch(session.cluster, form, { onStep, creator, config, base, journal, signal });
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) {
        this.over('refused');
        throw error;
      }
    }
    // Of an edit these may be volumes of which nobody knows yet whether the server has them.
    if (result?.ok === false) for (const name of result.left) this.left.add(name);
    if (result?.ok) {
      this.made = result;
      if ('then' in result && result.then !== 'starts') this.over('saved');
      else if (signal.aborted) await this.undo(result);
      else if (!this.disposed) this.follow(result);
    } else if (result) {
      this.refusal = { field: result.field, text: this.why(result) };
      this.over('refused');
    } else this.over('cancelled');
    this.emitter.fire();
    return result;
  }

  private why(result: Exclude<Result, { ok: true }>): string {
    const { t, session } = this.o;
    if ('conflict' in result) return conflictWords(t, this.name);
    return explain(t, result.problem, { context: session.context.name }).text;
  }

  /** Takes back what was made, as soon as the present step is over; does nothing once the server is there. */
  async cancel(): Promise<void> {
    if (!this.progress.canCancel) return;
    this.giveUp.abort(new DOMException('given up by the user', 'AbortError'));
    this.emitter.fire();
    if (this.made) await this.undo(this.made);
  }

  /** Its objects are there, and nobody takes them back. */
  get stands(): boolean {
    return this.made !== undefined && !this.giveUp.signal.aborted;
  }

  /** In words, what may still be there of a launch that was to leave nothing; undefined where nothing is. */
  get leftBehind(): string | undefined {
    const { t, session } = this.o;
    return this.left.size === 0 ? undefined : leftWords(t, [...this.left], session.context.name);
  }

  dispose(): void {
    this.disposed = true;
    this.stopFollowing();
    this.emitter.dispose();
  }

  private get name(): string {
    return this.o.form.name.trim();
  }

  private async undo(made: Made): Promise<void> {
    if (!('undo' in made)) return;
    this.stopFollowing();
    this.dropUnended();
    try {
      for (const name of await made.undo((step) => this.step(step))) this.left.add(name);
    } finally {
      this.over('cancelled');
      this.emitter.fire();
    }
  }

  private over(end: 'refused' | 'cancelled' | 'saved'): void {
    this.end = end;
    const text = this.leftBehind;
    if (text === undefined) this.emitter.fire();
    else this.put({ id: 'left', text, state: 'waiting', since: this.o.now(), ms: 0 });
  }

  private step(step: SpawnStep): void {
    const { t, now, session } = this.o;
    this.patched ||= step.id === 'patch' && step.state !== 'failed';
    if (step.id === 'undo' && step.state === 'failed' && step.name !== undefined) this.left.add(step.name);
    this.put({
      id: `${step.id} ${step.name ?? ''}`,
      text: stepWords(t, step),
      state: step.state,
      since: now() - (step.ms ?? 0),
      ms: step.ms,
      detail: step.problem && explain(t, step.problem, { context: session.context.name }).text,
    });
  }

  /** Puts a line in its place, or at the end. */
  private put(line: Line): void {
    const at = this.lines.findIndex((other) => other.id === line.id);
    if (at < 0) this.lines.push(line);
    else this.lines[at] = line;
    this.emitter.fire();
  }

  private follow(made: Made): void {
    const { inventory } = this.o.session;
    this.following = [
      inventory.look(),
      inventory.open(this.o.form.namespace),
      inventory.onDidChange(() => this.look(made)),
    ];
    this.look(made);
  }

  private stopFollowing(): void {
    this.stopAsking();
    for (const one of this.following) one.dispose();
    this.following = [];
  }

  private look(made: Made): void {
    const { t, now, session } = this.o;
    const { namespace } = this.o.form;
    const { claims } = made;
    this.putWithTime('volumes', volumesLine(t, claims, session.inventory.claims(namespace)));
    const server = session.inventory.server(`${namespace}/${this.name}`);
    this.server = server;
    if (server) {
      this.seen = true;
      const old = 'replaces' in made && server.pod?.metadata.uid === made.replaces;
      if ('replaces' in made) this.putWithTime('old', endingPodWords(t, old));
      if (!old) this.tell(server);
    } else if (this.seen) {
      this.finishLast();
      const text = t('The notebook server was deleted.');
      this.stopFollowing();
      this.put({ id: 'deleted', text, state: 'failed', since: now(), ms: 0 });
    }
  }

  /** A line that stands in one place and is over once it is done. */
  private putWithTime(id: string, line: { text: string; state: 'running' | 'done' } | undefined): void {
    const before = this.lines.find((other) => other.id === id);
    if (!line || (before?.text === line.text && before.state === line.state)) return;
    const now = this.o.now();
    const since = before?.since ?? now;
    this.put({ id, ...line, since, ...(line.state === 'done' ? { ms: now - since } : {}) });
  }

  private tell(server: ServerView): void {
    const node = nodeOf(server);
    const state = isUp(server) ? undefined : stateLine(this.o.t, server, new Date(this.o.now()));
    if (node && !this.nodeTold && server.status.cause.code !== 'scheduling') this.tellNode(node);
    if (!state) return this.ask(server);
    this.stopAsking();
    const last = this.state;
    const goesOn = last?.text === state.text;
    if (!goesOn && state.state === 'running') this.finishLast();
    else if (!goesOn) this.dropUnended();
    const at = goesOn ? { id: last.id, since: last.since } : { id: `state ${this.lines.length}`, since: this.o.now() };
    const line: Line = { ...at, ...state };
    if (JSON.stringify(line) !== JSON.stringify(last)) this.put(line);
  }

  /** Where it runs: at the end of the search, or as a line of its own where nobody saw it being searched for. */
  private tellNode(node: string): void {
    const { t, now } = this.o;
    const { state } = this;
    const text = scheduledWords(t, node);
    this.nodeTold = true;
    if (state?.code === 'scheduling') state.over = text;
    this.finishLast();
    if (state?.code !== 'scheduling') this.put({ id: 'node', text, state: 'done', since: now(), ms: 0 });
  }

  /** The state that is going on. */
  private get state(): Line | undefined {
    const last = this.lines.at(-1);
    return last?.id.startsWith('state ') && last.ms === undefined ? last : undefined;
  }

  /** Kubernetes calls a pod ready some seconds before anything in it listens; Connect is offered when it does. */
  private ask(server: ServerView): void {
    if (this.asking) return;
    const { t, now, session, answers } = this.o;
    this.finishLast();
    const asking = (this.asking = new AbortController());
    const words = answeringLine(t, server);
    const line: Line = { id: `state ${this.lines.length}`, state: 'running', since: now(), ...words };
    this.put(line);
    const { isJupyter } = this;
    answers({ ...this.ref, isJupyter, path: browserPath(server.notebook) }, asking.signal).then(
      () => {
        if (asking.signal.aborted) return;
        this.finishLast();
        this.end = 'ready';
        this.stopFollowing();
        this.emitter.fire();
      },
      (error: unknown) => {
        if (asking.signal.aborted) return;
        const detail = explain(t, error, { context: session.context.name }).text;
        // It stays that way until the server changes.
        this.put({ ...line, state: 'waiting', detail });
      },
    );
  }

  /** What went on and came to no end of its own: to say that it is done would be untrue. */
  private dropUnended(): void {
    if (this.state?.state === 'running') this.lines.pop();
    else this.finishLast();
  }

  private stopAsking(): void {
    this.asking?.abort();
    this.asking = undefined;
  }

  /** The state before the present one is over: it took until now. */
  private finishLast(): void {
    const { state } = this;
    if (!state) return;
    state.ms = this.o.now() - state.since;
    // What was over at once and has no fact to leave makes room for the next.
    if (state.ms < 1000 && state.code !== undefined && !facts.has(state.code)) {
      this.lines.pop();
      return;
    }
    state.text = state.over ?? state.text;
    state.state = 'done';
    delete state.detail;
  }
}
