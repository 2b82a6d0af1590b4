import type { ServerPhase, ServerStatus, StatusCause } from '../../kubeflow/status/statusCause.ts';
import { gpuKind } from './amounts.ts';
import type { Translate } from './translate.ts';

/** A status in two or three words, for a row; nothing while running, which is the normal case. */
export function statusShort(t: Translate, cause: StatusCause): string {
  switch (cause.code) {
    case 'running':
      return '';
    case 'creatingPod':
    case 'replacingPod':
      return t('Creating pod');
    case 'scheduling':
      return t('Finding a node');
    case 'addingNode':
      return t('Adding a node');
    case 'creatingVolume':
      return t('Creating volume');
    case 'initializing':
      return t('Initializing');
    case 'pullingImage':
      return t('Pulling image');
    case 'creatingContainer':
      return t('Creating container');
    case 'startingContainer':
      return t('Starting');
    case 'notAnswering':
      return t('Jupyter is starting');
    case 'noNodeFits':
      return cause.resource.includes('/')
        ? t('Waiting for a {0}', gpuKind(cause.resource))
        : t('Waiting for {0}', cause.resource);
    case 'noNodeMatches':
    case 'noNodes':
    case 'unschedulable':
      return t('Waiting for a node');
    case 'quotaExceeded':
      return t('Over quota');
    case 'quotaNeedsValues':
      return t('Quota needs limits');
    case 'claimMissing':
      return t('Volume missing');
    case 'noDefaultStorageClass':
    case 'storageClassMissing':
      return t('No storage class');
    case 'noVolumeFits':
      return t('No volume fits');
    case 'provisioningFailed':
      return t('Volume not made');
    case 'volumeInUse':
      return t('Volume in use');
    case 'mountFailed':
      return t('Volume not mounted');
    case 'imageNotFound':
      return t('Image not found');
    case 'pullDenied':
      return t('Image access denied');
    case 'registryUnreachable':
      return t('Registry unreachable');
    case 'imageNameInvalid':
      return t('Image name invalid');
    case 'pullFailed':
      return t('Image not pulled');
    case 'outOfMemory':
      return t('Out of memory');
    case 'crashLoop':
      return t('Crashing');
    case 'containerNotStarted':
      return cause.missing?.kind === 'secret'
        ? t('Secret missing')
        : cause.missing
          ? t('ConfigMap missing')
          : t('Not started');
    case 'evicted':
      return t('Evicted');
    case 'nodeLost':
      return t('Node lost');
    case 'podEnded':
      return t('Ended');
    case 'podDefaultConflict':
      return t('PodDefaults conflict');
    case 'serviceAccountMissing':
      return t('Account missing');
    case 'podRefused':
      return t('Pod refused');
    case 'noContainer':
      return t('No container');
    case 'stopping':
      return t('Stopping');
    case 'stopped':
      return t('Stopped');
    case 'deleting':
      return t('Deleting');
    case 'containerNameMismatch':
    case 'noInformation':
      return t('Unknown');
    case 'warning':
      return cause.reason ?? t('Warning');
  }
}

/** A status where there is room for it: `Running`, `Starting: Pulling image`, `Waiting: Over quota`. */
export function statusHead(t: Translate, { phase, cause }: Pick<ServerStatus, 'phase' | 'cause'>): string {
  const [word, short] = [phaseWord(t, phase), statusShort(t, cause)];
  return short === '' || short === word ? word : t('{0}: {1}', word, short);
}

function phaseWord(t: Translate, phase: ServerPhase): string {
  switch (phase) {
    case 'running':
      return t('Running');
    case 'starting':
      return t('Starting');
    case 'stopping':
      return t('Stopping');
    case 'stopped':
      return t('Stopped');
    case 'failing':
      return t('Failing');
    case 'waiting':
      return t('Waiting');
    case 'deleting':
      return t('Deleting');
    case 'unknown':
      return t('Unknown');
  }
}
