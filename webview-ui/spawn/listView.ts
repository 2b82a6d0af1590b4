/** A list in the form whose entries can be added and removed, one by one and by keyboard. */
import { button } from '../controls.ts';
import { h, icon } from '../dom.ts';
import { locked } from './inputs.ts';
import type { Host } from './inputs.ts';

export interface ListOptions<T> {
  /** The path of its fields: 'env' for 'env.0.name'. */
  at: string;
  /** Under which the list as a whole is found, where it is not `at`. */
  field?: string;
  label: string;
  items: () => T[];
  /** How an entry is called. */
  entryLabel: (index: number) => string;
  /** The entry on the page, and what follows the form's other fields. */
  entry: (item: T, at: string, label: string, list: ListView<T>) => { content: HTMLElement; refresh?: () => void };
  /** The fields of an entry, below its path; '' is the entry itself. */
  parts: readonly string[];
  add: readonly { label: string; make: () => T }[];
  /** How the button that removes an entry is called. */
  removeLabel?: (index: number) => string;
  /** So many entries are always there. */
  keep?: number;
  /** Does its name stand above each entry? */
  titled?: boolean;
  className?: string;
  hint?: () => string;
  reveal?: () => void;
}

export class ListView<T> {
  readonly element: HTMLElement;
  private readonly entries = h('div', { class: 'entries' });
  private refreshers: (() => void)[] = [];

  constructor(
    private readonly host: Host,
    private readonly o: ListOptions<T>,
  ) {
    const fixed = locked(host, o.at);
    const buttons = (fixed ? [] : o.add).map(({ label, make }) =>
      button({
        label,
        name: o.add.length > 1 ? host.state.text('fieldOf', { group: o.label, field: label }) : label,
        appearance: 'secondary',
        content: document.createTextNode(`+ ${label}`),
        onClick: () => this.add(make()),
      }),
    );
    this.element = h(
      'div',
      { class: `list ${o.className ?? ''}` },
      this.entries,
      buttons.length > 0 ? h('div', { class: 'adders' }, ...buttons.map((one) => one.element)) : undefined,
    );
    const first = buttons[0];
    if (first) host.fields.add(o.field ?? o.at, o.label, first, o.reveal);
    this.build();
  }

  refresh(): void {
    for (const refresher of this.refreshers) refresher();
  }

  /** Draws the entries anew, as one of them became another kind. */
  rebuild(focus?: string): void {
    this.build();
    if (focus !== undefined) this.host.fields.focus(focus);
  }

  private add(item: T): void {
    const { at, field, items } = this.o;
    items().push(item);
    this.build();
    this.host.changed(field ?? at);
    this.host.fields.focus(`${at}.${items().length - 1}`);
  }

  private remove(index: number): void {
    const { at, field, items } = this.o;
    items().splice(index, 1);
    // The next entry takes this one's place, and nothing has been typed there.
    this.host.state.forget(`${at}.`);
    this.build();
    this.host.changed(field ?? at);
    this.host.fields.focus(items().length > 0 ? `${at}.${Math.max(0, index - 1)}` : (field ?? at));
  }

  private build(): void {
    const { at, items, entry, entryLabel, parts } = this.o;
    this.host.fields.dropBelow(at);
    this.refreshers = [];
    this.entries.replaceChildren(
      ...items().map((item, index) => {
        const path = `${at}.${index}`;
        const label = entryLabel(index);
        const { content, refresh } = entry(item, path, label, this);
        if (refresh) this.refreshers.push(refresh);
        const remove = this.removeButton(index);
        const lines = this.o.titled
          ? [h('div', { class: 'entry-head' }, h('span', { class: 'label' }, label), remove), content]
          : [h('div', { class: 'entry-line' }, content, remove)];
        return h(
          'section',
          { class: this.o.titled ? 'entry titled' : 'entry', 'aria-label': label },
          ...lines,
          parts.length > 0
            ? this.host.fields.line(
                parts.map((part) => (part === '' ? path : `${path}.${part}`)),
                index === 0 ? this.o.hint : undefined,
              )
            : undefined,
        );
      }),
    );
    this.refresh();
  }

  private removeButton(index: number): HTMLElement | undefined {
    const { at, keep = 0, entryLabel, removeLabel } = this.o;
    if (index < keep || locked(this.host, at)) return undefined;
    return button({
      label: removeLabel?.(index) ?? this.host.state.text('removeOf', { field: entryLabel(index) }),
      appearance: 'icon',
      content: icon('remove'),
      onClick: () => this.remove(index),
    }).element;
  }
}
