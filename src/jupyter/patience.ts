import { isJupyterError } from './errors.ts';

/** Pauses before a server is asked again; rethrows an error that will not pass by itself. */
export async function waitOrThrow(error: Error | undefined, signal?: AbortSignal): Promise<void> {
  if (error !== undefined && !maySoonAnswer(error)) throw error;
  await pause(500, signal);
}

/** Whether Jupyter may answer a little later without anybody's doing. */
function maySoonAnswer(error: unknown): boolean {
  if (isJupyterError(error, 'NotRunning')) return error.problem.why === 'starting';
  return ['Refused', 'Unreachable', 'NotAnswering'].some((code) => isJupyterError(error) && error.code === code);
}

/** The signal, or an end after so many ms. */
export function withTimeout(signal: AbortSignal | undefined, ms: number): AbortSignal {
  const timeout = AbortSignal.timeout(Math.max(0, ms));
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** Resolves after so many ms, or at once on `signal`. */
function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}
