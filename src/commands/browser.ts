import { browserPath } from '../kubeflow/objects.ts';
import type { CommandParts } from './parts.ts';
import { chooseServer, demand } from './pick.ts';

/** Opens a running server in the user's browser: JupyterLab, code-server or RStudio, whichever it is. */
export async function openInBrowser(parts: CommandParts, argument: unknown): Promise<void> {
  const chosen = await chooseServer(parts, argument, ({ status }) => status.phase === 'running');
  if (!chosen) return;
  const { session, ref, view } = chosen;
  await demand(parts, session, 'connect', ref.namespace);
  await parts.gateways.open(ref, browserPath(view.notebook));
}
