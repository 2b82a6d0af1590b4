/** One state out of several lists' states. */
import type { KubeError } from '../../k8s/errors.ts';
import type { LiveState } from '../../k8s/liveList.ts';

/** Do both say the same? When a retry is due is no news to a row: only the view's own sentence counts down to it. */
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
 * either is. `before` itself where nothing changed, the time of the next try included.
 */
export function overallState(
  names: { readonly state: LiveState },
  notebooks: { readonly overall: LiveState | undefined },
  before: LiveState,
): LiveState {
  const state = joined([names.state, ...(notebooks.overall ? [notebooks.overall] : [])]);
  return sameState(before, state) && retryTime(before) === retryTime(state) ? before : state;
}

function retryTime(state: LiveState): number | undefined {
  return state.kind === 'stale' || state.kind === 'failed' ? state.retryAt?.getTime() : undefined;
}

/**
 * What lists of single namespaces say of the cluster: nothing as long as one of them works. One that is denied says
 * nothing of the others.
 */
export function allInTrouble(states: readonly LiveState[]): LiveState | undefined {
  const asked = states.filter((s) => s.kind !== 'denied');
  return asked.every((s) => wholeClusterError(s) !== undefined) ? asked[0] : undefined;
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
  // Forbidden: the list is allowed, watching it is not
  return ['NotFound', 'Gone', 'Forbidden'].includes(state.error.code) ? undefined : state.error;
}
