/** Fetches what a description needs, fresh from the cluster, and says what could not be read. */
import type { Cluster } from '../k8s/cluster.ts';
import { isKubeError } from '../k8s/errors.ts';
import {
  events,
  namespaces,
  nodes,
  persistentVolumeClaims,
  pods,
  resourceQuotas,
  roleBindings,
  serviceAccounts,
} from '../k8s/objects.ts';
import type {
  CoreEvent,
  Namespace,
  Node,
  PersistentVolumeClaim,
  Pod,
  ResourceQuota,
  RoleBinding,
  ServiceAccount,
} from '../k8s/objects.ts';
import type { ProfileFacts } from './describe/describeProfile.ts';
import type { ServerExtra } from './describe/describeServer.ts';
import { dedupeEvents, eventTime, isAbout, tellersOf } from './events.ts';
import type { ServerView } from './inventory/inventoryView.ts';
import { notebooks, podName, profiles } from './objects.ts';
import type { Notebook, Profile } from './objects.ts';
import type { ServerName } from './operations.ts';
import { serverView } from './inventory/serverView.ts';

export { describeProfile, profileHealth, contributors } from './describe/describeProfile.ts';
export type { HealthCheck, ProfileFacts } from './describe/describeProfile.ts';
export { describeServer } from './describe/describeServer.ts';
export type { ServerExtra } from './describe/describeServer.ts';

type Unread = { what: string; why: string }[];

/** The answer, or undefined with a note where it is refused or not there; other errors are thrown. */
async function tryRead<T>(what: string, reading: Promise<T>, unread: Unread): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!isKubeError(error)) throw error;
    if (error.problem.code === 'NotFound') return undefined;
    if (error.problem.code !== 'Forbidden' && error.problem.code !== 'Refused') throw error;
    unread.push({ what, why: error.problem.message });
    return undefined;
  }
}

/**
 * Everything for describeServer. `answers` is what the Inventory knows of Jupyter in that pod.
 * @throws KubeError where the Notebook itself can't be read
 */
export async function gatherServer(
  cluster: Cluster,
  ref: ServerName,
  o: { signal?: AbortSignal; now?: Date; answers?: boolean } = {},
): Promise<{ view: ServerView; extra: ServerExtra }> {
  const { namespace, name } = ref;
  const { signal } = o;
  const now = o.now ?? new Date();
  const unread: Unread = [];
  const notebook = await cluster.get<Notebook>(notebooks, ref, signal);
  const [pod, told, claims] = await Promise.all([
    tryRead('pod', cluster.get<Pod>(pods, { namespace, name: podName(notebook) }, signal), unread),
    tryRead('events', cluster.list<CoreEvent>(events, { namespace, signal }), unread),
    tryRead('volumes', cluster.list<PersistentVolumeClaim>(persistentVolumeClaims, { namespace, signal }), unread),
  ]);
  const ownPod = pod?.metadata.labels?.['notebook-name'] === name ? pod : undefined;
  const on = ownPod?.spec?.nodeName;
  // most users may not read nodes: that is no news
  const node = on ? await tryRead('node', cluster.get<Node>(nodes, { name: on }, signal), []) : undefined;
  const view = serverView({
    notebook,
    ...(ownPod ? { pod: ownPod } : {}),
    events: ownEvents(notebook, told?.items ?? [], claims?.items ?? []),
    ...(claims ? { claims: claims.items } : {}),
    ...(o.answers === undefined ? {} : { answers: o.answers }),
    now,
  });
  return { view, extra: { now, unread, ...(claims ? { claims: claims.items } : {}), ...(node ? { node } : {}) } };
}

/** The events that tell about a server; none of an older server by the same name. */
function ownEvents(
  notebook: Notebook,
  all: readonly CoreEvent[],
  claims: readonly PersistentVolumeClaim[],
): CoreEvent[] {
  const since = Date.parse(notebook.metadata.creationTimestamp ?? '') || 0;
  const tellers = tellersOf(notebook, claims);
  return all.filter(
    (e) => isAbout(e, tellers) && (e.involvedObject.kind === 'PersistentVolumeClaim' || eventTime(e) >= since),
  );
}

/** Everything for describeProfile; what may not be read is said in it rather than thrown. */
export async function gatherProfile(
  cluster: Cluster,
  name: string,
  o: { signal?: AbortSignal; now?: Date } = {},
): Promise<ProfileFacts> {
  const { signal } = o;
  const now = o.now ?? new Date();
  const unread: Unread = [];
  const list = <T>(what: string, type: Parameters<Cluster['list']>[0]) =>
    tryRead(
      what,
      cluster.list<T>(type, { namespace: name, signal }).then((l) => l.items),
      unread,
    );
  const [profile, namespace, accounts, bindings, quotas, claims, servers, running, told] = await Promise.all([
    tryRead('profile', cluster.get<Profile>(profiles, { name }, signal), unread),
    tryRead('namespace', cluster.get<Namespace>(namespaces, { name }, signal), unread),
    list<ServiceAccount>('service accounts', serviceAccounts),
    list<RoleBinding>('role bindings', roleBindings),
    list<ResourceQuota>('quotas', resourceQuotas),
    list<PersistentVolumeClaim>('volumes', persistentVolumeClaims),
    list<Notebook>('notebook servers', notebooks),
    list<Pod>('pods', pods),
    list<CoreEvent>('events', events),
  ]);
  const newest = told && dedupeEvents(told.filter((e) => e.type === 'Warning')).slice(-20);
  const viewOf = (notebook: Notebook): ServerView => {
    const server = notebook.metadata.name;
    const pod = running?.find(
      ({ metadata }) => metadata.name === podName(notebook) && metadata.labels?.['notebook-name'] === server,
    );
    return serverView({
      notebook,
      ...(pod ? { pod } : {}),
      events: ownEvents(notebook, told ?? [], claims ?? []),
      ...(claims ? { claims } : {}),
      now,
    });
  };
  return {
    name,
    now,
    ...(profile ? { profile } : {}),
    ...(namespace ? { namespace } : {}),
    ...(accounts ? { serviceAccounts: accounts } : {}),
    ...(bindings ? { roleBindings: bindings } : {}),
    ...(quotas ? { quotas } : {}),
    ...(claims ? { claims } : {}),
    ...(servers ? { servers: servers.map(viewOf) } : {}),
    ...(newest ? { events: newest } : {}),
    unread,
  };
}
