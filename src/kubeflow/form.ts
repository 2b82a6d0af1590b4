/**
 * What a person fills in to get a notebook server. Pure: no vscode, no Node, so that the extension host and the webview
 * share it. What it can choose from: form/options.ts. How it begins: form/defaultForm.ts. What stands in its way:
 * form/formFindings.ts. What it makes: form/manifests.ts. How an existing Notebook becomes one: form/readBack.ts.
 */

export type * from './form/options.ts';

/** Kubeflow's three kinds of servers: JupyterLab, Visual Studio Code (group-one) and RStudio (group-two). */
export type ServerType = 'jupyter' | 'group-one' | 'group-two';
export const serverTypes: readonly ServerType[] = ['jupyter', 'group-one', 'group-two'];

export type PullPolicy = 'IfNotPresent' | 'Always' | 'Never';
export const pullPolicies: readonly PullPolicy[] = ['IfNotPresent', 'Always', 'Never'];

export type AccessMode = 'ReadWriteOnce' | 'ReadWriteMany' | 'ReadOnlyMany' | 'ReadWriteOncePod';
export const accessModes: readonly AccessMode[] = [
  'ReadWriteOnce',
  'ReadWriteMany',
  'ReadOnlyMany',
  'ReadWriteOncePod',
];

/** Part of an object that the form carries along exactly as it was found. */
export type Kept = Record<string, unknown>;

/** Where the server sees a volume. */
export interface Mounted {
  /** Empty means the default one (see mountPath). */
  mountPath: string;
  readOnly?: boolean;
  /** A folder of the volume, instead of all of it. */
  subPath?: string;
  /** In a form that was read back: which of the container's mounts this is, so that what the form does not know stays. */
  from?: number;
}

/** A volume that the launch makes. An empty name, mount path or class means the default one (see claimName, mountPath). */
export interface NewVolume extends Mounted {
  kind: 'new';
  /** May hold {notebook-name}. */
  name: string;
  /** In Gi where no unit is typed: "5", "500Mi". */
  size: string;
  accessMode: AccessMode;
  storageClass?: string;
  /** What else an administrator's configuration says of the claim, such as labels. */
  claim?: Kept;
}
export interface ExistingVolume extends Mounted {
  kind: 'existing';
  claim: string;
}
/** Any other source of a volume (NFS, CSI, a ConfigMap, ...), from somebody's YAML. */
export interface CustomVolume extends Mounted {
  kind: 'custom';
  /** The pod's volume without its name, such as { nfs: { server, path } }. */
  source: Kept;
}
export type VolumeChoice = { kind: 'none' } | NewVolume | ExistingVolume | CustomVolume;

/** An amount of an extended resource (nvidia.com/gpu, nvidia.com/mig-1g.5gb, ...), or of ephemeral-storage or huge pages. */
export interface ResourceEntry {
  key: string;
  /** A whole number as typed; empty and 0 mean none. A quantity where the key is one of Kubernetes' own. */
  count: string;
}

export interface Pair {
  key: string;
  value: string;
}

/** An environment variable. */
export type EnvVariable =
  | { kind: 'value'; name: string; value: string }
  | { kind: 'secret'; name: string; secret: string; key: string; optional?: boolean }
  | { kind: 'configMap'; name: string; configMap: string; key: string; optional?: boolean }
  /** From a field of the pod or a source newer than this form. */
  | { kind: 'custom'; name: string; source: Kept };

/** Every key of a Secret or ConfigMap as an environment variable. */
export interface EnvFrom {
  kind: 'secret' | 'configMap';
  name: string;
  prefix: string;
  optional?: boolean;
}

/** Every key of a Secret as a file in a folder. */
export interface SecretFiles {
  secret: string;
  mountPath: string;
  /** As Mounted.from. */
  from?: number;
}

/** The group of an Edit form whose server has an affinity or tolerations that no option stands for: they stay. */
export const groupAsFound = '*';

