/** States of the form, each as a change of the form as it opens, and an administrator's configuration that they use. */
import { newVolume } from '../../src/kubeflow/form.ts';
import type { Kept, SpawnForm, SpawnOptions, VolumeChoice } from '../../src/kubeflow/form.ts';
import { defaultForm, withServerType } from '../../src/kubeflow/form/defaultForm.ts';
import { parseSpawnerConfig } from '../../src/kubeflow/form/parseSpawnerConfig.ts';
import { mergeConfigs } from '../../src/kubeflow/form/spawnerConfig.ts';

const groups = `
spawnerFormDefaults:
  affinityConfig:
    value: ""
    options:
      - configKey: exclusive
        displayName: A node of its own
        affinity:
          nodeAffinity:
            requiredDuringSchedulingIgnoredDuringExecution:
              nodeSelectorTerms:
                - matchExpressions: [{ key: lifecycle, operator: In, values: [kubeflow-notebook] }]
  tolerationGroup:
    value: ""
    options:
      - groupKey: gpu
        displayName: GPU nodes
        tolerations:
          - { effect: NoSchedule, key: dedicated, operator: Equal, value: gpu }
          - { effect: NoExecute, key: dedicated, operator: Exists, tolerationSeconds: 60 }
`;

export const config = mergeConfigs(parseSpawnerConfig(groups).config);
export const podDefaults = [{ name: 'pipelines', label: 'access-ml-pipeline' }];
export const options: SpawnOptions = {
  namespaces: ['alice'],
  config,
  gpuVendors: config.gpus.vendors,
  claims: {},
  servers: {},
  quota: {},
  storage: {},
  mayCreate: {},
  podDefaults: { alice: podDefaults },
};

type Change = Partial<SpawnForm> | ((form: SpawnForm) => SpawnForm);

const existing = (claim: string, mountPath = '', more: Kept = {}): VolumeChoice => ({
  kind: 'existing',
  claim,
  mountPath,
  ...more,
});
const custom = (source: Kept, mountPath: string): VolumeChoice => ({ kind: 'custom', source, mountPath });
const gpus = (...pairs: [string, string][]): Change => ({ gpus: pairs.map(([key, count]) => ({ key, count })) });

const everything: Change = {
  serverType: 'group-two',
  imageMode: 'custom',
  customImage: 'registry.example.com:5000/team/rstudio:4.4@sha256:' + 'a'.repeat(64),
  imagePullPolicy: 'Always',
  cpu: '1.5',
  cpuLimit: '3',
  memory: '2',
  memoryLimit: '6',
  gpus: [
    { key: 'nvidia.com/gpu', count: '2' },
    { key: 'ephemeral-storage', count: '20Gi' },
  ],
  gpuModel: { key: 'nvidia.com/gpu.product', value: 'NVIDIA-A100-SXM4-40GB' },
  nodeSelector: [{ key: 'topology.kubernetes.io/zone', value: 'eu-1a' }],
  dataVolumes: [newVolume('/data', '1'), existing('datasets', '/sets', { readOnly: true, subPath: 'mnist/raw' })],
  shmSize: '1',
  affinityGroup: 'exclusive',
  tolerationGroup: 'gpu',
  configurations: ['access-ml-pipeline'],
  env: [
    { kind: 'value', name: 'A', value: '' },
    { kind: 'secret', name: 'TOKEN', secret: 'hub', key: 'token', optional: true },
  ],
  envFrom: [{ kind: 'secret', name: 's3', prefix: 'S3_' }],
  secretFiles: [{ secret: 'certs', mountPath: '/etc/certs' }],
  imagePullSecrets: ['registry'],
  serviceAccount: 'trainer',
  labels: [{ key: 'team', value: 'vision' }],
  annotations: [{ key: 'example.com/ticket', value: '{"id": 7}' }],
};

