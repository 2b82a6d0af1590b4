/** CPU and memory, their limits, and the devices. */
import { autoLimit } from '../../src/kubeflow/form/limits.ts';
import type { ValueControl } from '../controls.ts';
import { h } from '../dom.ts';
import { DevicesView } from './devicesView.ts';
import { Fold } from './fold.ts';
import { above, hidden, inline, row, typed } from './inputs.ts';
import type { Host } from './inputs.ts';

type Size = 'cpu' | 'memory' | 'cpuLimit' | 'memoryLimit';

export class ResourcesView {
  readonly rows: HTMLElement[];
  private readonly devices: DevicesView;
  private readonly fold: Fold;
  private readonly limits = new Map<'cpu' | 'memory', ValueControl & { placeholder: string }>();

  constructor(private readonly host: Host) {
    const { state } = host;
    this.fold = new Fold(host, 'limits', 'more');
    this.devices = new DevicesView(host);
    const shown = (['cpu', 'memory'] as const).filter((one) => !hidden(host, one));
    const content = h(
      'div',
      { class: 'resources' },
      h(
        'div',
        { class: 'fields' },
        ...shown.map((one) => inline(state.text(one), this.size(one).element, one === 'memory' ? 'Gi' : undefined)),
      ),
      shown.length > 0 ? this.fold.element : undefined,
    );
    this.fold.element.append(
      h(
        'div',
        { class: 'fields' },
        ...shown.map((one) => {
          const control = this.size(`${one}Limit`);
          this.limits.set(one, control);
          return above(state.text(`${one}Limit`), control.element, one === 'memory' ? 'Gi' : undefined);
        }),
      ),
    );
    const sizes =
      shown.length > 0
        ? [row(host, state.text('resources'), ['cpu', 'memory', 'cpuLimit', 'memoryLimit'], content)]
        : [];
    const [devices, ...model] = this.devices.rows;
    // Where there is room the devices stand beside the sizes.
    const isPair = sizes.length > 0 && devices !== undefined;
    this.rows = isPair
      ? [h('div', { class: 'amounts-room' }, h('div', { class: 'amounts' }, ...sizes, devices)), ...model]
      : [...sizes, ...this.devices.rows];
  }

  refresh(): void {
    const { form, place } = this.host.state;
    for (const [one, control] of this.limits) {
      control.placeholder = (
        autoLimit(one, form[one], place.options.config) ?? this.host.state.text('noLimit')
      ).replace(/Gi$/, '');
    }
    this.fold.refresh();
    this.devices.refresh();
  }

  private size(field: Size): ValueControl & { placeholder: string } {
    const { state } = this.host;
    return typed(this.host, {
      field,
      label: state.text(field),
      className: 'narrow',
      value: state.form[field],
      write: (value) => (state.form[field] = value),
      reveal: field.endsWith('Limit') ? this.fold.reveal : undefined,
    });
  }
}
