import assert from 'node:assert/strict';
import type { PersistentVolumeClaim } from '../../../src/k8s/objects.ts';
import { groupAsFound, newVolume, withoutSecrets } from '../../../src/kubeflow/form.ts';
import type { ExistingVolume, SpawnForm } from '../../../src/kubeflow/form.ts';
import { findings } from '../../../src/kubeflow/form/formFindings.ts';
import { manifests } from '../../../src/kubeflow/form/manifests.ts';
import { withNewVolumes } from '../../../src/kubeflow/form/newVolumes.ts';
import { sameForm } from '../../../src/kubeflow/form/normalForm.ts';
import { formOf } from '../../../src/kubeflow/form/readBack.ts';
import { podSpec } from '../../../src/kubeflow/objects.ts';
import type { Notebook } from '../../../src/kubeflow/objects.ts';
import { foreignNotebooks } from '../../support/foreignNotebooks.ts';
import { config, formIn, formStates, options, podDefaults } from '../../support/formStates.ts';

const known = { config, podDefaults };
const foreign = new Map(foreignNotebooks('nb').map(({ made, notebook }) => [made, notebook]));
const from = (made: string): Notebook => foreign.get(made)!;
const container = (notebook: Notebook) =>
  podSpec(notebook)!.containers.find((c) => c.name === notebook.metadata.name) ?? podSpec(notebook)!.containers[0]!;

describe('A Notebook as a form', () => {
  it('is read from whatever is there', () => {
    const odd: unknown[] = [
      undefined,
      null,
      'text',
      [],
      {},
      { metadata: null, spec: null },
      { metadata: { name: 1, labels: [], annotations: 'x' }, spec: { template: { spec: [] } } },
      {
        metadata: { name: 'a' },
        spec: { template: { spec: { containers: 'x', volumes: {}, tolerations: 1, nodeSelector: [] } } },
      },
      {
        spec: {
          template: {
            spec: {
              containers: [null, 1, { env: [null, 'x', {}], volumeMounts: [{}], resources: { limits: { cpu: {} } } }],
            },
          },
        },
      },
    ];
    for (const one of odd) assert.equal(formOf(one as Notebook).serverType, 'jupyter');
  });

  it('has what the Jupyter Web App wrote', () => {
    const form = formOf(from('the Jupyter Web App'), known);
    assert.equal(form.serverType, 'group-two');
    assert.equal(form.imageMode, 'list');
    assert.deepEqual([form.cpu, form.cpuLimit, form.memory, form.memoryLimit], ['0.5', '', '1.0', '']);
    assert.deepEqual(form.gpus, [{ key: 'nvidia.com/gpu', count: '1' }]);
    assert.equal((form.workspace as ExistingVolume).claim, 'nb0-workspace');
    assert.deepEqual(
      form.dataVolumes.map((v) => v.kind),
      ['existing'],
    );
    assert.deepEqual(
      [form.shm, form.configurations, form.labels, form.annotations],
      [true, ['access-ml-pipeline'], [], []],
    );
  });

  it('has what Open Data Hub wrote, and keeps its proxy', () => {
    const base = from('Open Data Hub');
    const form = formOf(base, known);
    assert.equal((form.workspace as ExistingVolume).mountPath, '/opt/app-root/src');
    assert.deepEqual(form.envFrom, [{ kind: 'secret', name: 'aws-connection', prefix: '' }]);
    assert.equal(form.tolerationGroup, groupAsFound);
    const changed = manifests(
      { ...form, imageMode: 'custom', customImage: 'b:1', tolerationGroup: 'gpu', shmSize: '4' },
      { ...known, base },
    );
    const spec = podSpec(changed.notebook)!;
    assert.deepEqual(spec.containers[1], podSpec(base)!.containers[1]);
    assert.equal(spec.containers[0]!.image, 'b:1');
    assert.deepEqual(spec.containers[0]!.livenessProbe, podSpec(base)!.containers[0]!.livenessProbe);
    assert.equal(spec.tolerations?.length, 3);
    assert.deepEqual(spec.volumes?.[1], { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '4Gi' } });
  });

  it('is the container of its name, wherever that stands', () => {
    const base = from('a container that comes second');
    const { notebook } = manifests({ ...formOf(base), cpu: '3' }, { base });
    assert.deepEqual(podSpec(notebook)!.containers[0], podSpec(base)!.containers[0]);
    assert.equal(container(notebook).resources?.requests?.['cpu'], '3');
  });

  for (const state of Object.keys(formStates)) {
    it(`can become any other form, and be laid over it again: ${state}`, () => {
      const target = { ...formIn(state, 'x'), name: 'nb7' };
      const base = from('Open Data Hub');
      const { notebook } = manifests(target, { ...known, base });
      const seen = formOf(notebook, known);
      // What is made new by the form exists for who reads it.
      const names = manifests(target, known).claims.map(({ metadata, spec }) => ({
        metadata,
        spec,
      })) as PersistentVolumeClaim[];
      const read = withNewVolumes(seen, names, (claim) => claim);
      // Somebody's own tolerations stay, whatever group is chosen.
      const { tolerationGroup } = read;
      assert.ok(sameForm({ ...read, name: target.name }, { ...target, tolerationGroup }, config));
    });
  }
});

