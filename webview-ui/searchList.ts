/**
 * A field that finds one of many choices by any part of their names: for lists that are too long to scroll. Follows the
 * editable combobox with list autocomplete of the ARIA authoring practices.
 */
import { describer, locker } from './controls.ts';
import type { Choice, ListControl } from './controls.ts';
import { h } from './dom.ts';
import { matching } from './searching.ts';

/** More are not drawn at once: nobody reads them, they are found by typing. */
const drawn = 100;

export function searchList(o: {
  label: string;
  choices: readonly Choice[];
  value: string;
  className: string;
  placeholder: string;
  noMatch: string;
  /** Whatever is typed counts, listed or not. */
  free?: boolean;
  onChange: (value: string) => void;
}): ListControl & { placeholder: string } {
  return new SearchList(o, `choices-${crypto.randomUUID()}`);
}

class SearchList implements ListControl {
  readonly element: HTMLElement;
  readonly describe: ListControl['describe'];
  readonly lock: ListControl['lock'];
  private readonly input: HTMLInputElement;
  private readonly list: HTMLElement;
  private choices: readonly Choice[] = [];
  private found: Choice[] = [];
  private chosen = '';
  private active = -1;
  /** What the list was last asked for; undefined: it is not wanted. Choices that come later are shown then. */
  private query: string | undefined;

  constructor(
    private readonly o: Parameters<typeof searchList>[0],
    id: string,
  ) {
    this.input = h('input', {
      type: 'text',
      role: 'combobox',
      spellcheck: 'false',
      autocomplete: 'off',
      placeholder: o.placeholder,
      'aria-label': o.label,
      'aria-autocomplete': 'list',
      'aria-controls': id,
      'aria-expanded': 'false',
    }) as HTMLInputElement;
    this.list = h('ul', { role: 'listbox', id, 'aria-label': o.label, hidden: '' });
    this.element = h('div', { class: `search-list ${o.className}` }, this.input, this.list);
    this.describe = describer(this.input);
    this.lock = locker(this.input);
    this.setChoices(o.choices, o.value);
    this.input.addEventListener('input', () => this.typed());
    this.input.addEventListener('click', () => this.open(''));
    this.input.addEventListener('blur', () => this.close());
    this.input.addEventListener('keydown', (event) => this.key(event));
    // The field keeps the focus, or the list would be gone before the click is over.
    this.list.addEventListener('mousedown', (event) => event.preventDefault());
    this.list.addEventListener('click', (event) => {
      const item = (event.target as Element).closest('li[role="option"]');
      if (item) this.choose(this.found[[...this.list.children].indexOf(item)]);
    });
  }

  get value(): string {
    return this.chosen;
  }

  set value(value: string) {
    this.setChoices(this.choices, value);
  }

  setChoices(choices: readonly Choice[], value: string): void {
    const redraws = this.query !== undefined && !sameChoices(this.choices, choices);
    this.choices = choices;
    this.chosen = value;
    if (this.list.hidden) this.input.value = this.labelOf(value);
    if (redraws) this.redraw(this.query ?? '');
  }

  set placeholder(text: string) {
    this.input.placeholder = text;
  }

  get placeholder(): string {
    return this.input.placeholder;
  }

  focus(): void {
    this.input.focus();
    this.input.select();
  }

  private typed(): void {
    const { value } = this.input;
    const isNew = this.o.free === true && value !== this.chosen;
    if (isNew) this.chosen = value;
    this.open(value);
    if (isNew) this.o.onChange(value);
  }

  private labelOf(value: string): string {
    if (this.o.free) return value;
    return value === '' ? '' : (this.choices.find((one) => one.value === value)?.label ?? value);
  }

  private key(event: KeyboardEvent): void {
    const isOpen = !this.list.hidden;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!isOpen) return this.open('');
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.activate((this.active + step + this.found.length) % Math.max(1, this.found.length));
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault();
      this.choose(this.found[this.active]);
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      this.close();
    } else if (event.key === 'Enter' || event.key === 'Escape') {
      // Something else is done with the key: what comes later is not shown in its place.
      this.query = undefined;
    }
  }

  /** Other choices, while somebody looks: the one that the keys have reached stays so, and what is in sight. */
  private redraw(query: string): void {
    const reached = this.found[this.active]?.value;
    const { scrollTop } = this.list;
    this.open(query);
    this.list.scrollTop = scrollTop;
    const at = this.found.findIndex((one) => one.value === reached);
    if (at >= 0) this.activate(at);
  }

  private open(text: string): void {
    this.query = text;
    this.found = matching(this.choices, text).slice(0, drawn);
    // Nothing to offer is nothing to say, where anything may be typed.
    if (this.o.free && this.found.length === 0) return this.hide();
    this.list.replaceChildren(
      ...this.found.map((one, index) =>
        h('li', { role: 'option', id: `${this.list.id}-${index}`, title: one.value }, one.label),
      ),
      ...(this.found.length === 0 ? [h('li', { role: 'presentation', class: 'none' }, this.o.noMatch)] : []),
    );
    this.list.hidden = false;
    this.input.setAttribute('aria-expanded', 'true');
    // What is typed freely is not to become another name by the Enter key.
    const first = this.found.length > 0 && !this.o.free ? 0 : -1;
    this.activate(text === '' ? this.found.findIndex((one) => one.value === this.chosen) : first);
  }

  private activate(index: number): void {
    this.active = index;
    const items = [...this.list.querySelectorAll('[role="option"]')];
    items.forEach((item, at) => item.setAttribute('aria-selected', String(at === index)));
    const item = items[index];
    if (!item) return this.input.removeAttribute('aria-activedescendant');
    this.input.setAttribute('aria-activedescendant', item.id);
    item.scrollIntoView({ block: 'nearest' });
  }

  private choose(choice: Choice | undefined): void {
    if (choice && choice.value !== this.chosen) {
      this.chosen = choice.value;
      this.o.onChange(choice.value);
    }
    this.close();
  }

  private close(): void {
    this.query = undefined;
    this.hide();
    this.input.value = this.labelOf(this.chosen);
  }

  private hide(): void {
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }
}

function sameChoices(some: readonly Choice[], others: readonly Choice[]): boolean {
  return some === others || JSON.stringify(some) === JSON.stringify(others);
}
