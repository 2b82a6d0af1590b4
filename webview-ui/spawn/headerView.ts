/** The form's title, where the server is to run, its name, and the note about a restored draft. */
import { same } from '../../src/kubeflow/form/kept.ts';
import type { Purpose } from '../contract.ts';
import { button, dropdown, radios, textField } from '../controls.ts';
import type { ListControl, ValueControl } from '../controls.ts';
import { h, icon } from '../dom.ts';
import type { SpawnForm } from '../../src/kubeflow/form.ts';
import { row } from './inputs.ts';
import type { Host } from './inputs.ts';

export interface HeaderActions {
  context(context: string): void;
  namespace(namespace: string): void;
  yaml(): void;
  saveTemplate(form: SpawnForm): void;
  link(): void;
  startOver(): void;
  mendConfig(): void;
  /** The fields were filled in anew. */
  redraw(): void;
}

type Volumes = NonNullable<Extract<Purpose, { kind: 'clone' }>['volumes']>;

/** The fields that it holds. */
export const headerFields: readonly string[] = ['namespace', 'name', 'form'];

export class HeaderView {
  readonly rows: HTMLElement[];
  private readonly name: ValueControl;
  private readonly namespace: ListControl;
  private readonly context: ListControl;
  private readonly yaml: HTMLElement;
  private readonly notice = h('div', { role: 'status' });
  private readonly link: HTMLElement;

  constructor(
    private readonly host: Host,
    private readonly actions: HeaderActions,
  ) {
    const { state, fields } = host;
    const place = { choices: [], value: '', className: 'place' };
    this.namespace = dropdown({
      ...place,
      label: state.text('namespace'),
      onChange: (value) => {
        state.setNamespace(value);
        actions.namespace(value);
        host.changed('namespace');
      },
    });
    this.context = dropdown({
      ...place,
      label: state.text('context'),
      onChange: (value) => actions.context(value),
    });
    fields.add('namespace', state.text('namespace'), this.namespace);
    this.name = textField({
      label: state.text('name'),
      value: state.form.name,
      className: 'medium',
      onInput: (value) => {
        state.form.name = value;
        host.changed('name');
      },
    });
    fields.add('name', state.text('name'), this.name);
    this.yaml = button({
      label: state.text('yaml'),
      appearance: 'secondary',
      onClick: () => actions.yaml(),
    }).element;
    this.link = button({
      label: state.text('copyLink'),
      appearance: 'secondary',
      onClick: () => actions.link(),
    }).element;
    if (state.edit) for (const fixed of [this.name, this.namespace, this.context]) fixed.lock();
    this.rows = [this.header(), row(host, state.text('name'), ['name'], this.name.element)];
    if (state.purpose?.kind === 'clone' && state.purpose.volumes) this.rows.push(this.volumes(state.purpose.volumes));
  }

  /** A copy's first question. The answer fills in its volumes, which can be changed below. */
  private volumes(choices: Volumes): HTMLElement {
    const { state } = this.host;
    const label = state.text('cloneVolumes');
    const isShared = same(state.form.workspace, choices.shared.workspace);
    const choice = radios({
      label,
      choices: [
        { value: 'fresh', label: state.text('cloneFresh') },
        { value: 'shared', label: state.text('cloneShared') },
      ],
      value: isShared && !same(choices.fresh.workspace, choices.shared.workspace) ? 'shared' : 'fresh',
      onChange: (value) => {
        state.setVolumes(structuredClone(choices[value === 'shared' ? 'shared' : 'fresh']));
        this.actions.redraw();
      },
    });
    return row(this.host, label, [], choice.element);
  }

  refresh(): void {
    const { form, place } = this.host.state;
    this.name.value = form.name;
    const empty = place.loading ? this.host.state.text('loading') : '';
    const namespaces = place.options.namespaces.length > 0 ? place.options.namespaces : [''];
    this.namespace.setChoices(
      namespaces.map((value) => ({ value, label: value || empty })),
      form.namespace,
    );
    this.context.setChoices(
      place.contexts.map((value) => ({ value, label: value })),
      place.context,
    );
    this.yaml.setAttribute('aria-expanded', String(this.host.state.open.has('yaml')));
    this.tell(place.notice);
  }

  /** What is wrong with the file that the form's defaults come from. */
  private tell(notice: { text: string; button: string } | undefined): void {
    const key = JSON.stringify(notice ?? null);
    if (this.notice.dataset['key'] === key) return;
    this.notice.dataset['key'] = key;
    this.notice.replaceChildren(...(notice ? [said(notice.text, notice.button, () => this.actions.mendConfig())] : []));
  }

  private header(): HTMLElement {
    const { state, fields } = this.host;
    const save = button({
      label: state.text('saveTemplate'),
      appearance: 'secondary',
      onClick: () => this.actions.saveTemplate(state.form),
    });
    return h(
      'header',
      {},
      h(
        'div',
        { class: 'title' },
        h('h1', {}, state.text('title')),
        h('div', { class: 'buttons' }, save.element, this.link, this.yaml),
      ),
      h(
        'div',
        { class: 'where' },
        h('span', { class: 'place-of' }, state.text('inNamespace'), this.namespace.element),
        h('span', { class: 'place-of' }, state.text('onContext'), this.context.element),
      ),
      this.notice,
      state.restored ? this.restored() : undefined,
      fields.line(['namespace', 'form']),
    );
  }

  private restored(): HTMLElement {
    const { state } = this.host;
    const lacks = state.form.env.some((one) => one.kind === 'value' && one.value === '');
    const text = state.text(lacks ? 'restoredWithoutValues' : 'restored');
    const element = said(text, state.text('startOver'), () => this.actions.startOver());
    element.setAttribute('role', 'status');
    return element;
  }
}

/** A sentence at the top of the form, with a link that does something about it. */
function said(text: string, label: string, onClick: () => void): HTMLElement {
  const link = h('button', { class: 'link', type: 'button' }, label);
  link.addEventListener('click', onClick);
  return h('p', { class: 'remark note said' }, icon('note'), h('span', {}, text, ' ', link));
}
