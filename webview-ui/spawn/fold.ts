/** A part of the form that is folded away until somebody wants it; a dot says that something in it is not as it began. */
import { h } from '../dom.ts';
import { isChanged } from './folds.ts';
import type { FoldName } from './folds.ts';
import type { Host } from './inputs.ts';

export class Fold {
  readonly element: HTMLDetailsElement;
  private readonly summary = h('summary', {});

  constructor(
    private readonly host: Host,
    private readonly name: FoldName,
    className = 'fold',
  ) {
    this.element = h('details', { class: className }, this.summary) as HTMLDetailsElement;
    this.element.open = host.state.open.has(name);
    this.element.addEventListener('toggle', () => {
      if (this.element.open) {
        host.state.open.add(name);
        if (name === 'environment' || name === 'advanced') host.names({ namespace: host.state.form.namespace });
      } else host.state.open.delete(name);
    });
    this.refresh();
  }

  /** Unfolds it: for the field inside that is to be seen. */
  readonly reveal = (): void => {
    this.element.open = true;
  };

  refresh(): void {
    const { state } = this.host;
    const what = state.text(this.name);
    const changed = isChanged(this.name, state.form, state.place.options);
    // A screen reader hears in words what the dot shows.
    const dot = h('span', { class: 'dot', title: state.text('changed', { what }) });
    const said = h('span', { class: 'for-readers' }, state.text('changed', { what }));
    const shown = h('span', changed ? { 'aria-hidden': 'true' } : {}, what);
    const key = `${what} ${changed}`;
    if (this.summary.dataset['key'] === key) return;
    this.summary.dataset['key'] = key;
    this.summary.replaceChildren(shown, ...(changed ? [dot, said] : []));
  }
}
