/** The PodDefaults that the server is to have, each with what its author says of it. */
import type { PodDefaultOption } from '../../src/kubeflow/form.ts';
import { h } from '../dom.ts';
import { group, toggle } from './inputs.ts';
import type { Host } from './inputs.ts';
import { nameList } from './pairList.ts';

export class ConfigurationsView {
  readonly element: HTMLElement;

  constructor(
    private readonly host: Host,
    private readonly reveal: () => void,
  ) {
    const { state } = host;
    const { namespace } = state.form;
    const offered = state.place.options.podDefaults?.[namespace];
    this.element = group(
      state.text('configurations'),
      offered ? this.offered(offered) : this.byName(namespace),
      host.fields.line(['configurations']),
    );
  }

  private offered(offered: readonly PodDefaultOption[]): HTMLElement {
    const { state } = this.host;
    const { namespace } = state.form;
    // Several PodDefaults may answer to one label: it applies them all. One that is chosen and not there can be let go.
    const labels = [...new Set([...offered.map(({ label }) => label), ...state.form.configurations])];
    if (labels.length === 0) return h('p', { class: 'hint' }, state.text('noConfigurations', { namespace }));
    return h('div', { class: 'choices' }, ...labels.map((label) => this.choice(label, offered)));
  }

  private choice(label: string, offered: readonly PodDefaultOption[]): HTMLElement {
    const { state } = this.host;
    const mine = offered.filter((one) => one.label === label);
    const control = toggle(this.host, {
      field: 'configurations',
      label: state.text('configurations'),
      text: mine.map((one) => one.description ?? one.name).join(', ') || label,
      checked: state.form.configurations.includes(label),
      write: (checked) => {
        const others = state.form.configurations.filter((one) => one !== label);
        state.form.configurations = checked ? [...others, label] : others;
      },
      reveal: this.reveal,
    });
    const names = mine.map((one) => one.name).join(', ');
    return h('div', {}, control.element, h('span', { class: 'hint' }, [names, label].filter(Boolean).join(' · ')));
  }

  private byName(namespace: string): HTMLElement {
    const { state } = this.host;
    const list = nameList(this.host, {
      at: 'configurations',
      label: state.text('configurations'),
      entry: state.text('label'),
      add: state.text('configurationAdd'),
      reveal: this.reveal,
    });
    return h('div', {}, list.element, h('p', { class: 'hint' }, state.text('configurationsUnknown', { namespace })));
  }
}
