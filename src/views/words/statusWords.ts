import type { ServerStatus, StatusCause } from '../../kubeflow/status/statusCause.ts';
import { clock } from './amounts.ts';
import { statusTrouble } from './statusTrouble.ts';
import type { Translate } from './translate.ts';

/** What the sentences need beside the status itself. */
export interface StatusContext {
  now: Date;
  node?: string;
  image?: string;
  locale?: string;
}

/**
 * A status in a sentence or two: what is, then why, then what to do. The first line of a row's tooltip, of the describe
 * document and of the row's accessible name.
 */
export function statusSentence(t: Translate, status: ServerStatus, about: StatusContext): string {
  const { cause } = status;
  const time = (at: string) => clock(at, about.now, about.locale);
  switch (cause.code) {
    case 'running': {
      const since = status.since ? time(status.since) : undefined;
      const line =
        since && about.node
          ? t('Running since {0} on {1}.', since, about.node)
          : since
            ? t('Running since {0}.', since)
            : t('Running.');
      return cause.lastEnd ? `${line} ${lastEnd(t, cause.lastEnd, time)}` : line;
    }
    case 'creatingPod':
      return t('Starting: the pod is being created.');
    case 'replacingPod':
      return t('Starting: the pod is being replaced.');
    case 'scheduling':
      return t('Starting: a node is being found.');
    case 'addingNode':
      return t('Starting: the cluster is adding a node for it, which takes some minutes.');
    case 'creatingVolume':
      return cause.claim
        ? t('Starting: the volume {0} is being created.', cause.claim)
        : t('Starting: the volume is being created.');
    case 'initializing':
      return cause.container
        ? t('Starting: {0} is preparing the pod.', cause.container)
        : t('Starting: the pod is being prepared.');
    case 'pullingImage':
      return cause.image ? t('Starting: pulling {0}.', cause.image) : t('Starting: pulling the image.');
    case 'creatingContainer':
      return t('Starting: the container is being created.');
    case 'startingContainer':
      return `${t('Starting: the container is starting.')}${cause.lastEnd ? ` ${lastEnd(t, cause.lastEnd, time)}` : ''}`;
    case 'notAnswering':
      return status.phase === 'failing'
        ? t('The pod runs, but Jupyter in it does not answer. Its log may say why.')
        : t('Starting: the pod is ready, Jupyter in it does not answer yet.');
    case 'stopping':
      return t('Stopping: the pod is being ended.');
    case 'stopped':
      return stopped(t, cause, time);
    case 'deleting':
      return t('Deleting: the notebook server and its pod are going away.');
    default:
      return statusTrouble(t, cause, about);
  }
}

function stopped(t: Translate, cause: StatusCause & { code: 'stopped' }, time: (at: string) => string): string {
  switch (cause.by) {
    case 'culler':
      return cause.at ? t('Stopped by the idle culler on {0}.', time(cause.at)) : t('Stopped by the idle culler.');
    case 'user':
    case 'unknown':
      return cause.at ? t('Stopped on {0}.', time(cause.at)) : t('Stopped.');
  }
}

function lastEnd(
  t: Translate,
  end: NonNullable<(StatusCause & { code: 'running' })['lastEnd']>,
  time: (at: string) => string,
): string {
  const at = end.at ? time(end.at) : undefined;
  switch (end.reason) {
    case 'outOfMemory':
      return end.limit && at
        ? t('It was ended because it used more than its {0} of memory ({1}), and has been restarted.', end.limit, at)
        : t('It was ended because it ran out of memory, and has been restarted.');
    case 'error':
    case 'exited':
      return at
        ? t('It ended with code {0} ({1}), and has been restarted.', end.exitCode ?? 0, at)
        : t('It ended with code {0}, and has been restarted.', end.exitCode ?? 0);
  }
}
