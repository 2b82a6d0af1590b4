import { lstat, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Cluster } from '../../src/k8s/cluster.ts';
import {
  persistentVolumeClaims,
  persistentVolumes,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  type Raw,
} from '../../src/k8s/objects.ts';
import type { V1Container } from '@kubernetes/client-node';

/** The home of Kubeflow's images, and so the folder that a workspace volume is mounted at. */
export const imageHome = '/home/jovyan';

/** A volume that is not there (yet): a kubelet says FailedMount and tries again. */
export class MountError extends Error {}

/**
 * The folder on this machine that stands for each volume of the pod, by volume name: a claim's volume is its hostPath, all
 * else is a folder of the pod's own.
 * @param scratch where the pod's own folders go; they end with it
 * @throws MountError
 */
export async function volumeFolders(cluster: Cluster, pod: Pod, scratch: string): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  for (const volume of pod.spec?.volumes ?? []) {
    const claim =
      volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : undefined);
    const folder = claim
      ? await claimFolder(cluster, pod.metadata.namespace ?? '', claim)
      : (volume.hostPath?.path ?? path.join(scratch, volume.name));
    await mkdir(folder, { recursive: true });
    folders.set(volume.name, folder);
  }
  return folders;
}

async function claimFolder(cluster: Cluster, namespace: string, name: string): Promise<string> {
  const claim = await cluster.get<PersistentVolumeClaim>(persistentVolumeClaims, { namespace, name });
  const bound = claim.spec?.volumeName;
  if (!bound) throw new MountError(`PersistentVolumeClaim ${namespace}/${name} is not bound`);
  const volume = await cluster.get<PersistentVolume>(persistentVolumes, { name: bound });
  const folder = volume.spec?.hostPath?.path ?? volume.spec?.local?.path;
  if (!folder) throw new MountError(`PersistentVolume ${bound} has no folder on this node`);
  return folder;
}

export interface Link {
  /** Relative to the home. */
  at: string;
  to: string;
}

/** What a container sees of its pod's volumes. */
export interface ContainerFiles {
  /** The volume that is mounted at the image's home, or at the working directory. */
  home?: string;
  /** Volumes that are mounted below the home. */
  links: Link[];
  /** Mount paths that lie elsewhere: without a file system of its own, the process cannot see them there. */
  elsewhere: { mountPath: string; folder: string }[];
}

/** Sorts a container's mounts. Pure. */
export function containerFiles(container: Raw<V1Container>, folders: ReadonlyMap<string, string>): ContainerFiles {
  const mounts = (container.volumeMounts ?? [])
    .filter((mount) => folders.has(mount.name))
    .map((mount) => ({
      mountPath: path.posix.resolve('/', mount.mountPath),
      folder: path.resolve(folders.get(mount.name)!, `.${path.posix.resolve('/', mount.subPath ?? '')}`),
    }));
  const homes = [imageHome, path.posix.resolve('/', container.workingDir ?? imageHome)];
  const homePath = homes.find((home) => mounts.some((mount) => mount.mountPath === home)) ?? imageHome;
  const home = mounts.find((mount) => mount.mountPath === homePath)?.folder;
  const below = (mountPath: string) => mountPath.startsWith(`${homePath}/`);
  return {
    home,
    links: mounts
      .filter(({ mountPath }) => below(mountPath))
      .map(({ mountPath, folder }) => ({ at: mountPath.slice(homePath.length + 1), to: folder }))
      .sort((a, b) => a.at.length - b.at.length),
    elsewhere: mounts.filter(({ mountPath }) => mountPath !== homePath && !below(mountPath)),
  };
}

/** Puts the links into the home; a link of an earlier pod is replaced, anything else that is in the way stays. */
export async function makeLinks(home: string, links: readonly Link[]): Promise<void> {
  for (const { at, to } of links) {
    const place = path.join(home, at);
    await mkdir(to, { recursive: true });
    await mkdir(path.dirname(place), { recursive: true });
    const there = await lstat(place).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (there?.isSymbolicLink()) await rm(place);
    if (!there || there.isSymbolicLink()) await symlink(to, place);
  }
}

/** Takes the links out of the home again, so that the volume holds only what is its own. */
export async function removeLinks(home: string, links: readonly Link[]): Promise<void> {
  for (const { at, to } of [...links].reverse()) {
    const place = path.join(home, at);
    const target = await readlink(place).catch(() => undefined);
    if (target === to) await rm(place);
  }
}
