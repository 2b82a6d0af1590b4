/** A Notebook's volumes as the form has them. Pure. */
import { home } from '../form.ts';
import type { CustomVolume, ExistingVolume, Kept, Mounted, SecretFiles, SpawnForm } from '../form.ts';
import { giText } from '../quantity.ts';
import { asList, asRecord, asText, omit, tidy } from './kept.ts';

export type ReadVolumes = Pick<SpawnForm, 'workspace' | 'dataVolumes' | 'shm' | 'shmSize' | 'secretFiles'> & {
  /** Which of the container's mounts the shared memory is. */
  shmFrom?: number;
};

/** The folder that Open Data Hub's images have their home in. */
const otherHomes = ['/opt/app-root/src'];

/**
 * The volumes that the container mounts, one for each mount. The workspace is the claim that is named so, else what is
 * mounted as a home. A volume that this container does not mount, or that is none, is not the form's business.
 */
export function readVolumes(name: string, spec: Kept, container: Kept, homePath = home): ReadVolumes {
  const sources = new Map(asList(spec['volumes']).map((volume) => [asText(volume['name']), volume]));
  const read: ReadVolumes = { workspace: { kind: 'none' }, dataVolumes: [], shm: false, shmSize: '', secretFiles: [] };
  const found: (ExistingVolume | CustomVolume)[] = [];
  asList(container['volumeMounts']).forEach((mount, from) => {
    const volume = sources.get(asText(mount['name']));
    if (!volume) return;
    const path = asText(mount['mountPath']);
    const memory = asRecord(volume['emptyDir']);
    if (trimmed(path) === '/dev/shm' && memory['medium'] === 'Memory' && !read.shm) {
      const size = memory['sizeLimit'];
      Object.assign(read, { shm: true, shmSize: size === undefined ? '' : giText(asText(size)), shmFrom: from });
      return;
    }
    const files = secretFiles(volume, mount, path, from);
    if (files) read.secretFiles.push(files);
    else found.push(readVolume(volume, mount, from));
  });
  const homes = [homePath, home, asText(container['workingDir']), ...otherHomes].filter((one) => one !== '');
  const workspace =
    found.find((v) => v.kind === 'existing' && v.claim === `${name}-workspace`) ??
    homes.map((path) => found.find((v) => trimmed(v.mountPath) === trimmed(path))).find((v) => v !== undefined);
  return { ...read, workspace: workspace ?? read.workspace, dataVolumes: found.filter((v) => v !== workspace) };
}

function readVolume(volume: Kept, mount: Kept, from: number): ExistingVolume | CustomVolume {
  const claim = asRecord(volume['persistentVolumeClaim']);
  const mounted: Mounted = tidy({
    readOnly: mount['readOnly'] === true || claim['readOnly'] === true,
    subPath: asText(mount['subPath']),
    mountPath: asText(mount['mountPath']),
    from,
  });
  mounted.mountPath ??= '';
  const name = asText(claim['claimName']);
  return name !== ''
    ? { kind: 'existing', claim: name, ...mounted }
    : { kind: 'custom', source: structuredClone(omit(volume, 'name')), ...mounted };
}

/** Only a Secret of which every key is a file: one with items, or a part of one, is a source of its own. */
function secretFiles(volume: Kept, mount: Kept, mountPath: string, from: number): SecretFiles | undefined {
  const source = asRecord(volume['secret']);
  const secret = asText(source['secretName']);
  if (secret === '' || source['items'] !== undefined || mount['subPath'] !== undefined) return undefined;
  return { secret, mountPath, from };
}

function trimmed(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}
