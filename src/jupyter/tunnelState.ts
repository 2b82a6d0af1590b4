import type { TargetState } from './target.ts';
import type { NotRunningReason } from './errors.ts';

/**
 * Where a tunnel stands. `connecting`: the first try is under way, or the pod is awaited. `retrying`: the last try went
 * wrong and the next is due at `retryAt` (ms since the epoch). `failed`: trying again by itself would not help.
 */
export type TunnelState =
  | { kind: 'idle' }
  | { kind: 'connecting' }
  | { kind: 'up'; uid: string }
  | { kind: 'retrying'; attempt: number; retryAt: number; cause: 'refused' | 'network'; problem: unknown }
  | { kind: 'failed'; why: NotRunningReason | 'final'; problem?: unknown };

export type TunnelInput =
  /** Somebody wants a connection. */
  | { type: 'wanted' }
  /** The target became another one. */
  | { type: 'target' }
  | { type: 'opened'; uid: string }
  /** A connection could not be made, or died before it carried anything. `final`: no second try can help. */
  | { type: 'openFailed'; cause: 'refused' | 'network' | 'final'; problem: unknown }
  /** The time of `retryAt` has come. */
  | { type: 'timer' }
  | { type: 'reconnectNow' }
  /** Nobody has used it for a while. */
  | { type: 'unused' };

export type TunnelEffect = 'dial' | 'startTimer' | 'stopTimer' | 'dropAll' | 'dropSpare' | 'rejectWaiters';

/** What the reducer may know besides its state. */
export interface TunnelFacts {
  target: TargetState;
  /** Somebody waits for a connection. */
  waiting: boolean;
  now: number;
  /** In [0, 1); spreads the retries of many windows. */
  random: number;
}

/** Ready is not listening: Jupyter needs about 3 s after its pod is Ready, so the first refusals are retried quickly. */
const quickTries = 20;
const quickMs = 250;
const baseMs = 300;
const capMs = 5000;

/** The pause before try number `attempt` (from 1), in ms: exponential with full jitter, at least 100 ms. */
export function pauseMs(attempt: number, cause: 'refused' | 'network', random: number): number {
  if (cause === 'refused' && attempt <= quickTries) return quickMs;
  const step = cause === 'refused' ? attempt - quickTries : attempt;
  return 100 + Math.round(random * (Math.min(capMs, baseMs * 2 ** Math.min(step, 10)) - 100));
}

/** The next state of a tunnel and what must be done about it; pure. */
export function reduce(state: TunnelState, input: TunnelInput, facts: TunnelFacts): [TunnelState, TunnelEffect[]] {
  switch (input.type) {
    case 'wanted':
      return state.kind === 'idle' || state.kind === 'failed' ? begin(facts) : [state, []];
    case 'target':
      return follow(state, facts);
    case 'opened':
      if (state.kind === 'up' && state.uid === input.uid) return [state, []];
      return [{ kind: 'up', uid: input.uid }, ['stopTimer']];
    case 'openFailed':
      return failed(state, input, facts);
    case 'timer':
    case 'reconnectNow':
      if (state.kind === 'up' || state.kind === 'idle') return [state, []];
      if (state.kind === 'connecting' && facts.target.kind === 'ready')
        return [state, input.type === 'reconnectNow' ? ['dial'] : []];
      if (!facts.waiting) return [{ kind: 'idle' }, ['stopTimer']];
      if (facts.target.kind !== 'ready') return begin(facts);
      return [state.kind === 'retrying' ? state : { kind: 'connecting' }, ['stopTimer', 'dial']];
    case 'unused':
      return facts.waiting || state.kind === 'idle' ? [state, []] : [{ kind: 'idle' }, ['stopTimer', 'dropSpare']];
  }
}

function begin({ target }: TunnelFacts): [TunnelState, TunnelEffect[]] {
  if (target.kind === 'ready') return [{ kind: 'connecting' }, ['stopTimer', 'dial']];
  if (target.why === 'starting' || target.why === 'unknown') return [{ kind: 'connecting' }, ['stopTimer']];
  return [{ kind: 'failed', why: target.why }, ['stopTimer', 'rejectWaiters']];
}

function follow(state: TunnelState, facts: TunnelFacts): [TunnelState, TunnelEffect[]] {
  const { target } = facts;
  if (target.kind === 'ready') {
    if (state.kind === 'up' && state.uid === target.pod.uid) return [state, []];
    if (state.kind === 'idle') return [state, []];
    if (!facts.waiting) return [{ kind: 'idle' }, ['stopTimer', 'dropAll']];
    return [{ kind: 'connecting' }, ['stopTimer', 'dropAll', 'dial']];
  }
  // Not knowing is no reason to cut what works: the connections tell by themselves when they end.
  if (target.why === 'unknown' && state.kind === 'up') return [state, []];
  if (state.kind === 'idle') return [state, []];
  if (!facts.waiting) return [{ kind: 'idle' }, ['stopTimer', 'dropAll']];
  const [next, effects] = begin(facts);
  return [next, ['dropAll', ...effects]];
}

function failed(
  state: TunnelState,
  { cause, problem }: Extract<TunnelInput, { type: 'openFailed' }>,
  facts: TunnelFacts,
): [TunnelState, TunnelEffect[]] {
  if (cause === 'final')
    return [{ kind: 'failed', why: 'final', problem }, ['stopTimer', 'dropSpare', 'rejectWaiters']];
  if (!facts.waiting) {
    // A spare that could not be made says nothing about the connections that work.
    if (state.kind === 'up' && cause === 'network') return [state, ['dropSpare']];
    return [{ kind: 'idle' }, ['stopTimer', 'dropSpare']];
  }
  const attempt = state.kind === 'retrying' && state.cause === cause ? state.attempt + 1 : 1;
  const retryAt = facts.now + pauseMs(attempt, cause, facts.random);
  return [{ kind: 'retrying', attempt, retryAt, cause, problem }, ['dropSpare', 'startTimer']];
}
