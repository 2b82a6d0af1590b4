/** The form's page: takes the host's messages, shows the form or the launch, and keeps the draft. */
import './spawn.css';
import './summary.css';
import { usesEnter } from '../controls.ts';
import type { EditSummary, FormDraft, FromForm, Progress, Refusal, ToForm } from '../contract.ts';
import { Asking } from './asking.ts';
import { Footer } from './footer.ts';
import { FormView } from './formView.ts';
import { ProgressView } from './progressView.ts';
import { FormState } from './state.ts';
import { YamlPane } from './yamlPane.ts';
import { h } from '../dom.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: FromForm): void;
  getState(): FormDraft | undefined;
  setState(draft: FormDraft): void;
};

/** Milliseconds of rest after a key before the host is told: it makes the preview and keeps the draft. */
const rest = 150;

class Page {
  private readonly api = acquireVsCodeApi();
  private state: FormState | undefined;
  private form: { view: FormView; footer: Footer; element: HTMLElement } | undefined;
  private yaml: YamlPane | undefined;
  private resting: number | undefined;
  private progress: ProgressView | undefined;
  private readonly asking = new Asking((question) => this.api.postMessage({ type: 'names', ...question }));
  /** Of the launch that was last shown. */
  private refusal: Refusal | undefined;
  private summary: EditSummary | undefined;
  /** The form that the host was last asked to sum up, and the one that it did. */
  private asked = '';
  private summarized = '';

