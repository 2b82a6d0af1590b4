/** The preflight of a form while it is typed in: when the cluster is asked, and what the page hears of it. */
import { setTimeout as passed } from 'node:timers/promises';
import type { Disposable } from '../k8s/events.ts';
import type { KubeError } from '../k8s/errors.ts';
import { findingKey } from '../kubeflow/form/finding.ts';
import type { SpawnForm, SpawnOptions } from '../kubeflow/form.ts';
import { Preflight } from '../kubeflow/preflight/preflight.ts';
import type { Looked, PreflightAbout } from '../kubeflow/preflight/preflight.ts';
import type { Session } from '../kubeflow/sessions.ts';
import type { Checked, ToForm } from '../../webview-ui/contract.ts';
import { explain } from './words.ts';
import type { Translate } from './words.ts';

export interface FormPreflightOptions {
  /** Where the form stands now; undefined while there is no such context. */
  place: () => { session: Session | undefined; options: SpawnOptions };
  about?: () => PreflightAbout;
  post: (message: ToForm) => void;
  report: (error: unknown) => void;
  t: Translate;
  now?: () => number;
  times?: Partial<typeof times>;
}

/** ms. */
const times = {
  /** Of rest before the cluster's facts are asked for. */
  look: 200,
  /** Of rest before the whole is sent to be judged. */
  dryRun: 600,
  /** After which the facts are asked for again though the form is as it was. */
  stale: 10_000,
};

/** A form that the page told of; with `accepted`, to be launched. */
interface Told {
  form: SpawnForm;
  edition: number;
  accepted?: readonly string[];
}

interface Launching {
  form: string;
  /** What was told of since. */
  newer?: Told | undefined;
  withdrawn?: true;
}

export class FormPreflight implements Disposable {
  private readonly times: typeof times;
  private of: { session: Session; preflight: Preflight } | undefined;
  private run: AbortController | undefined;
  private checked: Checked = { findings: [], asking: false };
  /** The form and what of the cluster bears on it, as it was checked last. */
  private last: { key: string; at: number; judged?: true } | undefined;
  /** The form that is about to be launched. */
  private launching: Launching | undefined;
  /** The page's number of the form that it told of last, by which it knows what an answer is about. */
  private edition = 0;
  private readonly ending = new AbortController();

  constructor(private readonly o: FormPreflightOptions) {
    this.times = { ...times, ...o.times };
  }

  /**
   * The form is this one now. Nothing happens until it rests, and what is under way for an earlier one ends.
   * @param edition the page's number of this form
   */
  changed(form: SpawnForm, edition: number): void {
    const { session, options } = this.o.place();
    if (!session || form.namespace === '') return this.stop();
    const { launching } = this;
    // A form that is changed after all is not the one to launch, also where it is as it was in the end.
    if (launching && !isStill(launching, form)) {
      launching.newer = { form, edition };
      return;
    }
    this.edition = edition;
    if (launching) return;
    const key = keyOf(session, form, options);
    const old = this.now - (this.last?.at ?? 0) > this.times.stale;
    if (this.last?.key === key) {
      // The page may have been hidden, and not know.
      if (this.run) this.asks();
      else this.tell({});
      if (this.run || !old) return;
    }
    const { last } = this;
    const again = last?.key === key;
    this.last = { key, at: this.now, ...(again && last?.judged ? { judged: true } : {}) };
    this.stop();
    const run = (this.run = new AbortController());
    this.check(session, form, options, again, run.signal)
      .catch((error: unknown) => {
        if (!run.signal.aborted) this.o.report(error);
      })
      .finally(() => {
        if (this.run === run) this.run = undefined;
      });
  }

  /**
   * The form that may be launched: asks the cluster anew, and tells the page where it says no. A cluster that does not
   * answer keeps nobody from trying. Where a launch is asked for again meanwhile, of a form that has been changed, that one
   * is asked about.
   * @param edition the page's number of this form
   * @param accepted keys of the warnings that the person wants to launch with
   * @returns undefined where nothing is to be launched, or another call deals with it
   */
  async clears(form: SpawnForm, edition: number, accepted: readonly string[]): Promise<SpawnForm | undefined> {
    if (this.launching) {
      if (isStill(this.launching, form)) this.edition = edition;
      else this.launching.newer = { form, edition, accepted };
      return undefined;
    }
    let asked: Told | undefined = { form, edition, accepted };
    while (asked?.accepted) {
      const launching: Launching = (this.launching = { form: JSON.stringify(asked.form) });
      try {
        if (await this.judge(asked, asked.accepted, launching)) return asked.form;
      } finally {
        this.launching = undefined;
      }
      asked = launching.newer;
    }
    if (asked) this.changed(asked.form, asked.edition);
    return undefined;
  }

