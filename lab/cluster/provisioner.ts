import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { isKubeError } from '../../src/k8s/errors.ts';
import { Disposables, type Disposable } from '../../src/k8s/events.ts';
import { LiveList } from '../../src/k8s/liveList.ts';
import type { Logger } from '../../src/k8s/log.ts';
import {
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
} from '../../src/k8s/objects.ts';
import { quantity } from './quantity.ts';

export const provisionerName = 'lab.kubeflow-notebooks.dev/folder';

/**
 * Makes the volumes of the lab's default StorageClass: a hostPath volume on a folder of its own per claim. Follows the rules
 * of an external provisioner: it waits for the scheduler's choice where the class says so, binds by claimRef, deletes the
 * folder with the claim where the class says so, and grows a volume when the claim asks for more.
 */
export class Provisioner implements Disposable {
  private readonly parts = new Disposables();
  private readonly claims: LiveList<PersistentVolumeClaim>;
  private readonly volumes: LiveList<PersistentVolume>;
  private readonly classes: LiveList<StorageClass>;
  /** What is being worked on, by key of claim or name of volume. */
  private readonly busy = new Set<string>();
  private changedWhileBusy = false;
  private retry: NodeJS.Timeout | undefined;
  private disposed = false;

  /** @param o.folder holds the volumes' folders */
  constructor(
    private readonly cluster: Cluster,
    private readonly o: { folder: string; logger: Logger },
  ) {
    const lists = { logger: o.logger, batchMs: 20 };
    this.claims = this.parts.add(new LiveList(cluster, { type: persistentVolumeClaims }, lists));
    this.volumes = this.parts.add(new LiveList(cluster, { type: persistentVolumes }, lists));
    this.classes = this.parts.add(new LiveList(cluster, { type: storageClasses }, lists));
  }

  start(): void {
    for (const list of [this.claims, this.volumes, this.classes]) {
      this.parts.add(list.onDidChange(() => this.look()));
      list.start();
    }
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.retry);
    this.parts.dispose();
  }

  private look(): void {
    if (this.disposed) return;
    for (const [key, claim] of this.claims.items) {
      if (this.wantsVolume(claim)) this.work(key, () => this.provision(claim));
      else if (this.wantsMore(claim)) this.work(key, () => this.grow(claim));
    }
    for (const [name, volume] of this.volumes.items) {
      if (this.isLeft(volume)) this.work(name, () => this.remove(volume));
    }
  }

  /** Does one thing at a time per object; what changes meanwhile is looked at afterwards. */
  private work(key: string, task: () => Promise<void>): void {
    if (this.busy.has(key)) {
      this.changedWhileBusy = true;
      return;
    }
    this.busy.add(key);
    void task()
      .catch((error: unknown) => {
        // Gone or changed in the meantime: its watch event leads back here.
        if (this.disposed || isKubeError(error, 'NotFound') || isKubeError(error, 'Conflict')) return;
        this.o.logger.error(`Volume of ${key}: ${String(error)}`);
        this.retry ??= setTimeout(() => {
          this.retry = undefined;
          this.look();
        }, 1000);
      })
      .finally(() => {
        this.busy.delete(key);
        if (!this.changedWhileBusy) return;
        this.changedWhileBusy = false;
        this.look();
      });
  }

  private wantsVolume(claim: PersistentVolumeClaim): boolean {
    if (claim.spec?.volumeName || claim.metadata.deletionTimestamp) return false;
    const storageClass = this.classes.items.get(claim.spec?.storageClassName ?? '');
    if (storageClass?.provisioner !== provisionerName || this.volumes.items.has(volumeName(claim))) return false;
    const waits = storageClass.volumeBindingMode === 'WaitForFirstConsumer';
    return !waits || claim.metadata.annotations?.['volume.kubernetes.io/selected-node'] !== undefined;
  }

  private async provision(claim: PersistentVolumeClaim): Promise<void> {
    const storageClass = this.classes.items.get(claim.spec?.storageClassName ?? '');
    const { namespace, name, uid, resourceVersion } = claim.metadata;
    const folder = path.join(this.o.folder, `${namespace}-${name}-${uid?.slice(0, 8)}`);
    await mkdir(folder, { recursive: true });
    const volume: PersistentVolume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: {
        name: volumeName(claim),
        annotations: { 'pv.kubernetes.io/provisioned-by': provisionerName },
      },
      spec: {
        accessModes: claim.spec?.accessModes ?? ['ReadWriteOnce'],
        capacity: { storage: claim.spec?.resources?.requests?.['storage'] ?? '1Gi' },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion },
        hostPath: { path: folder, type: 'DirectoryOrCreate' },
        persistentVolumeReclaimPolicy: storageClass?.reclaimPolicy ?? 'Delete',
        storageClassName: claim.spec?.storageClassName,
        volumeMode: 'Filesystem',
      },
    };
    try {
      await this.cluster.create(persistentVolumes, volume);
    } catch (error) {
      if (!isKubeError(error, 'AlreadyExists')) throw error;
    }
  }

  private isLeft(volume: PersistentVolume): boolean {
    return (
      volume.status?.phase === 'Released' &&
      volume.spec?.persistentVolumeReclaimPolicy === 'Delete' &&
      volume.metadata.annotations?.['pv.kubernetes.io/provisioned-by'] === provisionerName &&
      !volume.metadata.deletionTimestamp
    );
  }

  private async remove(volume: PersistentVolume): Promise<void> {
    const folder = volume.spec?.hostPath?.path;
    // Whoever may edit volumes could name any folder of this machine.
    if (folder && path.dirname(folder) === this.o.folder) await rm(folder, { recursive: true, force: true });
    await this.cluster.delete(persistentVolumes, { name: volume.metadata.name }, { uid: volume.metadata.uid });
  }

  private wantsMore(claim: PersistentVolumeClaim): boolean {
    const volume = this.volumes.items.get(claim.spec?.volumeName ?? '');
    if (volume?.metadata.annotations?.['pv.kubernetes.io/provisioned-by'] !== provisionerName) return false;
    const wanted = quantity(claim.spec?.resources?.requests?.['storage']);
    return claim.status?.phase === 'Bound' && wanted > quantity(claim.status.capacity?.['storage']);
  }

  private async grow(claim: PersistentVolumeClaim): Promise<void> {
    const storage = claim.spec?.resources?.requests?.['storage'];
    const { namespace, name } = claim.metadata;
    await this.cluster.patch(
      persistentVolumes,
      { name: claim.spec?.volumeName ?? '' },
      { spec: { capacity: { storage } } },
      { kind: 'merge' },
    );
    const status = { capacity: { storage }, conditions: null };
    await this.cluster.patch(
      persistentVolumeClaims,
      { namespace, name, subresource: 'status' },
      { status },
      { kind: 'merge' },
    );
  }
}

const volumeName = (claim: PersistentVolumeClaim) => `pvc-${claim.metadata.uid}`;
