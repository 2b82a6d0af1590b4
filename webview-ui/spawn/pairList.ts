/** Lists of keys with values: labels, annotations, and labels of nodes. */
import type { Pair } from '../../src/kubeflow/form.ts';
import { h } from '../dom.ts';
import { above, full, group, typed } from './inputs.ts';
import type { Host } from './inputs.ts';
import { ListView } from './listView.ts';
import { objectField } from './objectField.ts';
import type { Choices } from './objectChoices.ts';

export function pairList(
  host: Host,
  o: {
    at: 'nodeSelector' | 'labels' | 'annotations';
    label: string;
    /** How one of them is called. */
    entry: string;
    add: string;
    reveal: () => void;
  },
): HTMLElement {
  const { state } = host;
  const field = (at: string, of: string, part: 'key' | 'value', pair: Pair): HTMLElement => {
    const label = state.text(part);
    const control = typed(host, {
      field: `${at}.${part}`,
      label: full(host, of, label),
      className: 'mid',
      value: pair[part],
      write: (value) => (pair[part] = value),
      reveal: o.reveal,
    });
    return above(label, control.element);
  };
  const list = new ListView<Pair>(host, {
    at: o.at,
    label: o.label,
    items: () => state.form[o.at],
    entryLabel: (index) => state.text('numbered', { field: o.entry, number: index + 1 }),
    entry: (pair, at, of) => ({
      content: h('div', { class: 'fields' }, field(at, of, 'key', pair), field(at, of, 'value', pair)),
    }),
    parts: ['key', 'value'],
    add: [{ label: o.add, make: () => ({ key: '', value: '' }) }],
    reveal: o.reveal,
  });
  return group(o.label, list.element, host.fields.line([o.at]));
}

/** A list of names: image pull secrets, and configurations where it is not known which there are. */
export function nameList(
  host: Host,
  o: {
    at: 'imagePullSecrets' | 'configurations';
    label: string;
    entry: string;
    add: string;
    reveal: () => void;
    /** What can be chosen from, where that is known. */
    choices?: Choices;
    hint?: () => string;
  },
): ListView<string> {
  const { state } = host;
  const { at: list, reveal, choices, hint } = o;
  return new ListView<string>(host, {
    at: list,
    label: o.label,
    items: () => state.form[list],
    entryLabel: (index) => state.text('numbered', { field: o.entry, number: index + 1 }),
    entry: (value, at, label) => {
      const write = (name: string): void => {
        state.form[list][Number(at.slice(list.length + 1))] = name;
      };
      const named = { field: at, label, className: 'medium', value, write, reveal };
      if (!choices) return { content: typed(host, named).element };
      const field = objectField(host, { ...named, choices });
      return { content: field.element, refresh: () => field.refresh() };
    },
    parts: [''],
    add: [{ label: o.add, make: () => '' }],
    hint,
    reveal,
  });
}
