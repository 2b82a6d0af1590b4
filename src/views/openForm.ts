/** One form of a notebook server while its tab is open. */
import * as vscode from 'vscode';
import type { Disposable } from '../k8s/events.ts';
import { defaultForm } from '../kubeflow/form/defaultForm.ts';
import type { SpawnForm } from '../kubeflow/form.ts';
import { manifests } from '../kubeflow/form/manifests.ts';
import { previewOf } from '../kubeflow/form/preview.ts';
import type { FromForm, ToForm } from '../../webview-ui/contract.ts';
import type { PreflightAbout } from '../kubeflow/preflight/preflight.ts';
import { EditForm } from './editForm.ts';
import { FormDrafts, newServerDraft } from './formDraft.ts';
import { FormConfig } from './formConfig.ts';
import { FormLaunch } from './formLaunch.ts';
import type { FormOutcome } from './formOutcome.ts';
import { formHtml, webviewRoot } from './formHtml.ts';
import { FormPlace } from './formPlace.ts';
import { FormPreflight } from './formPreflight.ts';
import type { FormStart, OpenFormOptions } from './openFormOptions.ts';
import { formWords } from './words/form.ts';

export type { FormStart, OpenFormOptions } from './openFormOptions.ts';

/** The form while its tab is open. */
export class OpenForm implements Disposable {
  private readonly panel: vscode.WebviewPanel;
  private readonly held: Disposable[] = [];
  /** Read from the first moment on, so that the form begins with it. */
  private readonly file: FormConfig;
  private readonly launching: FormLaunch;
  private place: FormPlace;
  private placeListener: Disposable;
  private readonly preflight: FormPreflight;
  private formId: string = crypto.randomUUID();
  /** Absent for a form that came filled in: a draft is of what a person began. */
  private readonly drafts: FormDrafts | undefined;
  /** The namespace that was asked for with this opening of the form. */
  private asked: string | undefined;
  private filled: Partial<SpawnForm> | undefined;
  /** Of the form of a server that stands. */
  private readonly editing: EditForm | undefined;

  constructor(
    private readonly o: OpenFormOptions,
    private readonly start: FormStart,
    private readonly closed: () => void,
  ) {
    if (!start.filled) this.drafts = new FormDrafts(o.drafts, newServerDraft);
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
    this.file = start.file ?? new FormConfig(o.logger);
    [this.place, this.placeListener] = this.placeAt(start);
    this.launching = new FormLaunch({
      ...o,
      purpose,
      place: () => this.place,
      post: (message) => this.post(message),
      discardDraft: () => this.discardDraft(),
    });
    this.preflight = new FormPreflight({
      place: () => ({ session: this.place.session, options: this.place.view.options }),
      about: () => this.about,
      post: (message) => this.post(message),
      report: o.report,
      t: vscode.l10n.t,
    });
    this.held.push(
      this.preflight,
      this.file,
      this.panel.webview.onDidReceiveMessage((message: FromForm) => this.receive(message)),
      this.panel.onDidDispose(() => this.dispose()),
    );
    if (purpose?.edited) {
      const { documents, report } = o;
      const post = (message: ToForm): void => this.post(message);
      const restart = (filled: SpawnForm): void => this.beginWith(filled);
      this.editing = new EditForm(purpose.edited, { documents, report, post, restart });
      const { edited } = purpose;
      this.held.push(
        edited,
        this.editing,
        this.place.onDidChange(() => edited.use(this.place.session)),
      );
    }
    this.panel.webview.html = formHtml(this.panel.webview, o.extensionUri, 'spawn', title);
  }

  /** What comes of it, for whoever waits for a server. */
  get outcome(): FormOutcome {
    return this.launching.outcome;
  }

  reveal(start: FormStart): void {
    this.panel.reveal();
    if (this.editing) {
      // What has been typed stays; after a save it is the server as it is now.
      const { progress } = this.launching;
      if (progress && progress.end !== undefined) void this.editing.reload().catch(this.o.report);
      return;
    }
    const moved = start.context !== undefined && start.context !== this.place.view.context;
    if (this.launching.progress || moved) {
      // A launch that is going on goes on without being watched here: its row tells.
      this.launching.end();
      this.preflight.forget();
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
    this.launching.dispose();
    this.placeListener.dispose();
    this.place.dispose();
    for (const one of this.held) one.dispose();
    this.panel.dispose();
  }

  private placeAt(start: FormStart): [FormPlace, Disposable] {
    const { sessions, logger } = this.o;
    const place = start.place ?? new FormPlace({ sessions, logger, t: vscode.l10n.t, file: this.file }, start);
    return [place, place.onDidChange(() => this.post({ type: 'place', place: place.view }))];
  }

  /** What the form is about, beside what is in it. */
  private get about(): PreflightAbout {
    const { base, known, edited } = this.start.purpose ?? {};
    const of = edited ? { base: edited.base, edit: edited.edit } : { base };
    return { creator: this.place.creator, podDefaults: known?.podDefaults, ...of };
  }

  /** A hidden tab has no page to hear it; the page asks again when it shows. */
  private post(message: ToForm): void {
    if (this.panel.visible) void this.panel.webview.postMessage(message);
  }

  private init(): void {
    const place = this.place.view;
    const hints = { ...this.launching.hints, namespace: place.namespace };
    const form = defaultForm(place.options, hints);
    const { purpose } = this.start;
    const words = { ...formWords(vscode.l10n.t), ...purpose?.words };
    const restored = this.drafts?.restore(place.context, this.asked);
    const { filled, formId } = this;
    const { progress } = this.launching;
    const page = purpose?.edited ? { kind: 'edit' as const, ...purpose.edited.edit } : purpose?.page;
    this.post({ type: 'init', formId, words, place, form, restored, filled, purpose: page, progress });
  }

  private beginWith(filled: SpawnForm): void {
    this.launching.end();
    this.preflight.forget();
    this.formId = crypto.randomUUID();
    this.filled = filled;
    this.init();
  }

  private startOver(): void {
    this.preflight.forget();
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
        this.preflight.forget();
        return this.place.useContext(message.context);
      case 'namespace':
        return this.place.useNamespace(message.namespace);
      case 'check':
        return this.preflight.changed(message.form, message.edition);
      case 'names':
        return this.place.readNames(message.namespace, message.configMap);
      case 'launch':
        return void this.launchIfClear(message).catch(this.o.report);
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
        return this.launching.end();
      case 'summary':
      case 'compare':
      case 'reload':
        // Only the form of a server that stands has these.
        return;
      case 'editServer':
        return this.launching.editServer();
      case 'connect':
        return this.launching.connect();
      case 'cancel':
        return void this.launching.cancel().catch(this.o.report);
      case 'close':
        if (message.discard) void this.discardDraft().catch(this.o.report);
        this.panel.dispose();
        return;
    }
  }

  private async launchIfClear({ form, edition, accepted }: Extract<FromForm, { type: 'launch' }>): Promise<void> {
    const cleared = await this.preflight.clears(form, edition, accepted);
    if (cleared) this.launching.start(cleared);
  }

  private copyLink(form: SpawnForm): void {
    const { name: context = this.place.view.context, fingerprint } = this.place.session?.context ?? {};
    this.o.copyLink({ context, fingerprint }, form).catch(this.o.report);
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
