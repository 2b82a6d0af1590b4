/**
 * What stays in sight: what stands in the way, as links to the fields, and the buttons. Where there are warnings, Launch is
 * followed by a second step here, with the warnings named.
 */
import { button } from '../controls.ts';
import type { EditSummary } from '../contract.ts';
import type { Control } from '../controls.ts';
import { h, icon } from '../dom.ts';
import type { Fields } from './fields.ts';
import type { FormState, Remark } from './state.ts';
import { SummaryView } from './summaryView.ts';
import type { SummaryActions } from './summaryView.ts';

/** So many fields are named; the rest is a number. */
const named = 3;

interface FooterActions {
  launch: () => void;
  cancel: () => void;
  back: () => void;
  /** The person looks at a field that the footer has named. */
  visited: () => void;
}

export class Footer {
  readonly element: HTMLElement;
  private readonly summary: SummaryView | undefined;
  private readonly says = h('div', { class: 'says', role: 'status' });
  /** How far the check with the cluster is, which is not worth interrupting a screen reader for, or why there is none. */
  private readonly quiet = h('div', { class: 'quiet' });
  private readonly buttons: HTMLElement;
  private readonly steps: Record<'first' | 'second', { no: Control; yes: Control }>;
  private step: 'first' | 'second' | undefined;

  constructor(
    private readonly state: FormState,
    private readonly fields: Fields,
    private readonly actions: FooterActions & SummaryActions,
  ) {
    const yes = (word: 'launch' | 'launchAnyway'): Control =>
      button({ label: state.text(word), appearance: 'primary', onClick: actions.launch });
    const no = (word: 'cancel' | 'goBack', onClick: () => void): Control =>
      button({ label: state.text(word), appearance: 'secondary', onClick });
    this.steps = {
      first: { no: no('cancel', actions.cancel), yes: yes('launch') },
      second: { no: no('goBack', actions.back), yes: yes('launchAnyway') },
    };
    if (state.edit) this.summary = new SummaryView(state, this.steps.first.yes.element, actions);
    this.buttons = h('div', { class: 'buttons' });
    const texts = h('div', { class: 'texts' }, this.says, this.quiet);
    this.element = h('footer', {}, this.summary?.element, h('div', { class: 'bar' }, texts, this.buttons));
  }

  /** Puts the focus on the button that goes on. */
  focus(): void {
    this.steps[this.step ?? 'first'].yes.focus();
  }

  summarize(summary: EditSummary): void {
    this.summary?.show(summary);
  }

  show(remarks: readonly Remark[]): void {
    this.showButtons(this.state.asks ? 'second' : 'first');
    this.showSays(remarks);
    this.showQuiet(remarks);
  }

  private showButtons(step: 'first' | 'second'): void {
    if (this.step === step) return;
    this.step = step;
    const { no, yes } = this.steps[step];
    this.buttons.replaceChildren(no.element, yes.element);
  }

  private showSays(remarks: readonly Remark[]): void {
    const { state } = this;
    if (state.place.problem !== undefined) return this.say('error', state.place.problem, []);
    if (state.place.loading) return this.say('', state.text('checking'), []);
    const of = (severity: Remark['severity']): Remark[] => remarks.filter((r) => r.severity === severity);
    const [errors, warnings, notes] = [of('error'), of('warning'), of('note')];
    if (errors.length > 0) this.say('error', this.count('fix', errors), errors);
    else if (warnings.length > 0) {
      const text = this.count('warning', warnings);
      this.say('warning', state.asks ? text : `${state.text('ready')} ${text}`, warnings);
    } else if (notes.length > 0) this.say('', `${state.text('ready')} ${this.count('note', notes)}`, notes);
    else this.say('', state.text('ready'), []);
  }

  private count(what: 'fix' | 'warning' | 'note', { length: count }: readonly Remark[]): string {
    return count === 1 ? this.state.text(`${what}One`) : this.state.text(`${what}Many`, { count });
  }

  private showQuiet(remarks: readonly Remark[]): void {
    const { checked, place } = this.state;
    const blocked = place.problem !== undefined || place.loading || remarks.some((r) => r.severity === 'error');
    const why = checked.unanswered;
    const text = checked.asking
      ? this.state.text('checkingCluster')
      : why === undefined || blocked
        ? ''
        : this.state.text('notChecked', { why });
    const told = text !== '' && !checked.asking;
    if (told) this.quiet.setAttribute('role', 'status');
    else this.quiet.removeAttribute('role');
    if (this.quiet.textContent !== text) this.quiet.textContent = text;
    this.quiet.classList.toggle('told', told);
  }

  private say(kind: '' | 'error' | 'warning', text: string, remarks: readonly Remark[]): void {
    const fields = [...new Set(remarks.map((r) => r.field))];
    const key = JSON.stringify([kind, text, fields]);
    if (this.says.dataset['key'] === key) return;
    this.says.dataset['key'] = key;
    const links = fields.slice(0, named).map((field) => {
      const link = h('button', { class: 'link', type: 'button' }, this.fields.label(field));
      link.addEventListener('click', () => {
        this.state.visit(field);
        this.actions.visited();
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
