import type { NodeObstacle, StatusCause } from '../../kubeflow/status/statusCause.ts';
import { clock, list, resourceName } from './amounts.ts';
import { sentence } from './kube.ts';
import type { Translate } from './translate.ts';

/** Every cause but those of the ordinary way up and down. */
type Trouble = Exclude<
  StatusCause,
  {
    code:
      | 'running'
      | 'creatingPod'
      | 'replacingPod'
      | 'scheduling'
      | 'addingNode'
      | 'creatingVolume'
      | 'initializing'
      | 'pullingImage'
      | 'creatingContainer'
      | 'startingContainer'
      | 'notAnswering'
      | 'stopping'
      | 'stopped'
      | 'deleting';
  }
>;

/** What the user can change from here; `failing` has the rest. */
type Waiting = Extract<
  Trouble,
  {
    code:
      | 'noNodeFits'
      | 'noNodeMatches'
      | 'noNodes'
      | 'unschedulable'
      | 'quotaExceeded'
      | 'quotaNeedsValues'
      | 'claimMissing'
      | 'noDefaultStorageClass'
      | 'storageClassMissing'
      | 'noVolumeFits'
      | 'provisioningFailed'
      | 'volumeInUse'
      | 'mountFailed';
  }
>;

/** The causes that are somebody's to mend, in a sentence or two each. */
export function statusTrouble(t: Translate, cause: Trouble, about: { now: Date; locale?: string }): string {
  switch (cause.code) {
    case 'noNodeFits':
      return t(
        '{0} of {1} nodes have {2} {3} free. Ask for less, or stop another server.',
        cause.nodesFitting,
        cause.nodesTotal,
        cause.asked ?? '1',
        resourceName(cause.resource),
      );
    case 'noNodeMatches':
      return obstacle(t, cause.obstacle, cause.taint);
    case 'noNodes':
      return t('The cluster has no nodes at the moment.');
    case 'unschedulable':
      return t('No node takes the pod: {0}', sentence(cause.message));
    case 'quotaExceeded':
      return cause.used !== undefined && cause.limited !== undefined
        ? t(
            'The quota {0} does not allow it: {1} of {2} {3} are used, and this server asks for {4}.',
            cause.quota,
            cause.used,
            cause.limited,
            resourceName(cause.resource),
            cause.requested ?? '1',
          )
        : t('The quota {0} does not allow it: {1}', cause.quota, sentence(cause.message));
    case 'quotaNeedsValues':
      return t('The quota {0} demands values for {1}. Edit the server to give them.', cause.quota, list(cause.missing));
    case 'claimMissing':
      return t('The volume {0} does not exist. Create it, or edit the server.', cause.claim);
    case 'noDefaultStorageClass':
      return t('The volume {0} names no storage class, and this cluster has no default one.', cause.claim);
    case 'storageClassMissing':
      return t('The volume {0} asks for the storage class {1}, which does not exist.', cause.claim, cause.storageClass);
    case 'noVolumeFits':
      return cause.claim
        ? t('No free volume of the cluster fits {0}.', cause.claim)
        : t('No free volume of the cluster fits.');
    case 'provisioningFailed':
      return t('The volume {0} could not be made: {1}', cause.claim, sentence(cause.message));
    case 'volumeInUse':
      return cause.usedBy.length > 0
        ? t('The volume {0} is in use by {1} on another node.', cause.claim ?? cause.volume ?? '', list(cause.usedBy))
        : t('The volume {0} is in use on another node.', cause.claim ?? cause.volume ?? '');
    case 'mountFailed':
      return t('The volume {0} could not be mounted: {1}', cause.volume ?? '', sentence(cause.message));
    default:
      return failing(t, cause, about);
  }
}

function failing(t: Translate, cause: Exclude<Trouble, Waiting>, about: { now: Date; locale?: string }): string {
  const image = 'image' in cause && cause.image ? cause.image : t('of this server');
  switch (cause.code) {
    case 'imageNotFound':
      return t('The image {0} does not exist, or this cluster may not pull it.', image);
    case 'pullDenied':
      return t('This cluster may not pull the image {0}.', image);
    case 'registryUnreachable':
      return t('The registry of the image {0} does not answer: {1}', image, sentence(cause.message));
    case 'imageNameInvalid':
      return t('The image name {0} is not valid.', image);
    case 'pullFailed':
      return t('The image {0} could not be pulled: {1}', image, sentence(cause.message));
    case 'outOfMemory':
      return cause.limit && cause.at
        ? t(
            'The server was ended because it used more than its {0} of memory ({1}).',
            cause.limit,
            clock(cause.at, about.now, about.locale),
          )
        : t('The server was ended because it ran out of memory.');
    case 'crashLoop':
      return cause.exitCode === undefined
        ? t('The server ends again and again. Its log may say why.')
        : t('The server ends again and again, with code {0}. Its log may say why.', cause.exitCode);
    case 'containerNotStarted':
      return cause.missing
        ? t('The container cannot start: the {0} {1} does not exist.', cause.missing.kind, cause.missing.name)
        : t('The container cannot start: {0}', sentence(cause.message));
    case 'evicted':
      return t('The pod was evicted from its node: {0}', sentence(cause.message));
    case 'nodeLost':
      return cause.node ? t('The node {0} does not answer.', cause.node) : t("The pod's node does not answer.");
    case 'podEnded':
      return cause.exitCode === undefined ? t('The pod has ended.') : t('The pod ended with code {0}.', cause.exitCode);
    case 'podDefaultConflict':
      return t('Two PodDefaults contradict each other: {0}', sentence(cause.message));
    case 'serviceAccountMissing':
      return t('The service account {0} does not exist.', cause.account);
    case 'podRefused':
      return t('The cluster refuses the pod: {0}', sentence(cause.message));
    case 'noContainer':
      return t('The notebook server has no container.');
    case 'containerNameMismatch':
      return t(
        'Its container is named {0} and not {1}, so its state cannot be seen from here.',
        cause.container,
        cause.notebook,
      );
    case 'warning':
      return sentence(cause.message);
    case 'noInformation':
      return t('Nothing is known about its state yet.');
  }
}

function obstacle(t: Translate, kind: NodeObstacle, taint: string | undefined): string {
  switch (kind) {
    case 'taint':
      return taint
        ? t('The nodes are reserved ({0}), and this server does not tolerate that.', taint)
        : t('The nodes are reserved, and this server does not tolerate that.');
    case 'affinity':
      return t("No node matches the server's node selector or affinity.");
    case 'cordoned':
      return t('The nodes take no new pods at the moment.');
    case 'volumeZone':
      return t('No node in the zone of its volume takes the server.');
    case 'tooManyPods':
      return t('The nodes have as many pods as they can hold.');
    case 'volumeLimit':
      return t('The nodes have as many volumes as they can hold.');
    case 'other':
      return t('No node takes the server at the moment.');
  }
}
