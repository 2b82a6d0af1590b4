/** Why the API server refuses the pod: the StatefulSet's FailedCreate event as data. */
import type { StatusCause } from './statusCause.ts';

/** `cpu=500m,memory=1Gi` as a map. */
function amounts(text: string | undefined): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of (text ?? '').split(',')) {
    const [key, value] = part.split('=');
    if (key && value !== undefined) found.set(key.trim(), value.trim());
  }
  return found;
}

/**
 * Kubernetes' quota sentence: `exceeded quota: Q, requested: a=1,b=2, used: a=0,b=2, limited: a=4,b=2`. Only resources
 * that are exceeded are named in it; GPUs are what people ask for, so they come first. Also made from a refused
 * creation (403) by whoever gets one.
 */
export function quotaCause(
  message: string,
): (StatusCause & { code: 'quotaExceeded' | 'quotaNeedsValues' }) | undefined {
  const exceeded = /exceeded quota: ([^,\s]+), requested: (\S+), used: (\S+), limited: (\S+)/.exec(message);
  if (exceeded) {
    const requested = amounts(exceeded[2]);
    const resources = [...requested.keys()];
    const resource = resources.find((r) => /gpu|gaudi|mig-/i.test(r)) ?? resources[0] ?? '';
    return {
      code: 'quotaExceeded',
      quota: exceeded[1] ?? '',
      resource,
      requested: requested.get(resource),
      used: amounts(exceeded[3]).get(resource),
      limited: amounts(exceeded[4]).get(resource),
      message,
    };
  }
  const needs = /failed quota: ([^:\s]+): must specify ([^]*)$/.exec(message);
  if (!needs) return undefined;
  // `limits.cpu for: a,b; limits.memory for: a` (1.24 and newer) or `limits.cpu,limits.memory`
  const missing = (needs[2] ?? '')
    .split(';')
    .flatMap((part) => (part.split(/ for: /)[0] ?? '').split(','))
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return { code: 'quotaNeedsValues', quota: needs[1] ?? '', missing, message };
}

/** The cause behind a FailedCreate event's message. */
export function podRefusedCause(message: string): StatusCause {
  const quota = quotaCause(message);
  if (quota) return quota;
  if (/conflict occurred while applying poddefaults/i.test(message)) return { code: 'podDefaultConflict', message };
  const account =
    /error looking up service account [^/\s]+\/([^:\s]+):/.exec(message)?.[1] ??
    /serviceaccounts? "([^"]+)" not found/.exec(message)?.[1];
  if (account) return { code: 'serviceAccountMissing', account };
  return { code: 'podRefused', message };
}
