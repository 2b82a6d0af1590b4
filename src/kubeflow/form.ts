/**
 * What a person fills in to get a notebook server, and what the form has to know of the cluster. Pure: no vscode, no
 * Node, so that the extension host and the webview share it. What stands in a form's way: formFindings.ts. What it makes:
 * manifests.ts.
 */

export type AccessMode = 'ReadWriteOnce' | 'ReadOnlyMany' | 'ReadWriteMany';
export const accessModes: readonly AccessMode[] = ['ReadWriteOnce', 'ReadWriteMany', 'ReadOnlyMany'];

/** A volume that the launch makes. An empty name, mount path or class means the default one (see claimName, mountPath). */
export interface NewVolume {
  kind: 'new';
  name: string;
  /** In Gi, as typed. */
  size: string;
  mountPath: string;
  accessMode: AccessMode;
  storageClass?: string;
}
export interface ExistingVolume {
  kind: 'existing';
  claim: string;
  mountPath: string;
  readOnly?: boolean;
}
export type VolumeChoice = { kind: 'none' } | NewVolume | ExistingVolume;

/** The form's state: texts exactly as typed. */
export interface SpawnForm {
  namespace: string;
  name: string;
  imageMode: 'list' | 'custom';
  image: string;
  customImage: string;
  /** Cores: "0.5" or "500m". */
  cpu: string;
  /** Gi. */
  memory: string;
  /** A whole number; empty means none. */
  gpuCount: string;
  /** The extended resource, such as nvidia.com/gpu. */
  gpuKey: string;
  workspace: VolumeChoice;
  dataVolumes: VolumeChoice[];
}

export interface ClaimOption {
  name: string;
  /** As Kubernetes writes it, such as 5Gi. */
  size?: string;
  accessModes: string[];
  /** Names of the notebook servers that mount it, stopped ones included. */
  usedBy: string[];
}

export interface ServerOption {
  name: string;
  /** GPUs that it holds now: none while it is stopped. */
  gpus: { key: string; count: number }[];
}

/** One line of a ResourceQuota; numbers in bytes, cores or pieces. */
export interface QuotaLine {
  resource: string;
  used: number;
  hard: number;
}

export type StorageDefault = 'hasDefault' | 'noDefault' | 'unknown';
export type Right = 'yes' | 'no' | 'unknown';

/** What the form knows of the cluster. A namespace without an entry is one that has not been read yet. */
export interface SpawnOptions {
  namespaces: string[];
  images: string[];
  gpuVendors: { key: string; label: string }[];
  claims: Record<string, ClaimOption[]>;
  servers: Record<string, ServerOption[]>;
  quota: Record<string, QuotaLine[]>;
  storage: Record<string, StorageDefault>;
  /** May this user create notebook servers there? */
  mayCreate: Record<string, Right>;
  /** Where storage classes may be listed. */
  storageClasses?: string[];
  /** Where nodes may be listed: GPUs per key, over all nodes and on the largest one. */
  nodeGpus?: Record<string, { total: number; largest: number }>;
}

/** What the person used last and where they stand. */
export interface FormHints {
  namespace?: string;
  image?: string;
  cpu?: string;
  memory?: string;
  gpuKey?: string;
}

const registry = 'ghcr.io/kubeflow/kubeflow/notebook-servers';
/** Kubeflow's stock Jupyter images, in the order of its spawner_ui_config.yaml (v1.11.0). */
export const stockImages: readonly string[] = [
  'jupyter-scipy',
  'jupyter-pytorch-full',
  'jupyter-pytorch-cuda-full',
  'jupyter-tensorflow-full',
  'jupyter-tensorflow-cuda-full',
].map((name) => `${registry}/${name}:v1.11.0`);

/** The vendors of Kubeflow's spawner_ui_config.yaml (v1.11.0). */
export const stockGpuVendors: readonly { key: string; label: string }[] = [
  { key: 'nvidia.com/gpu', label: 'NVIDIA' },
  { key: 'amd.com/gpu', label: 'AMD' },
  { key: 'habana.ai/gaudi', label: 'Intel Gaudi' },
];

/** Where Kubeflow's images have their home and mount the workspace. */
export const home = '/home/jovyan';

/** A form that can be launched as it is: a free name, Kubeflow's default sizes, the last image and size used. */
export function defaultForm(o: SpawnOptions, hints: FormHints = {}): SpawnForm {
  const namespace = hints.namespace && o.namespaces.includes(hints.namespace) ? hints.namespace : o.namespaces[0];
  const listed = hints.image === undefined || o.images.includes(hints.image);
  return {
    namespace: namespace ?? '',
    name: freeName(namespace ?? '', o),
    imageMode: listed ? 'list' : 'custom',
    image: (listed ? hints.image : undefined) ?? o.images[0] ?? '',
    customImage: listed ? '' : (hints.image ?? ''),
    cpu: hints.cpu ?? '0.5',
    memory: hints.memory ?? '1',
    gpuCount: '0',
    gpuKey: hints.gpuKey ?? o.gpuVendors[0]?.key ?? '',
    workspace: newVolume(home, '5'),
    dataVolumes: [],
  };
}

/** The first of notebook-1, notebook-2, ... that no server has and whose workspace would clash with no claim. */
export function freeName(namespace: string, o: SpawnOptions): string {
  const servers = new Set((o.servers[namespace] ?? []).map((s) => s.name));
  const claims = new Set((o.claims[namespace] ?? []).map((c) => c.name));
  let n = 1;
  while (servers.has(`notebook-${n}`) || claims.has(`notebook-${n}-workspace`)) n++;
  return `notebook-${n}`;
}

/** A new volume with Kubeflow's defaults; without a mount path it mounts under its own name. */
export function newVolume(mountPath = '', size = '5'): NewVolume {
  return { kind: 'new', name: '', size, mountPath, accessMode: 'ReadWriteOnce' };
}

/** The image that the form stands for. */
export function imageOf(form: SpawnForm): string {
  return (form.imageMode === 'custom' ? form.customImage : form.image).trim();
}

/** A volume of the form with the place it has there: 'workspace' or 'data.<index>', the prefix of its fields' names. */
export interface PlacedVolume {
  at: string;
  volume: VolumeChoice;
}

/** The workspace, then the data volumes. */
export function volumesOf(form: SpawnForm): PlacedVolume[] {
  return [
    { at: 'workspace', volume: form.workspace },
    ...form.dataVolumes.map((volume, index) => ({ at: `data.${index}`, volume })),
  ];
}

/** The claim that a volume stands for. A new one without a name of its own is named after the server, as Kubeflow's form does. */
export function claimName(form: SpawnForm, { at, volume }: PlacedVolume): string {
  if (volume.kind === 'none') return '';
  if (volume.kind === 'existing') return volume.claim;
  if (volume.name.trim() !== '') return volume.name.trim();
  const suffix = at === 'workspace' ? 'workspace' : `datavol-${Number(at.slice('data.'.length)) + 1}`;
  return `${form.name.trim() || 'notebook'}-${suffix}`;
}

/** Where a volume is mounted: as typed, without a trailing slash, else the home for the workspace and home/<claim> for data. */
export function mountPath(form: SpawnForm, placed: PlacedVolume): string {
  if (placed.volume.kind === 'none') return '';
  const typed = placed.volume.mountPath.trim();
  if (typed !== '') return typed.length > 1 ? typed.replace(/\/+$/, '') || '/' : typed;
  if (placed.at === 'workspace') return home;
  return `${home}/${claimName(form, placed) || 'data'}`;
}
