import { isDeepStrictEqual } from 'node:util';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { isKubeError } from '../../src/k8s/errors.ts';
import type { Disposable } from '../../src/k8s/events.ts';
import type { LiveList } from '../../src/k8s/liveList.ts';
import type { Logger } from '../../src/k8s/log.ts';
import {
  namespaces,
  resourcePath,
  resourceQuotas,
  roleBindings,
  serviceAccounts,
  type KubeObject,
  type Namespace,
  type ResourceQuota,
  type ResourceType,
  type RoleBinding,
  type ServiceAccount,
} from '../../src/k8s/objects.ts';
import { WatchedLists } from './lists.ts';
import { controllerName, profiles, type Profile } from './objects.ts';
import {
  accounts,
  desiredNamespace,
  desiredQuota,
  desiredRoleBindings,
  desiredServiceAccount,
  identityAnnotations,
  isOwnNamespace,
  missingLabels,
  profileFinalizer,
  quotaName,
  storedSpec,
  withDefaultGroup,
} from './profileObjects.ts';
import { WorkQueue } from './workQueue.ts';

/**
 * Kubeflow's profile controller (dashboard v2.0, without Istio and the clouds): a namespace, two service accounts, three
 * RoleBindings and a quota for each Profile. As the original, it says nothing in a Profile's status.
 */
export class ProfileController implements Disposable {
  readonly #cluster: Cluster;
  readonly #logger: Logger;
  readonly #lists: WatchedLists;
  readonly #profiles: LiveList<Profile>;
  readonly #owned: LiveList<KubeObject>[];
  readonly #queue: WorkQueue;

  constructor(cluster: Cluster, o: { logger: Logger }) {
    this.#cluster = cluster;
    this.#logger = o.logger;
    this.#lists = new WatchedLists(cluster, o.logger);
    this.#profiles = this.#lists.add<Profile>(profiles);
    this.#owned = [namespaces, serviceAccounts, roleBindings].map((type) => this.#lists.add(type));
    this.#queue = new WorkQueue((name) => this.#reconcile(name), { logger: o.logger });
  }

  async start(): Promise<void> {
    this.#profiles.onDidChange(({ keys }) => keys.forEach((name) => this.#queue.add(name)));
    for (const list of this.#owned) {
      list.onDidChange(({ keys }) => {
        for (const key of keys) {
          const object = list.items.get(key);
          const name = object ? controllerName(object, profiles.kind) : key.split('/')[0];
          if (name !== undefined && this.#profiles.items.has(name)) this.#queue.add(name);
        }
      });
    }
    await this.#lists.start();
    for (const name of this.#profiles.items.keys()) this.#queue.add(name);
  }

  dispose(): void {
    this.#queue.dispose();
    this.#lists.dispose();
  }

  /** The same for a Profile that is being deleted, whose finalizer goes last: one without its own namespace keeps it. */
  async #reconcile(name: string): Promise<void> {
    const profile = this.#profiles.items.get(name);
    if (!profile) return;
    if (!(await this.#applyNamespace(profile))) {
      this.#logger.info(`the namespace ${name} is there already and does not belong to the Profile's owner`);
      return this.#writeBack(profile, profile.metadata.finalizers ?? []);
    }
    for (const { name: account } of accounts) {
      const desired = desiredServiceAccount(profile, account);
      if (!(await this.#find<ServiceAccount>(serviceAccounts, desired))) await this.#create(serviceAccounts, desired);
    }
    for (const binding of desiredRoleBindings(profile)) await this.#applyRoleBinding(binding);
    const quota = await this.#applyQuota(profile);
    await this.#applyIdentity(profile);
    const others = (profile.metadata.finalizers ?? []).filter((finalizer) => finalizer !== profileFinalizer);
    const finalizers = profile.metadata.deletionTimestamp ? others : [...others, profileFinalizer];
    await this.#writeBack(profile, finalizers, quota?.spec?.hard);
  }

  /** @returns false if there is a namespace of that name which is not this owner's */
  async #applyNamespace(profile: Profile): Promise<boolean> {
    const desired = desiredNamespace(profile);
    const found = await this.#find<Namespace>(namespaces, desired);
    if (!found) {
      await this.#create(namespaces, desired);
      return true;
    }
    if (!isOwnNamespace(found, profile)) return false;
    const labels = missingLabels(found);
    if (Object.keys(labels).length > 0) {
      await this.#cluster.patch(namespaces, { name: found.metadata.name }, { metadata: { labels } }, { kind: 'merge' });
    }
    return true;
  }

  async #applyRoleBinding(desired: RoleBinding): Promise<void> {
    const found = await this.#find<RoleBinding>(roleBindings, desired);
    if (!found) return void (await this.#create(roleBindings, desired));
    const subjects = (binding: RoleBinding) => (binding.subjects ?? []).map(withDefaultGroup);
    const same =
      isDeepStrictEqual(found.roleRef, desired.roleRef) && isDeepStrictEqual(subjects(found), subjects(desired));
    if (!same) await this.#replace(roleBindings, { ...found, roleRef: desired.roleRef, subjects: desired.subjects });
  }

  /** @returns the quota as it is now */
  async #applyQuota(profile: Profile): Promise<ResourceQuota | undefined> {
    const where = { metadata: { name: quotaName, namespace: profile.metadata.name } };
    const found = await this.#find<ResourceQuota>(resourceQuotas, where);
    const desired = desiredQuota(profile);
    if (!desired) {
      if (found) await this.#cluster.delete(resourceQuotas, where.metadata, { uid: found.metadata.uid });
      return undefined;
    }
    if (!found) return this.#create(resourceQuotas, desired);
    if (isDeepStrictEqual(found.spec, desired.spec)) return found;
    return this.#replace(resourceQuotas, { ...found, spec: desired.spec });
  }

  async #applyIdentity(profile: Profile): Promise<void> {
    const annotations = identityAnnotations(profile);
    if (Object.keys(annotations).length === 0) return;
    const where = { namespace: profile.metadata.name, name: accounts[0].name };
    await this.#cluster.patch(serviceAccounts, where, { metadata: { annotations } }, { kind: 'merge' });
  }

  /** Writes the Profile's own spec and finalizers, if they are not so already; without a finalizer the garbage collector goes on. */
  async #writeBack(profile: Profile, finalizers: string[], hard?: Record<string, string>): Promise<void> {
    const spec = storedSpec(profile.spec ?? {}, hard);
    const same = isDeepStrictEqual(finalizers, profile.metadata.finalizers ?? []);
    if (same && isDeepStrictEqual(spec, profile.spec)) return;
    await this.#replace(profiles, {
      ...profile,
      apiVersion: 'kubeflow.org/v1',
      kind: 'Profile',
      metadata: { ...profile.metadata, finalizers },
      spec,
    });
  }

  async #find<T>(type: ResourceType, object: KubeObject): Promise<T | undefined> {
    const { namespace, name } = object.metadata;
    try {
      return await this.#cluster.get<T>(type, { namespace, name });
    } catch (error) {
      if (isKubeError(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  #create<T extends KubeObject>(type: ResourceType, object: T): Promise<T> {
    return this.#cluster.create(type, object, { namespace: object.metadata.namespace });
  }

  #replace<T extends KubeObject>(type: ResourceType, object: T): Promise<T> {
    const { namespace, name } = object.metadata;
    return this.#cluster.request<T>({ method: 'PUT', path: resourcePath(type, { namespace, name }), body: object });
  }
}
