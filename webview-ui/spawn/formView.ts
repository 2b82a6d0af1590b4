/** The form on the page: one column, rows with the label on the left where there is room. */
import { activeInput, h } from '../dom.ts';
import { AdvancedView } from './advancedView.ts';
import type { NameQuestion } from './asking.ts';
import { EnvironmentView } from './environmentView.ts';
import { Fields } from './fields.ts';
import { HeaderView, headerFields } from './headerView.ts';
import type { HeaderActions } from './headerView.ts';
import type { Host } from './inputs.ts';
import { ResourcesView } from './resourcesView.ts';
import { SchedulingView } from './schedulingView.ts';
import type { FormState, Remark } from './state.ts';
import { TypeView } from './typeView.ts';
import { VolumesView } from './volumesView.ts';

export interface FormActions extends Omit<HeaderActions, 'redraw'> {
  /** Something changed: keep the draft, say what there is to say. */
  changed(): void;
  names(question: NameQuestion): void;
}

export class FormView implements Host {
  readonly element = h('main', { class: 'form' });
  readonly fields: Fields;
  private readonly header: HeaderView;
  private readonly body = h('div', { class: 'body' });
  private parts: { refresh(): void }[] = [];
  private shape = '';

  constructor(
    readonly state: FormState,
    private readonly actions: FormActions,
  ) {
    this.fields = new Fields(state);
    const redraw = (): void => {
      this.build();
      actions.changed();
    };
    this.header = new HeaderView(this, { ...actions, redraw });
    this.element.append(...this.header.rows, this.body);
    this.build();
  }

  changed(field: string): void {
    this.state.touch(field);
    this.actions.changed();
  }

  names(question: NameQuestion): void {
    this.actions.names(question);
  }

  /** Follows the state: what there is to choose from, names made from other names, and the remarks. */
  refresh(remarks: readonly Remark[]): void {
    if (this.state.shape !== this.shape) this.rebuild();
    this.header.refresh();
    for (const part of this.parts) part.refresh();
    this.fields.show(remarks);
  }

  /** What an administrator has set, or the cluster offers, became known. The person goes on where they are. */
  private rebuild(): void {
    const { focused } = this.fields;
    const inBody = focused !== undefined && !headerFields.includes(focused);
    const before = activeInput();
    const selection = before && ([before.selectionStart, before.selectionEnd] as const);
    const scrolled = window.scrollY;
    this.build();
    if (!inBody) return;
    this.fields.focus(focused);
    window.scrollTo(0, scrolled);
    // The next key goes on with the text, and does not replace it.
    const now = activeInput();
    if (now && selection && now.value === before.value) now.setSelectionRange(...selection);
  }

  private build(): void {
    this.shape = this.state.shape;
    this.fields.keep((name) => headerFields.includes(name));
    const type = new TypeView(this);
    const resources = new ResourcesView(this);
    const volumes = new VolumesView(this);
    const folds = [new EnvironmentView(this), new SchedulingView(this), new AdvancedView(this)];
    this.parts = [resources, volumes, ...folds];
    this.body.replaceChildren(...type.rows, ...resources.rows, ...volumes.rows, ...folds.map((fold) => fold.element));
  }
}
