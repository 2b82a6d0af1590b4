/** One state out of several lists' states. */
import type { KubeError } from '../k8s/errors.ts';
import type { LiveState } from '../k8s/liveList.ts';

/** Do both say the same? When a retry is due is news to nobody but the list itself. */
export function sameState(a: LiveState, b: LiveState): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if (a.kind === 'stale' && b.kind === 'stale')
    return a.since.getTime() === b.since.getTime() && sameError(a.error, b.error);
  if ((a.kind === 'failed' && b.kind === 'failed') || (a.kind === 'denied' && b.kind === 'denied'))
    return sameError(a.error, b.error);
  return true;
}

function sameError(a: KubeError, b: KubeError): boolean {
  return a === b || (a.code === b.code && a.message === b.message);
}

/**
 * The state of names and notebooks together: failed if what is needed failed, loading until both are known, stale if
 * either is. A denied cluster-wide list is no state of its own: the namespaces are listed one by one then.
 */
export function overallState(
  names: { readonly state: LiveState },
  notebooks: { readonly state: LiveState; readonly clusterWide: boolean | undefined; readonly missing: boolean },
  before: LiveState,
): LiveState {
  const state = joined([names.state, ...(notebooks.clusterWide === false ? [] : [notebooks.state])]);
  return sameState(before, state) ? before : state;
}

function joined(states: readonly LiveState[]): LiveState {
  for (const kind of ['failed', 'denied', 'loading', 'stale'] as const) {
    const state = states.find((s) => s.kind === kind);
    if (state) return state;
  }
  return { kind: 'live' };
}

/** The error, where it is one of the cluster or of signing in rather than of a single list. */
export function wholeClusterError(state: LiveState): KubeError | undefined {
  if (state.kind !== 'failed' && state.kind !== 'stale') return undefined;
  return state.error.code === 'NotFound' || state.error.code === 'Gone' ? undefined : state.error;
}
