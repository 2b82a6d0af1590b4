import { isKubeError } from '../../src/k8s/errors.ts';
import { keyOf, pods, type Pod, type Raw } from '../../src/k8s/objects.ts';
import type { V1Container } from '@kubernetes/client-node';
import { createHash } from 'node:crypto';
import { namespaceOf, timestamp, type PodStatus } from '../controllers/objects.ts';
import type { NodeContext } from './nodeContext.ts';
import type { ProcessEnd } from './podProcess.ts';
import { podStatus, type ContainerRecord } from './podStatus.ts';

/** What the node says about one pod: its status and its events, in a kubelet's words, written in order. */
export class PodReport {
  pod: Pod;
  readonly podIP: string;
  sandbox = false;
  readonly #context: NodeContext;
  readonly #node: string;
  readonly #container: Raw<V1Container>;
  readonly #records = new Map<string, ContainerRecord>();
  #conditions: PodStatus['conditions'];

  constructor(context: NodeContext, node: string, pod: Pod, podIP: string, container: Raw<V1Container>) {
    this.#context = context;
    this.#node = node;
    this.pod = pod;
    this.podIP = podIP;
    this.#container = container;
    for (const { name } of pod.spec!.containers) {
      this.#records.set(name, { state: { waiting: { reason: 'ContainerCreating' } }, ready: false, restartCount: 0 });
    }
  }

  get key(): string {
    return keyOf(this.pod);
  }

  /**
   * Takes the pod as it is now. A node controller that missed a heartbeat marks it not ready: as a kubelet does, what is
   * true is written again.
   */
  observe(pod: Pod): void {
    this.pod = pod;
    const ready = (conditions: PodStatus['conditions']) => conditions?.find((one) => one.type === 'Ready')?.status;
    if (this.#conditions && ready(this.#conditions) !== ready(pod.status?.conditions)) {
      this.write().catch((error: unknown) =>
        this.#context.logger.warn(`${this.key}: status not written: ${String(error)}`),
      );
    }
  }

  /** @param container about the notebook's container, not the pod as a whole */
  event(type: 'Normal' | 'Warning', reason: string, message: string, container = true): void {
    const { name, uid, resourceVersion } = this.pod.metadata;
    this.#context.recorder(this.#node).record({
      involved: {
        apiVersion: 'v1',
        kind: 'Pod',
        namespace: namespaceOf(this.pod),
        name,
        uid,
        resourceVersion,
        ...(container ? { fieldPath: `spec.containers{${this.#container.name}}` } : {}),
      },
      type,
      reason,
      message,
    });
  }

  /** Resolves when the events so far are written. */
  written(): Promise<void> {
    return this.#context.recorder(this.#node).flushed();
  }

  async waiting(reason: string, message: string): Promise<void> {
    await this.#set({ state: { waiting: { reason, message } }, ready: false });
  }

  /** The container runs; whatever else the pod has (sidecars) is only played, and runs as well. */
  async running(startedAt: Date, o: { id: string; restart: number }): Promise<void> {
    const started = { running: { startedAt: timestamp(startedAt) as never } };
    for (const container of this.pod.spec!.containers) {
      if (container.name === this.#container.name) continue;
      const played = this.#records.get(container.name)!;
      if (!played.state.running)
        this.#records.set(container.name, {
          ...played,
          state: started,
          ready: true,
          ...identity(container, `${o.id}1`),
        });
    }
    await this.#set({ state: started, ready: false, restartCount: o.restart, ...identity(this.#container, o.id) });
  }

  async ready(): Promise<void> {
    await this.#set({ ready: true });
  }

  async terminated(end: ProcessEnd, reason: string): Promise<void> {
    const { state, containerID } = this.#record;
    const terminated = {
      containerID,
      exitCode: end.exitCode,
      reason,
      startedAt: state.running?.startedAt,
      finishedAt: timestamp(end.finishedAt),
    };
    await this.#set({ state: { terminated: terminated }, ready: false });
  }

  /** @param wait the back-off in force, e.g. "20s" */
  async crashLoop(wait: string): Promise<void> {
    const pod = `${this.pod.metadata.name}_${namespaceOf(this.pod)}(${this.pod.metadata.uid})`;
    const { name } = this.#container;
    this.event('Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${pod}`);
    await this.waiting('CrashLoopBackOff', `back-off ${wait} restarting failed container=${name} pod=${pod}`);
  }

  async write(): Promise<void> {
    const facts = {
      pod: this.pod,
      podIP: this.podIP,
      containers: this.#records,
      sandbox: this.sandbox,
      previous: this.#conditions,
    };
    const status = podStatus(facts, new Date());
    this.#conditions = status.conditions;
    const { name, namespace, uid } = this.pod.metadata;
    try {
      await this.#context.cluster.patch(
        pods,
        { namespace, name, subresource: 'status' },
        { metadata: { uid }, status },
        { kind: 'merge' },
      );
    } catch (error) {
      // The pod is gone, or another one has its name: nobody is left to tell.
      if (!isKubeError(error, 'NotFound') && !isKubeError(error, 'Conflict')) throw error;
    }
  }

  get #record(): ContainerRecord {
    return this.#records.get(this.#container.name)!;
  }

  /** What it terminated with stays known as the last state when the next one comes. */
  async #set(change: Partial<ContainerRecord>): Promise<void> {
    const before = this.#record;
    const lastState = change.state && before.state.terminated ? before.state : before.lastState;
    this.#records.set(this.#container.name, { ...before, ...change, ...(lastState ? { lastState } : {}) });
    await this.write();
  }
}

/** Ids as containerd gives them: 64 hexadecimal digits. */
function identity(container: Raw<V1Container>, id: string): { containerID: string; imageID: string } {
  const hex = (text: string) => createHash('sha256').update(text).digest('hex');
  const image = container.image ?? '';
  return { containerID: `containerd://${hex(id)}`, imageID: `${image.replace(/:[\w.-]+$/, '')}@sha256:${hex(image)}` };
}
