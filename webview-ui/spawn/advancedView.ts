/** What few people need: configurations, shared memory, accounts, labels, annotations, and how the image is pulled. */
import { defaultServiceAccount, pullPolicies } from '../../src/kubeflow/form.ts';
import type { PullPolicy } from '../../src/kubeflow/form.ts';
import { h } from '../dom.ts';
import type { ValueControl } from '../controls.ts';
import { ConfigurationsView } from './configurationsView.ts';
import { Fold } from './fold.ts';
import { above, chooser, group, hidden, row, toggle, typed } from './inputs.ts';
import type { Host } from './inputs.ts';
import { pullSecretChoices, serviceAccountChoices } from './objectChoices.ts';
import { objectField, unlistedHint } from './objectField.ts';
import type { ObjectField } from './objectField.ts';
import { nameList, pairList } from './pairList.ts';

export class AdvancedView {
  readonly element: HTMLElement;
  private readonly fold: Fold;
  private shmSize: (ValueControl & { placeholder: string }) | undefined;
  private shmField: HTMLElement | undefined;
  private readonly pullSecrets: { element: HTMLElement; refresh(): void };
  private account: ObjectField | undefined;

  constructor(private readonly host: Host) {
    const { state } = host;
    this.fold = new Fold(host, 'advanced');
    const { reveal } = this.fold;
    const parts: HTMLElement[] = [];
    if (!hidden(host, 'configurations')) parts.push(new ConfigurationsView(host, reveal).element);
    if (!hidden(host, 'shm')) parts.push(this.sharedMemory());
    this.pullSecrets = nameList(host, {
      at: 'imagePullSecrets',
      label: state.text('pullSecrets'),
      entry: state.text('pullSecret'),
      add: state.text('pullSecretAdd'),
      choices: pullSecretChoices,
      hint: () => unlistedHint(host, ['secrets']),
      reveal,
    });
    parts.push(
      this.serviceAccount(),
      group(state.text('pullSecrets'), this.pullSecrets.element),
      this.pairs('labels', 'label', 'labelAdd'),
      this.pairs('annotations', 'annotations', 'annotationAdd'),
    );
    if (!hidden(host, 'imagePullPolicy')) parts.push(this.pullPolicy());
    this.fold.element.append(...parts);
    this.element = this.fold.element;
  }

  refresh(): void {
    const { form } = this.host.state;
    if (this.shmField) this.shmField.hidden = !form.shm;
    if (this.shmSize) this.shmSize.placeholder = this.host.state.text('asMemory');
    this.account?.refresh();
    this.pullSecrets.refresh();
    this.fold.refresh();
  }

  private sharedMemory(): HTMLElement {
    const { state } = this.host;
    const { reveal } = this.fold;
    const use = toggle(this.host, {
      field: 'shm',
      label: state.text('sharedMemoryUse'),
      checked: state.form.shm,
      write: (checked) => (state.form.shm = checked),
      reveal,
    });
    this.shmSize = typed(this.host, {
      field: 'shmSize',
      label: state.text('sharedMemorySize'),
      className: 'small',
      value: state.form.shmSize,
      write: (value) => (state.form.shmSize = value),
      reveal,
    });
    this.shmField = above(state.text('size'), this.shmSize.element, 'Gi');
    const content = h('div', { class: 'fields' }, use.element, this.shmField);
    return row(this.host, state.text('sharedMemory'), ['shm', 'shmSize'], content);
  }

  private serviceAccount(): HTMLElement {
    const { state } = this.host;
    const account = objectField(this.host, {
      field: 'serviceAccount',
      label: state.text('serviceAccount'),
      className: 'medium',
      choices: serviceAccountChoices,
      placeholder: defaultServiceAccount,
      value: state.form.serviceAccount,
      write: (value) => (state.form.serviceAccount = value),
      reveal: this.fold.reveal,
    });
    this.account = account;
    const hint = (): string => unlistedHint(this.host, ['serviceAccounts']);
    return row(this.host, state.text('serviceAccount'), ['serviceAccount'], account.element, hint);
  }

  private pairs(
    at: 'labels' | 'annotations',
    entry: 'label' | 'annotations',
    add: 'labelAdd' | 'annotationAdd',
  ): HTMLElement {
    const { state } = this.host;
    const words = { label: state.text(at), entry: state.text(entry), add: state.text(add) };
    return pairList(this.host, { at, ...words, reveal: this.fold.reveal });
  }

  private pullPolicy(): HTMLElement {
    const { state } = this.host;
    const { imagePullPolicy } = state.form;
    const choice = chooser(this.host, {
      field: 'imagePullPolicy',
      label: state.text('pullPolicy'),
      className: 'medium',
      choices: [
        // Only where a server was found without one.
        ...(imagePullPolicy === '' ? [{ value: '', label: state.text('pullDefault') }] : []),
        ...pullPolicies.map((value) => ({ value, label: state.text(value) })),
      ],
      value: imagePullPolicy,
      write: (value) => (state.form.imagePullPolicy = value as PullPolicy | ''),
      reveal: this.fold.reveal,
    });
    return row(this.host, state.text('pullPolicy'), ['imagePullPolicy'], choice.element);
  }
}
