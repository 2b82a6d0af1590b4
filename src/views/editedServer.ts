/** A server whose form is open: the Notebook that the form was read from, and what saving would do to it now. */
import { Emitter } from '../k8s/events.ts';
import type { Disposable } from '../k8s/events.ts';
import { isKubeError } from '../k8s/errors.ts';
import type { Logger } from '../k8s/log.ts';
import { editServer } from '../kubeflow/edit.ts';
import type { EditResult } from '../kubeflow/edit.ts';
import { editPlan } from '../kubeflow/edit/editPlan.ts';
import { formChanges } from '../kubeflow/edit/formChanges.ts';
import { carriedOver, changedMeanwhile } from '../kubeflow/edit/meanwhile.ts';
import { standingOf } from '../kubeflow/edit/standing.ts';
import type { Standing } from '../kubeflow/edit/standing.ts';
import type { SpawnForm } from '../kubeflow/form.ts';
import type { Edit } from '../kubeflow/form/editFindings.ts';
import { manifests } from '../kubeflow/form/manifests.ts';
import type { Manifests } from '../kubeflow/form/manifests.ts';
import { formOf } from '../kubeflow/form/readBack.ts';
import type { Known } from '../kubeflow/form/readBack.ts';
import type { LaunchJournal } from '../kubeflow/launch/journal.ts';
import type { StepOptions } from '../kubeflow/launch/making.ts';
import { isStopped, notebooks, podName } from '../kubeflow/objects.ts';
import type { Notebook } from '../kubeflow/objects.ts';
import type { Session } from '../kubeflow/sessions.ts';
import type { EditSummary } from '../../webview-ui/contract.ts';
import type { Translate } from './words.ts';
import { changeWords, effectWords, meanwhileWords, saveWords } from './words/edit.ts';

export interface EditedServerOptions {
  session: Session;
  ref: { context: string; namespace: string; name: string };
  /** For reading and writing the form. */
  known: Known;
  /** How many kernels run on it; undefined where that cannot be told. */
  kernels: (ref: EditedServerOptions['ref'], signal: AbortSignal) => Promise<number | undefined>;
  logger: Logger;
  t: Translate;
}

interface Read {
  base: Notebook;
  start: SpawnForm;
  standing: Standing;
}

export class EditedServer implements Disposable {
  private readonly emitter = new Emitter<void>();
  /** What saving would do may be something else now. */
  readonly onDidChange = this.emitter.event;
  private readonly ending = new AbortController();
  private held: Disposable[] = [];
  private session: Session;
  /** Counts what was read: a slow answer is older than the one to a later question. */
  private reads = 0;
  private meanwhile = false;
  private gone = false;
  private seen = false;
  private kernelCount: number | undefined;
  /** Of the state of the server that the plan was made of. */
  private stamp = '';

  private constructor(
    private readonly o: EditedServerOptions,
    private read: Read,
    private readonly mayRenew: boolean,
  ) {
    this.session = o.session;
    this.watch();
    this.stamp = this.stampNow();
    this.countKernels();
  }

  /** The context is reached by another connection now: what is asked and saved goes there. */
  use(session: Session | undefined): void {
    if (!session || session === this.session) return;
    this.session = session;
    this.seen = false;
    this.watch();
    this.lookAgain();
  }

  private watch(): void {
    const before = this.held;
    const { inventory } = this.session;
    this.held = [inventory.look(), inventory.open(this.o.ref.namespace), inventory.onDidChange(() => this.follow())];
    for (const one of before) one.dispose();
  }

  /** @throws KubeError where the server cannot be read */
  static async open(o: EditedServerOptions): Promise<EditedServer> {
    const right = { verb: 'delete', group: 'apps', resource: 'statefulsets', namespace: o.ref.namespace };
    const [read, answer] = await Promise.all([readServer(o), o.session.access.can(right)]);
    return new EditedServer(o, read, answer !== 'no');
  }

  get start(): SpawnForm {
    return this.read.start;
  }

  get base(): Notebook {
    return this.read.base;
  }

  get edit(): Edit {
    return { start: this.read.start, running: !isStopped(this.read.base) && this.read.standing.pod !== undefined };
  }

  made(form: SpawnForm): Manifests {
    return manifests(form, { base: this.base, ...this.o.known });
  }

