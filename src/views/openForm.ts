/** One form of a notebook server while its tab is open. */
import * as vscode from 'vscode';
import type { KubeError } from '../k8s/errors.ts';
import type { Disposable } from '../k8s/events.ts';
import { defaultForm } from '../kubeflow/form/defaultForm.ts';
import type { FormHints, SpawnForm } from '../kubeflow/form.ts';
import { manifests } from '../kubeflow/form/manifests.ts';
import { previewOf } from '../kubeflow/form/preview.ts';
import type { EditResult } from '../kubeflow/edit.ts';
import type { SpawnResult } from '../kubeflow/spawn.ts';
import type { FromForm, ToForm } from '../../webview-ui/contract.ts';
import { EditForm } from './editForm.ts';
import { FormDrafts } from './formDraft.ts';
import { formHtml, webviewRoot } from './formHtml.ts';
import { FormPlace } from './formPlace.ts';
import { LaunchRun } from './launchRun.ts';
import type { LaunchRunOptions } from './launchRun.ts';
import type { FormStart, OpenFormOptions } from './openFormOptions.ts';
import { explain, Told } from './words.ts';
import { conflictWords } from './words/edit.ts';
import { formWords } from './words/form.ts';

export type { FormStart, OpenFormOptions } from './openFormOptions.ts';

const memoryKey = 'newNotebookServer.last';
const draftKey = 'newNotebookServer.draft';

/** The form while its tab is open. */
export class OpenForm implements Disposable {
  private readonly panel: vscode.WebviewPanel;
  private readonly held: Disposable[] = [];
  private place: FormPlace;
  private placeListener: Disposable;
  private run: LaunchRun | undefined;
  private formId: string = crypto.randomUUID();
  /** Absent for a form that came filled in: a draft is of what a person began. */
  private readonly drafts: FormDrafts | undefined;
  /** The namespace that was asked for with this opening of the form. */
  private asked: string | undefined;
  private filled: SpawnForm | undefined;
  /** Of the form of a server that stands. */
  private readonly editing: EditForm | undefined;

