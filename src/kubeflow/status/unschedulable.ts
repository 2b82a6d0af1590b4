/** The scheduler's sentence ("0/3 nodes are available: 1 Insufficient nvidia.com/gpu, ...") as data. */
import { isGpuKey } from '../objects.ts';
import type { NodeObstacle, StatusCause } from './statusCause.ts';

interface NodeReason {
  count: number;
  text: string;
}

interface SchedulerSentence {
  fitting: number;
  total: number;
  reasons: NodeReason[];
  /** What is said of the pod instead of nodes, e.g. that its claim is missing. */
  podReason?: string;
}

/** Splits the sentence; the part about preemption says nothing that helps a user. */
function parseSentence(message: string): SchedulerSentence | undefined {
  const head = /^(\d+)\/(\d+) nodes are available:?\s*([^]*)$/.exec(message.trim());
  if (!head) return undefined;
  const body = (head[3] ?? '').replace(/\s*(?:preemption|no new claims to deallocate)[^]*$/, '');
  const parts = body
    .replace(/\.\s*$/, '')
    .split(/,\s+(?=\d+\s)/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const reasons: NodeReason[] = [];
  let podReason: string | undefined;
  for (const part of parts) {
    const counted = /^(\d+)\s+([^]*)$/.exec(part);
    if (counted) reasons.push({ count: Number(counted[1]), text: counted[2] ?? '' });
    else podReason ??= part;
  }
  return { fitting: Number(head[1]), total: Number(head[2]), reasons, podReason };
}

/** GPUs first: where several things lack on several nodes, the rarest one is what keeps the pod waiting. */
function resourceRank(resource: string): number {
  if (isGpuKey(resource)) return 0;
  if (resource.includes('/')) return 1;
  return resource === 'memory' ? 2 : 3;
}

const obstacles: readonly [RegExp, NodeObstacle][] = [
  [/volume node affinity conflict|no available volume zone/i, 'volumeZone'],
  [/node affinity|node selector|didn't match .*selector/i, 'affinity'],
  [/untolerated taint|had taint/i, 'taint'],
  [/were unschedulable/i, 'cordoned'],
  [/too many pods/i, 'tooManyPods'],
  [/max volume count/i, 'volumeLimit'],
];

/**
 * What the scheduler's sentence says, as a cause. `asked(resource)` gives the server's own request; `claims` are the
 * claims it mounts, of which a sentence about volumes names none.
 */
export function unschedulableCause(
  message: string,
  o: { asked: (resource: string) => string | undefined; claims: readonly string[] },
): StatusCause {
  if (/^no nodes available/i.test(message.trim())) return { code: 'noNodes' };
  const onlyClaim = o.claims.length === 1 ? o.claims[0] : undefined;
  const missing = /persistentvolumeclaim "([^"]+)" not found/i.exec(message)?.[1];
  if (missing) return { code: 'claimMissing', claim: missing };
  const sentence = parseSentence(message);
  if (!sentence) return { code: 'unschedulable', message };
  if (sentence.total === 0) return { code: 'noNodes' };

  const lacking = sentence.reasons
    .map((r) => ({ count: r.count, resource: /^Insufficient (\S+)/.exec(r.text)?.[1] }))
    .filter((r): r is { count: number; resource: string } => r.resource !== undefined)
    .sort((a, b) => resourceRank(a.resource) - resourceRank(b.resource))[0];
  if (lacking) {
    return {
      code: 'noNodeFits',
      resource: lacking.resource,
      asked: o.asked(lacking.resource),
      nodesTotal: sentence.total,
      nodesFitting: sentence.fitting,
      nodesShort: lacking.count,
      message,
    };
  }
  if (/unbound immediate PersistentVolumeClaims/i.test(message)) return { code: 'creatingVolume', claim: onlyClaim };
  if (/didn't find available persistent volumes to bind/i.test(message))
    return { code: 'noVolumeFits', claim: onlyClaim };
  if (/PersistentVolumeClaim being used by another/i.test(message))
    return { code: 'volumeInUse', claim: onlyClaim, usedBy: [] };
  for (const [pattern, obstacle] of obstacles) {
    const reason = sentence.reasons.find((r) => pattern.test(r.text));
    if (!reason) continue;
    const taint = /taint\(?s?\)? \{([^}]*)\}/.exec(reason.text)?.[1]?.replace(/:\s*$/, '');
    return {
      code: 'noNodeMatches',
      obstacle,
      ...(obstacle === 'taint' && taint ? { taint } : {}),
      nodesTotal: sentence.total,
      message,
    };
  }
  return { code: 'noNodeMatches', obstacle: 'other', nodesTotal: sentence.total, message };
}
