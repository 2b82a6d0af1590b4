/**
 * What an administrator sets for the form: Kubeflow's spawner_ui_config.yaml (kubeflow/notebooks v1.11.0,
 * crud-web-apps/jupyter/manifests/base/configs) as the form uses it, and its stock values. Pure.
 */
import { home, newVolume } from '../form.ts';
import type { Kept, PullPolicy, ServerType, VolumeChoice } from '../form.ts';

/** May this section be changed in the form, and is it shown there at all? */
export interface Section {
  readOnly: boolean;
  hidden: boolean;
}
export interface ImageSection extends Section {
  value: string;
  options: string[];
}
export interface SizeSection extends Section {
  value: string;
  /** An empty limit is the request times this; undefined: there is no limit then. */
  limitFactor: number | undefined;
}
export interface AffinityOption {
  key: string;
  label: string;
  affinity: Kept;
}
export interface TolerationOption {
  key: string;
  label: string;
  tolerations: Kept[];
}

export interface SpawnerConfig {
  allowCustomImage: boolean;
  hideRegistry: boolean;
  hideTag: boolean;
  imagePullPolicy: Section & { value: PullPolicy };
  image: ImageSection;
  imageGroupOne: ImageSection;
  imageGroupTwo: ImageSection;
  cpu: SizeSection;
  memory: SizeSection;
  gpus: Section & { vendors: { key: string; label: string }[]; key: string; count: string };
  workspaceVolume: Section & { value: VolumeChoice };
  dataVolumes: Section & { value: VolumeChoice[] };
  affinityConfig: Section & { value: string; options: AffinityOption[] };
  tolerationGroup: Section & { value: string; options: TolerationOption[] };
  shm: Section & { value: boolean };
  configurations: Section & { value: string[] };
  environment: Section & { value: Record<string, string> };
}

/** The keys of spawnerFormDefaults. */
export type SectionName = keyof SpawnerConfig;

const registry = 'ghcr.io/kubeflow/kubeflow/notebook-servers';
const stock = (name: string): string => `${registry}/${name}:v1.11.0`;

/** Kubeflow's stock Jupyter images, in the order of its spawner_ui_config.yaml. */
export const stockImages: readonly string[] = [
  'jupyter-scipy',
  'jupyter-pytorch-full',
  'jupyter-pytorch-cuda-full',
  'jupyter-tensorflow-full',
  'jupyter-tensorflow-cuda-full',
].map(stock);

/** The vendors of Kubeflow's spawner_ui_config.yaml. */
export const stockGpuVendors: readonly { key: string; label: string }[] = [
  { key: 'nvidia.com/gpu', label: 'NVIDIA' },
  { key: 'amd.com/gpu', label: 'AMD' },
  { key: 'habana.ai/gaudi', label: 'Intel Gaudi' },
];

const open: Section = { readOnly: false, hidden: false };
/** Nothing to choose from: not shown until somebody sets options. */
const empty: Section = { readOnly: false, hidden: true };
const images = (...options: string[]): ImageSection => ({ ...open, value: options[0] ?? '', options });

/** What holds where nobody has set anything. */
export function builtInConfig(): SpawnerConfig {
  return {
    allowCustomImage: true,
    hideRegistry: true,
    hideTag: false,
    imagePullPolicy: { ...open, value: 'IfNotPresent' },
    image: images(...stockImages),
    imageGroupOne: images(stock('codeserver-python')),
    imageGroupTwo: images(stock('rstudio-tidyverse')),
    cpu: { ...open, value: '0.5', limitFactor: 1.2 },
    memory: { ...open, value: '1', limitFactor: 1.2 },
    gpus: { ...open, vendors: stockGpuVendors.map((v) => ({ ...v })), key: '', count: '0' },
    workspaceVolume: { ...open, value: newVolume(home, '5') },
    dataVolumes: { ...open, value: [] },
    affinityConfig: { ...empty, value: '', options: [] },
    tolerationGroup: { ...empty, value: '', options: [] },
    shm: { ...open, value: true },
    configurations: { ...open, value: [] },
    environment: { ...open, value: {} },
  };
}

/** One configuration out of several: each section is that of the first source that has it, else the built-in one. */
export function mergeConfigs(...sources: readonly Partial<SpawnerConfig>[]): SpawnerConfig {
  return Object.assign(builtInConfig(), ...[...sources].reverse()) as SpawnerConfig;
}

/** The images to choose from for a type of server. */
export function imageSection(config: SpawnerConfig, type: ServerType): ImageSection {
  if (type === 'group-one') return config.imageGroupOne;
  return type === 'group-two' ? config.imageGroupTwo : config.image;
}

/** The section that a field of the form belongs to, such as 'workspace.size' to workspaceVolume; undefined: it has none. */
function sectionOf(field: string, type: ServerType = 'jupyter'): Exclude<SectionName, Flag> | undefined {
  const [head = ''] = field.split('.');
  if (head === 'image' || head === 'customImage') return imageSections[type];
  return sections[head];
}
type Flag = 'allowCustomImage' | 'hideRegistry' | 'hideTag';
const imageSections = { jupyter: 'image', 'group-one': 'imageGroupOne', 'group-two': 'imageGroupTwo' } as const;
const sections: Record<string, Exclude<SectionName, Flag>> = {
  imagePullPolicy: 'imagePullPolicy',
  cpu: 'cpu',
  cpuLimit: 'cpu',
  memory: 'memory',
  memoryLimit: 'memory',
  gpus: 'gpus',
  gpuModel: 'gpus',
  workspace: 'workspaceVolume',
  data: 'dataVolumes',
  affinityGroup: 'affinityConfig',
  tolerationGroup: 'tolerationGroup',
  shm: 'shm',
  shmSize: 'shm',
  configurations: 'configurations',
};

/** May the person change this field? Not where the administrator has fixed its section. */
export function isLocked(config: SpawnerConfig, field: string, type?: ServerType): boolean {
  if (field === 'customImage' && !config.allowCustomImage) return true;
  const section = sectionOf(field, type);
  return section !== undefined && config[section].readOnly;
}

/** Is this field left out of the form? */
export function isHidden(config: SpawnerConfig, field: string, type?: ServerType): boolean {
  if (field === 'customImage' && !config.allowCustomImage) return true;
  const section = sectionOf(field, type);
  return section !== undefined && config[section].hidden;
}
