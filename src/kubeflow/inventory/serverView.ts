/** Joins one Notebook with what is known around it. */
import { keyOf } from '../../k8s/objects.ts';
import type { CoreEvent, PersistentVolumeClaim, Pod } from '../../k8s/objects.ts';
import { dedupeEvents } from '../events.ts';
import type { ServerView } from './inventoryView.ts';
import { claimsOf, gpusOf, notebookContainer, notebookPort } from '../objects.ts';
import type { Notebook } from '../objects.ts';
import { sameShown } from './sameShown.ts';
import { serverStatus } from '../status.ts';
import type { ServerPhase } from '../status/statusCause.ts';

export interface ServerParts {
  notebook: Notebook;
  pod?: Pod;
  events?: readonly CoreEvent[];
  claims?: readonly PersistentVolumeClaim[];
  answers?: boolean;
  stale?: Date;
  now: Date;
}

/** The view of a server; `before` itself when it would show the same. */
export function serverView(parts: ServerParts, before?: ServerView): ServerView {
  const { notebook, pod } = parts;
  const events = dedupeEvents(parts.events ?? []);
  const container = notebookContainer(notebook);
  const view: ServerView = {
    key: keyOf(notebook),
    namespace: notebook.metadata.namespace ?? '',
    name: notebook.metadata.name,
    notebook,
    ...(pod ? { pod } : {}),
    events,
    status: serverStatus({ ...parts, events }),
    gpus: gpusOf(notebook),
    ...(container?.image ? { image: container.image } : {}),
    claims: claimsOf(notebook),
    ...(container ? { container: container.name } : {}),
    port: notebookPort(notebook),
    ...(parts.stale ? { stale: parts.stale } : {}),
  };
  return before && sameShown(before, view) ? before : view;
}

const order: Record<ServerPhase, number> = {
  failing: 0,
  waiting: 1,
  running: 2,
  starting: 3,
  stopping: 4,
  deleting: 4,
  unknown: 4,
  stopped: 5,
};

/** What needs the user first, then what runs, then the rest; each by name. */
export function compareServers(a: ServerView, b: ServerView): number {
  return order[a.status.phase] - order[b.status.phase] || a.name.localeCompare(b.name, 'en');
}

/** In the order of compareServers. */
export function sortServers(servers: Iterable<ServerView>): ServerView[] {
  return [...servers].sort(compareServers);
}

/** Does the status of this server depend on the time that passes? */
export function isTransitional(view: ServerView): boolean {
  return view.status.phase === 'starting' || view.status.phase === 'stopping';
}
