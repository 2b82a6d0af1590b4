/** How the form begins. Pure. */
import { claimName, defaultServiceAccount } from '../form.ts';
import type { EnvVariable, FormHints, ServerType, SpawnForm, SpawnOptions } from '../form.ts';
import { imageSection } from './spawnerConfig.ts';

/** The label that NVIDIA's operator tells a node's GPU by: where a model is asked for and nothing else is known. */
export const defaultGpuModelLabel = 'nvidia.com/gpu.product';

/**
 * A form that can be launched as it is: a free name, the configured sizes and volumes, the last image and size used. What
 * the administrator has fixed is as it is fixed, whatever was used last.
 */
export function defaultForm(o: SpawnOptions, hints: FormHints = {}): SpawnForm {
  const { config } = o;
  const namespace =
    (hints.namespace && o.namespaces.includes(hints.namespace) ? hints.namespace : o.namespaces[0]) ?? '';
  const form: SpawnForm = {
    namespace,
    name: '',
    serverType: 'jupyter',
    ...startingImage(o, hints.image),
    imagePullPolicy: config.imagePullPolicy.value,
    cpu: (config.cpu.readOnly ? undefined : hints.cpu) ?? config.cpu.value,
    cpuLimit: '',
    memory: (config.memory.readOnly ? undefined : hints.memory) ?? config.memory.value,
    memoryLimit: '',
    gpus: [startingGpu(o, hints.gpuKey)],
    gpuModel: { key: o.gpuModels?.[0]?.key ?? defaultGpuModelLabel, value: '' },
    workspace: structuredClone(config.workspaceVolume.value),
    dataVolumes: structuredClone(config.dataVolumes.value),
    shm: config.shm.value,
    shmSize: '',
    affinityGroup: config.affinityConfig.value,
    tolerationGroup: config.tolerationGroup.value,
    configurations: [...config.configurations.value],
    env: Object.entries(config.environment.value).map(([name, value]): EnvVariable => ({ kind: 'value', name, value })),
    envFrom: [],
    secretFiles: [],
    imagePullSecrets: [],
    nodeSelector: [],
    serviceAccount: defaultServiceAccount,
    labels: [],
    annotations: [],
  };
  form.name = freeName(namespace, o, form);
  return form;
}

function startingImage(
  { config }: SpawnOptions,
  last: string | undefined,
): Pick<SpawnForm, 'imageMode' | 'image' | 'customImage'> {
  const { value, options, readOnly } = config.image;
  const image = value || options[0] || '';
  if (last === undefined || readOnly) return { imageMode: 'list', image, customImage: '' };
  if (options.includes(last)) return { imageMode: 'list', image: last, customImage: '' };
  return config.allowCustomImage
    ? { imageMode: 'custom', image, customImage: last }
    : { imageMode: 'list', image, customImage: '' };
}

function startingGpu({ config, gpuVendors }: SpawnOptions, last: string | undefined): SpawnForm['gpus'][number] {
  const { key, count, readOnly } = config.gpus;
  return { key: key || (readOnly ? undefined : last) || gpuVendors[0]?.key || '', count };
}

/** The form for another type of server: with that type's image, unless a custom one was typed. */
export function withServerType(form: SpawnForm, type: ServerType, { config }: Pick<SpawnOptions, 'config'>): SpawnForm {
  const { value, options } = imageSection(config, type);
  return type === form.serverType ? form : { ...form, serverType: type, image: value || options[0] || '' };
}

/**
 * The first of notebook-1, notebook-2, ... that no server has and whose workspace, if it is to be made, would clash with
 * no claim.
 */
export function freeName(namespace: string, o: SpawnOptions, form?: Pick<SpawnForm, 'workspace'>): string {
  const servers = new Set((o.servers[namespace] ?? []).map((s) => s.name));
  const claims = new Set((o.claims[namespace] ?? []).map((c) => c.name));
  const volume = form?.workspace ?? o.config.workspaceVolume.value;
  const clashes = (name: string): boolean =>
    volume.kind === 'new' &&
    // A name of its own does not depend on the server's, and no number would free it.
    (volume.name.trim() === '' || volume.name.includes('{notebook-name}')) &&
    claims.has(claimName({ name }, { at: 'workspace', volume }));
  let n = 1;
  while (servers.has(`notebook-${n}`) || clashes(`notebook-${n}`)) n++;
  return `notebook-${n}`;
}
