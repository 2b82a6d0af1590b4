/** What Launch does in a form's tab: one launch, or save, after the other, and what is heard of each. */
import * as vscode from 'vscode';
import type { KubeError } from '../k8s/errors.ts';
import type { Disposable } from '../k8s/events.ts';
import type { EditResult } from '../kubeflow/edit.ts';
import type { FormHints, SpawnForm, SpawnOptions } from '../kubeflow/form.ts';
import type { SpawnResult } from '../kubeflow/spawn.ts';
import type { Progress, ToForm } from '../../webview-ui/contract.ts';
import { FormOutcome } from './formOutcome.ts';
import type { FormPlace } from './formPlace.ts';
import type { FormPurpose } from './formPurpose.ts';
import { LaunchRun } from './launchRun.ts';
import type { LaunchRunOptions } from './launchRun.ts';
import type { OpenFormOptions } from './openFormOptions.ts';
import { explain, Told } from './words.ts';

type Needed = 'launches' | 'logger' | 'memory' | 'templates' | 'report' | 'connect' | 'openInBrowser' | 'edit';

export interface FormLaunchOptions extends Pick<OpenFormOptions, Needed> {
  purpose?: FormPurpose;
  place: () => FormPlace;
  post: (message: ToForm) => void;
  discardDraft: () => Promise<void>;
}

const memoryKey = 'newNotebookServer.last';

export class FormLaunch implements Disposable {
  readonly outcome = new FormOutcome();
  private run: LaunchRun | undefined;

  constructor(private readonly o: FormLaunchOptions) {}

  /** Of the launch that is shown; undefined while the form itself is. */
  get progress(): Progress | undefined {
    return this.run?.progress;
  }

  /** The image and size of the last launch. */
  get hints(): FormHints | undefined {
    return this.o.memory.get<FormHints>(memoryKey);
  }

  private get isEdit(): boolean {
    return this.o.purpose?.edited !== undefined;
  }

  /** Opens the server that was launched: its notebook or its page. */
  connect(): void {
    if (this.run) (this.run.isJupyter ? this.o.connect : this.o.openInBrowser)(this.run.ref);
  }

  /** Opens the form of the server that was launched. */
  editServer(): void {
    if (this.run) this.o.edit(this.run.ref);
  }

  async cancel(): Promise<void> {
    await this.run?.cancel();
  }

  /** Launches the form, or saves it; nothing while a launch is still going on. */
  start(form: SpawnForm): void {
    const place = this.o.place();
    const { session, creator } = place;
    const { options } = place.view;
    const { config } = options;
    if (!session || (this.run && this.run.progress.end === undefined)) return;
    this.end();
    const { launches, logger } = this.o;
    const { base, known, edited } = this.o.purpose ?? {};
    const { journal } = launches;
    const edit: LaunchRunOptions['edit'] = edited && ((work) => edited.save(form, { ...work, journal }));
    const how = { session, form, creator, config: known?.config ?? config, base, edit };
    const run = new LaunchRun({ ...how, ...launches, t: vscode.l10n.t, now: Date.now });
    this.run = run;
    run.onDidChange(() => this.o.post({ type: 'progress', progress: run.progress }));
    const made = run.start();
    this.outcome.follow(run, made);
    made.then(
      (result) => {
        const end = result?.ok ? 'made' : result ? result.problem.message : 'given up';
        logger.info(`${edited ? 'Edit' : 'Launch'} of ${form.namespace}/${form.name}: ${end}`);
        if (result?.ok && run.stands) this.made(form, options).catch(this.o.report);
        // Nobody watches the list any more: what there is to say is said on its own.
        else if (this.run !== run) this.tellLate(run, result?.ok ? undefined : result?.problem);
        else if (result && !result.ok) this.refused(run, result);
      },
      (error: unknown) => this.o.report(error),
    );
  }

  private tellLate(run: LaunchRun, problem: KubeError | undefined): void {
    const { name, context } = run.ref;
    const why = problem && explain(vscode.l10n.t, problem, { context }).text;
    const { t } = vscode.l10n;
    const said =
      why && (this.isEdit ? t('{0} was not saved: {1}', name, why) : t('{0} was not launched: {1}', name, why));
    const text = [said, run.leftBehind].filter((one) => one !== undefined).join(' ');
    if (text !== '') this.o.report(new Told(text));
  }

  /** Nothing had been made: back to the form at once, with the sentence at its field. Else the list tells what was undone. */
  private refused(run: LaunchRun, result: Extract<SpawnResult | EditResult, { ok: false }>): void {
    const { lines, refusal } = run.progress;
    const conflict = 'conflict' in result;
    if (!refusal || (conflict ? result.left.length > 0 : lines.length > 1)) return;
    this.end();
    if (conflict) this.o.purpose?.edited?.conflicts();
    this.o.post({ type: 'refused', refusal });
  }

  /** The launch that is shown is so no more; one that is going on goes on. */
  end(): void {
    if (this.run) this.outcome.leave(this.run);
    this.run?.dispose();
    this.run = undefined;
  }

  /** The server stands: its draft is done with, and the next form begins with its image and size. */
  private async made(form: SpawnForm, options: SpawnOptions): Promise<void> {
    if (this.isEdit) return;
    await this.o.discardDraft();
    const image = form.imageMode === 'custom' ? form.customImage : form.image;
    const hints: FormHints = { image, cpu: form.cpu, memory: form.memory, gpuKey: form.gpus[0]?.key };
    await this.o.memory.update(memoryKey, hints);
    await this.o.templates.launched(form, options);
  }

  dispose(): void {
    this.end();
    this.outcome.close();
  }
}
