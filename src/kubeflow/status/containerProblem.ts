/** What keeps a pod's container from running: images, crashes, memory, missing secrets, evictions. */
import type { CoreEvent } from '../../k8s/objects.ts';
import { eventMessage } from '../events.ts';
import { imageInMessage, isPullProblem, pullCause } from './imagePull.ts';
import { notebookContainer } from '../objects.ts';
import type { ContainerState, Notebook } from '../objects.ts';
import { memoryLimit } from './podState.ts';
import type { PodState } from './podState.ts';
import type { StatusCause } from './statusCause.ts';

type Terminated = NonNullable<ContainerState['terminated']>;
type Found = { cause: StatusCause; since?: string };

/** The cause, or undefined when the containers are on their ordinary way. */
export function containerCause(
  i: { notebook: Notebook },
  pod: PodState,
  events: readonly CoreEvent[],
): Found | undefined {
  const ended = podEnded(pod);
  if (ended) return ended;
  const own = stateCause(i.notebook, pod.container, pod.lastTerminated, pod.restarts, events, true);
  if (own) return own;
  const other = pod.other;
  return other && stateCause(i.notebook, other.state, other.lastTerminated, undefined, events, false);
}

/** A pod that is over as a whole: evicted, lost with its node, or ended. */
function podEnded(pod: PodState): Found | undefined {
  if (pod.reason === 'NodeLost' || pod.phase === 'Unknown')
    return { cause: { code: 'nodeLost', ...(pod.node ? { node: pod.node } : {}) } };
  if (pod.phase !== 'Failed') return undefined;
  const message = pod.message ?? '';
  if (pod.reason === 'Evicted' || pod.reason === 'Preempting' || pod.reason === 'Terminated')
    return { cause: { code: 'evicted', message } };
  const ended = pod.container?.terminated;
  return {
    cause: { code: 'podEnded', exitCode: ended?.exitCode, reason: pod.reason ?? ended?.reason, message },
    since: ended?.finishedAt ?? undefined,
  };
}

function stateCause(
  notebook: Notebook,
  state: ContainerState | undefined,
  last: Terminated | undefined,
  restarts: number | undefined,
  events: readonly CoreEvent[],
  own: boolean,
): Found | undefined {
  const waiting = state?.waiting;
  if (waiting?.reason && isPullProblem(waiting.reason))
    return imageFound(notebook, waiting.reason, waiting.message ?? '', events, own);
  if (waiting?.reason === 'CrashLoopBackOff') return crashed(notebook, last, restarts, waiting.message);
  // between two runs the container is only terminated; the next state says CrashLoopBackOff
  if (state?.terminated && (state.terminated.exitCode !== 0 || own))
    return crashed(notebook, state.terminated, restarts, undefined);
  if (
    waiting?.reason &&
    /^(Create|Run)Container(Config)?Error$|^ContainerCannotRun$|^StartError$/.test(waiting.reason)
  ) {
    const message = waiting.message ?? waiting.reason;
    const missing = /(secret|configmap) "([^"]+)" not found/i.exec(message);
    const kind = missing?.[1]?.toLowerCase() as 'secret' | 'configmap' | undefined;
    const named = kind && missing?.[2] ? { missing: { kind, name: missing[2] } } : {};
    return { cause: { code: 'containerNotStarted', ...named, message } };
  }
  return undefined;
}

/** Before Kubernetes 1.31 ImagePullBackOff says nothing of why: the event "Failed to pull image" does. */
function imageFound(
  notebook: Notebook,
  reason: string,
  message: string,
  events: readonly CoreEvent[],
  own: boolean,
): Found {
  const failed = events.filter((e) => e.reason === 'Failed' && /^Failed to pull image/.test(eventMessage(e))).at(-1);
  const words = [message, failed ? eventMessage(failed) : ''].join('\n');
  const image =
    imageInMessage(message) ??
    (failed ? imageInMessage(eventMessage(failed)) : undefined) ??
    (own ? notebookContainer(notebook)?.image : undefined);
  const cause = pullCause(reason, words, image);
  return { cause: cause.code === 'pullFailed' ? { ...cause, message: words.trim() } : cause };
}

function crashed(
  notebook: Notebook,
  ended: Terminated | undefined,
  restarts: number | undefined,
  message: string | undefined,
): Found {
  const at = ended?.finishedAt ?? undefined;
  const count = restarts === undefined ? {} : { restarts };
  const when = at === undefined ? {} : { at };
  if (ended?.reason === 'OOMKilled') {
    const limit = memoryLimit(notebook);
    return { cause: { code: 'outOfMemory', ...(limit ? { limit } : {}), ...when, ...count }, since: at };
  }
  const words = ended?.message ?? message;
  return {
    cause: {
      code: 'crashLoop',
      ...(ended ? { exitCode: ended.exitCode } : {}),
      ...count,
      ...when,
      ...(words ? { message: words } : {}),
    },
    since: at,
  };
}