  summary(form: SpawnForm): EditSummary {
    const { t, known, ref } = this.o;
    const made = this.made(form);
    const plan = editPlan(this.base, made.notebook, this.read.standing);
    const { config } = known;
    const changes = config ? formChanges(this.start, form, config) : [];
    const count = changes.length;
    const effect = effectWords(t, { plan, changes: count, kernels: this.kernelCount, mayRenew: this.mayRenew });
    const restarts = plan.restarts && (plan.renew === undefined || this.mayRenew);
    return {
      changes: changes.map((change) => changeWords(t, change)),
      effect,
      restarts,
      save: saveWords(t, restarts),
      canSave: !this.gone && (plan.patch.length > 0 || made.claims.length > 0 || plan.renew !== undefined),
      ...(this.gone || this.meanwhile ? { meanwhile: meanwhileWords(t, ref.name, this.gone) } : {}),
    };
  }

  /** Saves the form; see editServer. */
  save(
    form: SpawnForm,
    o: Pick<StepOptions, 'onStep'> & { journal?: LaunchJournal; signal: AbortSignal },
  ): Promise<EditResult> {
    const { known } = this.o;
    return editServer(this.session.cluster, form, { ...o, ...known, base: this.base });
  }

  /** Somebody else has changed it, as a save was told. */
  conflicts(): void {
    this.meanwhile = true;
    this.emitter.fire();
  }

  /**
   * Reads the server as it is now.
   * @returns the form for it, with what has been changed in `form`
   */
  async reload(form: SpawnForm): Promise<SpawnForm> {
    const before = this.start;
    this.reads++;
    this.read = await readServer({ ...this.o, session: this.session });
    this.meanwhile = false;
    this.gone = false;
    this.stamp = this.stampNow();
    return carriedOver(before, form, this.start);
  }

  /** The Notebook as it is now. */
  now(): Promise<Notebook> {
    const { ref } = this.o;
    return this.session.cluster.get<Notebook>(notebooks, { namespace: ref.namespace, name: ref.name });
  }

  dispose(): void {
    this.ending.abort();
    for (const one of this.held) one.dispose();
    this.emitter.dispose();
  }

  /** What of the server's state a plan depends on. */
  private stampNow(): string {
    const { ref } = this.o;
    const view = this.session.inventory.server(`${ref.namespace}/${ref.name}`);
    const { pod } = view ?? {};
    return JSON.stringify([view && isStopped(view.notebook), pod?.metadata.uid, pod?.status?.conditions]);
  }

  private follow(): void {
    const { ref } = this.o;
    const view = this.session.inventory.server(`${ref.namespace}/${ref.name}`);
    this.seen ||= view !== undefined;
    const gone = this.seen && view === undefined;
    const meanwhile = this.meanwhile || (view !== undefined && changedMeanwhile(this.base, view.notebook));
    const news = gone !== this.gone || meanwhile !== this.meanwhile;
    this.gone = gone;
    this.meanwhile = meanwhile;
    if (news) this.emitter.fire();
    const stamp = this.stampNow();
    if (stamp === this.stamp) return;
    this.stamp = stamp;
    if (!gone && !meanwhile) this.lookAgain();
  }

  /** It was stopped or started, or has another pod: the form is of the same Notebook, and does something else to it. */
  private lookAgain(): void {
    const mine = ++this.reads;
    readServer({ ...this.o, session: this.session }, this.ending.signal).then(
      (read) => {
        if (this.ending.signal.aborted || mine !== this.reads || changedMeanwhile(this.base, read.base)) return;
        this.read = { ...read, start: this.read.start };
        this.countKernels();
        this.emitter.fire();
      },
      (error: unknown) => this.failed('read', error),
    );
  }

  private countKernels(): void {
    const { ref, kernels } = this.o;
    const { signal } = this.ending;
    this.kernelCount = undefined;
    if (!this.edit.running) return;
    kernels(ref, signal).then(
      (count) => {
        if (signal.aborted || count === this.kernelCount) return;
        this.kernelCount = count;
        this.emitter.fire();
      },
      (error: unknown) => this.failed('count the kernels of', error),
    );
  }

  private failed(what: string, error: unknown): void {
    if (this.ending.signal.aborted) return;
    const { logger, ref } = this.o;
    logger.debug(`Editing could not ${what} ${podName({ metadata: ref })}: ${String(error)}`);
  }
}

async function readServer(
  { session, ref, known }: Pick<EditedServerOptions, 'session' | 'ref' | 'known'>,
  signal?: AbortSignal,
): Promise<Read> {
  const where = { namespace: ref.namespace, name: ref.name };
  const [base, standing] = await Promise.all([
    session.cluster.get<Notebook>(notebooks, where, signal),
    standingOf(session.cluster, where, signal).catch((error: unknown): Standing => {
      // What stands beside the Notebook only tells what restarts; saving asks again.
      if (isKubeError(error)) return {};
      throw error;
    }),
  ]);
  return { base, start: formOf(base, known), standing };
}
