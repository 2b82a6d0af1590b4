/** One form of a notebook server while its tab is open. */
import * as vscode from 'vscode';
import type { KubeError } from '../k8s/errors.ts';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import { defaultForm } from '../kubeflow/form/defaultForm.ts';
import type { FormHints, SpawnForm, SpawnOptions } from '../kubeflow/form.ts';
import { manifests } from '../kubeflow/form/manifests.ts';
import { previewOf } from '../kubeflow/form/preview.ts';
import type { LinkPlace } from '../kubeflow/links.ts';
import type { Sessions } from '../kubeflow/sessions.ts';
import type { FromForm, ToForm } from '../../webview-ui/contract.ts';
import type { DescribeDocuments } from './describeDocuments.ts';
import { FormDrafts } from './formDraft.ts';
import { FormConfig } from './formConfig.ts';
import { FormOutcome } from './formOutcome.ts';
import { formHtml, webviewRoot } from './formHtml.ts';
import { FormPlace } from './formPlace.ts';
import { FormPreflight } from './formPreflight.ts';
import { LaunchRun } from './launchRun.ts';
import type { LaunchRunOptions } from './launchRun.ts';
import type { Templates } from './templates/templates.ts';
import { explain, Told } from './words.ts';
import { formWords } from './words/form.ts';

export interface OpenFormOptions {
  extensionUri: vscode.Uri;
  sessions: Sessions;
  logger: Logger;
  /** Remembers the last image and size. */
  memory: vscode.Memento;
  /** Keeps this window's draft. */
  drafts: vscode.Memento;
  /** What the buttons do that appear once the server answers. */
  connect: (server: ServerName) => unknown;
  openInBrowser: (server: ServerName) => unknown;
  /** How a launch is written down, and how its server is asked whether it answers. */
  launches: Pick<LaunchRunOptions, 'journal' | 'answers'>;
  /** Hears of every launch, and saves forms. */
  templates: Pick<Templates, 'launched' | 'save'>;
  documents: DescribeDocuments;
  /** Puts a link to the form as it is filled in on the clipboard. */
  copyLink: (place: LinkPlace, form: SpawnForm) => Promise<void>;
  /** Errors that are no refusal of the launch. */
  report: (error: unknown) => void;
}

export type ServerName = { context: string; namespace: string; name: string };

/** Where the form is to start. */
export interface FormStart {
  context?: string;
  namespace?: string;
  /** Filled in already, in whole or in part, from a template or a link, say; an empty name is to be one that is free. */
  filled?: Partial<SpawnForm>;
}

const memoryKey = 'newNotebookServer.last';
const draftKey = 'newNotebookServer.draft';

/** The form while its tab is open. */
export class OpenForm implements Disposable {
  private readonly panel: vscode.WebviewPanel;
  private readonly held: Disposable[] = [];
  /** Read from the first moment on, so that the form begins with it. */
  private readonly file: FormConfig;
  readonly outcome = new FormOutcome();
  private place: FormPlace;
  private placeListener: Disposable;
  private run: LaunchRun | undefined;
  private readonly preflight: FormPreflight;
  private formId: string = crypto.randomUUID();
  /** Absent for a form that came filled in: a draft is of what a person began. */
  private readonly drafts: FormDrafts | undefined;
  /** The namespace that was asked for with this opening of the form. */
  private asked: string | undefined;

