import type { JupyterServer } from '../jupyter/server.ts';
import { waitOrThrow } from '../jupyter/patience.ts';
import type { Connections, ServerRef } from './connections.ts';

/** A launch may wait for an image of many gigabytes; who waits says when to end. */
const patience = 24 * 3_600_000;

/**
 * Resolves when the program in a server answers through our own tunnel, which is the way that the user will go: Jupyter's
 * API, else the page at `path`. Rejects with what stands in the way and will not pass by itself.
 */
export async function untilAnswers(
  connections: Connections,
  { isJupyter, path, ...ref }: ServerRef & { isJupyter: boolean; path: string },
  signal: AbortSignal,
): Promise<void> {
  const { server } = connections.get(ref);
  if (isJupyter) await server.waitUntilAnswers(signal, patience);
  else await untilPage(server, path, signal);
}

/** VS Code and RStudio have no API to ask; any answer of an HTTP server below 500 counts. */
async function untilPage(server: JupyterServer, path: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      const { status } = await server.fetch(new URL(path, server.baseUrl), { redirect: 'manual', signal });
      if (status < 500) return;
      await waitOrThrow(undefined, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      await waitOrThrow(error as Error, signal);
    }
  }
}
