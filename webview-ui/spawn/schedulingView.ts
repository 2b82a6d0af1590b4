/** Where the server may run: the groups that an administrator offers, and labels of nodes. */
import { groupAsFound } from '../../src/kubeflow/form.ts';
import { Fold } from './fold.ts';
import { chooser, hidden, row } from './inputs.ts';
import type { Host } from './inputs.ts';
import { pairList } from './pairList.ts';

export class SchedulingView {
  readonly element: HTMLElement;
  private readonly fold: Fold;

  constructor(private readonly host: Host) {
    const { state } = host;
    const { config } = state.place.options;
    this.fold = new Fold(host, 'scheduling');
    if (!hidden(host, 'affinityGroup')) {
      this.fold.element.append(this.group('affinityGroup', config.affinityConfig.options));
    }
    if (!hidden(host, 'tolerationGroup')) {
      this.fold.element.append(this.group('tolerationGroup', config.tolerationGroup.options));
    }
    this.fold.element.append(
      pairList(host, {
        at: 'nodeSelector',
        label: state.text('nodeSelector'),
        entry: state.text('label'),
        add: state.text('nodeSelectorAdd'),
        reveal: this.fold.reveal,
      }),
    );
    this.element = this.fold.element;
  }

  refresh(): void {
    this.fold.refresh();
  }

  private group(
    field: 'affinityGroup' | 'tolerationGroup',
    options: readonly { key: string; label: string }[],
  ): HTMLElement {
    const { state } = this.host;
    const label = state.text(field);
    const value = state.form[field];
    const known = value === '' || options.some(({ key }) => key === value);
    const found = { value, label: value === groupAsFound ? state.text('groupAsFound') : value };
    const choice = chooser(this.host, {
      field,
      label,
      className: 'medium',
      choices: [
        { value: '', label: state.text('groupNone') },
        ...(known ? [] : [found]),
        ...options.map((option) => ({ value: option.key, label: option.label })),
      ],
      value,
      write: (chosen) => (state.form[field] = chosen),
      reveal: this.fold.reveal,
    });
    return row(this.host, label, [field], choice.element);
  }
}
