/** Asks the cluster what a form has to know of it, as it is typed. */
import { abortable } from '../../k8s/abortable.ts';
import type { Access } from '../../k8s/access.ts';
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import type { Disposable } from '../../k8s/events.ts';
import { nodes, persistentVolumes, pods, services, statefulSets } from '../../k8s/objects.ts';
import type { KubeObject, Node, PersistentVolume, Pod, ResourceType } from '../../k8s/objects.ts';
import { isServerName } from '../form/syntax.ts';
import { volumesOf } from '../form.ts';
import type { SpawnForm, SpawnOptions } from '../form.ts';
import { podDefaults, podName } from '../objects.ts';
import type { PodDefault } from '../objects.ts';
import { Answers, either } from './answers.ts';
import type { AskOptions } from './answers.ts';
import type { Facts, Leftover, PodOnNode } from './facts.ts';
import { leftoverOf } from './leftovers.ts';
import { podRequests } from './podRequests.ts';

/** ms that an answer is good for while somebody types. */
const goodFor = { name: 5_000, pods: 5_000, allPods: 20_000, nodes: 60_000, podDefaults: 30_000, volume: 60_000 };

export class FactsAsked implements Disposable {
  readonly #answers: Answers;

  constructor(private readonly o: { cluster: Cluster; access: Access; now?: () => number }) {
    this.#answers = new Answers(o.now ?? Date.now);
  }

  /**
   * What the cluster says now, and nothing where it does not: see AskOptions.unanswered.
   * @param isNew the name is one that is not in use yet
   * @throws the signal's reason
   */
  async of(form: SpawnForm, options: Pick<SpawnOptions, 'claims'>, isNew: boolean, o: AskOptions): Promise<Facts> {
    const { namespace } = form;
    const name = form.name.trim();
    const inNamespace = this.#pods(namespace, o);
    // They keep nobody from launching, and take the longest to list.
    const known = { ...o, fresh: false };
    const [leftovers, podsHere, machines, podsOnNodes, volumes, defaults, rights] = await Promise.all([
      isNew && isServerName(name) ? this.#leftovers(namespace, name, inNamespace, o) : [],
      inNamespace,
      this.#nodes(known),
      this.#podsOnNodes(known),
      this.#volumes(form, options, o),
      this.#podDefaults(namespace, o),
      this.#rights(namespace, o),
    ]);
    return {
      leftovers,
      rights,
      ...(podsHere ? { pods: podsHere } : {}),
      ...(machines ? { nodes: machines } : {}),
      ...(podsOnNodes ? { podsOnNodes } : {}),
      ...(volumes ? { volumes } : {}),
      ...(defaults ? { podDefaults: defaults } : {}),
    };
  }

  dispose(): void {
    this.#answers.dispose();
  }

