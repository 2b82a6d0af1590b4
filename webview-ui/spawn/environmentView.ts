/** Environment variables, whole secrets and config maps as variables, and secrets as files. */
import type { EnvFrom, EnvVariable, SecretFiles } from '../../src/kubeflow/form.ts';
import { h } from '../dom.ts';
import { Fold } from './fold.ts';
import { above, chooser, full, group, typed } from './inputs.ts';
import type { Host } from './inputs.ts';
import { ListView } from './listView.ts';

const kindWords = {
  value: 'kindValue',
  secret: 'kindSecret',
  configMap: 'kindConfigMap',
  custom: 'kindCustom',
} as const;

export class EnvironmentView {
  readonly element: HTMLElement;
  private readonly fold: Fold;

  constructor(private readonly host: Host) {
    const { state } = host;
    this.fold = new Fold(host, 'environment');
    const lists = [this.variables(), this.whole(), this.files()];
    const names = ['variables', 'envFrom', 'secretFiles'] as const;
    this.fold.element.append(...lists.map((list, index) => group(state.text(names[index] ?? 'variables'), list)));
    this.element = this.fold.element;
  }

  refresh(): void {
    this.fold.refresh();
  }

  private variables(): HTMLElement {
    const { state } = this.host;
    return new ListView<EnvVariable>(this.host, {
      at: 'env',
      label: state.text('variables'),
      items: () => state.form.env,
      entryLabel: (index) => this.nth(state.text('variable'), index),
      entry: (item, at, label, list) => ({ content: this.variable(item, at, label, list) }),
      parts: ['', 'name', 'value', 'secret', 'configMap', 'key'],
      add: [{ label: state.text('variableAdd'), make: () => ({ kind: 'value', name: '', value: '' }) }],
      reveal: this.fold.reveal,
    }).element;
  }

  private variable(item: EnvVariable, at: string, label: string, list: ListView<EnvVariable>): HTMLElement {
    const { state } = this.host;
    const kinds = (['value', 'secret', 'configMap', 'custom'] as const).filter(
      (kind) => kind !== 'custom' || item.kind === 'custom',
    );
    const kind = chooser(this.host, {
      field: `${at}.kind`,
      label: full(this.host, label, state.text('variableKind')),
      className: 'small',
      choices: kinds.map((value) => ({ value, label: state.text(kindWords[value]) })),
      value: item.kind,
      write: (value) => {
        const index = state.form.env.indexOf(item);
        state.form.env[index] = variableOf(value as EnvVariable['kind'], item);
        state.forget(`${at}.`);
        list.rebuild(`${at}.kind`);
      },
      reveal: this.fold.reveal,
    });
    return h(
      'div',
      { class: 'fields' },
      this.text('name', at, label, 'mid', item.name, (value) => (item.name = value)),
      above(state.text('variableKind'), kind.element),
      ...this.source(item, at, label),
    );
  }

  private source(item: EnvVariable, at: string, label: string): HTMLElement[] {
    switch (item.kind) {
      case 'value':
        return [this.text('value', at, label, 'mid', item.value, (value) => (item.value = value))];
      case 'secret':
        return [
          this.text('secret', at, label, 'mid', item.secret, (value) => (item.secret = value)),
          this.text('key', at, label, 'mid', item.key, (value) => (item.key = value)),
        ];
      case 'configMap':
        return [
          this.text('configMap', at, label, 'mid', item.configMap, (value) => (item.configMap = value)),
          this.text('key', at, label, 'mid', item.key, (value) => (item.key = value)),
        ];
      case 'custom':
        return [];
    }
  }

  private whole(): HTMLElement {
    const { state } = this.host;
    return new ListView<EnvFrom>(this.host, {
      at: 'envFrom',
      label: state.text('envFrom'),
      items: () => state.form.envFrom,
      entryLabel: (index) => this.nth(this.kindOf(index), index),
      entry: (item, at, label) => ({
        content: h(
          'div',
          { class: 'fields' },
          this.text('name', at, label, 'medium', item.name, (value) => (item.name = value), this.kindOf(at)),
          this.text('prefix', at, label, 'mid', item.prefix, (value) => (item.prefix = value)),
        ),
      }),
      parts: ['', 'name', 'prefix'],
      add: [
        { label: state.text('envFromSecretAdd'), make: () => ({ kind: 'secret', name: '', prefix: '' }) },
        { label: state.text('envFromConfigMapAdd'), make: () => ({ kind: 'configMap', name: '', prefix: '' }) },
      ],
      reveal: this.fold.reveal,
    }).element;
  }

  private kindOf(at: string | number): string {
    const { state } = this.host;
    const index = Number(String(at).replace('envFrom.', ''));
    return state.text(state.form.envFrom[index]?.kind === 'configMap' ? 'configMap' : 'secret');
  }

  private files(): HTMLElement {
    const { state } = this.host;
    return new ListView<SecretFiles>(this.host, {
      at: 'secretFiles',
      label: state.text('secretFiles'),
      items: () => state.form.secretFiles,
      entryLabel: (index) => this.nth(state.text('secretFiles'), index),
      entry: (item, at, label) => ({
        content: h(
          'div',
          { class: 'fields' },
          this.text('secret', at, label, 'mid', item.secret, (value) => (item.secret = value)),
          this.text('mountPath', at, label, 'medium', item.mountPath, (value) => (item.mountPath = value)),
        ),
      }),
      parts: ['', 'secret', 'mountPath'],
      add: [{ label: state.text('secretFilesAdd'), make: () => ({ secret: '', mountPath: '' }) }],
      reveal: this.fold.reveal,
    }).element;
  }

  private text(
    part: 'name' | 'value' | 'secret' | 'configMap' | 'key' | 'prefix' | 'mountPath',
    at: string,
    label: string,
    className: string,
    value: string,
    write: (value: string) => void,
    word: string = this.host.state.text(part),
  ): HTMLElement {
    const control = typed(this.host, {
      field: `${at}.${part}`,
      label: full(this.host, label, word),
      className,
      value,
      write,
      reveal: this.fold.reveal,
    });
    return above(word, control.element);
  }

  private nth(field: string, index: number): string {
    return this.host.state.text('numbered', { field, number: index + 1 });
  }
}

/** The variable of another kind that keeps its name, and the key where both kinds have one. */
function variableOf(kind: EnvVariable['kind'], from: EnvVariable): EnvVariable {
  const { name } = from;
  const key = 'key' in from ? from.key : '';
  if (kind === 'secret') return { kind, name, secret: '', key };
  if (kind === 'configMap') return { kind, name, configMap: '', key };
  return { kind: 'value', name, value: '' };
}
