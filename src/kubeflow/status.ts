/**
 * The true state of a notebook server, as a pure function. It follows the Jupyter Web App's rules (kubeflow
 * crud-web-apps status.py) with their flaws put right: an ordinary start is no warning, deleting beats stopped, a missing
 * message is no error, events of the pod are told rather than "ContainersNotReady", crashes and images name their cause,
 * and running means that Jupyter answers.
 */
import type { CoreEvent, PersistentVolumeClaim, Pod } from '../k8s/objects.ts';
import { containerCause } from './status/containerProblem.ts';
import { dedupeEvents, eventFirstTime, eventMessage, eventTime } from './events.ts';
import { annotations, claimsOf, isStopped, notebookContainer, podSpec } from './objects.ts';
import type { Notebook } from './objects.ts';
import { lastEndOf, podStateOf } from './status/podState.ts';
import type { PodState } from './status/podState.ts';
import { podRefusedCause } from './status/podRefused.ts';
import { phaseOf, remedyOf } from './status/statusPhase.ts';
import type { ServerStatus, StatusCause } from './status/statusCause.ts';
import { stoppedBy } from './status/stoppedBy.ts';
import { unschedulableCause } from './status/unschedulable.ts';
import { claimCause, mountCause } from './status/volumeProblem.ts';

export type {
  LastEnd,
  NodeObstacle,
  ServerPhase,
  ServerStatus,
  StatusCause,
  StatusCauseCode,
  StatusRemedy,
} from './status/statusCause.ts';

/** All times in seconds. Readiness comes about 3 s before Jupyter listens, on a busy node much longer. */
const limits = { answer: 120, empty: 30, volume: 60, stopping: 120 } as const;

export interface StatusInput {
  notebook: Notebook;
  /** The server's pod, where pods are watched. */
  pod?: Pod;
  /** Events of the Notebook, its StatefulSet, pod and claims, in any order. */
  events: readonly CoreEvent[];
  /** Claims of the namespace or of the server. */
  claims?: readonly PersistentVolumeClaim[];
  /** Does Jupyter answer in this pod? Undefined where nobody can ask: then readiness is trusted. */
  answers?: boolean;
  now: Date;
}

type Found = { cause: StatusCause; since?: string };

