/** The form's fields as controls: each is named, registered under its path, and locked where an administrator fixed it. */
import { isHidden, isLocked } from '../../src/kubeflow/form/spawnerConfig.ts';
import { checkbox, dropdown, textField } from '../controls.ts';
import type { Choice, Control, ListControl, ValueControl } from '../controls.ts';
import { h } from '../dom.ts';
import { searchList } from '../searchList.ts';
import { searchedFrom } from '../searching.ts';
import type { NameQuestion } from './asking.ts';
import type { Fields } from './fields.ts';
import type { FormState } from './state.ts';

/** What a part of the form stands in. */
export interface Host {
  state: FormState;
  fields: Fields;
  /** The form changed; `field` is what the user touched. */
  changed(field: string): void;
  /** Names are about to be needed: those that the namespace offers, or the keys of a config map. */
  names(question: NameQuestion): void;
}

export interface Named {
  /** The path that findings know it by. */
  field: string;
  /** How it is called out of its place, by screen readers and in the footer. */
  label: string;
  className: string;
  /** Opens what the field is hidden in. */
  reveal?: () => void;
}

export function locked(host: Host, field: string): boolean {
  const { state } = host;
  return isLocked(state.place.options.config, field, state.form.serverType);
}

export function hidden(host: Host, field: string): boolean {
  const { state } = host;
  return isHidden(state.place.options.config, field, state.form.serverType);
}

/** Makes a control known under its path, and locks it where an administrator fixed it. */
export function register<C extends Control>(host: Host, o: Pick<Named, 'field' | 'label' | 'reveal'>, control: C): C {
  host.fields.add(o.field, o.label, control, o.reveal);
  if (locked(host, o.field)) control.lock();
  return control;
}

export function typed(
  host: Host,
  o: Named & { value: string; write: (value: string) => void; placeholder?: string },
): ValueControl & { placeholder: string } {
  const control = textField({
    ...o,
    onInput: (value) => {
      o.write(value);
      host.changed(o.field);
    },
  });
  return register(host, o, control);
}

/** A list to choose from; a long one is searched. */
export function chooser(
  host: Host,
  o: Named & { choices: readonly Choice[]; value: string; write: (value: string) => void; searched?: boolean },
): ListControl {
  const { label, choices, value, className } = o;
  const onChange = (chosen: string): void => {
    o.write(chosen);
    host.changed(o.field);
  };
  const base = { label, choices, value, className, onChange };
  const isLong = o.searched ?? choices.length >= searchedFrom;
  const words = { placeholder: host.state.text('search'), noMatch: host.state.text('noMatch') };
  return register(host, o, isLong ? searchList({ ...base, ...words }) : dropdown(base));
}

export function toggle(
  host: Host,
  o: Omit<Named, 'className'> & { text?: string; checked: boolean; write: (checked: boolean) => void },
): Control {
  const control = checkbox({
    label: o.text ?? o.label,
    checked: o.checked,
    onChange: (checked) => {
      o.write(checked);
      host.changed(o.field);
    },
  });
  return register(host, o, control);
}

/** A row of the form: its label on the left where there is room, and under it what there is to say about its fields. */
export function row(
  host: Host,
  label: string,
  fields: readonly string[],
  content: HTMLElement,
  hint: () => string = () => '',
): HTMLElement {
  const says = (): string => [lockedOf(host, fields), hint()].filter(Boolean).join(' ');
  return h(
    'div',
    { class: 'row' },
    h('div', { class: 'row-label' }, label),
    h('div', { class: 'row-content' }, content, host.fields.line(fields, says)),
  );
}

/** That an administrator has fixed the fields, or which of them. What is not in the form is no matter. */
function lockedOf(host: Host, fields: readonly string[]): string {
  const shown = fields.filter((field) => !hidden(host, field));
  const fixed = shown.filter((field) => locked(host, field));
  if (fixed.length === 0) return '';
  if (fixed.length === shown.length) return host.state.text('locked');
  return host.state.text('lockedFields', { fields: fixed.map((field) => host.fields.label(field)).join(', ') });
}

/** A row that says itself what there is to say. */
export function group(label: string, ...content: (HTMLElement | undefined)[]): HTMLElement {
  return h(
    'section',
    { class: 'row', 'aria-label': label },
    h('div', { class: 'row-label' }, label),
    h('div', { class: 'row-content' }, ...content),
  );
}

/** The unit of a number; not of a text that has its own, such as 512Mi. Its place stays, so that nothing moves. */
function unitBehind(control: HTMLElement, unit: string): HTMLElement {
  const element = h('span', { class: 'unit' }, unit);
  const follow = (): void => {
    const { value = '' } = control as HTMLElement & { value?: string };
    element.style.visibility = /[a-z]\s*$/i.test(value) ? 'hidden' : 'visible';
  };
  control.addEventListener('input', follow);
  follow();
  return element;
}

/** A small field with its label before it and its unit behind it. */
export function inline(label: string, control: HTMLElement, unit?: string): HTMLElement {
  return h(
    'label',
    { class: 'field inline' },
    h('span', { class: 'label' }, label),
    control,
    unit === undefined ? undefined : unitBehind(control, unit),
  );
}

/** A field with its label above it. */
export function above(label: string, control: HTMLElement, unit?: string): HTMLElement {
  return h(
    'label',
    { class: 'field' },
    h('span', { class: 'label' }, label),
    h('span', { class: 'with-unit' }, control, unit === undefined ? undefined : unitBehind(control, unit)),
  );
}

/** A field's name out of its place, for screen readers and the footer. */
export function full(host: Host, of: string, field: string): string {
  return host.state.text('fieldOf', { group: of, field });
}
