/** What stays in sight: what stands in the way, as links to the fields, and the two buttons. */
import { button } from '../controls.ts';
import type { EditSummary } from '../contract.ts';
import { h, icon } from '../dom.ts';
import type { Fields } from './fields.ts';
import type { FormState, Remark } from './state.ts';
import { SummaryView } from './summaryView.ts';
import type { SummaryActions } from './summaryView.ts';

/** So many fields are named; the rest is a number. */
const named = 3;

export class Footer {
  readonly element: HTMLElement;
  private readonly summary: SummaryView | undefined;
  private readonly says = h('div', { class: 'says', role: 'status' });

  constructor(
    private readonly state: FormState,
    private readonly fields: Fields,
    actions: { launch: () => void; cancel: () => void } & SummaryActions,
  ) {
    const launch = button({ label: state.text('launch'), appearance: 'primary', onClick: actions.launch });
    if (state.edit) this.summary = new SummaryView(state, launch.element, actions);
    const cancel = button({ label: state.text('cancel'), appearance: 'secondary', onClick: actions.cancel });
    this.element = h(
      'footer',
      {},
      this.summary?.element,
      h('div', { class: 'bar' }, this.says, h('div', { class: 'buttons' }, cancel.element, launch.element)),
    );
  }

  summarize(summary: EditSummary): void {
    this.summary?.show(summary);
  }

  show(remarks: readonly Remark[]): void {
    const { state } = this;
    if (state.place.problem !== undefined) return this.say('error', state.place.problem, []);
    const errors = remarks.filter((r) => r.severity === 'error');
    const warnings = remarks.filter((r) => r.severity === 'warning');
    const notes = remarks.filter((r) => r.severity === 'note');
    if (state.place.loading) this.say('', state.text('checking'), []);
    else if (errors.length > 0) {
      this.say(
        'error',
        errors.length === 1 ? state.text('fixOne') : state.text('fixMany', { count: errors.length }),
        errors,
      );
    } else if (warnings.length > 0) {
      const count = { count: warnings.length };
      this.say(
        'warning',
        `${state.text('ready')} ${state.text(warnings.length === 1 ? 'warningOne' : 'warningMany', count)}`,
        warnings,
      );
    } else if (notes.length > 0) {
      const count = { count: notes.length };
      this.say('', `${state.text('ready')} ${state.text(notes.length === 1 ? 'noteOne' : 'noteMany', count)}`, notes);
    } else this.say('', state.text('ready'), []);
  }

  private say(kind: '' | 'error' | 'warning', text: string, remarks: readonly Remark[]): void {
    const fields = [...new Set(remarks.map((r) => r.field))];
    const key = JSON.stringify([kind, text, fields]);
    if (this.says.dataset['key'] === key) return;
    this.says.dataset['key'] = key;
    const links = fields.slice(0, named).map((field) => {
      const link = h('button', { class: 'link', type: 'button' }, this.fields.label(field));
      link.addEventListener('click', () => {
        this.state.touch(field);
        this.fields.focus(field);
      });
      return link;
    });
    const rest = fields.length - links.length;
    this.says.replaceChildren(
      ...(kind === '' ? [] : [icon(kind)]),
      h('span', {}, text),
      ...links,
      ...(rest > 0 ? [h('span', {}, this.state.text('andMore', { count: rest }))] : []),
    );
  }
}
