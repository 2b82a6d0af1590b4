/** Kubernetes events as this extension shows them: one row for what was said once. */
import type { CoreEvent, PersistentVolumeClaim } from '../k8s/objects.ts';
import { claimsOf, podName } from './objects.ts';
import type { Notebook } from './objects.ts';

/** The notebook controller copies pod and StatefulSet events onto the Notebook with this prefix. */
const reissued = /^Reissued from [^:]*: /;

/** An event's message without the notebook controller's prefix. */
export function eventMessage(event: CoreEvent): string {
  return (event.message ?? '').replace(reissued, '');
}

/** `Kind/name` of each object that tells about a server, with its uid where it is known. */
export type Told = ReadonlyMap<string, string | undefined>;

/** The Notebook, its StatefulSet, its pod and its claims, as far as these are known. */
export function tellersOf(notebook: Notebook, claims: readonly PersistentVolumeClaim[]): Told {
  const { name, uid } = notebook.metadata;
  const claimUid = (claim: string) => claims.find((c) => c.metadata.name === claim)?.metadata.uid;
  return new Map([
    [`Notebook/${name}`, uid],
    [`StatefulSet/${name}`, undefined],
    [`Pod/${podName(notebook)}`, undefined],
    ...claimsOf(notebook).map(({ claim }) => [`PersistentVolumeClaim/${claim}`, claimUid(claim)] as const),
  ]);
}

/** Is it about one of these, and not about an earlier object of the same name. */
export function isAbout(event: CoreEvent, told: Told): boolean {
  const { kind = '', name = '', uid } = event.involvedObject;
  const own = told.get(`${kind}/${name}`);
  return told.has(`${kind}/${name}`) && (!uid || !own || uid === own);
}

/** When an event was last seen, in ms since the epoch; 0 where it says nothing (both event APIs' fields are read). */
export function eventTime(event: CoreEvent): number {
  const at =
    event.series?.lastObservedTime ??
    event.lastTimestamp ??
    event.eventTime ??
    event.firstTimestamp ??
    event.metadata.creationTimestamp;
  const ms = at ? Date.parse(at) : 0;
  return Number.isNaN(ms) ? 0 : ms;
}

/** When an event was first seen, in ms since the epoch. */
export function eventFirstTime(event: CoreEvent): number {
  const at = event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
  const ms = at ? Date.parse(at) : Number.NaN;
  return Number.isNaN(ms) ? eventTime(event) : ms;
}

/** How often it was seen; 1 at least. */
export function eventCount(event: CoreEvent): number {
  return Math.max(1, event.series?.count ?? event.count ?? 1);
}

/**
 * Joins what is the same event: same reason and same message once the notebook controller's prefix is off. The original
 * is kept rather than its copy; times and counts are those of the widest. Oldest first by when they were last seen.
 */
export function dedupeEvents(events: readonly CoreEvent[]): readonly CoreEvent[] {
  if (events.length === 0) return events;
  const kept = new Map<string, CoreEvent>();
  for (const event of events) {
    const key = `${event.type ?? ''}\n${event.reason ?? ''}\n${eventMessage(event)}`;
    const other = kept.get(key);
    kept.set(key, other ? joined(other, event) : event);
  }
  return [...kept.values()].sort((a, b) => second(a) - second(b) || version(a) - version(b));
}

/** Most components tell time in whole seconds, some in parts of one: within a second it orders nothing. */
function second(event: CoreEvent): number {
  return Math.floor(eventTime(event) / 1000);
}

/** Within one second the order of writing is the order of happening, as far as anybody can tell. */
function version(event: CoreEvent): number {
  return Number(event.metadata.resourceVersion ?? 0);
}

function joined(a: CoreEvent, b: CoreEvent): CoreEvent {
  const isCopy = (event: CoreEvent) => reissued.test(event.message ?? '');
  const [keep, drop] = isCopy(a) && !isCopy(b) ? [b, a] : [a, b];
  const covers =
    eventTime(keep) >= eventTime(drop) &&
    eventFirstTime(keep) <= eventFirstTime(drop) &&
    eventCount(keep) >= eventCount(drop);
  if (covers) return keep;
  const first = Math.min(eventFirstTime(keep), eventFirstTime(drop));
  const last = Math.max(eventTime(keep), eventTime(drop));
  return {
    ...keep,
    series: undefined,
    count: Math.max(eventCount(keep), eventCount(drop)),
    firstTimestamp: new Date(first).toISOString(),
    lastTimestamp: new Date(last).toISOString(),
  };
}