  constructor(
    private readonly o: OpenFormOptions,
    private readonly start: FormStart,
    private readonly closed: () => void,
  ) {
    if (!start.filled) this.drafts = new FormDrafts(o.drafts, draftKey);
    this.asked = start.namespace;
    this.filled = start.filled;
    const { purpose } = start;
    const title = purpose?.words.title ?? vscode.l10n.t('New Notebook Server');
    const root = webviewRoot(o.extensionUri);
    this.panel = vscode.window.createWebviewPanel('kubeflow.newNotebookServer', title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [root],
    });
    const icon = (file: string): vscode.Uri => vscode.Uri.joinPath(o.extensionUri, 'media', file);
    this.panel.iconPath = { light: icon('kubeflow-light.svg'), dark: icon('kubeflow.svg') };
    [this.place, this.placeListener] = this.placeAt(start);
    this.held.push(
      this.panel.webview.onDidReceiveMessage((message: FromForm) => this.receive(message)),
      this.panel.onDidDispose(() => this.dispose()),
      o.sessions.onDidChange(() => {
        this.place.follow();
        this.post({ type: 'place', place: this.place.view });
      }),
    );
    if (purpose?.edited) {
      const { documents, report } = o;
      const post = (message: ToForm): void => this.post(message);
      const restart = (filled: SpawnForm): void => this.beginWith(filled);
      this.editing = new EditForm(purpose.edited, { documents, report, post, restart });
      this.held.push(purpose.edited, this.editing);
    }
    this.panel.webview.html = formHtml(this.panel.webview, o.extensionUri, 'spawn', title);
  }

  reveal(start: FormStart): void {
    this.panel.reveal();
    if (this.editing) {
      // What has been typed stays; after a save it is the server as it is now.
      if (this.run) void this.editing.reload().catch(this.o.report);
      return;
    }
    const moved = start.context !== undefined && start.context !== this.place.view.context;
    if (this.run || moved) {
      // A launch that is going on goes on without being watched here: its row tells.
      this.endRun();
      this.formId = crypto.randomUUID();
      this.asked = start.namespace;
      this.place.dispose();
      this.placeListener.dispose();
      [this.place, this.placeListener] = this.placeAt(start);
      this.init();
    } else if (start.namespace !== undefined) this.post({ type: 'choose', namespace: start.namespace });
  }

  dispose(): void {
    this.closed();
    this.endRun();
    this.placeListener.dispose();
    this.place.dispose();
    for (const one of this.held) one.dispose();
    this.panel.dispose();
  }

  private placeAt(start: FormStart): [FormPlace, Disposable] {
    const { sessions, logger } = this.o;
    const place = start.place ?? new FormPlace({ sessions, logger, t: vscode.l10n.t }, start);
    return [place, place.onDidChange(() => this.post({ type: 'place', place: place.view }))];
  }

  /** A hidden tab has no page to hear it; the page asks again when it shows. */
  private post(message: ToForm): void {
    if (this.panel.visible) void this.panel.webview.postMessage(message);
  }

  private init(): void {
    const place = this.place.view;
    const hints = { ...this.o.memory.get<FormHints>(memoryKey), namespace: place.namespace };
    const form = defaultForm(place.options, hints);
    const { purpose } = this.start;
    const words = { ...formWords(vscode.l10n.t), ...purpose?.words };
    const restored = this.drafts?.restore(place.context, this.asked);
    const { filled, formId } = this;
    const progress = this.run?.progress;
    const page = purpose?.edited ? { kind: 'edit' as const, ...purpose.edited.edit } : purpose?.page;
    this.post({ type: 'init', formId, words, place, form, restored, filled, purpose: page, progress });
  }

  private beginWith(filled: SpawnForm): void {
    this.endRun();
    this.formId = crypto.randomUUID();
    this.filled = filled;
    this.init();
  }

  private startOver(): void {
    this.formId = crypto.randomUUID();
    void this.discardDraft().then(() => this.init(), this.o.report);
  }

  private async discardDraft(): Promise<void> {
    await this.drafts?.discard();
  }

  private receive(message: FromForm): void {
    if (this.editing?.receive(message)) return;
    switch (message.type) {
      case 'ready':
        return this.init();
      case 'context':
        return this.place.useContext(message.context);
      case 'namespace':
        return this.place.useNamespace(message.namespace);
      case 'launch':
        return this.launch(message.form);
      case 'yaml':
        return void this.openYaml(message.form).catch(this.o.report);
      case 'preview':
        return this.post({ type: 'preview', yaml: this.yamlOf(message.form) });
      case 'draft':
        return void this.drafts?.keep(this.place.view.context, message.draft).catch(this.o.report);
      case 'startOver':
        return this.startOver();
      case 'edit':
        return this.endRun();
      case 'summary':
      case 'compare':
      case 'reload':
        // Only the form of a server that stands has these.
        return;
      case 'editServer':
        if (this.run) this.o.edit(this.run.ref);
        return;
      case 'connect':
        if (this.run) (this.run.isJupyter ? this.o.connect : this.o.openInBrowser)(this.run.ref);
        return;
      case 'cancel':
        return void this.run?.cancel().catch(this.o.report);
      case 'close':
        if (message.discard) void this.discardDraft().catch(this.o.report);
        this.panel.dispose();
        return;
    }
  }

  private launch(form: SpawnForm): void {
    const { session, creator } = this.place;
    const { config } = this.place.view.options;
    if (!session || (this.run && this.run.progress.end === undefined)) return;
    this.endRun();
    const { launches, logger } = this.o;
    const { base, known, edited } = this.start.purpose ?? {};
    const { journal } = launches;
    const edit: LaunchRunOptions['edit'] = edited && ((work) => edited.save(form, { ...work, journal }));
    const how = { session, form, creator, config: known?.config ?? config, base, edit };
    const run = new LaunchRun({ ...how, ...launches, t: vscode.l10n.t, now: Date.now });
    this.run = run;
    run.onDidChange(() => this.post({ type: 'progress', progress: run.progress }));
    run.start().then(
      (result) => {
        const end = result?.ok ? 'made' : result ? result.problem.message : 'given up';
        logger.info(`${edited ? 'Edit' : 'Launch'} of ${form.namespace}/${form.name}: ${end}`);
        if (result?.ok) this.made(form).catch(this.o.report);
        // Nobody watches the list any more: what there is to say is said on its own.
        else if (this.run !== run) this.tellLate(run, result?.problem);
        else if (result) this.refused(run, result);
      },
      (error: unknown) => this.o.report(error),
    );
  }

  private tellLate(run: LaunchRun, problem: KubeError | undefined): void {
    const { name, context } = run.ref;
    const why = problem && explain(vscode.l10n.t, problem, { context }).text;
    const { t } = vscode.l10n;
    const said =
      why && (this.editing ? t('{0} was not saved: {1}', name, why) : t('{0} was not launched: {1}', name, why));
    const text = [said, run.leftBehind].filter((one) => one !== undefined).join(' ');
    if (text !== '') this.o.report(new Told(text));
  }

  /** Nothing had been made: back to the form at once, with the sentence at its field. Else the list tells what was undone. */
  private refused(run: LaunchRun, result: Extract<SpawnResult | EditResult, { ok: false }>): void {
    const conflict = 'conflict' in result;
    if (conflict ? result.left.length > 0 : run.progress.lines.length > 1) return;
    this.endRun();
    if (conflict) this.start.purpose?.edited?.conflicts();
    const { t } = vscode.l10n;
    const { context, name } = run.ref;
    const text = conflict ? conflictWords(t, name) : explain(t, result.problem, { context }).text;
    this.post({ type: 'refused', refusal: { field: result.field, text } });
  }

  private endRun(): void {
    this.run?.dispose();
    this.run = undefined;
  }

  /** The server stands: its draft is done with, and the next form begins with its image and size. */
  private async made(form: SpawnForm): Promise<void> {
    if (this.editing) return;
    await this.discardDraft();
    const image = form.imageMode === 'custom' ? form.customImage : form.image;
    const hints: FormHints = { image, cpu: form.cpu, memory: form.memory, gpuKey: form.gpus[0]?.key };
    await this.o.memory.update(memoryKey, hints);
  }

  /** What Launch would create. The launch's id is made at the launch: what is applied by hand belongs to none. */
  private yamlOf(form: SpawnForm): string {
    if (this.editing) return this.editing.yamlOf(form);
    const { base, known } = this.start.purpose ?? {};
    const { config } = this.place.view.options;
    return previewOf(manifests(form, { creator: this.place.creator, config, base, ...known }));
  }

  /** Not an untitled document, which VS Code writes to the disk: the text holds the values of variables. */
  private async openYaml(form: SpawnForm): Promise<void> {
    const text = this.yamlOf(form);
    const title = `${form.name.trim() || 'notebook'}.yaml`;
    await this.o.documents.open({
      ...{ key: `yaml/${this.formId}`, title, text: () => text },
      ...{ language: 'yaml', column: vscode.ViewColumn.Beside },
    });
  }
}
