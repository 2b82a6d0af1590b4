import type { ProfileView, ServerView } from '../../kubeflow/inventory.ts';
import type { Translate } from '../words.ts';
import { gpuKind, grouped } from '../words/amounts.ts';

/** Servers of a profile by what a row says of them. */
export interface ServerCounts {
  all: number;
  failing: number;
  running: number;
  stopped: number;
}

export function countServers(servers: readonly ServerView[]): ServerCounts {
  const counts = { all: servers.length, failing: 0, running: 0, stopped: 0 };
  for (const { status } of servers) {
    if (status.phase === 'failing' || status.phase === 'running' || status.phase === 'stopped') counts[status.phase]++;
  }
  return counts;
}

/**
 * What stands after a profile's name: `1 of 1 GPU · 3 servers`, or `120 servers · 2 failing`, as there is no room for all
 * three (the tooltip has them), or `3 of 120 servers` while a filter leaves some out.
 */
export function profileDescription(t: Translate, view: ProfileView, counts: ServerCounts, matching?: number): string {
  if (view.deleting) return t('Deleting');
  if (view.state.kind === 'denied') return t('No access');
  if (matching !== undefined) return t('{0} of {1} servers', grouped(matching), grouped(counts.all));
  const known = view.state.kind !== 'loading' || counts.all > 0;
  const servers = known ? [serverCount(t, counts.all)] : [];
  if (counts.failing > 0) return [...servers, t('{0} failing', grouped(counts.failing))].join(' · ');
  const gpus = (view.gpuQuota ?? []).map(({ key, used, hard }) => t('{0} of {1} {2}', used, hard, gpuKind(key)));
  return [...gpus, ...servers].join(' · ');
}

/** `120 (2 failing, 30 running, 88 stopped)` for a tooltip; states without a server are left out. */
export function countsInFull(t: Translate, counts: ServerCounts): string {
  const states = [
    counts.failing > 0 ? t('{0} failing', grouped(counts.failing)) : undefined,
    counts.running > 0 ? t('{0} running', grouped(counts.running)) : undefined,
    counts.stopped > 0 ? t('{0} stopped', grouped(counts.stopped)) : undefined,
  ].filter(Boolean);
  return states.length > 0 ? `${grouped(counts.all)} (${states.join(', ')})` : grouped(counts.all);
}

function serverCount(t: Translate, count: number): string {
  return count === 1 ? t('1 server') : t('{0} servers', grouped(count));
}
