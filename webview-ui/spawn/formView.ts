/** The form on the page: one column, rows with the label on the left where there is room. */
import { newVolume } from '../../src/kubeflow/form.ts';
import type { ResourceEntry, SpawnForm } from '../../src/kubeflow/form.ts';
import { gpuQuota } from '../../src/kubeflow/form/formQuota.ts';
import { imageSection } from '../../src/kubeflow/form/spawnerConfig.ts';
import { shortImage } from '../../src/kubeflow/form/syntax.ts';
import { button, checkbox, dropdown, textField } from '../controls.ts';
import type { ListControl, ValueControl } from '../controls.ts';
import { h, icon } from '../dom.ts';
import { Fields } from './fields.ts';
import type { Remark, FormState } from './state.ts';
import { VolumeView } from './volumeView.ts';
import type { VolumeHost } from './volumeView.ts';

export interface FormActions {
  /** Something changed: keep the draft, say what there is to say. */
  changed(): void;
  context(context: string): void;
  namespace(namespace: string): void;
  yaml(): void;
}

export class FormView implements VolumeHost {
  readonly element = h('main', { class: 'form' });
  readonly fields: Fields;
  private readonly volumes = new Map<string, VolumeView>();
  private readonly dataList = h('div', { class: 'data-volumes' });
  private readonly imageRow = h('div', { class: 'fields' });
  private name!: ValueControl;
  private namespace!: ListControl;
  private context!: ListControl;
  private gpuKey!: ListControl;

  constructor(
    readonly state: FormState,
    private readonly actions: FormActions,
  ) {
    this.fields = new Fields(state);
    this.element.append(
      this.header(),
      this.row(state.text('name'), ['name'], this.nameField()),
      this.row(state.text('image'), ['image', 'customImage'], this.imageRow),
      this.row(state.text('resources'), ['cpu', 'memory', 'gpus.0.count', 'gpus.0.key'], this.resources(), () =>
        this.gpuHint(),
      ),
      this.group(state.text('workspace'), this.workspace()),
      this.group(state.text('dataVolumes'), this.data()),
    );
    this.buildImage();
  }

  changed(field: string): void {
    this.state.touch(field);
    this.actions.changed();
  }

  /** Follows the state: lists, names made from other names, and the remarks. */
  refresh(remarks: readonly Remark[]): void {
    const { form, place } = this.state;
    this.name.value = form.name;
    const empty = place.loading ? this.state.text('loading') : '';
    const namespaces = place.options.namespaces.length > 0 ? place.options.namespaces : [''];
    this.namespace.setChoices(
      namespaces.map((value) => ({ value, label: value || empty })),
      form.namespace,
    );
    this.context.setChoices(
      place.contexts.map((value) => ({ value, label: value })),
      place.context,
    );
    this.gpuKey.setChoices(
      place.options.gpuVendors.map((v) => ({ value: v.key, label: v.label })),
      gpu(form).key,
    );
    for (const volume of this.volumes.values()) volume.refresh();
    this.fields.show(remarks);
  }

  private header(): HTMLElement {
    const { state } = this;
    this.namespace = dropdown({
      label: state.text('namespace'),
      choices: [],
      value: '',
      className: 'place',
      onChange: (value) => {
        state.setNamespace(value);
        this.actions.namespace(value);
        this.actions.changed();
      },
    });
    this.context = dropdown({
      label: state.text('context'),
      choices: [],
      value: '',
      className: 'place',
      onChange: (value) => this.actions.context(value),
    });
    this.fields.add('namespace', state.text('namespace'), this.namespace);
    const yaml = button({ label: state.text('yaml'), appearance: 'secondary', onClick: () => this.actions.yaml() });
    return h(
      'header',
      {},
      h('div', { class: 'title' }, h('h1', {}, state.text('title')), yaml.element),
      h(
        'div',
        { class: 'where' },
        h('span', { class: 'place-of' }, state.text('inNamespace'), this.namespace.element),
        h('span', { class: 'place-of' }, state.text('onContext'), this.context.element),
      ),
      this.fields.line(['namespace', 'form']),
    );
  }

  private nameField(): HTMLElement {
    this.name = this.typed(
      'name',
      this.state.text('name'),
      'medium',
      (form) => form.name,
      (form, v) => (form.name = v),
    );
    return this.name.element;
  }

  private buildImage(focus = false): void {
    const { state } = this;
    const custom = state.form.imageMode === 'custom';
    const toggle = checkbox({
      label: state.text('customImage'),
      checked: custom,
      onChange: (checked) => {
        state.form.imageMode = checked ? 'custom' : 'list';
        state.forget('customImage');
        this.buildImage(true);
        this.changed('imageMode');
      },
    });
    this.fields.drop('customImage');
    this.fields.drop('image');
    const list = dropdown({
      label: state.text('image'),
      choices: imageSection(state.place.options.config, state.form.serverType).options.map((value) => ({
        value,
        label: shortImage(value),
      })),
      value: state.form.image,
      className: 'wide',
      onChange: (value) => {
        state.form.image = value;
        this.changed('image');
      },
    });
    const control: ValueControl = custom
      ? this.typed(
          'customImage',
          state.text('customImage'),
          'widest',
          (f) => f.customImage,
          (f, v) => (f.customImage = v),
          state.text('customImageHint'),
        )
      : list;
    this.fields.add(custom ? 'customImage' : 'image', state.text('image'), control);
    this.imageRow.replaceChildren(control.element, toggle.element);
    if (focus && custom) queueMicrotask(() => control.focus());
  }

