/** Has somebody else changed a Notebook under an open form, and what of the form still holds then. Pure. */
import type { SpawnForm, VolumeChoice } from '../form.ts';
import { omit, same } from '../form/kept.ts';
import { isOwnAnnotation } from '../form/readBack.ts';
import { annotations } from '../objects.ts';
import type { Notebook } from '../objects.ts';

/** Is this another Notebook, or one with another spec, labels or annotations? A stop, a start and the culler's notes do not count. */
export function changedMeanwhile(base: Notebook, now: Notebook): boolean {
  return (
    (base.metadata.uid !== undefined && base.metadata.uid !== now.metadata.uid) ||
    !same(base.spec, now.spec) ||
    !same(base.metadata.labels ?? {}, now.metadata.labels ?? {}) ||
    !same(asked(base), asked(now))
  );
}

/** The annotations that a form can be about. */
function asked({ metadata }: Notebook): Record<string, string> {
  const { serverType, rewriteUri, requestHeaders } = annotations;
  const written: readonly string[] = [serverType, rewriteUri, requestHeaders];
  const all = Object.entries(metadata.annotations ?? {});
  return Object.fromEntries(all.filter(([key]) => written.includes(key) || !isOwnAnnotation(key)));
}

/** Written together: a mount says by its place which of the Notebook's it is. */
const mounts = ['workspace', 'dataVolumes', 'shm', 'shmSize', 'secretFiles'] as const satisfies (keyof SpawnForm)[];
const alone = {
  image: ['imageMode', 'image', 'customImage'],
  cpu: ['cpu', 'cpuLimit'],
  memory: ['memory', 'memoryLimit'],
} as const satisfies Record<string, (keyof SpawnForm)[]>;

/**
 * The form for the Notebook as it is now, with what the person has changed since `start`. What both have changed is as the
 * person has it: the list of changes shows it.
 */
export function carriedOver(start: SpawnForm, form: SpawnForm, fresh: SpawnForm): SpawnForm {
  const kept: Partial<Record<keyof SpawnForm, unknown>> = {};
  const keep = (keys: readonly (keyof SpawnForm)[]): void => {
    if (keys.every((key) => same(form[key], start[key]))) return;
    for (const key of keys) kept[key] = form[key];
  };
  const grouped = new Set<string>([...mounts, ...Object.values(alone).flat()]);
  for (const keys of [mounts, ...Object.values(alone)]) keep(keys);
  for (const key of Object.keys(start) as (keyof SpawnForm)[]) if (!grouped.has(key)) keep([key]);
  const carried = { ...fresh, ...kept } as SpawnForm;
  return 'workspace' in kept ? { ...carried, ...placed(start, form, fresh) } : carried;
}

type Mounts = Pick<SpawnForm, 'workspace' | 'dataVolumes' | 'secretFiles'>;

/** The person's mounts, each standing for the mount that is still what it was; for a new one where that is gone. */
function placed(start: Mounts, form: Mounts, fresh: Mounts): Mounts {
  type One = { from?: number };
  const all = ({ workspace, dataVolumes, secretFiles }: Mounts): One[] =>
    [workspace, ...dataVolumes, ...secretFiles].filter((one) => 'from' in one && one.from !== undefined) as One[];
  const [before, now] = [all(start), all(fresh)];
  const at = <T extends object>(one: T): T => {
    const { from } = one as One;
    if (from === undefined) return one;
    const stood = before.find((other) => other.from === from);
    const found = stood && now.find((other) => same(omit(other, 'from'), omit(stood, 'from')));
    const rest = omit(one as T & One, 'from');
    return (found ? { ...rest, from: found.from } : rest) as T;
  };
  const volume = (one: VolumeChoice): VolumeChoice => at(one);
  return {
    workspace: volume(form.workspace),
    dataVolumes: form.dataVolumes.map(volume),
    secretFiles: form.secretFiles.map(at),
  };
}
