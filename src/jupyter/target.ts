import type { Duplex } from 'node:stream';
import type { Disposable, Event } from '../k8s/events.ts';
import type { NotRunningReason } from './errors.ts';

/** The pod that a notebook server runs in just now. A new `uid` is a new pod or container: nothing of the old one is alive. */
export interface TargetPod {
  namespace: string;
  pod: string;
  uid: string;
  port: number;
}

/** `ready`: Jupyter's container runs. Whatever ran in it is lost when it is not any more, but for `unknown`. */
export type TargetState = { kind: 'ready'; pod: TargetPod } | { kind: 'none'; why: NotRunningReason };

/** Why a container ended. `which` tells one end from another. */
export interface ContainerEnd {
  reason: 'outOfMemory';
  which: string;
}

/** What a tunnel leads to. Made by the composition root, so that this folder knows neither Kubeflow nor port-forwards. */
export interface Target {
  readonly namespace: string;
  readonly server: string;
  current(): TargetState;
  readonly onDidChange: Event<void>;
  /** One new connection into `pod`; rejects with the cluster's error. */
  open(pod: TargetPod, signal?: AbortSignal): Promise<Duplex>;
  /** Keeps `current` up to date until disposed; a tunnel holds its target for as long as somebody uses it. */
  hold?(): Disposable;
  /** What is known about why the last container ended, for the sentence under a cell whose kernel went with it. */
  lastEnd?(): ContainerEnd | undefined;
}

/** Which start of which pod the server runs in just now; undefined while there is none, or none is known. */
export function uidOf(target: Target): string | undefined {
  const current = target.current();
  return current.kind === 'ready' ? current.pod.uid : undefined;
}

/** What ended the server's container since this was made; an end before that explains nothing of what happens now. */
export class ContainerEnds {
  private readonly before: ContainerEnd | undefined;

  constructor(private readonly target: Target) {
    this.before = target.lastEnd?.();
  }

  get last(): ContainerEnd['reason'] | undefined {
    const end = this.target.lastEnd?.();
    return end?.which === this.before?.which ? undefined : end?.reason;
  }
}
