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
  isOwnNamespace,
  missingLabels,
  profileFinalizer,
  quotaName,
  withDefaultGroup,
} from './profileObjects.ts';
import { WorkQueue } from './workQueue.ts';

/**
 * Kubeflow's profile controller (dashboard v2.0, without Istio and cloud plugins): a namespace, two service accounts, three
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

  async #reconcile(name: string): Promise<void> {
    const profile = this.#profiles.items.get(name);
    if (!profile) return;
    if (profile.metadata.deletionTimestamp) return this.#finalize(profile);
    if (!(await this.#applyNamespace(profile))) {
      this.#logger.info(`the namespace ${name} is there already and does not belong to the Profile's owner`);
      return;
    }
    for (const { name: account } of accounts) {
      const desired = desiredServiceAccount(profile, account);
      if (!(await this.#find<ServiceAccount>(serviceAccounts, desired))) await this.#create(serviceAccounts, desired);
    }
    for (const binding of desiredRoleBindings(profile)) await this.#applyRoleBinding(binding);
    await this.#applyQuota(profile);
    if (!profile.metadata.finalizers?.includes(profileFinalizer)) {
      await this.#setFinalizers(profile, [...(profile.metadata.finalizers ?? []), profileFinalizer]);
    }
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

  async #applyQuota(profile: Profile): Promise<void> {
    const where = { metadata: { name: quotaName, namespace: profile.metadata.name } };
    const found = await this.#find<ResourceQuota>(resourceQuotas, where);
    const desired = desiredQuota(profile);
    if (!desired) {
      if (found) await this.#cluster.delete(resourceQuotas, where.metadata, { uid: found.metadata.uid });
    } else if (!found) {
      await this.#create(resourceQuotas, desired);
    } else if (!isDeepStrictEqual(found.spec, desired.spec)) {
      await this.#replace(resourceQuotas, { ...found, spec: desired.spec });
    }
  }

  /** The garbage collector deletes the namespace once the Profile is gone. */
  async #finalize(profile: Profile): Promise<void> {
    const finalizers = profile.metadata.finalizers ?? [];
    if (!finalizers.includes(profileFinalizer)) return;
    await this.#setFinalizers(
      profile,
      finalizers.filter((finalizer) => finalizer !== profileFinalizer),
    );
  }

  async #setFinalizers(profile: Profile, finalizers: string[]): Promise<void> {
    const { name, resourceVersion } = profile.metadata;
    await this.#cluster.patch(profiles, { name }, { metadata: { resourceVersion, finalizers } }, { kind: 'merge' });
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

  async #replace<T extends KubeObject>(type: ResourceType, object: T): Promise<void> {
    const { namespace, name } = object.metadata;
    await this.#cluster.request({ method: 'PUT', path: resourcePath(type, { namespace, name }), body: object });
  }
}
