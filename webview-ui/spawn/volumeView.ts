/** The fields of one volume: the workspace or a data volume. */
import { accessModes, claimName, mountPath, newVolume } from '../../src/kubeflow/form.ts';
import type { AccessMode, ExistingVolume, NewVolume, VolumeChoice } from '../../src/kubeflow/form.ts';
import { dropdown, radios, textField, checkbox } from '../controls.ts';
import type { Choice } from '../controls.ts';
import { h } from '../dom.ts';
import type { Fields } from './fields.ts';
import type { FormState } from './state.ts';

export interface VolumeHost {
  state: FormState;
  fields: Fields;
  /** The form changed; `field` is what the user touched. */
  changed(field: string): void;
}

/** A volume's part of the form. `refresh` follows what changed elsewhere: names made from the server's, claims. */
export class VolumeView {
  readonly element = h('div', { class: 'volume' });
  private refreshers: (() => void)[] = [];

  constructor(
    private readonly host: VolumeHost,
    readonly at: string,
    private readonly group: string,
    private volume: VolumeChoice,
    private readonly set: (volume: VolumeChoice) => void,
    private readonly kinds: readonly VolumeChoice['kind'][],
  ) {
    this.build();
  }

  refresh(): void {
    for (const refresher of this.refreshers) refresher();
  }

  private text(...args: Parameters<FormState['text']>): string {
    return this.host.state.text(...args);
  }

  private build(): void {
    const { fields } = this.host;
    fields.drop(this.at);
    this.refreshers = [];
    const names = {
      none: 'noVolume',
      new: 'newVolume',
      existing: 'existingVolume',
      custom: 'customVolume',
    } as const;
    const kind = radios({
      label: this.group,
      choices: this.kinds.map((value) => ({ value, label: this.text(names[value]) })),
      value: this.volume.kind,
      onChange: (value) => this.choose(value as Exclude<VolumeChoice['kind'], 'custom'>),
    });
    fields.add(this.at, this.group, kind);
    this.element.replaceChildren(kind.element);
    if (this.volume.kind === 'new') this.buildNew(this.volume);
    if (this.volume.kind === 'existing') this.buildExisting(this.volume);
    const parts = ['', '.size', '.mountPath', '.claim', '.name', '.storageClass', '.accessMode'];
    this.element.append(fields.line(parts.map((part) => `${this.at}${part}`)));
  }

  private choose(kind: Exclude<VolumeChoice['kind'], 'custom'>): void {
    const path = this.volume.kind === 'none' ? '' : this.volume.mountPath;
    if (kind === 'none') this.volume = { kind };
    else if (kind === 'new') this.volume = newVolume(path);
    else this.volume = { kind, claim: '', mountPath: path };
    this.set(this.volume);
    this.host.state.forget(`${this.at}.`);
    this.build();
    this.host.changed(this.at);
  }

  private buildNew(volume: NewVolume): void {
    const more = this.more(volume);
    this.element.append(
      h(
        'div',
        { class: 'fields' },
        this.typed('size', 'size', 'narrow', volume.size, (value) => (volume.size = value), 'Gi'),
        this.mountField(volume),
      ),
      more,
    );
  }

  private buildExisting(volume: ExistingVolume): void {
    const label = this.text('claim');
    const choose = dropdown({
      label: `${this.group}: ${label}`,
      choices: [],
      value: volume.claim,
      className: 'widest',
      onChange: (value) => {
        volume.claim = value;
        this.host.changed(`${this.at}.claim`);
      },
    });
    const readOnly = checkbox({
      label: this.text('readOnly'),
      checked: volume.readOnly === true,
      onChange: (checked) => {
        volume.readOnly = checked;
        this.host.changed(`${this.at}.readOnly`);
      },
    });
    this.refreshers.push(() => choose.setChoices(this.claims(volume), volume.claim));
    this.host.fields.add(`${this.at}.claim`, this.full(label), choose);
    this.element.append(
      h(
        'div',
        { class: 'fields' },
        h('div', { class: 'field' }, h('span', { class: 'label' }, label), choose.element),
        this.mountField(volume),
        this.kinds.includes('none') ? undefined : h('div', { class: 'field' }, readOnly.element),
      ),
    );
    this.refresh();
  }

