import type { TargetState } from './target.ts';
import type { TunnelState } from './tunnelState.ts';

/** What a tunnel that somebody wants to use waits for, as data. */
export type TunnelWait =
  /** The pod starts, or its container does. */
  | { for: 'pod' }
  /** The cluster has not told yet which pod it is. */
  | { for: 'news' }
  /** The pod is there; nobody listens in it yet. */
  | { for: 'jupyter' }
  /** The way to the pod: it is tried again at `retryAt` (ms since the epoch) or just now. */
  | { for: 'connection'; retryAt?: number; problem?: unknown }
  /** Somebody: the way is closed until a right is given, or a sign-in is made. */
  | { for: 'person'; problem: unknown };

/** Undefined: it waits for nothing. A server that was stopped is never waited for, nor started. */
export function tunnelWait(state: TunnelState, target: TargetState): TunnelWait | undefined {
  switch (state.kind) {
    case 'idle':
    case 'up':
      return undefined;
    case 'connecting':
      if (target.kind === 'ready') return { for: 'connection' };
      return { for: target.why === 'unknown' ? 'news' : 'pod' };
    case 'retrying':
      if (state.cause === 'refused') return { for: 'jupyter' };
      return { for: 'connection', retryAt: state.retryAt, problem: state.problem };
    case 'failed':
      // Stopped, failing, deleted: the row says so, and nothing is waited for.
      return state.why === 'final' ? { for: 'person', problem: state.problem } : undefined;
  }
}
