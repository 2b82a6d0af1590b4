import type { CommandParts } from './parts.ts';
import { chooseServer } from './pick.ts';

/** Shows the log. */
export function showLog({ logger }: CommandParts): void {
  logger.show();
}

/** Tries the connection to a server again now, in place of waiting for the next try. */
export async function reconnect(parts: CommandParts, argument: unknown): Promise<void> {
  const chosen = await chooseServer(parts, argument, (server) => server.status.phase === 'running');
  if (!chosen) return;
  // The cluster's own pauses would come first: it is asked anew, too, on connections that are made now.
  chosen.session.inventory.retryNow();
  parts.connections.get(chosen.ref).tunnel.reconnectNow();
}