  private claims(volume: ExistingVolume): Choice[] {
    const { form, place } = this.host.state;
    const claims = place.options.claims[form.namespace] ?? [];
    const first = claims.length === 0 ? 'noClaims' : 'chooseClaim';
    const none = { value: '', label: this.text(first, { namespace: form.namespace }) };
    const listed = claims.map((claim) => {
      const users =
        claim.usedBy.length > 0 ? this.text('claimUsedBy', { servers: claim.usedBy.join(', ') }) : undefined;
      return { value: claim.name, label: [claim.name, claim.size, users].filter(Boolean).join(' · ') };
    });
    const known = claims.some((claim) => claim.name === volume.claim);
    const gone = volume.claim === '' || known ? [] : [{ value: volume.claim, label: volume.claim }];
    return [...(volume.claim === '' ? [none] : []), ...gone, ...listed];
  }

  /** Class, access mode and name: right as they are for nearly everybody, so they are folded away. */
  private more(volume: NewVolume): HTMLElement {
    const summary = h('summary', {});
    const details = h('details', { class: 'more' }, summary) as HTMLDetailsElement;
    const reveal = (): void => {
      details.open = true;
    };
    const classes = this.host.state.place.options.storageClasses;
    const className = this.text('storageClass');
    const setClass = (value: string): void => {
      volume.storageClass = value;
      this.host.changed(`${this.at}.storageClass`);
    };
    const choice = classes
      ? dropdown({
          label: this.full(className),
          choices: [
            { value: '', label: this.text('storageClassDefault') },
            ...classes.map((value) => ({ value, label: value })),
          ],
          value: volume.storageClass ?? '',
          className: 'medium',
          onChange: setClass,
        })
      : textField({
          label: this.full(className),
          value: volume.storageClass ?? '',
          className: 'medium',
          placeholder: this.text('storageClassDefault'),
          onInput: setClass,
        });
    this.host.fields.add(`${this.at}.storageClass`, this.full(className), choice, reveal);
    const mode = dropdown({
      label: this.full(this.text('accessMode')),
      choices: accessModes.map((value) => ({ value, label: this.text(value) })),
      value: volume.accessMode,
      className: 'medium',
      onChange: (value) => {
        volume.accessMode = value as AccessMode;
        this.host.changed(`${this.at}.accessMode`);
      },
    });
    this.host.fields.add(`${this.at}.accessMode`, this.full(this.text('accessMode')), mode, reveal);
    const name = this.typed('name', 'claimName', 'wide', volume.name, (value) => (volume.name = value), '', reveal);
    details.append(
      h(
        'div',
        { class: 'fields' },
        h('div', { class: 'field' }, h('span', { class: 'label' }, this.text('accessMode')), mode.element),
        h('div', { class: 'field' }, h('span', { class: 'label' }, className), choice.element),
        name,
      ),
    );
    this.refreshers.push(() => {
      const changed = volume.name !== '' || (volume.storageClass ?? '') !== '' || volume.accessMode !== 'ReadWriteOnce';
      summary.textContent = this.text(changed ? 'moreChanged' : 'more');
    });
    this.refresh();
    return details;
  }

  private mountField(volume: NewVolume | ExistingVolume): HTMLElement {
    return this.typed('mountPath', 'mountPath', 'wide', volume.mountPath, (value) => (volume.mountPath = value));
  }

  private typed(
    part: 'size' | 'mountPath' | 'name',
    word: 'size' | 'mountPath' | 'claimName',
    className: string,
    value: string,
    write: (value: string) => void,
    unit = '',
    reveal?: () => void,
  ): HTMLElement {
    const label = this.text(word);
    const field = `${this.at}.${part}`;
    const control = textField({
      label: this.full(label),
      value,
      className,
      onInput: (text) => {
        write(text);
        this.host.changed(field);
      },
    });
    this.host.fields.add(field, this.full(label), control, reveal);
    this.refreshers.push(() => {
      const placed = { at: this.at, volume: this.volume };
      const { form } = this.host.state;
      if (part === 'name') control.placeholder = claimName(form, { ...placed, volume: { ...newVolume() } });
      if (part === 'mountPath') control.placeholder = mountPath(form, { ...placed, volume: this.withoutPath() });
    });
    return h(
      'label',
      { class: 'field' },
      h('span', { class: 'label' }, label),
      h('span', { class: 'with-unit' }, control.element, unit === '' ? undefined : h('span', { class: 'unit' }, unit)),
    );
  }

  private withoutPath(): VolumeChoice {
    return this.volume.kind === 'none' ? this.volume : { ...this.volume, mountPath: '' };
  }

  /** A field's name out of its place, for screen readers and the footer. */
  private full(label: string): string {
    return this.text('fieldOf', { group: this.group, field: label });
  }
}
