/** The view of one profile; the one of before where nothing of it changed. */
import type { LiveState } from '../../k8s/liveList.ts';
import type { ProfileView, ServerView } from './inventoryView.ts';
import type { NamespaceDetails } from './namespaceDetails.ts';
import type { FoundNamespace } from './namespaceDiscovery.ts';
import { sameState } from './inventoryState.ts';
import { sameShown } from './sameShown.ts';

export interface ProfileParts {
  name: string;
  known?: FoundNamespace;
  /** In their order; the same array as before if nothing of it changed. */
  servers: readonly ServerView[];
  state: LiveState;
  details?: NamespaceDetails;
}

export function profileView(parts: ProfileParts, before?: ProfileView): ProfileView {
  const state = before && sameState(before.state, parts.state) ? before.state : parts.state;
  const owner = parts.known?.owner;
  const view: ProfileView = {
    name: parts.name,
    ...(owner ? { owner } : {}),
    source: parts.known?.source ?? 'namespace',
    ...(parts.known?.deleting ? { deleting: true } : {}),
    servers: parts.servers,
    state,
    ...(parts.details
      ? { gpuQuota: parts.details.gpuQuota, quota: parts.details.quotas, claims: parts.details.claims }
      : {}),
  };
  if (!before) return view;
  const rest = { state: undefined, servers: undefined };
  const unchanged =
    view.state === before.state &&
    view.servers === before.servers &&
    sameShown({ ...view, ...rest }, { ...before, ...rest });
  return unchanged ? before : view;
}