  constructor() {
    window.addEventListener('message', (event: MessageEvent<ToForm>) => this.receive(event.data));
    window.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.isComposing && !event.defaultPrevented) this.back();
      // A key that is still held down, as from the question before the form, is no wish to launch.
      if (event.key !== 'Enter' || event.isComposing || event.defaultPrevented || event.repeat || !this.form) return;
      if (usesEnter(event.target) && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.launch();
    });
    this.api.postMessage({ type: 'ready' });
  }

  private receive(message: ToForm): void {
    switch (message.type) {
      case 'init':
        this.state = new FormState(message.formId, message.words, message.place, message.form, {
          draft: this.api.getState(),
          restored: message.restored,
          filled: message.filled,
          purpose: message.purpose,
        });
        this.summary = undefined;
        this.state.setPlace(message.place);
        this.progress?.dispose();
        this.progress = undefined;
        this.api.postMessage({ type: 'namespace', namespace: this.state.form.namespace });
        if (message.progress) this.showProgress(message.progress);
        else this.showForm();
        return;
      case 'place':
        this.place(message.place);
        return;
      case 'choose':
        if (!this.state?.place.options.namespaces.includes(message.namespace)) return;
        this.state.setNamespace(message.namespace);
        this.api.postMessage({ type: 'namespace', namespace: message.namespace });
        this.update();
        return;
      case 'progress':
        this.showProgress(message.progress);
        return;
      case 'preview':
        this.yaml?.show(message.yaml);
        return;
      case 'summary':
        this.summary = message.summary;
        this.summarized = this.asked;
        this.form?.footer.summarize(message.summary);
        return;
      case 'refused':
        this.showForm(message.refusal);
        return;
      case 'asking':
        if (message.edition !== this.state?.edition()) return;
        this.state.checked = { ...this.state.checked, asking: true };
        this.refresh();
        return;
      case 'checked':
        this.checked(message);
        return;
    }
  }

  private checked({ checked, edition, answer }: Extract<ToForm, { type: 'checked' }>): void {
    const { state, form } = this;
    if (!state) return;
    // An answer to a form that has been changed since is none to this one.
    if (!state.hear(checked, edition)) {
      if (answer !== undefined) this.rested();
      return;
    }
    const mine = state.awaits ? answer : undefined;
    if (answer !== undefined) state.awaits = undefined;
    state.asks = mine === 'asks' || (state.asks && state.mayAsk);
    // The host has just heard of the form: telling it again would go round in circles.
    this.refresh();
    if (mine === 'asks') form?.footer.focus();
    const first = mine === 'blocked' ? state.remarks().find((r) => r.severity === 'error') : undefined;
    if (first) form?.view.fields.focus(first.field);
  }

  private place(place: Extract<ToForm, { type: 'place' }>['place']): void {
    if (!this.state) return;
    const before = [this.state.place.context, this.state.form.namespace].join('\n');
    this.state.setPlace(place);
    const { namespace } = this.state.form;
    // A namespace of the same name on another context is another one.
    if ([place.context, namespace].join('\n') !== before) this.api.postMessage({ type: 'namespace', namespace });
    this.update();
  }

  /** @param refusal why its launch was refused, to stand at the field that it is about */
  private showForm(refusal?: Refusal): void {
    if (!this.state) return;
    if (refusal) this.state.refusal = refusal;
    this.progress?.dispose();
    this.progress = undefined;
    const view = new FormView(this.state, {
      changed: () => this.update(),
      context: (context) => this.api.postMessage({ type: 'context', context }),
      namespace: (namespace) => this.api.postMessage({ type: 'namespace', namespace }),
      yaml: () => this.toggleYaml(),
      saveTemplate: (form) => this.api.postMessage({ type: 'saveTemplate', form }),
      link: () => this.state && this.api.postMessage({ type: 'link', form: this.state.shared }),
      startOver: () => {
        this.stopResting();
        this.api.postMessage({ type: 'startOver' });
      },
      names: (question) => this.api.postMessage({ type: 'names', ...question }),
      mendConfig: () => this.api.postMessage({ type: 'mendConfig' }),
    });
    const footer = new Footer(this.state, view.fields, {
      launch: () => this.launch(),
      back: () => this.back(),
      visited: () => this.refresh(),
      cancel: () => {
        this.stopResting();
        this.api.postMessage({ type: 'close', discard: true });
      },
      compare: () => this.api.postMessage({ type: 'compare' }),
      reload: () => {
        if (this.state) this.api.postMessage({ type: 'reload', form: this.state.form });
      },
      changes: () => {
        if (this.state) this.api.postMessage({ type: 'yaml', form: this.state.form });
      },
    });
    const element = h('div', { class: 'columns' }, view.element);
    this.form = { view, footer, element };
    document.body.replaceChildren(h('div', { class: 'page' }, element, footer.element));
    this.yaml = undefined;
    if (this.summary) footer.summarize(this.summary);
    if (this.state.open.has('yaml')) this.showYaml();
    this.update();
    view.fields.focus(this.state.edit ? 'cpu' : 'name');
    window.scrollTo(0, 0);
    if (refusal?.field !== undefined) view.fields.focus(refusal.field);
  }

  private update(): void {
    if (!this.state || !this.form) return;
    this.refresh();
    this.asking.follow(this.state);
    this.api.setState(this.state.draft());
    this.resting ??= window.setTimeout(() => this.rested(), rest);
  }

  private refresh(): void {
    if (!this.state || !this.form) return;
    const remarks = this.state.remarks();
    this.form.view.refresh(remarks);
    this.form.footer.show(remarks);
  }

  /** The host hears of the form as it is now: for the preview, and to be kept. */
  private rested(): void {
    this.resting = undefined;
    if (!this.state || !this.form) return;
    if (!this.state.place.loading)
      this.api.postMessage({ type: 'check', form: this.state.form, edition: this.state.edition() });
    if (this.yaml) this.api.postMessage({ type: 'preview', form: this.state.form });
    if (this.state.edit) {
      this.asked = JSON.stringify(this.state.form);
      this.api.postMessage({ type: 'summary', form: this.state.form });
    }
    const draft = this.state.keep();
    if (draft) this.api.postMessage({ type: 'draft', draft });
  }

  /** A launch that is awaited is one of the form as it is by now: a name that nobody typed may have been taken meanwhile. */
  private check(state: FormState): void {
    const { form, awaits } = state;
    const edition = state.edition();
    if (awaits) this.api.postMessage({ type: 'launch', form, edition, ...awaits });
    else this.api.postMessage({ type: 'check', form, edition });
  }

  private stopResting(): void {
    window.clearTimeout(this.resting);
    this.resting = undefined;
  }

  private toggleYaml(): void {
    if (!this.state) return;
    const { open } = this.state;
    if (open.delete('yaml')) {
      this.yaml?.element.remove();
      this.yaml = undefined;
    } else {
      open.add('yaml');
      this.showYaml();
      this.yaml?.element.scrollIntoView({ block: 'nearest' });
    }
    this.update();
  }

  private showYaml(): void {
    const { state, form } = this;
    if (!state || !form) return;
    this.yaml = new YamlPane(state, () => this.api.postMessage({ type: 'yaml', form: state.form }));
    form.element.append(this.yaml.element);
    this.api.postMessage({ type: 'preview', form: state.form });
  }

  /** Errors are shown; warnings are asked about once, in the footer; the host then asks the cluster once more. */
  private launch(): void {
    const { state, form } = this;
    if (!state || !form) return;
    state.refusal = undefined;
    state.touchErrors();
    const { blocking } = state;
    const asked = state.asks;
    const saved = this.nothingToSave;
    state.asks = !asked && !saved && state.mayAsk;
    this.update();
    if (blocking) form.view.fields.focus(blocking.field);
    else if (state.asks) form.footer.focus();
    else if (state.launchable && !saved) {
      this.stopResting();
      state.awaits = { accepted: asked ? state.warnings : [] };
      this.check(state);
    }
  }

  /** Is it known that the form is as the server is? A summary of an earlier form tells nothing of this one. */
  private get nothingToSave(): boolean {
    const { state, summary } = this;
    return state?.edit !== undefined && summary?.canSave === false && this.summarized === JSON.stringify(state.form);
  }

  /** Not with these warnings: the form goes on. */
  private back(): void {
    if (!this.state?.asks) return;
    this.state.asks = false;
    this.update();
    this.form?.footer.focus();
  }

  private showProgress(progress: Progress): void {
    if (!this.state) return;
    this.refusal = progress.refusal;
    if (!this.progress) {
      this.form = undefined;
      this.yaml = undefined;
      this.progress = new ProgressView(this.state.words, {
        connect: () => this.api.postMessage({ type: 'connect' }),
        back: () => {
          this.api.postMessage({ type: 'edit' });
          this.showForm(this.refusal);
        },
        cancel: () => this.api.postMessage({ type: 'cancel' }),
        edit: () => this.api.postMessage({ type: 'editServer' }),
        close: () => this.api.postMessage({ type: 'close' }),
      });
      document.body.replaceChildren(this.progress.element);
    }
    this.progress.show(progress);
  }
}

new Page();
