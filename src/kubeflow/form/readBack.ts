/** Any Notebook as the form has it, whoever made it. Never throws: what is not there, or not readable, reads as empty. Pure. */
import type { Kept, Pair, PodDefaultOption, PullPolicy, ServerType, SpawnForm } from '../form.ts';
import { groupAsFound, pullPolicies, serverTypes } from '../form.ts';
import { annotations } from '../objects.ts';
import type { Notebook } from '../objects.ts';
import { defaultGpuModelLabel } from './defaultForm.ts';
import { asList, asRecord, asText, asTexts, omit, same } from './kept.ts';
import { readEnv, readEnvFrom } from './readEnv.ts';
import { readGpus, readSize } from './readResources.ts';
import { readVolumes } from './readVolumes.ts';
import { builtInConfig, imageSection } from './spawnerConfig.ts';
import type { SpawnerConfig } from './spawnerConfig.ts';

/** What helps to read a Notebook: without it images read as custom, groups as found, configurations as labels. */
export interface Known {
  config?: SpawnerConfig;
  /** Of the Notebook's namespace. */
  podDefaults?: readonly PodDefaultOption[];
}

/** Labels of nodes that tell the model of their GPUs. */
export const gpuModelLabels: readonly string[] = [
  defaultGpuModelLabel,
  'amd.com/gpu.product-name',
  'cloud.google.com/gke-accelerator',
  'k8s.amazonaws.com/accelerator',
];

/** Keys that the form sets by itself, that Kubeflow keeps its state in, or that belong to kubectl. */
const ownAnnotations = new Set<string>(Object.values(annotations));

/**
 * The form for a Notebook: its volumes are existing ones. Limits that are what the configured factor makes of the
 * request read as empty, so that they follow the request when it is changed.
 */
export function formOf(notebook: Notebook, known: Known = {}): SpawnForm {
  const { config = builtInConfig() } = known;
  const object = asRecord(notebook);
  const metadata = asRecord(object['metadata']);
  const name = asText(metadata['name']);
  const spec = asRecord(asRecord(asRecord(object['spec'])['template'])['spec']);
  const container = readContainer(name, spec);
  const serverType = readServerType(asTexts(metadata['annotations']));
  const policy = asText(container['imagePullPolicy']) as PullPolicy;
  const homePath = config.workspaceVolume.value.kind === 'none' ? undefined : config.workspaceVolume.value.mountPath;
  const volumes = omit(readVolumes(name, spec, container, homePath), 'shmFrom');
  return {
    namespace: asText(metadata['namespace']),
    name,
    serverType,
    ...readImage(asText(container['image']), serverType, config),
    imagePullPolicy: pullPolicies.includes(policy) ? policy : '',
    ...readSize(container, config),
    gpus: readGpus(container),
    ...readNodeSelector(spec),
    ...volumes,
    affinityGroup: affinityGroup(spec, config),
    tolerationGroup: tolerationGroup(spec, config),
    ...readLabels(name, metadata, known.podDefaults ?? []),
    env: readEnv(container),
    envFrom: readEnvFrom(container),
    imagePullSecrets: asList(spec['imagePullSecrets']).map((one) => asText(one['name'])),
    serviceAccount: asText(spec['serviceAccountName']) || asText(spec['serviceAccount']),
    annotations: readAnnotations(metadata),
  };
}

/** The container that is the notebook: the one of the Notebook's name, else the first; empty where there is none. */
export function readContainer(name: string, spec: Kept): Kept {
  const containers = asList(spec['containers']);
  return containers.find((one) => one['name'] === name) ?? containers[0] ?? {};
}

function readServerType(found: Record<string, string>): ServerType {
  const type = found[annotations.serverType] as ServerType;
  return serverTypes.includes(type) ? type : 'jupyter';
}

function readImage(
  image: string,
  type: ServerType,
  config: SpawnerConfig,
): Pick<SpawnForm, 'imageMode' | 'image' | 'customImage'> {
  const { options, value } = imageSection(config, type);
  return image === value || options.includes(image)
    ? { imageMode: 'list', image, customImage: '' }
    : { imageMode: 'custom', image: value, customImage: image };
}

function readNodeSelector(spec: Kept): Pick<SpawnForm, 'gpuModel' | 'nodeSelector'> {
  const pairs = pairsOf(asTexts(spec['nodeSelector']));
  const label = gpuModelLabels.find((key) => pairs.some((pair) => pair.key === key));
  return {
    gpuModel: pairs.find((pair) => pair.key === label) ?? { key: defaultGpuModelLabel, value: '' },
    nodeSelector: pairs.filter((pair) => pair.key !== label),
  };
}

/** The option that the affinity equals. */
function affinityGroup(spec: Kept, config: SpawnerConfig): string {
  const found = asRecord(spec['affinity']);
  if (Object.keys(found).length === 0) return '';
  return config.affinityConfig.options.find(({ affinity }) => same(affinity, found))?.key ?? groupAsFound;
}

/** The option all of whose tolerations are there; the largest of several. */
function tolerationGroup(spec: Kept, config: SpawnerConfig): string {
  const found = asList(spec['tolerations']);
  if (found.length === 0) return '';
  const there = config.tolerationGroup.options.filter(
    ({ tolerations }) => tolerations.length > 0 && tolerations.every((one) => found.some((other) => same(one, other))),
  );
  return there.sort((a, b) => b.tolerations.length - a.tolerations.length)[0]?.key ?? groupAsFound;
}

function readLabels(
  name: string,
  metadata: Kept,
  podDefaults: readonly PodDefaultOption[],
): Pick<SpawnForm, 'labels' | 'configurations'> {
  const pairs = pairsOf(asTexts(metadata['labels'])).filter(({ key, value }) => !(key === 'app' && value === name));
  const isConfiguration = ({ key, value }: Pair): boolean =>
    value === 'true' && podDefaults.some(({ label }) => label === key);
  return {
    configurations: pairs.filter(isConfiguration).map(({ key }) => key),
    labels: pairs.filter((pair) => !isConfiguration(pair)),
  };
}

function readAnnotations(metadata: Kept): Pair[] {
  return pairsOf(asTexts(metadata['annotations'])).filter(({ key }) => !isOwnAnnotation(key));
}

/** Is this a key that the form leaves to itself, to Kubeflow or to kubectl? */
export function isOwnAnnotation(key: string): boolean {
  return (ownAnnotations.has(key) && key !== annotations.owner) || key.startsWith('kubectl.kubernetes.io/');
}

function pairsOf(map: Record<string, string>): Pair[] {
  return Object.entries(map).map(([key, value]) => ({ key, value }));
}
