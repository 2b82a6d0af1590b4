/** The fields of one volume: the workspace or a data volume. */
import { accessModes, claimName, mountPath, newVolume } from '../../src/kubeflow/form.ts';
import type { AccessMode, ExistingVolume, Mounted, NewVolume, VolumeChoice } from '../../src/kubeflow/form.ts';
import { radios } from '../controls.ts';
import type { Choice } from '../controls.ts';
import { h } from '../dom.ts';
import { above, chooser, full, locked, toggle, typed } from './inputs.ts';
import type { Host } from './inputs.ts';
import { manyClaims } from './state.ts';
import type { FormState } from './state.ts';

/** A volume's part of the form. `refresh` follows what changed elsewhere: names made from the server's, claims. */
export class VolumeView {
  readonly element = h('div', { class: 'volume' });
  private refreshers: (() => void)[] = [];

  constructor(
    private readonly host: Host,
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
    // Another source is in no list: it can be kept or let go.
    const kinds = this.volume.kind === 'custom' ? [...this.kinds, 'custom' as const] : this.kinds;
    const kind = radios({
      label: this.group,
      choices: kinds.map((value) => ({ value, label: this.text(names[value]) })),
      value: this.volume.kind,
      onChange: (value) => this.choose(value as Exclude<VolumeChoice['kind'], 'custom'>),
    });
    fields.add(this.at, this.group, kind);
    if (locked(this.host, this.at)) kind.lock();
    this.element.replaceChildren(kind.element);
    if (this.volume.kind === 'new') this.buildNew(this.volume);
    if (this.volume.kind === 'existing') this.buildExisting(this.volume);
    if (this.volume.kind === 'custom') this.element.append(this.mountField(this.volume));
    const parts = ['', '.size', '.mountPath', '.subPath', '.claim', '.name', '.storageClass', '.accessMode'];
    const hint = (): string => (locked(this.host, this.at) ? this.text('locked') : '');
    const line = fields.line(
      parts.map((part) => `${this.at}${part}`),
      hint,
    );
    this.element.append(line);
    this.refresh();
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
    const { state } = this.host;
    const label = this.text('claim');
    const choose = chooser(this.host, {
      field: `${this.at}.claim`,
      label: this.full(label),
      className: 'widest',
      choices: [],
      value: volume.claim,
      searched: manyClaims(state.place.options, state.form.namespace),
      write: (value) => (volume.claim = value),
    });
    this.refreshers.push(() => choose.setChoices(this.claims(volume), volume.claim));
    this.element.append(
      h(
        'div',
        { class: 'fields' },
        h('div', { class: 'field' }, h('span', { class: 'label' }, label), choose.element),
        this.mountField(volume),
        this.typed('subPath', 'folder', 'medium', volume.subPath ?? '', (value) => (volume.subPath = value)),
        this.kinds.includes('none') ? undefined : h('div', { class: 'field' }, this.readOnly(volume)),
      ),
    );
  }

  private readOnly(volume: ExistingVolume): HTMLElement {
    return toggle(this.host, {
      field: `${this.at}.readOnly`,
      label: this.full(this.text('readOnly')),
      text: this.text('readOnly'),
      checked: volume.readOnly === true,
      write: (checked) => (volume.readOnly = checked),
    }).element;
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
    const named = {
      field: `${this.at}.storageClass`,
      label: this.full(className),
      className: 'medium',
      value: volume.storageClass ?? '',
      write: (value: string) => (volume.storageClass = value),
      reveal,
    };
    const defaultClass = this.text('storageClassDefault');
    const choice = classes
      ? chooser(this.host, {
          ...named,
          choices: [{ value: '', label: defaultClass }, ...classes.map((value) => ({ value, label: value }))],
        })
      : typed(this.host, { ...named, placeholder: defaultClass });
    const mode = chooser(this.host, {
      field: `${this.at}.accessMode`,
      label: this.full(this.text('accessMode')),
      className: 'medium',
      choices: accessModes.map((value) => ({ value, label: this.text(value) })),
      value: volume.accessMode,
      write: (value) => (volume.accessMode = value as AccessMode),
      reveal,
    });
    const name = this.typed(
      'name',
      'claimName',
      'wide',
      volume.name,
      (value) => (volume.name = value),
      undefined,
      reveal,
    );
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
    return details;
  }

  private mountField(volume: Mounted): HTMLElement {
    return this.typed('mountPath', 'mountPath', 'wide', volume.mountPath, (value) => (volume.mountPath = value));
  }

  private typed(
    part: 'size' | 'mountPath' | 'name' | 'subPath',
    word: 'size' | 'mountPath' | 'claimName' | 'folder',
    className: string,
    value: string,
    write: (value: string) => void,
    unit?: string,
    reveal?: () => void,
  ): HTMLElement {
    const label = this.text(word);
    const field = `${this.at}.${part}`;
    const control = typed(this.host, { field, label: this.full(label), className, value, write, reveal });
    this.refreshers.push(() => {
      const placed = { at: this.at, volume: this.volume };
      const { form } = this.host.state;
      if (part === 'name') control.placeholder = claimName(form, { ...placed, volume: { ...newVolume() } });
      if (part === 'mountPath') control.placeholder = mountPath(form, { ...placed, volume: this.withoutPath() });
      if (part === 'subPath') control.placeholder = this.text('folderAll');
    });
    return above(label, control.element, unit);
  }

  private withoutPath(): VolumeChoice {
    return this.volume.kind === 'none' ? this.volume : { ...this.volume, mountPath: '' };
  }

  private full(label: string): string {
    return full(this.host, this.group, label);
  }
}
