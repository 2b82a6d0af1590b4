/** A field for the name of something in the namespace: typed, or chosen from those that could be listed. */
import type { NameKind } from '../../src/kubeflow/form.ts';
import { h } from '../dom.ts';
import { searchList } from '../searchList.ts';
import { register } from './inputs.ts';
import type { Host, Named } from './inputs.ts';
import type { Choices } from './objectChoices.ts';

export interface ObjectField {
  element: HTMLElement;
  /** Follows what has been listed since. */
  refresh(): void;
}

export function objectField(
  host: Host,
  o: Named & {
    value: string;
    write: (value: string) => void;
    choices: Choices;
    placeholder?: string;
  },
): ObjectField {
  const { state } = host;
  let value = o.value;
  const control = searchList({
    ...{ label: o.label, className: o.className, choices: [], value, free: true },
    ...{ placeholder: o.placeholder ?? '', noMatch: state.text('noMatch') },
    onChange: (typed) => {
      value = typed;
      o.write(typed);
      host.changed(o.field);
    },
  });
  // What was made meanwhile is to be found.
  control.element.addEventListener('focusin', () => host.names({ namespace: state.form.namespace }));
  register(host, o, control);
  const refresh = (): void => {
    const choices = o.choices(state.place.options, state.form.namespace);
    control.setChoices(choices, value);
    control.placeholder = o.placeholder ?? (choices.length > 0 ? state.text('typeOrChoose') : '');
  };
  return { element: control.element, refresh };
}

const unlistedWords = {
  secrets: 'secretsUnlisted',
  configMaps: 'configMapsUnlisted',
  serviceAccounts: 'serviceAccountsUnlisted',
} as const;

/** Says that names cannot be chosen here, for those of the kinds that could not be listed. */
export function unlistedHint({ state }: Host, kinds: readonly NameKind[]): string {
  const { namespace } = state.form;
  const unlisted = state.place.options.unlisted?.[namespace] ?? [];
  return kinds
    .filter((kind) => unlisted.includes(kind))
    .map((kind) => state.text(unlistedWords[kind], { namespace }))
    .join(' ');
}

export type Entry = { content: HTMLElement; refresh: () => void };
export type Part = HTMLElement | ObjectField;

/** The fields of an entry in a row, and what of them follows the cluster. */
export function entryOf(...parts: Part[]): Entry {
  const elements = parts.map((part) => (part instanceof HTMLElement ? part : part.element));
  const refresh = (): void => {
    for (const part of parts) if (!(part instanceof HTMLElement)) part.refresh();
  };
  return { content: h('div', { class: 'fields' }, ...elements), refresh };
}
