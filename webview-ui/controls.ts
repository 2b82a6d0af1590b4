/**
 * The only place that knows the UI toolkit. What it works around: the toolkit overwrites aria-label when an element
 * connects, a label outside its shadow root does not name its input, and a dropdown takes its value from its options'
 * `selected` attributes only.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeRadio,
  vsCodeRadioGroup,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { h } from './dom.ts';

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeRadio(),
  vsCodeRadioGroup(),
  vsCodeTextField(),
);

export interface Control {
  readonly element: HTMLElement;
  focus(): void;
  /** What a screen reader says after the label: the finding under the field. */
  describe(text: string, invalid: boolean): void;
  /** For a field that an administrator has fixed. */
  lock(): void;
}
export interface ValueControl extends Control {
  value: string;
}
export interface Choice {
  value: string;
  label: string;
}
export interface ListControl extends ValueControl {
  setChoices(choices: readonly Choice[], value: string): void;
}

type Valued = HTMLElement & { value: string };
type WithInput = HTMLElement & { control?: HTMLElement };

/** Names an element once it stands in the document: connecting it would overwrite an earlier name. */
function nameOf(element: HTMLElement, label: string): void {
  queueMicrotask(() => element.setAttribute('aria-label', label));
}

/** Shown, and not to be changed. */
export function locker(element: HTMLElement): () => void {
  return () => element.setAttribute('disabled', '');
}

export function describer(element: WithInput): (text: string, invalid: boolean) => void {
  return (text, invalid) => {
    // Ids do not cross the shadow root's border, so the sentence goes to the input itself.
    const target = element.control ?? element;
    if (text === '') target.removeAttribute('aria-description');
    else target.setAttribute('aria-description', text);
    if (invalid) element.setAttribute('aria-invalid', 'true');
    else element.removeAttribute('aria-invalid');
    element.classList.toggle('invalid', invalid);
  };
}

export function textField(o: {
  label: string;
  value: string;
  className: string;
  placeholder?: string;
  onInput: (value: string) => void;
  onBlur?: () => void;
}): ValueControl & { placeholder: string } {
  const element = h('vscode-text-field', { class: o.className }) as WithInput & Valued & { placeholder: string };
  element.setAttribute('spellcheck', 'false');
  element.setAttribute('autocomplete', 'off');
  element.placeholder = o.placeholder ?? '';
  element.value = o.value;
  element.addEventListener('input', () => o.onInput(element.value));
  element.addEventListener('focusout', () => o.onBlur?.());
  nameOf(element, o.label);
  return {
    element,
    focus: () => element.focus(),
    describe: describer(element),
    lock: locker(element),
    get value() {
      return element.value;
    },
    set value(value: string) {
      if (element.value !== value) element.value = value;
    },
    get placeholder() {
      return element.placeholder;
    },
    set placeholder(text: string) {
      element.placeholder = text;
    },
  };
}

export function dropdown(o: {
  label: string;
  choices: readonly Choice[];
  value: string;
  className: string;
  onChange: (value: string) => void;
}): ListControl {
  const element = h('vscode-dropdown', { class: o.className }) as Valued;
  let shown = '';
  const setChoices = (choices: readonly Choice[], value: string): void => {
    const key = JSON.stringify([choices, value]);
    // Building it again would close an open list under the user's hand.
    if (key === shown) return;
    shown = key;
    element.replaceChildren(
      ...choices.map((choice) => {
        const option = h('vscode-option', { value: choice.value, title: choice.value }, choice.label);
        if (choice.value === value) option.setAttribute('selected', '');
        return option;
      }),
    );
  };
  setChoices(o.choices, o.value);
  element.addEventListener('change', () => o.onChange(element.value));
  nameOf(element, o.label);
  return {
    element,
    setChoices,
    focus: () => element.focus(),
    describe: describer(element),
    lock: locker(element),
    get value() {
      return element.value;
    },
    set value(value: string) {
      element.value = value;
    },
  };
}

export function radios(o: {
  label: string;
  choices: readonly Choice[];
  value: string;
  onChange: (value: string) => void;
}): ValueControl {
  const element = h('vscode-radio-group', { value: o.value }) as Valued;
  let last = o.value;
  for (const choice of o.choices) {
    const radio = h('vscode-radio', { value: choice.value, name: o.label }, choice.label);
    if (choice.value === o.value) radio.setAttribute('checked', '');
    element.append(radio);
  }
  element.addEventListener('change', () => {
    // The toolkit also fires while it settles on its first value.
    if (element.value === last) return;
    last = element.value;
    o.onChange(last);
  });
  nameOf(element, o.label);
  return {
    element,
    // A group that was just made becomes focusable with the toolkit's next update, which comes before the next frame.
    focus: () => void requestAnimationFrame(() => element.querySelector<HTMLElement>('[aria-checked="true"]')?.focus()),
    describe: describer(element),
    lock: locker(element),
    get value() {
      return element.value;
    },
    set value(value: string) {
      last = value;
      element.value = value;
    },
  };
}

export function checkbox(o: { label: string; checked: boolean; onChange: (checked: boolean) => void }): Control {
  const element = h('vscode-checkbox', {}, o.label) as HTMLElement & { checked: boolean };
  element.checked = o.checked;
  element.addEventListener('change', () => {
    if (element.checked === o.checked) return;
    o.checked = element.checked;
    o.onChange(element.checked);
  });
  return { element, focus: () => element.focus(), describe: describer(element), lock: locker(element) };
}

export function button(o: {
  label: string;
  appearance: 'primary' | 'secondary' | 'icon';
  content?: Node;
  /** Where the label alone would not tell which one it is. */
  name?: string;
  onClick: () => void;
}): Control {
  const element = h('vscode-button', { appearance: o.appearance }, o.content ?? o.label);
  if (o.content) element.title = o.label;
  element.addEventListener('click', () => o.onClick());
  nameOf(element, o.name ?? o.label);
  return { element, focus: () => element.focus(), describe: describer(element), lock: locker(element) };
}

/** Is the event's target a control for whose user Enter means something else: a list, a button, a link? */
export function usesEnter(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('vscode-dropdown, vscode-button, button, a, summary') !== null;
}
