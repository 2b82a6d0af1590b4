/** Why a volume keeps a server waiting: from its claims, and from the events of claims and pod. */
import type { CoreEvent, PersistentVolumeClaim } from '../../k8s/objects.ts';
import { eventMessage } from '../events.ts';
import type { StatusCause } from './statusCause.ts';

/**
 * The cause of one pending claim, or undefined for one that is bound or whose binding waits for the pod
 * (WaitForFirstConsumer is the normal way and no cause). `events` are the server's, oldest first.
 */
export function claimCause(claim: PersistentVolumeClaim, events: readonly CoreEvent[]): StatusCause | undefined {
  if (claim.status?.phase === 'Bound' || claim.spec?.volumeName) return undefined;
  const name = claim.metadata.name;
  const last = events
    .filter((e) => e.involvedObject.kind === 'PersistentVolumeClaim' && e.involvedObject.name === name)
    .at(-1);
  const storageClass = claim.spec?.storageClassName;
  const message = last ? eventMessage(last) : '';
  const classMissing = /storageclass\.storage\.k8s\.io "([^"]+)" not found/i.exec(message)?.[1];
  if (classMissing) return { code: 'storageClassMissing', claim: name, storageClass: classMissing };
  switch (last?.reason) {
    case 'WaitForFirstConsumer':
    case 'WaitForPodScheduled':
      return undefined;
    case 'FailedBinding':
      // no class at all means that the cluster had no default when the claim was made
      return storageClass === undefined || storageClass === null
        ? { code: 'noDefaultStorageClass', claim: name }
        : { code: 'noVolumeFits', claim: name, ...(storageClass === '' ? {} : { storageClass }) };
    case 'ProvisioningFailed':
      return { code: 'provisioningFailed', claim: name, message };
    case 'Provisioning':
    case 'ExternalProvisioning':
      return { code: 'creatingVolume', claim: name };
    default:
      return undefined;
  }
}

/** The cause in a FailedAttachVolume or FailedMount event of the pod. */
export function mountCause(event: CoreEvent, claimOfVolume: (volume: string) => string | undefined): StatusCause {
  const message = eventMessage(event);
  const volume = /(?:for volume|volume:?) "([^"]+)"/i.exec(message)?.[1];
  const claim = volume === undefined ? undefined : claimOfVolume(volume);
  if (/Multi-Attach error|already (?:exclusively )?attached to/i.test(message)) {
    const pods = /used by pod\(s\) ([^\n]+)$/.exec(message)?.[1] ?? '';
    const usedBy = pods
      .split(/,\s*/)
      .map((p) => p.trim())
      .filter((p) => p !== '' && !/^\d+ pod/.test(p));
    return { code: 'volumeInUse', claim, volume, usedBy };
  }
  return { code: 'mountFailed', volume: claim ?? volume, message };
}
