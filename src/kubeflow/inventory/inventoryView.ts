/** The immutable views that the Inventory hands out. A view that shows the same keeps its identity. */
import type { KubeError } from '../../k8s/errors.ts';
import type { LiveState } from '../../k8s/liveList.ts';
import type { CoreEvent, PersistentVolumeClaim, Pod, ResourceQuota } from '../../k8s/objects.ts';
import type { Notebook } from '../objects.ts';
import type { ServerStatus } from '../status.ts';

export interface ServerView {
  /** 'namespace/name'. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  /** As it was when something shown changed last: its resourceVersion and probe times may be older than the cluster's. */
  readonly notebook: Notebook;
  /** Only where the namespace is open. */
  readonly pod?: Pod;
  /** De-duplicated, oldest first; empty where the namespace is not open. */
  readonly events: readonly CoreEvent[];
  readonly status: ServerStatus;
  readonly gpus: readonly { key: string; count: number }[];
  readonly image?: string;
  readonly claims: readonly { claim: string; mountPath?: string }[];
  /** Name of the container that is the notebook. */
  readonly container?: string;
  readonly port: number;
  /** Since when this may be out of date. */
  readonly stale?: Date;
}

export interface GpuQuota {
  key: string;
  used: number;
  hard: number;
}

export interface ProfileView {
  readonly name: string;
  readonly owner?: string;
  /** 'namespace': one that is no profile, or of which that can't be learned. */
  readonly source: 'profile' | 'namespace';
  /** It is being deleted, with all that is in it. */
  readonly deleting?: true;
  /** Failing, waiting, running, starting, the rest; each by name. */
  readonly servers: readonly ServerView[];
  readonly state: LiveState;
  /** Only where the namespace is open. */
  readonly gpuQuota?: readonly GpuQuota[];
  readonly quota?: readonly ResourceQuota[];
  /** Only where the namespace is open. */
  readonly claims?: readonly PersistentVolumeClaim[];
}

export interface InventoryView {
  readonly state: LiveState;
  readonly profiles: readonly ProfileView[];
  readonly canListProfiles: boolean;
  /** What is wrong with the cluster as a whole, e.g. that it does not answer. */
  readonly problem?: KubeError;
  /** The cluster does not know Notebooks. */
  readonly kubeflowMissing?: boolean;
}

export interface InventoryChange {
  /** The set, order or state of profiles changed, or the state of the whole. */
  profiles: boolean;
  /** Keys of servers that were added, changed or removed. */
  servers: ReadonlySet<string>;
  /** Namespaces whose ProfileView changed. */
  namespaces: ReadonlySet<string>;
}
