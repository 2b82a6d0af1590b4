import { isJupyterError, JupyterError } from './errors.ts';
import { withTimeout } from './patience.ts';
import { Rest } from './rest.ts';
import type { JupyterServer } from './server.ts';
import type { SpecsModel } from './serverModels.ts';

/** How long a server that runs may take to name its kernels; ms. */
const patienceMs = 15_000;

/**
 * Resolves when the server has just named at least one kernel that it can start. Rejects with what is wrong: NoKernels
 * where something other than Jupyter answers, NotRunning, NotAnswering or Unreachable, or with the signal's reason.
 */
export async function proveKernels(server: JupyterServer, signal?: AbortSignal, timeoutMs = patienceMs): Promise<void> {
  const limit = withTimeout(signal, timeoutMs);
  const name = server.tunnel.target.server;
  try {
    const rest = new Rest(server.fetch, server.baseUrl);
    const { kernelspecs } = await rest.call<Partial<SpecsModel>>('GET', 'api/kernelspecs', { signal: limit });
    if (Object.keys(kernelspecs ?? {}).length > 0) return;
  } catch (error) {
    if (signal?.aborted) throw error;
    if (limit.aborted) throw new JupyterError(server.tunnel.whyNot(Math.round(timeoutMs / 1000)), { cause: error });
    // RStudio and code-server answer a path that they don't know with a page of their own.
    const other = isJupyterError(error, 'Refused') && [200, 404].includes(error.problem.status);
    if (!other) throw error;
  }
  throw new JupyterError({ code: 'NoKernels', server: name });
}