/** The form's state: texts exactly as typed. */
export interface SpawnForm {
  namespace: string;
  name: string;
  serverType: ServerType;
  imageMode: 'list' | 'custom';
  image: string;
  customImage: string;
  /** Empty leaves it to Kubernetes. */
  imagePullPolicy: PullPolicy | '';
  /** Cores: "0.5" or "500m". Empty, in a form that was read back, where the server asks for none. */
  cpu: string;
  /** Empty: the request times the configured factor. "none": no limit. Else cores. */
  cpuLimit: string;
  /** In Gi where no unit is typed: "1.5", "512Mi". */
  memory: string;
  /** As cpuLimit. */
  memoryLimit: string;
  gpus: ResourceEntry[];
  /** The label of nodes that tells their GPU's model, and the model; an empty value means any. */
  gpuModel: Pair;
  workspace: VolumeChoice;
  dataVolumes: VolumeChoice[];
  /** Memory as /dev/shm. */
  shm: boolean;
  /** In Gi where no unit is typed; empty: as much as the server's memory limit. */
  shmSize: string;
  /** Key of an option of the configuration; empty: none. */
  affinityGroup: string;
  /** Key of an option of the configuration; empty: none. */
  tolerationGroup: string;
  /** Label keys of the PodDefaults to apply. */
  configurations: string[];
  env: EnvVariable[];
  envFrom: EnvFrom[];
  secretFiles: SecretFiles[];
  imagePullSecrets: string[];
  /** Beside gpuModel. */
  nodeSelector: Pair[];
  /** Empty: the namespace's default one. */
  serviceAccount: string;
  /** Beside those that the form itself sets. */
  labels: Pair[];
  /** Beside those that the form itself, Kubeflow and kubectl set. */
  annotations: Pair[];
}

/** Where Kubeflow's images have their home and mount the workspace. */
export const home = '/home/jovyan';

/** Kubeflow's service account for notebook servers. */
export const defaultServiceAccount = 'default-editor';

/** A new volume with Kubeflow's defaults; without a mount path it mounts under its own name. */
export function newVolume(mountPath = '', size = '5'): NewVolume {
  return { kind: 'new', name: '', size, mountPath, accessMode: 'ReadWriteOnce' };
}

/** The image that the form stands for. */
export function imageOf(form: Pick<SpawnForm, 'imageMode' | 'image' | 'customImage'>): string {
  return (form.imageMode === 'custom' ? form.customImage : form.image).trim();
}

/** A volume of the form with the place it has there: 'workspace' or 'data.<index>', the prefix of its fields' names. */
export interface PlacedVolume {
  at: string;
  volume: VolumeChoice;
}

/** The workspace, then the data volumes. */
export function volumesOf(form: Pick<SpawnForm, 'workspace' | 'dataVolumes'>): PlacedVolume[] {
  return [
    { at: 'workspace', volume: form.workspace },
    ...form.dataVolumes.map((volume, index) => ({ at: `data.${index}`, volume })),
  ];
}

/**
 * The claim that a volume stands for; empty where it is none. A new one without a name of its own is named after the
 * server, as Kubeflow's form does, which also knows {notebook-name}.
 */
export function claimName(form: Pick<SpawnForm, 'name'>, { at, volume }: PlacedVolume): string {
  if (volume.kind === 'none' || volume.kind === 'custom') return '';
  if (volume.kind === 'existing') return volume.claim;
  const server = form.name.trim() || 'notebook';
  const typed = volume.name.trim();
  if (typed !== '') return typed.replaceAll('{notebook-name}', server);
  return `${server}-${at === 'workspace' ? 'workspace' : `datavol-${Number(at.slice('data.'.length)) + 1}`}`;
}

/** Where a volume is mounted: as typed, without a trailing slash, else the home for the workspace and home/<claim> for data. */
export function mountPath(form: Pick<SpawnForm, 'name'>, placed: PlacedVolume): string {
  if (placed.volume.kind === 'none') return '';
  const claim = claimName(form, placed);
  const typed = placed.volume.mountPath
    .trim()
    .replaceAll('{notebook-name}', form.name.trim() || 'notebook')
    .replaceAll('{volume-name}', claim || 'data');
  if (typed !== '') return typed.length > 1 ? typed.replace(/\/+$/, '') || '/' : typed;
  if (placed.at === 'workspace') return home;
  return `${home}/${claim || 'data'}`;
}

/** The form as it may be kept outside of its tab: without the values of environment variables. */
export function withoutSecrets(form: SpawnForm): SpawnForm {
  return { ...form, env: form.env.map((one) => (one.kind === 'value' ? { ...one, value: '' } : one)) };
}
