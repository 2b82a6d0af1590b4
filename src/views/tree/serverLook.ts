import type { ServerPhase } from '../../kubeflow/status.ts';
import type { ServerView } from '../../kubeflow/inventory.ts';
import { statusShort, type Translate } from '../words.ts';
import { age, ageSince, clock, gpus } from '../words/amounts.ts';

/** A codicon and the theme colour it has, by state: never by colour alone, each state has a shape of its own. */
export function serverIcon(phase: ServerPhase, stale: boolean): { icon: string; color?: string } {
  const look = icons[phase];
  return stale ? { icon: look.icon.replace('~spin', ''), color: 'disabledForeground' } : look;
}

const icons: Record<ServerPhase, { icon: string; color?: string }> = {
  running: { icon: 'circle-filled', color: 'testing.iconPassed' },
  starting: { icon: 'loading~spin' },
  stopping: { icon: 'loading~spin' },
  deleting: { icon: 'loading~spin' },
  stopped: { icon: 'circle-outline', color: 'disabledForeground' },
  failing: { icon: 'error', color: 'list.errorForeground' },
  waiting: { icon: 'warning', color: 'list.warningForeground' },
  unknown: { icon: 'question', color: 'descriptionForeground' },
};

/**
 * What stands after a server's name: `1 x GPU · 2h` while running (which is the normal case and needs no word), the cause
 * in two or three words otherwise, and since when our knowledge is old.
 */
export function serverDescription(t: Translate, server: ServerView, now: Date): string {
  const parts: (string | undefined)[] = [];
  // By the minute: a row at rest does not count seconds.
  const settled = settledAge(t, server.status.since, now);
  switch (server.status.phase) {
    case 'running':
      parts.push(gpus(t, server.gpus) || undefined, settled);
      break;
    case 'starting':
      parts.push(statusShort(t, server.status.cause), ageSince(t, server.status.since, now));
      break;
    case 'stopped':
      parts.push(statusShort(t, server.status.cause), settled);
      break;
    case 'stopping':
    case 'failing':
    case 'waiting':
    case 'deleting':
    case 'unknown':
      parts.push(statusShort(t, server.status.cause));
      break;
  }
  if (server.stale) parts.push(t('as of {0}', clock(server.stale, now)));
  return parts.filter(Boolean).join(' · ');
}

function settledAge(t: Translate, since: string | undefined, now: Date): string | undefined {
  const milliseconds = since ? now.getTime() - Date.parse(since) : Number.NaN;
  if (!(milliseconds >= 60_000)) return undefined;
  return milliseconds < 120_000 ? t('{0}m', 1) : age(t, milliseconds);
}