describe('A form over the Notebook that it was read from', () => {
  const base = from('hand-written volumes of all sorts');
  const form = formOf(base, known);
  const over = (change: Partial<SpawnForm>) => podSpec(manifests({ ...form, ...change }, { ...known, base }).notebook)!;

  it('changes a mount and leaves what it does not know of it', () => {
    const dataVolumes = form.dataVolumes.map((v) => (v.kind === 'existing' ? { ...v, mountPath: '/moved' } : v));
    const [, moved] = over({ dataVolumes }).containers[0]!.volumeMounts!;
    assert.deepEqual(moved, { name: 'data', mountPath: '/moved', subPathExpr: '$(POD)' });
  });
  it('changes the claim of a volume in place only where nothing else of it uses that', () => {
    const workspace = { ...(form.workspace as ExistingVolume), claim: 'other' };
    const { volumes, containers } = over({ workspace });
    assert.deepEqual(volumes?.[0], { name: 'data', persistentVolumeClaim: { claimName: 'data' } });
    assert.deepEqual(volumes?.at(-1), { name: 'other', persistentVolumeClaim: { claimName: 'other' } });
    assert.equal(containers[0]!.volumeMounts?.[0]?.name, 'other');
  });
  it('removes a volume with its last mount, and none that another container mounts', () => {
    const { volumes, initContainers } = over({
      workspace: { kind: 'none' },
      dataVolumes: [],
      secretFiles: [],
      shm: false,
    });
    assert.deepEqual(
      volumes?.map((v) => v.name),
      ['data', 'only-init', 'unused'],
    );
    assert.deepEqual(initContainers, podSpec(base)!.initContainers);
  });
  it('keeps how a Secret is mounted when another is chosen', () => {
    const secretFiles = form.secretFiles.map((one) => ({ ...one, secret: 'others' }));
    assert.deepEqual(over({ secretFiles }).volumes?.[3], {
      name: 'keys',
      secret: { secretName: 'others', defaultMode: 256 },
    });
  });
  it('makes an added volume new, and only that', () => {
    const made = manifests({ ...form, dataVolumes: [...form.dataVolumes, newVolume('/new', '1')] }, { ...known, base });
    assert.equal(made.claims.length, 1);
    assert.equal(made.claims[0]!.metadata.annotations, undefined);
  });
  it('leaves what stops it', () => {
    const stopped = from('stopped by an empty annotation');
    const { notebook } = manifests({ ...formOf(stopped), cpu: '2' }, { base: stopped, launchId: 'L', creator: 'me' });
    assert.deepEqual(notebook.metadata.annotations, stopped.metadata.annotations);
  });
});

describe('A copy of a Notebook', () => {
  const base = { ...from('Helm'), status: { readyReplicas: 1 } };
  base.metadata = {
    ...base.metadata,
    uid: 'u',
    resourceVersion: '1',
    annotations: { 'kubeflow-resource-stopped': 'x', mine: 'y' },
  };
  const { notebook } = manifests({ ...formOf(base), name: 'copy' }, { base, launchId: 'L' });
  it('has its own name everywhere and nothing of the history', () => {
    const { metadata, status } = notebook;
    assert.deepEqual(Object.keys(metadata).sort(), ['annotations', 'labels', 'name', 'namespace']);
    assert.deepEqual(metadata.annotations, { mine: 'y', 'kubeflow-notebooks.dev/launch': 'L' });
    assert.equal(metadata.labels?.['app'], 'copy');
    assert.equal(status, undefined);
    assert.equal(container(notebook).name, 'copy');
  });
  it('does not carry the path of the original', () => {
    assert.deepEqual(
      container(notebook).env?.map((e) => e.name),
      ['POD', 'CPU', 'T'],
    );
  });
  it('can have volumes of its own, of the size, class and mode of the original', () => {
    const form = formOf(from('Open Data Hub'));
    const claim = {
      metadata: { name: 'nb7' },
      spec: { accessModes: ['ReadWriteMany'], storageClassName: 'fast', resources: { requests: { storage: '20Gi' } } },
    } as PersistentVolumeClaim;
    assert.deepEqual(withNewVolumes(form, [claim]).workspace, {
      kind: 'new',
      name: '',
      size: '20',
      accessMode: 'ReadWriteMany',
      storageClass: 'fast',
      mountPath: '/opt/app-root/src',
    });
  });
});

describe('An edit', () => {
  const start = {
    ...formIn('as it opens', 'mnist'),
    cpu: '',
    customImage: 'Not an image',
    imageMode: 'custom' as const,
  };
  const o = { ...options, servers: { alice: [{ name: 'mnist', gpus: [] }] } };
  const said = (form: SpawnForm) =>
    findings(form, o, { start, running: true }).map((f) => `${f.severity} ${f.field} ${f.code}`);
  it('notes what was odd before, and does not mind its own name', () => {
    assert.deepEqual(said(start), ['note customImage imageSyntax', 'note cpu cpuSyntax']);
  });
  it('finds errors in what is changed', () => {
    assert.deepEqual(said({ ...start, cpu: '-1' }), ['note customImage imageSyntax', 'error cpu cpuSyntax']);
  });
  it('asks the quota for what is more than before', () => {
    const full = { ...o, quota: { alice: [{ resource: 'requests.memory', used: 2 ** 30, hard: 2 ** 31 }] } };
    const codes = (memory: string) =>
      findings({ ...start, memory }, full, { start, running: true }).filter((f) => f.code === 'quota').length;
    assert.deepEqual([codes('2'), codes('3')], [0, 1]);
  });
});

describe('A draft', () => {
  it('has no values of variables', () => {
    const form = { ...formIn('variables', 'a') };
    assert.deepEqual(new Set(withoutSecrets(form).env.map((one) => one.kind === 'value' && one.value)), new Set(['']));
  });
});
