/** GPUs and whatever else nodes offer: how many of which, and the model. */
import type { ResourceEntry } from '../../src/kubeflow/form.ts';
import { h } from '../dom.ts';
import { gpuHint } from './gpuHint.ts';
import { chooser, full, group, hidden, locked, row, typed } from './inputs.ts';
import type { Host } from './inputs.ts';
import { ListView } from './listView.ts';

/** Stands for a resource that the list does not have; no resource is named like this. */
const other = '*';

export class DevicesView {
  readonly rows: HTMLElement[] = [];
  private readonly list: ListView<ResourceEntry> | undefined;
  /** Entries whose resource is typed, while it is none of the list yet. */
  private readonly byHand = new WeakSet<ResourceEntry>();

  constructor(private readonly host: Host) {
    if (hidden(host, 'gpus')) return;
    const { state } = host;
    if (state.form.gpus.length === 0) state.form.gpus.push({ key: '', count: '' });
    this.list = new ListView<ResourceEntry>(host, {
      at: 'gpus',
      label: state.text('gpus'),
      items: () => state.form.gpus,
      entryLabel: (index) => this.nameOf(index),
      entry: (entry, at, label, list) => this.entry(entry, at, label, list),
      parts: ['', 'count', 'key'],
      add: [{ label: state.text('gpuAdd'), make: () => ({ key: this.unused(), count: '1' }) }],
      keep: 1,
      className: 'tight',
      hint: () => this.hint(),
    });
    this.rows.push(group(state.text('gpus'), this.list.element));
    const model = this.model();
    if (model) this.rows.push(model);
  }

  refresh(): void {
    this.list?.refresh();
  }

  private nameOf(index: number): string {
    const { state } = this.host;
    return index === 0 ? state.text('gpus') : state.text('numbered', { field: state.text('gpus'), number: index + 1 });
  }

  /** The first vendor that the form does not have yet. */
  private unused(): string {
    const { form, place } = this.host.state;
    return place.options.gpuVendors.find(({ key }) => !form.gpus.some((one) => one.key === key))?.key ?? '';
  }

  private entry(
    entry: ResourceEntry,
    at: string,
    label: string,
    list: ListView<ResourceEntry>,
  ): { content: HTMLElement } {
    const { state } = this.host;
    const count = typed(this.host, {
      field: `${at}.count`,
      label,
      className: 'narrow',
      value: entry.count,
      write: (value) => (entry.count = value),
    });
    const of = h('div', { class: 'field pair' }, count.element, h('span', { class: 'unit' }, '×'));
    const vendors = state.place.options.gpuVendors;
    const known = vendors.some(({ key }) => key === entry.key);
    if (this.byHand.has(entry) || (!known && entry.key !== '')) {
      of.append(this.typedKey(entry, at, label));
      return { content: of };
    }
    const vendor = chooser(this.host, {
      field: `${at}.key`,
      label: at === 'gpus.0' ? state.text('gpuVendor') : full(this.host, label, state.text('gpuVendor')),
      className: 'small',
      choices: [
        ...vendors.map(({ key, label: text }) => ({ value: key, label: text })),
        { value: other, label: state.text('gpuOther') },
      ],
      value: entry.key,
      write: (value) => {
        if (value !== other) {
          entry.key = value;
          return;
        }
        entry.key = '';
        this.byHand.add(entry);
        list.rebuild(`${at}.key`);
      },
    });
    of.append(vendor.element);
    return { content: of };
  }

  private typedKey(entry: ResourceEntry, at: string, label: string): HTMLElement {
    const { state } = this.host;
    return typed(this.host, {
      field: `${at}.key`,
      label: full(this.host, label, state.text('resourceKey')),
      className: 'medium',
      placeholder: 'nvidia.com/mig-1g.5gb',
      value: entry.key,
      write: (value) => (entry.key = value),
    }).element;
  }

  /** Where models are known; elsewhere a label of the nodes can be named under Scheduling. */
  private model(): HTMLElement | undefined {
    const { state } = this.host;
    const { form } = state;
    const models = state.place.options.gpuModels ?? [];
    if (models.length === 0 && form.gpuModel.value === '') return undefined;
    const valueOf = (model: { key: string; value: string }): string => JSON.stringify([model.key, model.value]);
    const current = form.gpuModel.value === '' ? '' : valueOf(form.gpuModel);
    const listed = models.map((model) => ({ value: valueOf(model), label: model.value }));
    const known = current === '' || listed.some(({ value }) => value === current);
    const choice = chooser(this.host, {
      field: 'gpuModel',
      label: state.text('gpuModel'),
      className: 'medium',
      choices: [
        { value: '', label: state.text('gpuModelAny') },
        ...(known ? [] : [{ value: current, label: form.gpuModel.value }]),
        ...listed,
      ],
      value: current,
      write: (chosen) => {
        const model = models.find((one) => valueOf(one) === chosen);
        form.gpuModel = model ? { key: model.key, value: model.value } : { ...form.gpuModel, value: '' };
      },
    });
    return row(this.host, state.text('gpuModel'), ['gpuModel'], choice.element);
  }

  private hint(): string {
    const { state } = this.host;
    return [locked(this.host, 'gpus') ? state.text('locked') : '', gpuHint(state)].filter(Boolean).join(' ');
  }
}
