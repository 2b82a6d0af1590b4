import type { KubeError } from './errors.ts';

/**
 * How true the items are. `stale`: they were true at `since`. `denied`: we may not list. `failed`: there was never a
 * list, and this is why. All but `live` go on trying. `retryAt` moves on by itself while the cluster does not answer.
 */
export type LiveState =
  | { kind: 'loading' }
  | { kind: 'live' }
  | { kind: 'stale'; since: Date; error: KubeError; readonly retryAt?: Date }
  | { kind: 'denied'; error: KubeError }
  | { kind: 'failed'; error: KubeError; readonly retryAt?: Date };

export interface LiveChange {
  /** Keys added, changed and deleted since the last event. */
  keys: ReadonlySet<string>;
  /** The state changed. */
  state: boolean;
}

/** Failures of the way to the cluster or of who we are there, not of one request. */
export function mayConcernAll({ problem }: KubeError): boolean {
  switch (problem.code) {
    case 'Unreachable':
    case 'Timeout':
    case 'CertificateUntrusted':
    case 'Unauthorized':
    case 'SignedOut':
    case 'ExecPluginFailed':
    case 'KubeconfigInvalid':
    case 'ServerError':
      return true;
    default:
      return false;
  }
}
