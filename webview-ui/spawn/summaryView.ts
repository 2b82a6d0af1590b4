/** Above the footer of a server's form that stands: what Save changes, and what restarts. */
import type { EditSummary } from '../contract.ts';
import { h, icon } from '../dom.ts';
import type { FormState } from './state.ts';

export interface SummaryActions {
  changes: () => void;
  compare: () => void;
  reload: () => void;
}

export class SummaryView {
  readonly element = h('div', { class: 'summary', role: 'status' });
  private shown = '';

  constructor(
    private readonly state: FormState,
    /** The button of the footer, which says what it does. */
    private readonly save: HTMLElement,
    private readonly actions: SummaryActions,
  ) {}

  show(summary: EditSummary): void {
    const key = JSON.stringify(summary);
    // A screen reader says it again whenever it is written.
    if (key === this.shown) return;
    this.shown = key;
    const { changes, effect, restarts, meanwhile } = summary;
    this.save.textContent = summary.save;
    this.save.setAttribute('aria-label', summary.save);
    this.save.toggleAttribute('disabled', !summary.canSave);
    const focused = this.element.contains(document.activeElement) ? document.activeElement?.textContent : undefined;
    const list = h('ul', { tabindex: '0', 'aria-label': this.state.text('changes') });
    list.append(...changes.map((change) => h('li', {}, change)));
    this.element.replaceChildren(
      ...(meanwhile === undefined ? [] : [this.meanwhile(meanwhile)]),
      ...(changes.length > 0 ? [list] : []),
      h(
        'p',
        { class: restarts ? 'remark warning' : 'remark note' },
        icon(restarts ? 'warning' : 'note'),
        h('span', {}, effect),
        ...(changes.length > 0 ? [this.link('openDocument', this.actions.changes)] : []),
      ),
    );
    for (const link of this.element.querySelectorAll('button')) if (link.textContent === focused) link.focus();
  }

  private meanwhile(text: string): HTMLElement {
    const { compare, reload } = this.actions;
    const links = [this.link('compare', compare), this.link('reload', reload)];
    return h('p', { class: 'remark warning' }, icon('warning'), h('span', {}, text), ...links);
  }

  private link(word: 'openDocument' | 'compare' | 'reload', onClick: () => void): HTMLElement {
    const link = h('button', { class: 'link', type: 'button' }, this.state.text(word));
    link.addEventListener('click', onClick);
    return link;
  }
}
