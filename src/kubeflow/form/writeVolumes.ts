/** The pod's volumes and where the server sees them. What the form does not know of them stays. Pure. */
import { claimName, mountPath, volumesOf } from '../form.ts';
import type { Kept, Mounted, SpawnForm } from '../form.ts';
import { giQuantity } from '../quantity.ts';
import type { Draft } from './draft.ts';
import { asList, asRecord, asText, omit, same, tidy } from './kept.ts';
import { readVolumes } from './readVolumes.ts';
import { isLabel } from './syntax.ts';

/** The name of the pod's volume for shared memory, as the Jupyter Web App has it. */
const shmName = 'dshm';

/** One mount of the form with the source behind it. */
interface Wanted {
  /** Which of the base's mounts it was. */
  from?: number;
  mount: { mountPath: string; readOnly?: boolean; subPath?: string };
  source: Kept;
  /** What a new volume is called if nothing else is. */
  name: string;
}

/** Writes `volumes` and the container's `volumeMounts`: what stood stays in its order, what is new comes after it. */
export function writeVolumes(draft: Draft): void {
  const { spec, container, form, before } = draft;
  const volumes = [...asList(spec['volumes'])];
  const mounts = asList(container['volumeMounts']);
  const shmFrom = before && readVolumes(before.name, spec, container).shmFrom;
  const wanted = wantedOf(form, shmFrom);
  const old = before ? wantedOf(before, shmFrom) : [];
  const known = new Set(old.map(({ from }) => from));
  const written = mounts.flatMap((mount, index) => {
    if (!known.has(index)) return [mount];
    const want = wanted.find(({ from }) => from === index);
    const stood = old.find(({ from }) => from === index);
    if (!want || !stood) return [];
    return [same(want, stood) ? mount : changed(mount, want, stood, wanted, mounts, volumes)];
  });
  for (const want of wanted) {
    if (want.from === undefined || !known.has(want.from)) written.push(added(want, volumes));
  }
  container['volumeMounts'] = written;
  const used = new Set(draft.containers.flatMap((one) => asList(one['volumeMounts']).map((m) => m['name'])));
  const dropped = new Set([...known].map((index) => index !== undefined && mounts[index]?.['name']));
  spec['volumes'] = volumes.filter(({ name }) => used.has(name) || !dropped.has(asText(name)));
}

/** What the form wants mounted: workspace, data, shared memory, Secrets. */
function wantedOf(form: SpawnForm, shmFrom: number | undefined): Wanted[] {
  const wanted: Wanted[] = volumesOf(form).flatMap((placed): Wanted[] => {
    const { volume } = placed;
    if (volume.kind === 'none') return [];
    const claim = claimName(form, placed);
    const source =
      volume.kind === 'custom'
        ? structuredClone(volume.source)
        : { persistentVolumeClaim: { claimName: claim, ...tidy({ readOnly: volume.readOnly === true }) } };
    return [{ ...from(volume), mount: mounted(volume, mountPath(form, placed)), source, name: claim }];
  });
  if (form.shm) {
    const sizeLimit = form.shmSize.trim() === '' ? undefined : giQuantity(form.shmSize);
    const source = { emptyDir: tidy({ medium: 'Memory', sizeLimit }) };
    wanted.push({ ...from({ from: shmFrom }), mount: { mountPath: '/dev/shm' }, source, name: shmName });
  }
  for (const files of form.secretFiles) {
    const secret = files.secret.trim();
    const mount = { mountPath: files.mountPath.trim(), readOnly: true };
    wanted.push({ ...from(files), mount, source: { secret: { secretName: secret } }, name: `secret-${secret}` });
  }
  return wanted;
}

function mounted({ readOnly, subPath }: Mounted, path: string): Wanted['mount'] {
  return { mountPath: path, ...tidy({ readOnly: readOnly === true, subPath: subPath?.trim() }) };
}

function from({ from: index }: { from?: number }): { from?: number } {
  return index === undefined ? {} : { from: index };
}

/** A mount that stood and is to be another one. Its volume is changed in place unless the form mounts it elsewhere, too. */
function changed(mount: Kept, want: Wanted, stood: Wanted, all: Wanted[], mounts: Kept[], volumes: Kept[]): Kept {
  const written = { ...omit(mount, 'readOnly', 'subPath'), ...want.mount };
  if (same(want.source, stood.source)) return written;
  const name = asText(mount['name']);
  const elsewhere = all.some(
    (other) => other !== want && other.from !== undefined && asText(mounts[other.from]?.['name']) === name,
  );
  if (elsewhere) return { ...written, ...added(want, volumes) };
  const at = volumes.findIndex((volume) => volume['name'] === name);
  volumes[at] = { name, ...merged(volumes[at] ?? {}, want.source) };
  return written;
}

/** The new source with what the form does not know of the old one, where it is of the same kind. */
function merged(volume: Kept, source: Kept): Kept {
  return Object.fromEntries(
    Object.entries(source).map(([kind, value]) => {
      if (kind !== 'secret' && kind !== 'emptyDir') return [kind, value];
      return [kind, { ...omit(asRecord(volume[kind]), 'sizeLimit'), ...(value as Kept) }];
    }),
  );
}

/** A mount of a volume that is new, or of the one that holds the same claim already: a pod mounts a volume many times. */
function added(want: Wanted, volumes: Kept[]): Kept {
  const shared =
    'persistentVolumeClaim' in want.source
      ? volumes.find((v) => same(v['persistentVolumeClaim'], want.source['persistentVolumeClaim']))
      : undefined;
  const name = shared ? asText(shared['name']) : freeName(want.name, volumes);
  if (!shared) volumes.push({ name, ...want.source });
  return { name, ...want.mount };
}

/** A claim's name may be longer than, or have dots that, a pod's volume may not have. */
function freeName(wish: string, volumes: readonly Kept[]): string {
  const taken = new Set(volumes.map((volume) => volume['name']));
  const reserved = wish === shmName && taken.has(wish);
  if (isLabel(wish) && !taken.has(wish) && !reserved) return wish;
  let n = volumes.length + 1;
  while (taken.has(`volume-${n}`)) n++;
  return `volume-${n}`;
}
