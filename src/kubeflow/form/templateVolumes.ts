/** A volume as a template says it: `none`, or a new one, an existing claim or any other source, and where it is mounted. Pure. */
import { accessModes } from '../form.ts';
import type { Kept, Mounted, NewVolume, VolumeChoice } from '../form.ts';
import { tidy } from './kept.ts';
import type { TemplateReader } from './templateReader.ts';
import { within } from './templateReader.ts';
import { plainOf } from './templateYaml.ts';
import type { Tree } from './templateYaml.ts';

const kinds = ['new', 'existing', 'source'] as const;

/** @param mayBeNone a workspace may be `none`; a data volume that is none is left out */
export function readVolume(r: TemplateReader, tree: Tree, field: string, mayBeNone: boolean): VolumeChoice | undefined {
  if (mayBeNone && tree.kind === 'value' && tree.value === 'none') return { kind: 'none' };
  const keys = r.map(tree, field, [...kinds, 'mountPath', 'readOnly', 'subPath']);
  if (tree.kind !== 'map') return undefined;
  const given = kinds.filter((one) => keys.has(one));
  const readOnly = r.flag(keys.get('readOnly'), within(field, 'readOnly'));
  const subPath = r.text(keys.get('subPath'), within(field, 'subPath'));
  const mounted: Mounted = {
    mountPath: r.text(keys.get('mountPath'), within(field, 'mountPath')) ?? '',
    ...(readOnly ? { readOnly } : {}),
    ...(subPath === undefined ? {} : { subPath }),
  };
  const [kind] = given;
  const value = kind && keys.get(kind);
  if (!value || given.length > 1) return r.report(tree.line, { code: 'oneOf', field, choices: kinds });
  const at = within(field, kind);
  if (kind === 'existing') {
    const claim = r.text(value, at);
    return claim === undefined ? undefined : { kind: 'existing', claim, ...mounted };
  }
  if (kind === 'source') {
    return r.entries(value, at) && { kind: 'custom', source: plainOf(value) as Kept, ...mounted };
  }
  const made = readNew(r, value, at);
  return made && { ...made, ...mounted };
}

function readNew(r: TemplateReader, tree: Tree, field: string): Omit<NewVolume, 'mountPath'> | undefined {
  const keys = r.record(tree, field, ['size'], ['name', 'accessMode', 'storageClass', 'claim']);
  const size = r.size(keys.get('size'), within(field, 'size'), 'memory');
  const name = r.text(keys.get('name'), within(field, 'name')) ?? '';
  const accessMode = r.choice(keys.get('accessMode'), within(field, 'accessMode'), accessModes) ?? 'ReadWriteOnce';
  const storageClass = r.text(keys.get('storageClass'), within(field, 'storageClass'));
  const rest = keys.get('claim');
  const claim = rest && r.entries(rest, within(field, 'claim')) ? (plainOf(rest) as Kept) : undefined;
  if (size === undefined) return undefined;
  return {
    ...{ kind: 'new', name, size, accessMode },
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(claim ? { claim } : {}),
  };
}

/** The same, to be written; undefined for none. */
export function volumeAsWritten(volume: VolumeChoice): Kept | undefined {
  if (volume.kind === 'none') return undefined;
  const { mountPath, readOnly, subPath } = volume;
  const mounted = tidy({ mountPath: mountPath.trim(), readOnly, subPath: subPath?.trim() });
  if (volume.kind === 'existing') return { existing: volume.claim.trim(), ...mounted };
  if (volume.kind === 'custom') return { source: volume.source, ...mounted };
  const { name, size, accessMode, storageClass, claim } = volume;
  const usual = accessMode === 'ReadWriteOnce' ? undefined : accessMode;
  const made = { name: name.trim(), size: withGi(size), accessMode: usual, storageClass: storageClass?.trim(), claim };
  return { new: tidy(made), ...mounted };
}

/** An amount of memory with its unit, which the form leaves out where it is Gi. */
export function withGi(typed: string): string {
  const text = typed.trim();
  return /\d$|\.$/.test(text) ? `${text}Gi` : text;
}
