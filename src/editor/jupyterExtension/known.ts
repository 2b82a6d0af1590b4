import { isJupyter } from '../../kubeflow/objects.ts';
import type { Session, Sessions } from '../../kubeflow/sessions.ts';
import type { ServerRef } from '../address.ts';
import type { KnownState } from './serverList.ts';

// What the inventories know already. Nothing here contacts a cluster, nor makes a session that nobody has asked for.

/** The Jupyter servers that are known to run, of the contexts that are in use. */
export function runningServers({ made }: Pick<Sessions, 'made'>): ServerRef[] {
  return made.flatMap(({ context, inventory }) =>
    inventory.view.profiles.flatMap(({ servers }) =>
      servers
        .filter((server) => server.status.phase === 'running' && isJupyter(server.notebook))
        .map(({ namespace, name }) => ({ context: context.name, namespace, name })),
    ),
  );
}

/** `deleted` only where the server's namespace is listed and lacks it. */
export function stateOf(sessions: Pick<Sessions, 'made'>, ref: ServerRef): KnownState {
  const session = sessions.made.find(({ context }) => context.name === ref.context);
  if (!session) return 'unknown';
  const view = session.inventory.server(`${ref.namespace}/${ref.name}`);
  if (!view) return isListed(session, ref) ? 'deleted' : 'unknown';
  switch (view.status.phase) {
    case 'running':
      return 'running';
    case 'stopped':
    case 'stopping':
      return 'stopped';
    default:
      return 'other';
  }
}

function isListed({ inventory }: Session, { namespace }: ServerRef): boolean {
  return inventory.profile(namespace)?.state.kind === 'live';
}
