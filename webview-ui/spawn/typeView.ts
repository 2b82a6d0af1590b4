/** The kind of server, and its image. */
import { serverTypes } from '../../src/kubeflow/form.ts';
import type { ServerType } from '../../src/kubeflow/form.ts';
import { withServerType } from '../../src/kubeflow/form/defaultForm.ts';
import { imageSection } from '../../src/kubeflow/form/spawnerConfig.ts';
import { imageLabel } from '../../src/kubeflow/form/syntax.ts';
import { radios } from '../controls.ts';
import { h } from '../dom.ts';
import { chooser, hidden, locked, row, toggle, typed } from './inputs.ts';
import type { Host } from './inputs.ts';

const typeWords = { jupyter: 'typeJupyter', 'group-one': 'typeCode', 'group-two': 'typeRstudio' } as const;

export class TypeView {
  readonly rows: HTMLElement[];
  private readonly image = h('div', { class: 'fields' });

  constructor(private readonly host: Host) {
    const { state } = host;
    this.rows = [row(host, state.text('type'), ['serverType'], this.type())];
    this.build();
    if (!hidden(host, 'image')) {
      this.rows.push(row(host, state.text('image'), ['image', 'customImage'], this.image));
    }
  }

  private type(): HTMLElement {
    const { state, fields } = this.host;
    const label = state.text('type');
    const choice = radios({
      label,
      choices: serverTypes.map((value) => ({ value, label: state.text(typeWords[value]) })),
      value: state.form.serverType,
      onChange: (value) => {
        // In place: other parts of the page hold on to the form.
        Object.assign(state.form, withServerType(state.form, value as ServerType, state.place.options));
        this.build();
        this.host.changed('serverType');
      },
    });
    fields.add('serverType', label, choice);
    return choice.element;
  }

  private build(focus = false): void {
    const { state, fields } = this.host;
    const { config } = state.place.options;
    fields.drop('customImage');
    fields.drop('image');
    const isCustom = state.form.imageMode === 'custom';
    const control = isCustom ? this.custom() : this.list();
    this.image.replaceChildren(control.element);
    if (config.allowCustomImage && !locked(this.host, 'image')) {
      const custom = toggle(this.host, {
        field: 'imageMode',
        label: state.text('customImage'),
        checked: isCustom,
        write: (checked) => {
          state.form.imageMode = checked ? 'custom' : 'list';
          state.forget('customImage');
          this.build(true);
        },
      });
      this.image.append(custom.element);
    }
    if (focus && isCustom) queueMicrotask(() => control.focus());
  }

  private list(): ReturnType<typeof chooser> {
    const { state } = this.host;
    const { config } = state.place.options;
    const { options } = imageSection(config, state.form.serverType);
    const { image } = state.form;
    const all = image === '' || options.includes(image) ? options : [image, ...options];
    return chooser(this.host, {
      field: 'image',
      label: state.text('image'),
      className: 'wide',
      choices: all.map((value) => ({ value, label: imageLabel(value, config) })),
      value: image,
      write: (value) => (state.form.image = value),
    });
  }

  private custom(): ReturnType<typeof typed> {
    const { state } = this.host;
    return typed(this.host, {
      field: 'customImage',
      label: state.text('customImage'),
      className: 'widest',
      placeholder: state.text('customImageHint'),
      value: state.form.customImage,
      write: (value) => (state.form.customImage = value),
    });
  }
}
