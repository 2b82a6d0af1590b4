/** Which phase a cause means, and what helps: one table each, so that a new cause has to choose. */
import { isGpuKey } from '../objects.ts';
import type { ServerPhase, StatusCause, StatusRemedy } from './statusCause.ts';

/** `seconds` is how long the cause has lasted, where known. */
export function phaseOf(
  cause: StatusCause,
  seconds: number | undefined,
  limits: { answer: number; volume: number },
): ServerPhase {
  switch (cause.code) {
    case 'running':
      return 'running';
    case 'creatingPod':
    case 'replacingPod':
    case 'scheduling':
    case 'addingNode':
    case 'initializing':
    case 'pullingImage':
    case 'creatingContainer':
    case 'startingContainer':
      return 'starting';
    case 'notAnswering':
      return (seconds ?? 0) < limits.answer ? 'starting' : 'failing';
    case 'creatingVolume':
      return (seconds ?? 0) < limits.volume ? 'starting' : 'waiting';
    case 'noNodeFits':
    case 'noNodeMatches':
    case 'noNodes':
    case 'unschedulable':
    case 'quotaExceeded':
    case 'noDefaultStorageClass':
    case 'noVolumeFits':
    case 'volumeInUse':
      return 'waiting';
    case 'quotaNeedsValues':
    case 'claimMissing':
    case 'storageClassMissing':
    case 'provisioningFailed':
    case 'mountFailed':
    case 'imageNotFound':
    case 'pullDenied':
    case 'registryUnreachable':
    case 'imageNameInvalid':
    case 'pullFailed':
    case 'outOfMemory':
    case 'crashLoop':
    case 'containerNotStarted':
    case 'evicted':
    case 'nodeLost':
    case 'podEnded':
    case 'podDefaultConflict':
    case 'serviceAccountMissing':
    case 'podRefused':
    case 'noContainer':
      return 'failing';
    case 'stopping':
      return 'stopping';
    case 'stopped':
      return 'stopped';
    case 'deleting':
      return 'deleting';
    case 'warning':
    case 'containerNameMismatch':
    case 'noInformation':
      return 'unknown';
  }
}

/** What helps, if anything does. */
export function remedyOf(cause: StatusCause, phase: ServerPhase): StatusRemedy | undefined {
  switch (cause.code) {
    case 'stopped':
      return 'start';
    case 'noNodeFits':
      return isGpuKey(cause.resource) ? 'stopOther' : 'edit';
    case 'quotaExceeded':
      return 'stopOther';
    case 'volumeInUse':
      return cause.usedBy.length > 0 ? 'stopOther' : 'describe';
    case 'crashLoop':
    case 'podEnded':
      return 'logs';
    case 'notAnswering':
      return phase === 'failing' ? 'logs' : undefined;
    case 'noNodeMatches':
    case 'quotaNeedsValues':
    case 'claimMissing':
    case 'storageClassMissing':
    case 'imageNotFound':
    case 'pullDenied':
    case 'imageNameInvalid':
    case 'outOfMemory':
    case 'noContainer':
      return 'edit';
    case 'noNodes':
    case 'unschedulable':
    case 'noDefaultStorageClass':
    case 'noVolumeFits':
    case 'provisioningFailed':
    case 'mountFailed':
    case 'registryUnreachable':
    case 'pullFailed':
    case 'containerNotStarted':
    case 'evicted':
    case 'nodeLost':
    case 'podDefaultConflict':
    case 'serviceAccountMissing':
    case 'podRefused':
    case 'containerNameMismatch':
    case 'warning':
    case 'noInformation':
      return 'describe';
    case 'creatingVolume':
      return phase === 'waiting' ? 'describe' : undefined;
    case 'running':
    case 'creatingPod':
    case 'replacingPod':
    case 'scheduling':
    case 'addingNode':
    case 'initializing':
    case 'pullingImage':
    case 'creatingContainer':
    case 'startingContainer':
    case 'stopping':
    case 'deleting':
      return undefined;
  }
}
