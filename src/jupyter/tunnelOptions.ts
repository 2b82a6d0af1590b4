import type { Logger } from '../k8s/log.ts';
import type { Target } from './target.ts';

export interface TunnelOptions {
  target: Target;
  logger: Logger;
  /** With no connection for so long the tunnel is at rest and lets its target go. */
  idleMs?: number;
  /** An idle connection is cut without a word by many a network on the way: the spare is not kept for longer. */
  spareMs?: number;
  /** How long a first connection must live before it counts: a refusal comes about 20 ms after the open. */
  settleMs?: number;
  dialTimeoutMs?: number;
  random?: () => number;
}
