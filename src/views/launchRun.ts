/** One launch as a list of lines: the steps that make the server, then each state that it goes through until it answers. */
import { Emitter } from '../k8s/events.ts';
import type { Disposable } from '../k8s/events.ts';
import type { ServerView } from '../kubeflow/inventory.ts';
import { browserPath } from '../kubeflow/objects.ts';
import { launch } from '../kubeflow/spawn.ts';
import type { SpawnResult, SpawnStep } from '../kubeflow/spawn.ts';
import type { Progress, Refusal } from '../../webview-ui/contract.ts';
import type { EditResult } from '../kubeflow/edit.ts';
import { answeringLine, isUp, nodeOf, stateLine, volumesLine } from './launchTruth.ts';
import type { LaunchRunOptions } from './launchRunOptions.ts';
import { ProgressLines } from './progressLines.ts';
import type { Line } from './progressLines.ts';
import { explain } from './words.ts';
import { conflictWords, savedWords } from './words/edit.ts';
import { endingPodWords, leftWords, scheduledWords, stepWords } from './words/launch.ts';

export type { LaunchRunOptions, ServerToAsk } from './launchRunOptions.ts';

type Result = SpawnResult | EditResult;
type Made = Extract<Result, { ok: true }>;

export class LaunchRun implements Disposable {
  private readonly emitter = new Emitter<void>();
  readonly onDidChange = this.emitter.event;
  private readonly lines: ProgressLines;
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
  /** An edit has begun to change what stands: there is no way back. */
  private patched = false;
  private disposed = false;

  constructor(private readonly o: LaunchRunOptions) {
    this.lines = new ProgressLines({ now: o.now, changed: () => this.emitter.fire() });
  }

  get progress(): Progress {
    const lines = this.lines.shown;
    const opens = this.isJupyter ? 'connect' : 'browser';
    const cancelling = this.giveUp.signal.aborted && !this.patched;
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
      this.patched ||= 'then' in result;
      if ('then' in result && result.then !== 'starts') this.over('saved');
      else if (signal.aborted && 'undo' in result) await this.undo(result);
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
    this.lines.dropUnended();
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
    else this.lines.put({ id: 'left', text, state: 'waiting', since: this.o.now(), ms: 0 });
  }

  private step(step: SpawnStep): void {
    const { t, now, session } = this.o;
    this.patched ||= (step.id === 'patch' || step.id === 'renew') && step.state !== 'failed';
    if (step.id === 'undo' && step.state === 'failed' && step.name !== undefined) this.left.add(step.name);
    this.lines.put({
      id: `${step.id} ${step.name ?? ''}`,
      text: stepWords(t, step),
      state: step.state,
      since: now() - (step.ms ?? 0),
      ms: step.ms,
      detail: step.problem && explain(t, step.problem, { context: session.context.name }).text,
    });
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
    this.lines.putWithTime('volumes', volumesLine(t, claims, session.inventory.claims(namespace)));
    const server = session.inventory.server(`${namespace}/${this.name}`);
    this.server = server;
    if (server) {
      this.seen = true;
      const old = 'replaces' in made && server.pod?.metadata.uid === made.replaces;
      if ('replaces' in made) this.lines.putWithTime('old', endingPodWords(t, old));
      if (!old) this.tell(server);
    } else if (this.seen) {
      this.lines.finishLast();
      const text = t('The notebook server was deleted.');
      this.stopFollowing();
      this.lines.put({ id: 'deleted', text, state: 'failed', since: now(), ms: 0 });
    }
  }

  private tell(server: ServerView): void {
    const node = nodeOf(server);
    const state = isUp(server) ? undefined : stateLine(this.o.t, server, new Date(this.o.now()));
    if (node && !this.nodeTold && server.status.cause.code !== 'scheduling') this.tellNode(node);
    if (!state) return this.ask(server);
    this.stopAsking();
    const last = this.lines.state;
    const goesOn = last?.text === state.text;
    if (!goesOn && state.state === 'running') this.lines.finishLast();
    else if (!goesOn) this.lines.dropUnended();
    const at = goesOn ? { id: last.id, since: last.since } : { id: this.lines.nextState, since: this.o.now() };
    const line: Line = { ...at, ...state };
    if (JSON.stringify(line) !== JSON.stringify(last)) this.lines.put(line);
  }

  /** Where it runs: as the end of the search, or as a line of its own where nobody saw it being searched for. */
  private tellNode(node: string): void {
    const { t, now } = this.o;
    const { state } = this.lines;
    const text = scheduledWords(t, node);
    this.nodeTold = true;
    // Something else may have been told between the search and its end.
    if (state?.code !== 'scheduling' && this.lines.settle('scheduling', text)) return;
    if (state?.code === 'scheduling') state.over = text;
    this.lines.finishLast();
    if (state?.code !== 'scheduling') this.lines.put({ id: 'node', text, state: 'done', since: now(), ms: 0 });
  }

  /** Kubernetes calls a pod ready some seconds before anything in it listens; Connect is offered when it does. */
  private ask(server: ServerView): void {
    if (this.asking) return;
    const { t, now, session, answers } = this.o;
    this.lines.finishLast();
    const asking = (this.asking = new AbortController());
    const words = answeringLine(t, server);
    const line: Line = { id: this.lines.nextState, state: 'running', since: now(), ...words };
    this.lines.put(line);
    const { isJupyter } = this;
    answers({ ...this.ref, isJupyter, path: browserPath(server.notebook) }, asking.signal).then(
      () => {
        if (asking.signal.aborted) return;
        this.lines.finishLast();
        this.end = 'ready';
        this.stopFollowing();
        this.emitter.fire();
      },
      (error: unknown) => {
        if (asking.signal.aborted) return;
        const detail = explain(t, error, { context: session.context.name }).text;
        // It stays that way until the server changes.
        this.lines.put({ ...line, state: 'waiting', detail });
      },
    );
  }

  private stopAsking(): void {
    this.asking?.abort();
    this.asking = undefined;
  }
}
