/**
 * Kubeflow's own objects and how to read them. A Notebook may come from anywhere (Jupyter Web App, kubectl, Helm), so
 * every reader here accepts one with nothing but a name.
 */
import type { KubeObject, Pod, ResourceType } from '../k8s/objects.ts';

export type PodSpec = NonNullable<Pod['spec']>;
export type Container = PodSpec['containers'][number];
export type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];
export type ContainerState = NonNullable<ContainerStatus['state']>;

/** A mirrored pod condition; only `type` and `status` are sure to be there. */
export interface NotebookCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastProbeTime?: string | null;
  lastTransitionTime?: string | null;
}

export type Notebook = KubeObject & {
  spec?: { template?: { spec?: PodSpec } };
  status?: { conditions?: NotebookCondition[]; readyReplicas?: number; containerState?: ContainerState };
};

export interface ProfilePlugin {
  apiVersion?: string;
  kind: string;
  spec?: Record<string, unknown>;
}

export type Profile = KubeObject & {
  spec?: {
    owner?: { apiGroup?: string; kind: string; name: string };
    resourceQuotaSpec?: { hard?: Record<string, string>; scopes?: string[] };
    plugins?: ProfilePlugin[];
  };
  /** In practice always empty: health is derived (describeProfile). */
  status?: { conditions?: { type: string; status?: string; message?: string }[] };
};

export type PodDefault = KubeObject & {
  spec?: {
    desc?: string;
    selector?: {
      matchLabels?: Record<string, string>;
      matchExpressions?: { key: string; operator: string; values?: string[] }[];
    };
    env?: Container['env'];
    volumes?: PodSpec['volumes'];
    volumeMounts?: Container['volumeMounts'];
    tolerations?: PodSpec['tolerations'];
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
};

const group = 'kubeflow.org';
/** Everything that reads Notebooks uses v1beta1; its schema equals v1's. */
export const notebooks: ResourceType = {
  group,
  version: 'v1beta1',
  plural: 'notebooks',
  kind: 'Notebook',
  namespaced: true,
};
export const profiles: ResourceType = {
  group,
  version: 'v1beta1',
  plural: 'profiles',
  kind: 'Profile',
  namespaced: false,
};
export const podDefaults: ResourceType = {
  group,
  version: 'v1alpha1',
  plural: 'poddefaults',
  kind: 'PodDefault',
  namespaced: true,
};

/** Annotation keys of Notebooks, namespaces and what this extension makes. */
export const annotations = {
  /** On a Notebook: its presence, whatever the value, means stopped. */
  stopped: 'kubeflow-resource-stopped',
  lastActivity: 'notebooks.kubeflow.org/last-activity',
  lastActivityCheck: 'notebooks.kubeflow.org/last_activity_check_timestamp',
  serverType: 'notebooks.kubeflow.org/server-type',
  rewriteUri: 'notebooks.kubeflow.org/http-rewrite-uri',
  requestHeaders: 'notebooks.kubeflow.org/http-headers-request-set',
  creator: 'notebooks.kubeflow.org/creator',
  /** On a profile's namespace: the name of its owner. */
  owner: 'owner',
  /** On everything that one launch made: the launch's id. */
  launch: 'kubeflow-notebooks.dev/launch',
} as const;

/** Label that the profile controller puts on the namespaces it makes. */
export const profileLabel = { key: 'app.kubernetes.io/part-of', value: 'kubeflow-profile' } as const;

/** Field manager of every write of this extension. */
export const fieldManager = 'kubeflow-notebooks';

/** The port that the notebook controller gives a container without ports. */
export const defaultPort = 8888;

/** The pod template's spec, or undefined where the Notebook has none. */
export function podSpec(notebook: Notebook): PodSpec | undefined {
  return notebook.spec?.template?.spec;
}

/** The container that is the notebook: the one of the Notebook's name, else the first, else undefined. */
export function notebookContainer(notebook: Notebook): Container | undefined {
  const containers = podSpec(notebook)?.containers ?? [];
  return containers.find((c) => c.name === notebook.metadata.name) ?? containers[0];
}

/**
 * The port that Jupyter listens on: the notebook container's first, else 8888, as the controller fills in. (Its Service takes
 * the first container's; where a sidecar stands first, that is the sidecar's, and of no use here.)
 */
export function notebookPort(notebook: Notebook): number {
  return notebookContainer(notebook)?.ports?.[0]?.containerPort ?? defaultPort;
}

/** Is this the key of a GPU (nvidia.com/gpu, nvidia.com/mig-1g.5gb, amd.com/gpu, habana.ai/gaudi, gpu.intel.com/i915)? */
export function isGpuKey(key: string): boolean {
  if (!key.includes('/')) return false;
  return /gpu|mig-|gaudi|neuron|\/tpu|xpu/i.test(key) && !key.startsWith('requests.') && !key.startsWith('limits.');
}

/** GPUs that the server asks for, over all of its containers; a limit counts as a request, as Kubernetes has it. */
export function gpusOf(notebook: Notebook): { key: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const container of podSpec(notebook)?.containers ?? []) {
    const asked = { ...container.resources?.requests, ...container.resources?.limits };
    for (const [key, value] of Object.entries(asked)) {
      const count = Number(value);
      if (isGpuKey(key) && Number.isFinite(count) && count > 0) counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  return [...counts].map(([key, count]) => ({ key, count })).sort((a, b) => a.key.localeCompare(b.key));
}

/** Claims that the server mounts, each once, with where the notebook container sees it. */
export function claimsOf(notebook: Notebook): { claim: string; mountPath?: string }[] {
  const mounts = notebookContainer(notebook)?.volumeMounts ?? [];
  const found = new Map<string, string | undefined>();
  for (const volume of podSpec(notebook)?.volumes ?? []) {
    const claim = volume.persistentVolumeClaim?.claimName;
    if (!claim || found.get(claim)) continue;
    found.set(claim, mounts.find((m) => m.name === volume.name)?.mountPath);
  }
  return [...found].map(([claim, mountPath]) => (mountPath === undefined ? { claim } : { claim, mountPath }));
}

/** The name of the one pod that the StatefulSet of a Notebook makes. */
export function podName(notebook: { metadata: { name: string } }): string {
  return `${notebook.metadata.name}-0`;
}

/** The name of the Notebook whose pod has this name. */
export function serverOfPod(pod: string): string {
  return pod.replace(/-0$/, '');
}

/** Is the server stopped by its annotation? An empty value counts, too. */
export function isStopped(notebook: Notebook): boolean {
  return notebook.metadata.annotations?.[annotations.stopped] !== undefined;
}

/** Has it kernels and a Contents API, unlike VS Code and RStudio? Without the annotation it has Kubeflow's default kind. */
export function isJupyter({ metadata }: Notebook): boolean {
  return (metadata.annotations?.[annotations.serverType] ?? 'jupyter') === 'jupyter';
}

/**
 * Where a server's pages begin behind a port-forward: at the root for code-server and RStudio, below NB_PREFIX for
 * Jupyter (kubeflow/notebooks, crud-web-apps/jupyter/backend: http-rewrite-uri).
 */
export function browserPath({ metadata }: Notebook): string {
  const { [annotations.serverType]: type, [annotations.rewriteUri]: rewrite } = metadata.annotations ?? {};
  const atRoot = rewrite === '/' || type === 'group-one' || type === 'group-two';
  return atRoot ? '/' : `/notebook/${metadata.namespace}/${metadata.name}/`;
}
