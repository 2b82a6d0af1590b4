/** What a person who looks at the view sees, as plain data: it also crosses from one process to another. */
import { createHash } from 'node:crypto';
import type { CoreEvent, PersistentVolumeClaim, Pod } from '../../../src/k8s/objects.ts';
import { eventCount, eventMessage } from '../../../src/kubeflow/events.ts';
import type { ServerView } from '../../../src/kubeflow/inventory.ts';
import type { Notebook } from '../../../src/kubeflow/objects.ts';
import type { Session, Sessions } from '../../../src/kubeflow/sessions.ts';
import { inEnglish } from '../../../src/views/words/translate.ts';
import { inventoryFacts, viewState, type ViewState } from '../../../src/views/viewState.ts';

/** What is compared with kubectl. */
export interface Row {
  uid: string;
  /** Digest of the spec. */
  spec: string;
  stopped: boolean;
  /** Its pod and what is told about it; only where the namespace is open. */
  pod?: string;
  events: string[];
}

export interface Seen {
  /** ms, by the clock of who looks. */
  at: number;
  face: ViewState;
  said?: string;
  /** Of the view as a whole; 'none' without a session. */
  state: string;
  since?: number;
  problem?: string;
  reason?: string;
  user?: string;
  profiles: Record<string, string>;
  rows: Record<string, Row>;
  /** Since when, by key of the rows that may be out of date. */
  stale: Record<string, number>;
  claims: string[];
}

export function seenOf(sessions: Sessions, session: Session | undefined, namespace: string): Seen {
  const now = new Date();
  const view = session?.inventory.view;
  const problem = sessions.problem ?? view?.problem;
  const { state: face, said } = viewState(inEnglish, {
    loaded: true,
    contexts: sessions.contexts.length,
    now,
    ...(sessions.problem ? { problem: sessions.problem } : {}),
    shown: sessions.shown,
    missing: sessions.missing,
    ...(view ? { inventory: inventoryFacts(view) } : {}),
  });
  const servers = view?.profiles.flatMap((profile) => profile.servers) ?? [];
  return {
    at: now.getTime(),
    face,
    said: said?.text,
    state: view?.state.kind ?? 'none',
    ...(view?.state.kind === 'stale' ? { since: view.state.since.getTime() } : {}),
    ...(problem ? { problem: problem.code } : {}),
    ...(problem && 'reason' in problem.problem ? { reason: problem.problem.reason } : {}),
    user: session?.context.userName,
    profiles: Object.fromEntries(view?.profiles.map(({ name, state }) => [name, state.kind]) ?? []),
    rows: Object.fromEntries(servers.map((server) => [server.key, rowOf(server)])),
    stale: Object.fromEntries(
      servers.flatMap(({ key, stale }): [string, number][] => (stale ? [[key, stale.getTime()]] : [])),
    ),
    claims: session?.inventory.claims(namespace).map(claimLine).sort() ?? [],
  };
}

function rowOf({ notebook, pod, events }: ServerView): Row {
  return { ...notebookPart(notebook), ...(pod ? { pod: podLine(pod) } : {}), events: events.map(eventLine).sort() };
}

export function notebookPart(notebook: Notebook): Pick<Row, 'uid' | 'spec' | 'stopped'> {
  return {
    uid: notebook.metadata.uid ?? '',
    spec: createHash('sha1').update(JSON.stringify(notebook.spec)).digest('hex'),
    stopped: notebook.metadata.annotations?.['kubeflow-resource-stopped'] !== undefined,
  };
}

export function podLine(pod: Pod): string {
  const conditions = (pod.status?.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`);
  return [pod.metadata.uid, pod.status?.phase, ...conditions].join(' ');
}

export function eventLine(event: CoreEvent): string {
  return `${event.reason} x${eventCount(event)}: ${eventMessage(event)}`;
}

export function claimLine({ metadata, spec, status }: PersistentVolumeClaim): string {
  return [metadata.name, metadata.uid, status?.phase, spec?.resources?.requests?.storage].join(' ');
}