  /** By name, which needs no more than the right to see this one. Pods are listed anyway. */
  async #leftovers(
    namespace: string,
    name: string,
    inNamespace: Promise<readonly Pod[] | undefined>,
    o: AskOptions,
  ): Promise<Leftover[]> {
    const [set, service, podsHere] = await Promise.all([
      this.#byName(statefulSets, namespace, name, o),
      this.#byName(services, namespace, name, o),
      inNamespace,
    ]);
    const pod = podsHere?.find(({ metadata }) => metadata.name === podName({ metadata: { name } }));
    const found = [
      leftoverOf('StatefulSet', name, set),
      leftoverOf('Service', name, service),
      leftoverOf('Pod', name, pod),
    ];
    return found.filter((one) => one !== undefined);
  }

  async #byName(type: ResourceType, namespace: string, name: string, o: AskOptions): Promise<KubeObject | undefined> {
    const question = async (signal: AbortSignal): Promise<KubeObject | undefined> => {
      try {
        return await this.o.cluster.get<KubeObject>(type, { namespace, name }, signal);
      } catch (error) {
        // That there is none is an answer, and one that does not last.
        if (isKubeError(error, 'NotFound')) return undefined;
        throw error;
      }
    };
    return this.#answers.ask(`${type.plural} ${namespace}/${name}`, goodFor.name, question, o);
  }

  #pods(namespace: string, o: AskOptions): Promise<readonly Pod[] | undefined> {
    const list = async (signal: AbortSignal): Promise<readonly Pod[]> =>
      (await this.o.cluster.list<Pod>(pods, { namespace, ...recent(o), slim, signal })).items;
    return this.#answers.ask(`pods ${namespace}`, goodFor.pods, list, o);
  }

  #nodes(o: AskOptions): Promise<readonly Node[] | undefined> {
    const list = async (signal: AbortSignal): Promise<readonly Node[]> =>
      (await this.o.cluster.list<Node>(nodes, { ...recent(o), slim, signal })).items;
    return this.#answers.ask('nodes', goodFor.nodes, list, o);
  }

  /** Of all namespaces; what has ended holds nothing any more and stays out of the list. */
  #podsOnNodes(o: AskOptions): Promise<readonly PodOnNode[] | undefined> {
    const fieldSelector = 'status.phase!=Succeeded,status.phase!=Failed,spec.nodeName!=';
    const list = async (signal: AbortSignal): Promise<readonly PodOnNode[]> => {
      const { items } = await this.o.cluster.list<Pod>(pods, { fieldSelector, ...recent(o), slim, signal });
      return items.map(({ metadata, spec }) => ({
        key: `${metadata.namespace}/${metadata.name}`,
        node: spec?.nodeName ?? '',
        amounts: podRequests(spec),
      }));
    };
    return this.#answers.ask('pods', goodFor.allPods, list, o);
  }

  /** The volumes behind the claims of the form; absent where one of them may not be read. */
  async #volumes(
    form: SpawnForm,
    { claims }: Pick<SpawnOptions, 'claims'>,
    o: AskOptions,
  ): Promise<ReadonlyMap<string, PersistentVolume> | undefined> {
    const wanted = volumesOf(form).flatMap(({ volume }) => {
      const claim = volume.kind === 'existing' && claims[form.namespace]?.find(({ name }) => name === volume.claim);
      return claim && claim.volume !== undefined ? [{ claim: claim.name, name: claim.volume }] : [];
    });
    const found = await Promise.all(
      wanted.map(async ({ claim, name }): Promise<[string, PersistentVolume] | undefined> => {
        const get = (signal: AbortSignal): Promise<PersistentVolume> =>
          this.o.cluster.get<PersistentVolume>(persistentVolumes, { name }, signal);
        const volume = await this.#answers.ask(`volume ${name}`, goodFor.volume, get, o);
        return volume && [claim, volume];
      }),
    );
    const read = found.filter((one) => one !== undefined);
    return read.length === wanted.length ? new Map(read) : undefined;
  }

  #podDefaults(namespace: string, o: AskOptions): Promise<readonly PodDefault[] | undefined> {
    const list = async (signal: AbortSignal): Promise<readonly PodDefault[]> =>
      (await this.o.cluster.list<PodDefault>(podDefaults, { namespace, signal })).items;
    return this.#answers.ask(`poddefaults ${namespace}`, goodFor.podDefaults, list, o);
  }

  async #rights(namespace: string, o: AskOptions): Promise<Facts['rights']> {
    const { access } = this.o;
    const claim = { verb: 'create', group: '', resource: 'persistentvolumeclaims', namespace };
    const asked = Promise.all([access.can(claim), access.canReachPods(namespace)]);
    try {
      const [createClaims, connect] = await abortable(asked, either(o.signal, o.until));
      return { createClaims, connect };
    } catch (error) {
      o.signal?.throwIfAborted();
      if (o.until?.aborted) return { createClaims: 'unknown', connect: 'unknown' };
      throw error;
    }
  }
}

/** From the API server's memory, a moment old at most, unless it has to be what is so now. */
function recent({ fresh }: Pick<AskOptions, 'fresh'>): { resourceVersion?: string } {
  return fresh ? {} : { resourceVersion: '0' };
}

/** Thousands of pods are kept for what they ask for and mount: the rest of them is let go as they are read. */
function slim(item: KubeObject): void {
  const { metadata } = item;
  delete (metadata as { managedFields?: unknown }).managedFields;
  delete metadata.annotations;
  const { spec } = item as Pod;
  for (const container of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]) {
    // Values of other people's variables above all.
    delete container.env;
    delete container.envFrom;
  }
}