/** By what they show. */
export const formStates: Readonly<Record<string, Change>> = {
  'as it opens': {},
  'VS Code': (form) => withServerType(form, 'group-one', { config }),
  RStudio: (form) => withServerType(form, 'group-two', { config }),
  'a custom image': { imageMode: 'custom', customImage: ' quay.io/team/image:1.0_2 ' },
  'an image by digest': { imageMode: 'custom', customImage: `quay.io/team/image@sha256:${'0'.repeat(64)}` },
  'always pulled': { imagePullPolicy: 'Always' },
  'pulled as Kubernetes pulls': { imagePullPolicy: '' },
  millicores: { cpu: '1500m' },
  'cores without a zero': { cpu: '.25' },
  'many cores': { cpu: '96' },
  'a limit of cores': { cpuLimit: '4' },
  'no limit of cores': { cpuLimit: 'none' },
  'a fraction of memory': { memory: '1.25' },
  'memory in Mi': { memory: '512Mi' },
  'memory in decimal units': { memory: '3G', memoryLimit: '5000M' },
  'memory that is no round Gi': { memory: '100Mi' },
  'a limit of memory': { memoryLimit: '8 Gi' },
  'no limits': { cpuLimit: 'none', memoryLimit: 'None' },
  'a GPU': gpus(['nvidia.com/gpu', '1']),
  'three GPUs of another vendor': gpus(['amd.com/gpu', '3']),
  'sixteen Gaudis': gpus(['habana.ai/gaudi', '16']),
  'a MIG slice': gpus(['nvidia.com/mig-1g.5gb', '1']),
  'two kinds of devices': gpus(['nvidia.com/mig-2g.10gb', '2'], ['rdma/hca', '1']),
  'a resource of somebody': gpus(['example.com/quantum-bits', '1000']),
  'disk of the node': gpus(['ephemeral-storage', '1.5Gi']),
  'a model of GPU': {
    gpus: [{ key: 'nvidia.com/gpu', count: '1' }],
    gpuModel: { key: 'nvidia.com/gpu.product', value: 'Tesla-T4' },
  },
  'nodes by label': {
    nodeSelector: [
      { key: 'disk', value: 'ssd' },
      { key: 'empty', value: '' },
    ],
  },
  'no workspace': { workspace: { kind: 'none' } },
  'an existing workspace': { workspace: existing('old-workspace') },
  'a workspace elsewhere': { workspace: newVolume('/work/', '3') },
  'a workspace with a name': { workspace: { ...newVolume(), name: 'my-disk' } },
  'a workspace named after the server': { workspace: { ...newVolume(), name: '{notebook-name}-home' } },
  'a small workspace': { workspace: newVolume('', '500Mi') },
  'a workspace of a class': {
    workspace: { ...newVolume(), storageClass: 'fast', accessMode: 'ReadWriteMany' },
  },
  'a workspace of one pod': { workspace: { ...newVolume(), accessMode: 'ReadWriteOncePod' } },
  'two data volumes': { dataVolumes: [newVolume('', '1'), newVolume('/mnt/{volume-name}', '2')] },
  'existing data to read': { dataVolumes: [existing('datasets', '', { readOnly: true })] },
  'a claim whose name a volume cannot have': { dataVolumes: [existing('my.data.set', '/sets')] },
  'a claim named as the shared memory': { dataVolumes: [existing('dshm', '/sets')] },
  'folders of one claim': {
    dataVolumes: [existing('datasets', '/a', { subPath: 'a/b' }), existing('datasets', '/c', { subPath: 'c' })],
  },
  'one claim twice, once to read': {
    dataVolumes: [existing('datasets', '/rw'), existing('datasets', '/ro', { readOnly: true })],
  },
  'other sources': {
    dataVolumes: [
      custom({ nfs: { server: '10.0.0.1', path: '/export' } }, '/nfs'),
      custom({ emptyDir: { sizeLimit: '1Gi' } }, '/scratch'),
      custom({ configMap: { name: 'settings', items: [{ key: 'a', path: 'b' }] } }, '/etc/settings'),
      custom({ csi: { driver: 'secrets.csi', readOnly: true, volumeAttributes: { provider: 'vault' } } }, '/vault'),
    ],
  },
  'no shared memory': { shm: false },
  'shared memory of a size': { shmSize: '2' },
  'a group of affinity': { affinityGroup: 'exclusive' },
  'a group of tolerations': { tolerationGroup: 'gpu' },
  'a configuration': { configurations: ['access-ml-pipeline'] },
  variables: {
    env: [
      { kind: 'value', name: 'A', value: '1' },
      { kind: 'value', name: 'with.dots-and_more', value: 'yes' },
      { kind: 'value', name: 'EMPTY', value: '' },
    ],
  },
  'variables from elsewhere': {
    env: [
      { kind: 'secret', name: 'TOKEN', secret: 'hub', key: 'token' },
      { kind: 'configMap', name: 'MODE', configMap: 'settings', key: 'mode.txt', optional: true },
      { kind: 'custom', name: 'NODE', source: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } },
    ],
  },
  'whole sources of variables': {
    envFrom: [
      { kind: 'secret', name: 's3', prefix: 'S3_' },
      { kind: 'configMap', name: 'settings', prefix: '', optional: true },
    ],
  },
  'secrets as files': { secretFiles: [{ secret: 'certs', mountPath: '/etc/certs' }] },
  'private images': { imagePullSecrets: ['registry', 'registry.example.com'] },
  'another service account': { serviceAccount: 'trainer' },
  'no service account': { serviceAccount: '' },
  labels: {
    labels: [
      { key: 'team', value: 'vision' },
      { key: 'example.com/cost-center', value: '' },
    ],
  },
  annotations: { annotations: [{ key: 'example.com/owner', value: 'A "quoted": name' }] },
  'a long name': { name: `n${'0'.repeat(49)}` },
  'everything at once': everything,
};

/** The form in this state, of a server of this name unless the state has one of its own. */
export function formIn(state: string, name: string): SpawnForm {
  const start = { ...defaultForm(options, { namespace: 'alice' }), name };
  const change = formStates[state] ?? {};
  return typeof change === 'function' ? change(start) : { ...start, ...change };
}

/** Texts that something on the way might take for something else. */
export const hostileTexts: readonly string[] = [
  ...[
    '',
    'no',
    'Yes',
    'off',
    'null',
    '~',
    'true',
    '1e3',
    '0x1F',
    '0o17',
    '012',
    '1_000',
    '.inf',
    '2024-01-01',
    '12:30:45',
  ],
  ...['{{', '{{ .Values.x }}', '${HOME}', '$(HOME)', '$$', '`id`', '%s', '\\', '\\n', '"', "'", '""', "it's"],
  ...['# no comment', ': x', 'a: b', '- x', '&a', '*b', '!!binary x', '? x', '|', '>', '@', '---', '...', '<<'],
  ...[
    ' spaces ',
    'tab\t',
    'a\nb',
    'a\r\nb',
    '\n',
    '\n\n a\n',
    'trailing\n',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\u007f',
    '\u001b[31m',
  ],
  ...['é', 'e\u0301', '한국어', '👩‍🔬', '\u202eabc', '<script>alert(1)</script>', '../../etc/passwd', 'x'.repeat(10_240)],
  ...['\u0000', '\ud800', 'a\udfff'],
];
