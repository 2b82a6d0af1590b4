/** Does a claim without a class get one? */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import { persistentVolumeClaims } from '../../k8s/objects.ts';
import type { PersistentVolumeClaim } from '../../k8s/objects.ts';
import type { StorageDefault } from '../form.ts';

/**
 * Asks the API server by a dry-run of a claim without a class: it comes back with `storageClassName` exactly if there is
 * a default StorageClass, by today's annotation or by its beta form (measured on Kubernetes 1.36). Needs no right to list
 * classes. 'unknown' where the dry-run is refused.
 */
export async function storageDefault(
  cluster: Cluster,
  namespace: string,
  signal?: AbortSignal,
): Promise<StorageDefault> {
  const probe: PersistentVolumeClaim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { generateName: 'storage-check-', namespace } as PersistentVolumeClaim['metadata'],
    // As small as it gets, so that a quota does not refuse it.
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } } },
  };
  try {
    const made = await cluster.create<PersistentVolumeClaim>(persistentVolumeClaims, probe, {
      namespace,
      dryRun: true,
      signal,
    });
    return hasClass(made) ? 'hasDefault' : 'noDefault';
  } catch (error) {
    if (isKubeError(error)) return 'unknown';
    throw error;
  }
}

/** Did the API server give this claim a class? */
export function hasClass(claim: PersistentVolumeClaim): boolean {
  return (claim.spec?.storageClassName ?? '') !== '';
}
