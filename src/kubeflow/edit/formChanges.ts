/** What an edit changes, field by field, as data for a list in words. No value of a variable or an annotation is in it. Pure. */
import { claimName, imageOf, mountPath, volumesOf } from '../form.ts';
import type { EnvFrom, EnvVariable, PlacedVolume, SecretFiles, SpawnForm } from '../form.ts';
import { asRecord, omit, same } from '../form/kept.ts';
import { limitQuantity } from '../form/limits.ts';
import type { SpawnerConfig } from '../form/spawnerConfig.ts';
import { entriesOf } from '../form/writeMeta.ts';
import { amountsOf } from '../form/writeResources.ts';
import { giQuantity, parseCpu, plain } from '../quantity.ts';

/** What is changed. Those of a list also say which one. */
export type ChangedThing =
  | 'type'
  | 'image'
  | 'pullPolicy'
  | 'cpu'
  | 'cpuLimit'
  | 'memory'
  | 'memoryLimit'
  | 'gpus'
  | 'gpuModel'
  | 'workspace'
  | 'dataVolume'
  | 'sharedMemory'
  | 'affinityGroup'
  | 'tolerationGroup'
  | 'configuration'
  | 'variable'
  | 'envFrom'
  | 'secretFiles'
  | 'pullSecret'
  | 'nodeSelector'
  | 'serviceAccount'
  | 'label'
  | 'annotation';

export interface FormChange {
  thing: ChangedThing;
  /** Which one, such as a label's key. */
  of?: string;
  /** Absent: it was not there. */
  from?: string;
  /** Absent: it is not there any more. */
  to?: string;
  /** It is another one, and what it is must not be said. */
  hidden?: true;
}

/** The differences of two forms of one server, in the order of the form; what only is spelt differently is none. */
export function formChanges(before: SpawnForm, after: SpawnForm, config: SpawnerConfig): FormChange[] {
  const one = (thing: ChangedThing, of: (form: SpawnForm) => string): FormChange[] =>
    entries(thing, { '': of(before) }, { '': of(after) });
  const many = (thing: ChangedThing, of: (form: SpawnForm) => Record<string, string>): FormChange[] =>
    entries(thing, of(before), of(after));
  const secret = (thing: ChangedThing, of: (form: SpawnForm) => Record<string, unknown>): FormChange[] =>
    hidden(thing, of(before), of(after));
  return [
    ...one('type', (f) => f.serverType),
    ...one('image', (f) => imageOf(f)),
    ...one('pullPolicy', (f) => f.imagePullPolicy),
    ...one('cpu', ({ cpu }) => (cpu.trim() === '' ? '' : plain(parseCpu(cpu) ?? 0))),
    ...one('cpuLimit', (f) => limitQuantity('cpu', f, config) ?? ''),
    ...one('memory', ({ memory }) => (memory.trim() === '' ? '' : giQuantity(memory))),
    ...one('memoryLimit', (f) => limitQuantity('memory', f, config) ?? ''),
    ...many('gpus', (f) => texts(amountsOf(f.gpus))),
    ...one('gpuModel', (f) => f.gpuModel.value.trim()),
    ...one('workspace', (f) => volumeText(f, { at: 'workspace', volume: f.workspace })),
    ...many('dataVolume', (f) => dataVolumes(f)),
    ...one('sharedMemory', (f) => (f.shm ? giText(f.shmSize) : '')),
    ...one('affinityGroup', (f) => f.affinityGroup),
    ...one('tolerationGroup', (f) => f.tolerationGroup),
    ...many('configuration', (f) => marks(f.configurations)),
    ...secret('variable', (f) => variables(f.env)),
    ...secret('envFrom', (f) => keyed(f.envFrom, ({ kind, name }: EnvFrom) => `${name} (${kind})`)),
    ...many('secretFiles', (f) => files(f.secretFiles)),
    ...many('pullSecret', (f) => marks(f.imagePullSecrets)),
    ...many('nodeSelector', (f) => entriesOf(f.nodeSelector)),
    ...one('serviceAccount', (f) => f.serviceAccount.trim()),
    ...many('label', (f) => entriesOf(f.labels)),
    ...secret('annotation', (f) => entriesOf(f.annotations)),
  ];
}

function entries(thing: ChangedThing, before: Record<string, string>, after: Record<string, string>): FormChange[] {
  return keysOf(before, after).flatMap((of): FormChange[] => {
    const [from, to] = [before[of] ?? '', after[of] ?? ''];
    if (from === to && of in before === of in after) return [];
    return [{ thing, ...(of ? { of } : {}), ...(of in before && from ? { from } : {}), ...(to ? { to } : {}) }];
  });
}

function hidden(thing: ChangedThing, before: Record<string, unknown>, after: Record<string, unknown>): FormChange[] {
  return keysOf(before, after).flatMap((of): FormChange[] => {
    if (same(before[of], after[of])) return [];
    const [from, to] = [of in before ? { from: of } : {}, of in after ? { to: of } : {}];
    return [{ thing, of, ...from, ...to, hidden: true }];
  });
}

function keysOf(before: object, after: object): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

/** A mount in a few words: what is mounted, its size if it is new, and where. */
function volumeText(form: SpawnForm, placed: PlacedVolume): string {
  const { volume } = placed;
  if (volume.kind === 'none') return '';
  const size = volume.kind === 'new' ? ` (${giQuantity(volume.size)})` : '';
  const what = volume.kind === 'custom' ? (Object.keys(asRecord(volume.source))[0] ?? '') : claimName(form, placed);
  const part = volume.subPath?.trim() ? `/${volume.subPath.trim()}` : '';
  return `${what}${size}${part} ${mountPath(form, placed)}${volume.readOnly === true ? ' (ro)' : ''}`;
}

/** By claim, or where they are mounted: the number of a volume changes with those before it. */
function dataVolumes(form: SpawnForm): Record<string, string> {
  const data = volumesOf(form).filter(({ at, volume }) => at !== 'workspace' && volume.kind !== 'none');
  const found: Record<string, string[]> = {};
  // Parts of one volume may be mounted in several places.
  for (const placed of data) {
    (found[claimName(form, placed) || mountPath(form, placed)] ??= []).push(volumeText(form, placed));
  }
  return Object.fromEntries(Object.entries(found).map(([key, all]) => [key, all.join(', ')]));
}

function variables(env: readonly EnvVariable[]): Record<string, unknown> {
  return keyed(env, ({ name }) => name.trim());
}

function keyed<T extends object>(all: readonly T[], key: (one: T) => string): Record<string, unknown> {
  const found: Record<string, unknown[]> = {};
  for (const one of all) (found[key(one)] ??= []).push(one);
  return found;
}

function files(all: readonly SecretFiles[]): Record<string, string> {
  return Object.fromEntries(all.map((one) => [one.mountPath.trim(), omit(one, 'from').secret.trim()]));
}

function marks(all: readonly string[]): Record<string, string> {
  return Object.fromEntries(all.filter((one) => one.trim() !== '').map((one) => [one.trim(), one.trim()]));
}

function texts(all: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, String(value)]));
}

function giText(size: string): string {
  return size.trim() === '' ? '*' : giQuantity(size);
}
