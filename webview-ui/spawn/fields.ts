/** The form's fields by name: where to put the focus, and where to say what. */
import type { Control } from '../controls.ts';
import { h, icon } from '../dom.ts';
import type { FormState, Remark } from './state.ts';

interface Field {
  control: Control;
  label: string;
  /** Opens what the field is hidden in. */
  reveal?: () => void;
}

/** A line under a row that shows the remarks of its fields; empty it keeps its height, so that nothing jumps. */
export interface RemarkLine {
  element: HTMLElement;
  fields: readonly string[];
  hint?: () => string;
}

export class Fields {
  private readonly fields = new Map<string, Field>();
  private lines: RemarkLine[] = [];

  constructor(private readonly state: FormState) {}

  add(name: string, label: string, control: Control, reveal?: () => void): void {
    this.fields.set(name, { control, label, reveal });
  }

  /** Forgets a field, or the fields and lines of a part of the form ('data.0') that is built again. */
  drop(part: string): void {
    this.keep((name) => name !== part && !name.startsWith(`${part}.`));
  }

  /** Forgets the entries of a list, not the list. */
  dropBelow(list: string): void {
    this.keep((name) => !name.startsWith(`${list}.`));
  }

  /** Forgets the fields, and the lines of fields, that are not wanted. */
  keep(wanted: (name: string) => boolean): void {
    for (const name of this.fields.keys()) if (!wanted(name)) this.fields.delete(name);
    this.lines = this.lines.filter((line) => line.fields.some(wanted));
  }

  /** The field that has the focus. */
  get focused(): string | undefined {
    return [...this.fields].find(([, field]) => field.control.element.contains(document.activeElement))?.[0];
  }

  line(fields: readonly string[], hint?: () => string): HTMLElement {
    const element = h('div', { class: 'remarks', 'aria-live': 'polite' });
    this.lines.push({ element, fields, hint });
    return element;
  }

  label(name: string): string {
    return this.find(name)?.label ?? name;
  }

  /** Puts the focus into a field, or the nearest one that stands for it. */
  focus(name: string): void {
    const field = this.find(name);
    field?.reveal?.();
    field?.control.focus();
    field?.control.element.scrollIntoView({ block: 'center' });
  }

  /** Writes all remarks under their fields. */
  show(remarks: readonly Remark[]): void {
    for (const [name, field] of this.fields) {
      const mine = remarks.filter((r) => r.field === name && this.state.shows(r));
      field.control.describe(
        mine.map((r) => r.text).join(' '),
        mine.some((r) => r.severity === 'error'),
      );
    }
    for (const line of this.lines) {
      const mine = remarks.filter((r) => line.fields.includes(r.field) && this.state.shows(r));
      const hint = mine.length === 0 ? (line.hint?.() ?? '') : '';
      const key = JSON.stringify([mine, hint]);
      // Writing the same again would make a screen reader say it again.
      if (line.element.dataset['key'] === key) continue;
      line.element.dataset['key'] = key;
      line.element.replaceChildren(
        ...mine.map((r) => this.remark(r)),
        ...(hint ? [h('p', { class: 'hint' }, hint)] : []),
      );
    }
  }

  private remark(remark: Remark): HTMLElement {
    const kind = h('span', { class: 'for-readers' }, `${this.state.text(remark.severity)}: `);
    return h('p', { class: `remark ${remark.severity}` }, icon(remark.severity), h('span', {}, kind, remark.text));
  }

  private find(name: string): Field | undefined {
    return this.fields.get(name) ?? [...this.fields].find(([other]) => other.startsWith(`${name}.`))?.[1];
  }
}
