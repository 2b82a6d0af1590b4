/** Environment variables, whole secrets and config maps as variables, and secrets as files. */
import type { EnvFrom, EnvVariable, NameKind, SecretFiles } from '../../src/kubeflow/form.ts';

import { Fold } from './fold.ts';
import { above, chooser, full, group, typed } from './inputs.ts';
import type { Host } from './inputs.ts';
import { ListView } from './listView.ts';
import { configMapChoices, keyChoices, secretChoices } from './objectChoices.ts';
import type { Choices } from './objectChoices.ts';
import { entryOf, objectField, unlistedHint } from './objectField.ts';
import type { Entry, ObjectField, Part } from './objectField.ts';

const kindWords = {
  value: 'kindValue',
  secret: 'kindSecret',
  configMap: 'kindConfigMap',
  custom: 'kindCustom',
} as const;

export class EnvironmentView {
  readonly element: HTMLElement;
  private readonly fold: Fold;
  private readonly lists: readonly { refresh(): void }[];

  constructor(private readonly host: Host) {
    const { state } = host;
    this.fold = new Fold(host, 'environment');
    const [variables, whole, files] = [this.variables(), this.whole(), this.files()];
    this.lists = [variables, whole, files];
    this.fold.element.append(
      group(state.text('variables'), variables.element),
      group(state.text('envFrom'), whole.element),
      group(state.text('secretFiles'), files.element),
    );
    this.element = this.fold.element;
  }

  refresh(): void {
    this.fold.refresh();
    for (const list of this.lists) list.refresh();
  }

  private variables(): ListView<EnvVariable> {
    const { state } = this.host;
    return new ListView<EnvVariable>(this.host, {
      at: 'env',
      label: state.text('variables'),
      items: () => state.form.env,
      entryLabel: (index) => this.nth(state.text('variable'), index),
      entry: (item, at, label, list) => this.variable(item, at, label, list),
      parts: ['', 'name', 'value', 'secret', 'configMap', 'key'],
      add: [{ label: state.text('variableAdd'), make: () => ({ kind: 'value', name: '', value: '' }) }],
      hint: () => this.variablesHint(),
      reveal: this.fold.reveal,
    });
  }

  /** Said once, under the first of them. */
  private variablesHint(): string {
    const { env } = this.host.state.form;
    const has = (kind: EnvVariable['kind']): boolean => env.some((one) => one.kind === kind);
    return [
      has('secret') ? this.host.state.text('secretKeyHint') : '',
      unlistedHint(this.host, [
        ...(has('secret') ? (['secrets'] as const) : []),
        ...(has('configMap') ? (['configMaps'] as const) : []),
      ]),
    ]
      .filter(Boolean)
      .join(' ');
  }

  private variable(item: EnvVariable, at: string, label: string, list: ListView<EnvVariable>): Entry {
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
    return entryOf(
      this.text('name', at, label, 'mid', item.name, (value) => (item.name = value)),
      above(state.text('variableKind'), kind.element),
      ...this.source(item, at, label),
    );
  }

  private source(item: EnvVariable, at: string, label: string): Part[] {
    switch (item.kind) {
      case 'value':
        return [this.text('value', at, label, 'mid', item.value, (value) => (item.value = value))];
      case 'secret':
        return [
          this.object('secret', at, label, item.secret, (value) => (item.secret = value), secretChoices),
          this.text('key', at, label, 'mid', item.key, (value) => (item.key = value)),
        ];
      case 'configMap':
        return [
          this.object('configMap', at, label, item.configMap, (value) => (item.configMap = value), configMapChoices),
          this.object(
            'key',
            at,
            label,
            item.key,
            (value) => (item.key = value),
            keyChoices(() => item.configMap),
          ),
        ];
      case 'custom':
        return [];
    }
  }

  private whole(): ListView<EnvFrom> {
    const { state } = this.host;
    return new ListView<EnvFrom>(this.host, {
      at: 'envFrom',
      label: state.text('envFrom'),
      items: () => state.form.envFrom,
      entryLabel: (index) => this.nth(this.kindOf(index), index),
      entry: (item, at, label) => {
        const choices = item.kind === 'secret' ? secretChoices : configMapChoices;
        return entryOf(
          this.object('name', at, label, item.name, (value) => (item.name = value), choices, this.kindOf(at)),
          this.text('prefix', at, label, 'mid', item.prefix, (value) => (item.prefix = value)),
        );
      },
      parts: ['', 'name', 'prefix'],
      add: [
        { label: state.text('envFromSecretAdd'), make: () => ({ kind: 'secret', name: '', prefix: '' }) },
        { label: state.text('envFromConfigMapAdd'), make: () => ({ kind: 'configMap', name: '', prefix: '' }) },
      ],
      hint: () => unlistedHint(this.host, this.wholeKinds()),
      reveal: this.fold.reveal,
    });
  }

  private wholeKinds(): NameKind[] {
    const kinds = this.host.state.form.envFrom.map(({ kind }) => (kind === 'secret' ? 'secrets' : 'configMaps'));
    return [...new Set(kinds)];
  }

  private kindOf(at: string | number): string {
    const { state } = this.host;
    const index = Number(String(at).replace('envFrom.', ''));
    return state.text(state.form.envFrom[index]?.kind === 'configMap' ? 'configMap' : 'secret');
  }

  private files(): ListView<SecretFiles> {
    const { state } = this.host;
    return new ListView<SecretFiles>(this.host, {
      at: 'secretFiles',
      label: state.text('secretFiles'),
      items: () => state.form.secretFiles,
      entryLabel: (index) => this.nth(state.text('secretFiles'), index),
      entry: (item, at, label) =>
        entryOf(
          this.object('secret', at, label, item.secret, (value) => (item.secret = value), secretChoices),
          this.text('mountPath', at, label, 'medium', item.mountPath, (value) => (item.mountPath = value)),
        ),
      parts: ['', 'secret', 'mountPath'],
      add: [{ label: state.text('secretFilesAdd'), make: () => ({ secret: '', mountPath: '' }) }],
      hint: () => unlistedHint(this.host, ['secrets']),
      reveal: this.fold.reveal,
    });
  }

  /** A field for a name that may be chosen, with its label above it. */
  private object(
    part: 'name' | 'secret' | 'configMap' | 'key',
    at: string,
    label: string,
    value: string,
    write: (value: string) => void,
    choices: Choices,
    word: string = this.host.state.text(part),
  ): ObjectField {
    const field = objectField(this.host, {
      field: `${at}.${part}`,
      label: full(this.host, label, word),
      className: part === 'key' ? 'mid' : 'medium',
      ...{ value, write, choices, reveal: this.fold.reveal },
    });
    return { element: above(word, field.element), refresh: () => field.refresh() };
  }

  private text(
    part: 'name' | 'value' | 'key' | 'prefix' | 'mountPath',
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