  constructor(
    private readonly o: OpenFormOptions,
    private readonly start: FormStart,
    private readonly closed: () => void,
  ) {
    if (!start.filled) this.drafts = new FormDrafts(o.drafts, draftKey);
    this.asked = start.namespace;
    const title = vscode.l10n.t('New Notebook Server');
    const root = webviewRoot(o.extensionUri);
    this.panel = vscode.window.createWebviewPanel('kubeflow.newNotebookServer', title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [root],
    });
    const icon = (file: string): vscode.Uri => vscode.Uri.joinPath(o.extensionUri, 'media', file);
    this.panel.iconPath = { light: icon('kubeflow-light.svg'), dark: icon('kubeflow.svg') };
    this.file = new FormConfig(o.logger);
    [this.place, this.placeListener] = this.placeAt(start);
    this.preflight = new FormPreflight({
      place: () => ({ session: this.place.session, options: this.place.view.options }),
      about: () => ({ creator: this.place.creator }),
      post: (message) => this.post(message),
      report: o.report,
      t: vscode.l10n.t,
    });
    this.held.push(
      this.preflight,
      this.file,
      this.file.onDidChange(() => this.post({ type: 'place', place: this.place.view })),
      this.panel.webview.onDidReceiveMessage((message: FromForm) => this.receive(message)),
      this.panel.onDidDispose(() => this.dispose()),
      o.sessions.onDidChange(() => {
        this.place.follow();
        this.post({ type: 'place', place: this.place.view });
      }),
    );
    this.panel.webview.html = formHtml(this.panel.webview, o.extensionUri, 'spawn', title);
  }

  reveal(start: FormStart): void {
    this.panel.reveal();
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
    this.outcome.close();
    this.placeListener.dispose();
    this.place.dispose();
    for (const one of this.held) one.dispose();
    this.panel.dispose();
  }

  private placeAt(start: FormStart): [FormPlace, Disposable] {
    const { sessions, logger } = this.o;
    const place = new FormPlace({ sessions, logger, t: vscode.l10n.t, file: this.file }, start);
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
    const words = formWords(vscode.l10n.t);
    const restored = this.drafts?.restore(place.context, this.asked);
    const { filled } = this.start;
    const progress = this.run?.progress;
    this.post({ type: 'init', formId: this.formId, words, place, form, restored, filled, progress });
  }

  private startOver(): void {
    this.formId = crypto.randomUUID();
    void this.discardDraft().then(() => this.init(), this.o.report);
  }

  private async discardDraft(): Promise<void> {
    await this.drafts?.discard();
  }

  private receive(message: FromForm): void {
    switch (message.type) {
      case 'ready':
        return this.init();
      case 'context':
        return this.place.useContext(message.context);
      case 'namespace':
        return this.place.useNamespace(message.namespace);
      case 'check':
        return this.preflight.changed(message.form);
      case 'names':
        return this.place.readNames(message.namespace, message.configMap);
      case 'launch':
        return void this.launchIfClear(message.form, message.accepted).catch(this.o.report);
      case 'yaml':
        return void this.openYaml(message.form).catch(this.o.report);
      case 'saveTemplate':
        return void this.o.templates.save(message.form, this.place.view.options).catch(this.o.report);
      case 'preview':
        return this.post({ type: 'preview', yaml: this.yamlOf(message.form) });
      case 'draft':
        return void this.drafts?.keep(this.place.view.context, message.draft).catch(this.o.report);
      case 'mendConfig':
        return void this.file.mend().catch(this.o.report);
      case 'link':
        return this.copyLink(message.form);
      case 'startOver':
        return this.startOver();
      case 'edit':
        return this.endRun();
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

  private async launchIfClear(form: SpawnForm, accepted: readonly string[]): Promise<void> {
    if (await this.preflight.clears(form, accepted)) this.launch(form);
  }

  private launch(form: SpawnForm): void {
    const { session, creator } = this.place;
    const { options } = this.place.view;
    const { config } = options;
    if (!session || (this.run && this.run.progress.end === undefined)) return;
    this.endRun();
    const { launches, logger } = this.o;
    const run = new LaunchRun({ session, form, creator, config, ...launches, t: vscode.l10n.t, now: Date.now });
    this.run = run;
    run.onDidChange(() => this.post({ type: 'progress', progress: run.progress }));
    const made = run.start();
    this.outcome.follow(run, made);
    made.then(
      (result) => {
        const how = result?.ok ? 'made' : result ? result.problem.message : 'given up';
        logger.info(`Launch of ${form.namespace}/${form.name}: ${how}`);
        if (result?.ok) this.made(form, options).catch(this.o.report);
        // Nobody watches the list any more: what there is to say is said on its own.
        else if (this.run !== run) this.tellLate(run, result?.problem);
        else if (result) this.refused(run);
      },
      (error: unknown) => this.o.report(error),
    );
  }

  private tellLate(run: LaunchRun, problem: KubeError | undefined): void {
    const { name, context } = run.ref;
    const why = problem && explain(vscode.l10n.t, problem, { context }).text;
    const said = why && vscode.l10n.t('{0} was not launched: {1}', name, why);
    const text = [said, run.leftBehind].filter((one) => one !== undefined).join(' ');
    if (text !== '') this.o.report(new Told(text));
  }

  /** Nothing had been made: back to the form at once, with the sentence at its field. Else the list tells what was undone. */
  private refused({ progress: { lines, refusal } }: LaunchRun): void {
    if (!refusal || lines.length > 1) return;
    this.endRun();
    this.post({ type: 'refused', refusal });
  }

  private endRun(): void {
    if (this.run) this.outcome.leave(this.run);
    this.run?.dispose();
    this.run = undefined;
  }

  /** The server stands: its draft is done with, and the next form begins with its image and size. */
  private async made(form: SpawnForm, options: SpawnOptions): Promise<void> {
    await this.discardDraft();
    const image = form.imageMode === 'custom' ? form.customImage : form.image;
    const hints: FormHints = { image, cpu: form.cpu, memory: form.memory, gpuKey: form.gpus[0]?.key };
    await this.o.memory.update(memoryKey, hints);
    await this.o.templates.launched(form, options);
  }

  private copyLink(form: SpawnForm): void {
    const { name: context = this.place.view.context, fingerprint } = this.place.session?.context ?? {};
    this.o.copyLink({ context, fingerprint }, form).catch(this.o.report);
  }

  /** What Launch would create. The launch's id is made at the launch: what is applied by hand belongs to none. */
  private yamlOf(form: SpawnForm): string {
    const { config } = this.place.view.options;
    return previewOf(manifests(form, { creator: this.place.creator, config }));
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