/** The phase of a server, why it is so, since when, and what helps. Never throws, whatever the Notebook lacks. */
export function serverStatus(input: StatusInput): ServerStatus {
  const found = find({ ...input, events: dedupeEvents(input.events) });
  const phase = phaseOf(found.cause, secondsSince(found.since, input.now), limits);
  const remedy = remedyOf(found.cause, phase);
  return {
    phase,
    cause: found.cause,
    ...(found.since === undefined ? {} : { since: found.since }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

/** Seconds from an RFC 3339 time to `now`, or undefined. */
function secondsSince(at: string | undefined, now: Date): number | undefined {
  const ms = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isNaN(ms) ? undefined : (now.getTime() - ms) / 1000;
}

function find(i: StatusInput): Found {
  const { notebook } = i;
  if (notebook.metadata.deletionTimestamp)
    return { cause: { code: 'deleting' }, since: notebook.metadata.deletionTimestamp };
  const pod = podStateOf(notebook, i.pod);
  if (isStopped(notebook)) return stopped(i, pod);
  if ((podSpec(notebook)?.containers ?? []).length === 0 && !pod) return { cause: { code: 'noContainer' } };
  if (!pod) return withoutPod(i);
  // a pod on a lost node is deleted by the cluster, and stays until the node is back or gone for good
  if (pod.deleting && pod.reason !== 'NodeLost')
    return { cause: { code: 'replacingPod' }, since: i.pod?.metadata.deletionTimestamp };
  if (pod.ready) return ready(i, pod);
  return notReady(i, pod);
}

/** The pod may outlive the annotation by its grace period; a mirror is trusted for so long only. */
function stopped(i: StatusInput, pod: PodState | undefined): Found {
  const value = i.notebook.metadata.annotations?.[annotations.stopped] ?? '';
  const at = Number.isNaN(Date.parse(value)) ? undefined : value;
  const recently = (secondsSince(at, i.now) ?? Infinity) < limits.stopping;
  const ended = i.pod?.status?.phase === 'Succeeded' || i.pod?.status?.phase === 'Failed';
  const alive =
    pod !== undefined &&
    ((pod.source === 'pod' && !ended) ||
      (i.notebook.status?.readyReplicas ?? 0) > 0 ||
      (pod.container?.running !== undefined && recently));
  if (alive) return { cause: { code: 'stopping' }, since: at };
  return { cause: { code: 'stopped', by: stoppedBy(i.notebook), ...(at ? { at } : {}) }, since: at };
}

function ready(i: StatusInput, pod: PodState): Found {
  const since = pod.container?.running?.startedAt ?? pod.readySince;
  const lastEnd = lastEndOf(i.notebook, pod.lastTerminated);
  const end = lastEnd ? { lastEnd } : {};
  if (i.answers === false) {
    const readySince = pod.readySince ?? since;
    return { cause: { code: 'notAnswering', ...(readySince ? { readySince } : {}), ...end }, since: readySince };
  }
  return { cause: { code: 'running', ...end }, since };
}

/** No pod, and no word of one in the Notebook: the StatefulSet's events tell why, if anything does. */
function withoutPod(i: StatusInput): Found {
  const created = i.notebook.metadata.creationTimestamp;
  const relevant = i.events.filter((e) => eventTime(e) >= (created ? Date.parse(created) : 0));
  const last = relevant.filter((e) => e.reason === 'FailedCreate' || e.reason === 'SuccessfulCreate').at(-1);
  if (last?.reason === 'FailedCreate') return { cause: podRefusedCause(eventMessage(last)), since: firstSeen(last) };
  const age = secondsSince(created, i.now) ?? Infinity;
  if (age < limits.empty || last) return { cause: { code: 'creatingPod' }, since: created };
  const warning = relevant.filter((e) => e.type === 'Warning').at(-1);
  if (warning)
    return {
      cause: { code: 'warning', reason: warning.reason, message: eventMessage(warning) },
      since: firstSeen(warning),
    };
  const container = notebookContainer(i.notebook);
  const notebook = i.notebook.metadata.name;
  if (container && container.name !== notebook)
    return { cause: { code: 'containerNameMismatch', container: container.name, notebook } };
  return { cause: { code: 'noInformation' }, since: created };
}

function firstSeen(event: CoreEvent): string | undefined {
  const ms = eventFirstTime(event);
  // to the second, as every other time in these objects
  return ms > 0 ? new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z') : undefined;
}

function notReady(i: StatusInput, pod: PodState): Found {
  const events = podEvents(i, pod);
  const scheduled = pod.conditions.find((c) => c.type === 'PodScheduled');
  const unscheduled = scheduled ? scheduled.status === 'False' : pod.phase === 'Pending' && !pod.node && !pod.container;
  if (unscheduled) return unschedulable(i, pod, events);
  return containerCause(i, pod, events) ?? mounting(i, pod, events) ?? starting(i, pod, events);
}

/** Events of this very pod: an older one of the same name has its own uid, or was seen before this one was made. */
function podEvents(i: StatusInput, pod: PodState): CoreEvent[] {
  const uid = i.pod?.metadata.uid;
  const since = Date.parse(pod.created ?? '') || 0;
  return i.events.filter((e) => {
    const about = e.involvedObject;
    if (about.kind === 'Pod' && uid && about.uid) return about.uid === uid;
    return (about.kind === 'Pod' || about.kind === 'Notebook') && eventTime(e) >= since;
  });
}

function unschedulable(i: StatusInput, pod: PodState, events: readonly CoreEvent[]): Found {
  const condition = pod.conditions.find((c) => c.type === 'PodScheduled');
  const event = events.filter((e) => e.reason === 'FailedScheduling').at(-1);
  const since = condition?.lastTransitionTime ?? (event ? firstSeen(event) : pod.created);
  const names = claimsOf(i.notebook).map((c) => c.claim);
  for (const claim of (i.claims ?? []).filter((c) => names.includes(c.metadata.name))) {
    const cause = claimCause(claim, i.events);
    if (cause) return { cause, since };
  }
  const scaleUp = events.filter((e) => e.reason === 'TriggeredScaleUp').at(-1);
  if (scaleUp && eventTime(scaleUp) >= (event ? eventTime(event) - 60_000 : 0))
    return { cause: { code: 'addingNode' }, since: firstSeen(scaleUp) };
  const message = condition?.message ?? (event ? eventMessage(event) : undefined);
  if (!message) return { cause: { code: 'scheduling' }, since };
  return { cause: unschedulableCause(message, { asked: (r) => askedFor(i.notebook, r), claims: names }), since };
}

/** The notebook container's own request of a resource; a limit alone is a request, too. */
function askedFor(notebook: Notebook, resource: string): string | undefined {
  const resources = notebookContainer(notebook)?.resources;
  return resources?.requests?.[resource] ?? resources?.limits?.[resource];
}

/** Volumes are attached and mounted after scheduling, before any image is pulled. */
function mounting(i: StatusInput, pod: PodState, events: readonly CoreEvent[]): Found | undefined {
  if (pod.container?.running) return undefined;
  const last = events
    .filter((e) =>
      ['FailedMount', 'FailedAttachVolume', 'SuccessfulAttachVolume', 'Pulling', 'Pulled'].includes(e.reason ?? ''),
    )
    .at(-1);
  if (last?.reason !== 'FailedMount' && last?.reason !== 'FailedAttachVolume') return undefined;
  // the attach error names the cause, the mount's time limit after it does not
  const attach = events.filter((e) => e.reason === 'FailedAttachVolume').at(-1);
  const told = attach && /timed out/i.test(eventMessage(last)) ? attach : last;
  const claimOf = (volume: string) =>
    (podSpec(i.notebook)?.volumes ?? []).find((v) => v.name === volume)?.persistentVolumeClaim?.claimName ??
    i.claims?.find((c) => c.spec?.volumeName === volume)?.metadata.name;
  return { cause: mountCause(told, claimOf), since: firstSeen(told) };
}

/** Nothing is wrong: which step of an ordinary start is it at? */
function starting(i: StatusInput, pod: PodState, events: readonly CoreEvent[]): Found {
  const begun = pod.conditions.find((c) => c.type === 'PodScheduled')?.lastTransitionTime ?? pod.created;
  if (pod.container?.running) {
    const lastEnd = lastEndOf(i.notebook, pod.lastTerminated);
    return {
      cause: { code: 'startingContainer', ...(lastEnd ? { lastEnd } : {}) },
      since: pod.container.running.startedAt,
    };
  }
  const pull = events.filter((e) => ['Pulling', 'Pulled', 'Created', 'Started'].includes(e.reason ?? '')).at(-1);
  if (pull?.reason === 'Pulling') {
    const image = /image "([^"]+)"/.exec(eventMessage(pull))?.[1] ?? notebookContainer(i.notebook)?.image;
    return { cause: { code: 'pullingImage', image }, since: firstSeen(pull) };
  }
  if (pod.other?.init) return { cause: { code: 'initializing', container: pod.other.name }, since: begun };
  if (pod.container?.waiting) return { cause: { code: 'creatingContainer' }, since: begun };
  const container = notebookContainer(i.notebook);
  const notebook = i.notebook.metadata.name;
  if (pod.source === 'mirror' && !pod.container && container && container.name !== notebook)
    return { cause: { code: 'containerNameMismatch', container: container.name, notebook }, since: begun };
  return { cause: { code: 'creatingContainer' }, since: begun };
}