  /** Another form begins: what was asked about the last one is of no interest any more. */
  forget(): void {
    this.stop();
    this.last = undefined;
    if (!this.launching) return;
    this.launching.withdrawn = true;
    this.launching.newer = undefined;
  }

  dispose(): void {
    this.stop();
    this.ending.abort();
    this.of?.preflight.dispose();
    this.of = undefined;
  }

  private async judge({ form, edition }: Told, accepted: readonly string[], launching: Launching): Promise<boolean> {
    const { session, options } = this.o.place();
    if (!session) return false;
    this.edition = edition;
    this.stop();
    this.last = undefined;
    try {
      this.asks();
      const { signal } = this.ending;
      const looked = await this.preflightOf(session).lookNow(form, options, { ...this.o.about?.(), signal });
      // What was asked about is no longer what the form stands for.
      const isMoved = this.o.place().session !== session;
      if (launching.newer || launching.withdrawn || isMoved || signal.aborted) return false;
      this.checked = this.wordsOf(session, looked);
      const has = (severity: string, but: readonly string[] = []): boolean =>
        looked.all.some((one) => one.severity === severity && !but.includes(findingKey(one)));
      const answer = has('error') ? 'blocked' : has('warning', accepted) ? 'asks' : undefined;
      this.tell({ asking: false }, answer);
      return answer === undefined;
    } catch (error) {
      if (this.ending.signal.aborted) return false;
      throw error;
    }
  }

  private async check(
    session: Session,
    form: SpawnForm,
    options: SpawnOptions,
    again: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    await passed(this.times.look, undefined, { signal });
    const began = this.now;
    if (!again) this.asks();
    const preflight = this.preflightOf(session);
    const about = this.o.about?.() ?? {};
    const looked = await preflight.look(form, options, { ...about, signal });
    const clear = !looked.all.some(({ severity }) => severity === 'error');
    const judged = clear && !about.edit && !this.last?.judged;
    const { refusal } = this.checked;
    const words = this.wordsOf(session, looked);
    this.checked = { ...words, ...(again && refusal ? { refusal } : {}) };
    this.tell({ asking: judged });
    if (!judged) return;
    const rest = this.times.dryRun - this.times.look - (this.now - began);
    await passed(Math.max(0, rest), undefined, { signal });
    const answer = await preflight.dryRun(form, options, { ...about, signal });
    const unanswered = answer.unanswered && this.explained(session, answer.unanswered);
    const refused = answer.refusal;
    // What was refused, or not answered, may be another matter the next time.
    if (!refused && unanswered === undefined && this.last) this.last.judged = true;
    this.checked = {
      ...words,
      ...(refused ? { refusal: { field: refused.field, text: this.explained(session, refused.problem) } } : {}),
      ...(unanswered === undefined ? {} : { unanswered }),
    };
    this.tell({ asking: false });
  }

  private wordsOf(session: Session, { cluster, gpus, unanswered }: Looked): Checked {
    return {
      findings: cluster,
      asking: false,
      gpus: gpus ?? 'unknown',
      ...(unanswered ? { unanswered: this.explained(session, unanswered) } : {}),
    };
  }

  private explained({ context }: Session, error: KubeError): string {
    return explain(this.o.t, error, { context: context.name }).text;
  }

  /** What is known is of another form perhaps, so it is not told again. */
  private asks(): void {
    this.o.post({ type: 'asking', edition: this.edition });
  }

  private tell(change: Partial<Checked>, answer?: 'blocked' | 'asks'): void {
    this.checked = { ...this.checked, ...change };
    // The last word: from now on it can be told again.
    if (change.asking === false) this.run = undefined;
    const { checked, edition } = this;
    this.o.post({ type: 'checked', checked, edition, ...(answer ? { answer } : {}) });
  }

  /** A session of its own has answers of its own. */
  private preflightOf(session: Session): Preflight {
    if (this.of?.session !== session) {
      this.of?.preflight.dispose();
      const { cluster, access } = session;
      this.of = { session, preflight: new Preflight({ cluster, access, now: this.o.now }) };
    }
    return this.of.preflight;
  }

  private stop(): void {
    this.run?.abort();
    this.run = undefined;
  }

  private get now(): number {
    return (this.o.now ?? Date.now)();
  }
}

/** Is this the form that is about to be launched, and was no other told of since? */
function isStill({ newer, withdrawn, form }: Launching, told: SpawnForm): boolean {
  return !newer && !withdrawn && JSON.stringify(told) === form;
}

/** What a dry-run's answer hangs on; it stays in memory. */
function keyOf({ context }: Session, form: SpawnForm, o: SpawnOptions): string {
  const { namespace } = form;
  const { quota, claims, servers, storage } = o;
  return JSON.stringify([
    context.name,
    form,
    quota[namespace],
    claims[namespace],
    servers[namespace],
    storage[namespace],
  ]);
}