  private resources(): HTMLElement {
    const { state } = this;
    const cpu = this.typed(
      'cpu',
      state.text('cpu'),
      'narrow',
      (f) => f.cpu,
      (f, v) => (f.cpu = v),
    );
    const memory = this.typed(
      'memory',
      state.text('memory'),
      'narrow',
      (f) => f.memory,
      (f, v) => (f.memory = v),
    );
    const gpus = this.typed(
      'gpus.0.count',
      state.text('gpus'),
      'narrow',
      (f) => gpu(f).count,
      (f, v) => (gpu(f).count = v),
    );
    this.gpuKey = dropdown({
      label: state.text('gpuVendor'),
      choices: [],
      value: gpu(state.form).key,
      className: 'small',
      onChange: (value) => {
        gpu(state.form).key = value;
        this.changed('gpus.0.key');
      },
    });
    this.fields.add('gpus.0.key', state.text('gpuVendor'), this.gpuKey);
    return h(
      'div',
      { class: 'fields' },
      inline(state.text('cpu'), cpu.element),
      inline(state.text('memory'), cpu && memory.element, 'Gi'),
      h('div', { class: 'field pair' }, inline(state.text('gpus'), gpus.element, '×'), this.gpuKey.element),
    );
  }

  private gpuHint(): string {
    const { form, place } = this.state;
    const { key } = gpu(form);
    const quota = gpuQuota(form.namespace, key, place.options);
    const node = place.options.nodeGpus?.[key];
    const said: string[] = [];
    if (quota) {
      const left = Math.max(0, quota.hard - quota.used);
      said.push(this.state.text('hintQuota', { left, hard: quota.hard, namespace: form.namespace }));
    }
    if (node) said.push(this.state.text('hintNode', { largest: node.largest }));
    return said.join(' ');
  }

  private workspace(): HTMLElement {
    const { form } = this.state;
    const view = new VolumeView(
      this,
      'workspace',
      this.state.text('workspace'),
      form.workspace,
      (volume) => (form.workspace = volume),
      ['new', 'existing', 'none'],
    );
    this.volumes.set('workspace', view);
    return view.element;
  }

  private data(): HTMLElement {
    const add = button({
      label: this.state.text('add'),
      appearance: 'secondary',
      onClick: () => {
        this.state.form.dataVolumes.push(newVolume());
        this.buildData();
        this.actions.changed();
        this.fields.focus(`data.${this.state.form.dataVolumes.length - 1}`);
      },
    });
    this.fields.add('dataVolumes', this.state.text('dataVolumes'), add);
    this.buildData();
    return h('div', {}, this.dataList, add.element);
  }

  private buildData(): void {
    const { form } = this.state;
    this.fields.drop('data');
    for (const at of this.volumes.keys()) if (at.startsWith('data.')) this.volumes.delete(at);
    this.dataList.replaceChildren(
      ...form.dataVolumes.map((volume, index) => {
        const at = `data.${index}`;
        const label = this.state.text('dataVolume', { number: index + 1 });
        const set = (changed: typeof volume): void => void (form.dataVolumes[index] = changed);
        const view = new VolumeView(this, at, label, volume, set, ['new', 'existing']);
        this.volumes.set(at, view);
        const remove = button({
          label: this.state.text('remove', { number: index + 1 }),
          appearance: 'icon',
          content: icon('remove'),
          onClick: () => {
            form.dataVolumes.splice(index, 1);
            this.state.forget('data.');
            this.buildData();
            this.actions.changed();
            this.fields.focus(form.dataVolumes.length > 0 ? `data.${Math.max(0, index - 1)}` : 'dataVolumes');
          },
        });
        return h(
          'section',
          { class: 'data-volume', 'aria-label': label },
          h('div', { class: 'data-head' }, h('span', { class: 'label' }, label), remove.element),
          view.element,
        );
      }),
    );
  }

  private typed(
    field: string,
    label: string,
    className: string,
    read: (form: FormState['form']) => string,
    write: (form: FormState['form'], value: string) => void,
    placeholder = '',
  ): ValueControl {
    const control = textField({
      label,
      value: read(this.state.form),
      className,
      placeholder,
      onInput: (value) => {
        write(this.state.form, value);
        this.changed(field);
      },
    });
    this.fields.add(field, label, control);
    return control;
  }

  private row(label: string, fields: readonly string[], content: HTMLElement, hint?: () => string): HTMLElement {
    return h(
      'div',
      { class: 'row' },
      h('div', { class: 'row-label' }, label),
      h('div', { class: 'row-content' }, content, this.fields.line(fields, hint)),
    );
  }

  private group(label: string, content: HTMLElement): HTMLElement {
    return h(
      'section',
      { class: 'row', 'aria-label': label },
      h('div', { class: 'row-label' }, label),
      h('div', { class: 'row-content' }, content),
    );
  }
}

/** The GPUs that this page shows: the first entry. */
function gpu(form: SpawnForm): ResourceEntry {
  return (form.gpus[0] ??= { key: '', count: '' });
}

/** A small field with its label before it and its unit behind it. */
function inline(label: string, control: HTMLElement, unit?: string): HTMLElement {
  return h(
    'label',
    { class: 'field inline' },
    h('span', { class: 'label' }, label),
    control,
    unit === undefined ? undefined : h('span', { class: 'unit' }, unit),
  );
}
