import { isKubeError } from '../k8s/errors.ts';
import type { ContentsClient } from './contents.ts';
import { isJupyterError, type JupyterError, type JupyterErrorCode } from './errors.ts';
import type { RawFiles } from './rawFiles.ts';

/** The part of a JupyterServer that transfers need. */
export interface TransferServer {
  contents: ContentsClient;
  raw: RawFiles;
}

export interface TransferOptions {
  signal: AbortSignal;
  /** So many bytes more are through; fewer (negative) when something has to begin anew. */
  onBytes?: (more: number) => void;
  /** True while a cut connection is waited for, false when it goes on. */
  onWaiting?: (waiting: boolean) => void;
  /** How long nothing may get through before the transfer ends with the error; ms. */
  patienceMs?: number;
  /** Between two tries; ms. The tunnel below has pauses of its own. */
  pauseMs?: number;
}

const patience = 10 * 60_000;
const pause = 1000;

/** How many files are under way at once; more would take Jupyter's one thread from its user. */
export const atOnce = 3;

/**
 * Does `step` until it is through, over cut connections and restarts of the server. `moved` tells whether anything got
 * through since the last call: patience begins anew then. Rejects with the first error that waiting does not help.
 */
export async function patiently<T>(
  o: TransferOptions,
  step: () => Promise<T>,
  moved: () => boolean = () => false,
): Promise<T> {
  let since = Date.now();
  let waiting = false;
  for (;;) {
    try {
      const result = await step();
      if (waiting) o.onWaiting?.(false);
      return result;
    } catch (error) {
      if (moved()) since = Date.now();
      if (o.signal.aborted || !passes(error) || Date.now() - since > (o.patienceMs ?? patience)) throw error;
      if (!waiting) o.onWaiting?.(true);
      waiting = true;
      await delay(o.pauseMs ?? pause, o.signal);
    }
  }
}

/** Runs `work` for all, `atOnce` at a time; the first error ends it, after those that are under way have ended. */
export async function forAll<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const queue = [...all];
  const failed: { error?: unknown } = {};
  const worker = async () => {
    for (let one = queue.shift(); one !== undefined && !('error' in failed); one = queue.shift()) {
      try {
        await work(one);
      } catch (error) {
        failed.error ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if ('error' in failed) throw failed.error;
}

/** One file of many that did not come through. */
export interface Failure {
  path: string;
  error: JupyterError;
}

/** Does `work`; an error that concerns this file alone is noted and no reason to stop the others. */
export async function unlessOfOne(failures: Failure[], path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isJupyterError(error) || !ofOne.has(error.code)) throw error;
    failures.push({ path, error });
  }
}

const ofOne: ReadonlySet<JupyterErrorCode> = new Set([
  'NotFound',
  'NotPermitted',
  'HiddenName',
  'NameTooLong',
  'Changing',
  'Incomplete',
]);

/** Whether the server may answer later without anybody's doing. */
function passes(error: unknown): boolean {
  if (isJupyterError(error, 'NotRunning')) return error.problem.why === 'starting' || error.problem.why === 'unknown';
  if (isKubeError(error)) return error.code === 'Unreachable' || error.code === 'Timeout';
  return isJupyterError(error, 'Unreachable') || isJupyterError(error, 'NotAnswering');
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      if (signal.aborted) reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      else resolve();
    }
  });
}
