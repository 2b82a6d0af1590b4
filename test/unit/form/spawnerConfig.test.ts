import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { parse, parseAllDocuments } from 'yaml';
import { configText } from '../../../src/kubeflow/form/clusterConfig.ts';
import { defaultForm } from '../../../src/kubeflow/form/defaultForm.ts';
import { findings } from '../../../src/kubeflow/form/formFindings.ts';
import { parseSpawnerConfig } from '../../../src/kubeflow/form/parseSpawnerConfig.ts';
import { builtInConfig, isHidden, isLocked, mergeConfigs } from '../../../src/kubeflow/form/spawnerConfig.ts';
import type { ConfigMap } from '../../../src/k8s/objects.ts';
import { options } from './support.ts';

const root = path.join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const maps = parseAllDocuments(read('lab/cluster/webApp/spawnerConfig.yaml')).map((one) => one.toJS() as ConfigMap);
const stock = configText(maps) ?? '';
const validate = new Ajv({ allowUnionTypes: true, strictTypes: false, strictRequired: false }).compile(
  JSON.parse(read('schemas/spawner-ui-config.schema.json')) as object,
);
const section = (text: string) => parseSpawnerConfig(`spawnerFormDefaults:\n  ${text}`);

describe("The form's configuration", () => {
  it('of a stock Kubeflow is valid, without a problem, and what is built in', () => {
    assert.ok(validate(parse(stock)), JSON.stringify(validate.errors));
    const { config, problems } = parseSpawnerConfig(stock);
    assert.deepEqual(problems, []);
    assert.deepEqual(mergeConfigs(config), builtInConfig());
    assert.deepEqual(Object.keys(config).sort(), Object.keys(builtInConfig()).sort());
  });

  const odd: [string, string, string][] = [
    ['a text that is no YAML', 'a: [', 'notYaml'],
    ['another document', 'kind: Pod', 'noDefaults'],
    ['nothing', '', 'noDefaults'],
    ['a list', 'spawnerFormDefaults: []', 'noDefaults'],
  ];
  for (const [what, text, code] of odd) {
    it(`is not found in ${what}`, () => {
      const { config, problems } = parseSpawnerConfig(text);
      assert.deepEqual(config, {});
      assert.deepEqual(
        problems.map((p) => p.code),
        [code],
      );
    });
  }

  const bad = [
    'cpu: { value: lots }',
    'cpu: { value: 1, limitFactor: 0.5 }',
    'cpu: { value: 1, limitFactor: no }',
    'memory: { value: -1 }',
    'memory: 5',
    'imagePullPolicy: { value: Sometimes }',
    'image: { options: [] }',
    'image: { value: a, options: [{}] }',
    'gpus: { value: { num: 0.5 } }',
    'gpus: { value: { vendors: [{ uiName: x }] } }',
    'workspaceVolume: { readOnly: true }',
    'workspaceVolume: { value: { mount: /x } }',
    'workspaceVolume: { value: { newPvc: {}, existingSource: {} } }',
    'dataVolumes: { value: [{ newPvc: { spec: { resources: { requests: { storage: big } } } } }] }',
    'affinityConfig: { options: [{ displayName: x }] }',
    'tolerationGroup: { options: [{ groupKey: x, tolerations: none }] }',
    'shm: { value: "true" }',
    'configurations: { value: x }',
    'environment: { value: [] }',
    'allowCustomImage: maybe',
  ];
  for (const text of bad) {
    it(`tells of an odd section and goes on without it: ${text}`, () => {
      const { config, problems } = section(`${text}\n  hideTag: true`);
      assert.deepEqual(problems, [{ section: text.split(':')[0], code: 'badValue', line: 2 }]);
      assert.deepEqual(config, { hideTag: true });
    });
  }
  it('tells of a section that it does not know', () => {
    assert.deepEqual(section('colour: { value: red }').problems, [
      { section: 'colour', code: 'unknownSection', line: 2 },
    ]);
  });

  it('is that of the first source that has a section', () => {
    const cluster = section('cpu: { value: "2" }').config;
    const own = section('cpu: { value: "4" }\n  memory: { value: 8Gi, limitFactor: none }').config;
    const merged = mergeConfigs(cluster, own);
    assert.deepEqual([merged.cpu.value, merged.cpu.limitFactor], ['2', undefined]);
    assert.deepEqual([merged.memory.value, merged.memory.limitFactor], ['8', undefined]);
    assert.deepEqual(merged.image, builtInConfig().image);
  });

  it('begins the form with what is set there', () => {
    const { config } = parseSpawnerConfig(`
spawnerFormDefaults:
  image: { value: b, options: [a, b], readOnly: true }
  cpu: { value: 2, readOnly: true }
  gpus: { value: { vendors: [{ limitsKey: example.com/npu, uiName: NPU }], vendor: example.com/npu, num: 2 } }
  workspaceVolume:
    value:
      mount: /work
      newPvc:
        metadata: { name: "{notebook-name}-home", labels: { backup: daily } }
        spec: { storageClassName: fast, accessModes: [ReadWriteMany], volumeMode: Filesystem, resources: { requests: { storage: 20Gi } } }
  dataVolumes:
    value:
      - { mount: /sets, existingSource: { persistentVolumeClaim: { claimName: datasets, readOnly: true } } }
      - { mount: /nfs, existingSource: { nfs: { server: x, path: / } } }
      - { newPvc: { metadata: { name: "{notebook-name}-datavol-2" } } }
  shm: { value: false }
  configurations: { value: [access-ml-pipeline] }
  environment: { value: { MODE: 1 } }
`);
    const form = defaultForm(options({ config: mergeConfigs(config) }), {
      image: 'a',
      cpu: '8',
      gpuKey: 'amd.com/gpu',
    });
    assert.equal(form.image, 'b');
    assert.equal(form.cpu, '2');
    assert.deepEqual(form.gpus, [{ key: 'example.com/npu', count: '2' }]);
    assert.deepEqual(form.workspace, {
      kind: 'new',
      name: '{notebook-name}-home',
      size: '20',
      mountPath: '/work',
      accessMode: 'ReadWriteMany',
      storageClass: 'fast',
      claim: { metadata: { labels: { backup: 'daily' } }, spec: { volumeMode: 'Filesystem' } },
    });
    assert.deepEqual(form.dataVolumes, [
      { kind: 'existing', claim: 'datasets', mountPath: '/sets', readOnly: true },
      { kind: 'custom', source: { nfs: { server: 'x', path: '/' } }, mountPath: '/nfs' },
      { kind: 'new', name: '', size: '5', mountPath: '', accessMode: 'ReadWriteOnce' },
    ]);
    assert.equal(form.shm, false);
    assert.deepEqual(form.configurations, ['access-ml-pipeline']);
    assert.deepEqual(form.env, [{ kind: 'value', name: 'MODE', value: '1' }]);
  });

  it('fixes and hides sections', () => {
    const config = mergeConfigs(
      section('cpu: { value: "2", readOnly: true }\n  shm: { value: true, hidden: true }').config,
    );
    assert.ok(isLocked(config, 'cpuLimit') && !isLocked(config, 'memory'));
    assert.ok(isHidden(config, 'shmSize') && isHidden(config, 'affinityGroup') && !isHidden(config, 'workspace.size'));
    const o = options({ config });
    const form = { ...defaultForm(o), cpu: '3' };
    assert.deepEqual(findings(form, o), [{ field: 'cpu', severity: 'error', code: 'adminFixed' }]);
  });

  it('is in the newest ConfigMap whose name begins as that of the Jupyter Web App', () => {
    const map = (name: string, creationTimestamp: string, text?: string): ConfigMap => ({
      metadata: { name, creationTimestamp },
      ...(text === undefined ? {} : { data: { 'spawner_ui_config.yaml': text } }),
    });
    const found = [
      map('jupyter-web-app-config-a', '2026-01-01T00:00:00Z', 'old'),
      map('jupyter-web-app-config-b', '2026-02-01T00:00:00Z', 'new'),
      map('jupyter-web-app-config-c', '2026-03-01T00:00:00Z'),
      map('other', '2026-04-01T00:00:00Z', 'other'),
    ];
    assert.equal(configText(found), 'new');
    assert.equal(configText([]), undefined);
  });
});
