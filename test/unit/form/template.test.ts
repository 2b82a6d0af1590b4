import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { withoutSecrets } from '../../../src/kubeflow/form.ts';
import type { SpawnForm } from '../../../src/kubeflow/form.ts';
import { findings } from '../../../src/kubeflow/form/formFindings.ts';
import { parseSpawnerConfig } from '../../../src/kubeflow/form/parseSpawnerConfig.ts';
import { sameForm } from '../../../src/kubeflow/form/normalForm.ts';
import { builtInConfig, mergeConfigs } from '../../../src/kubeflow/form/spawnerConfig.ts';
import { formFrom, variablesToFill } from '../../../src/kubeflow/form/template.ts';
import { templateText } from '../../../src/kubeflow/form/templateText.ts';
import { config, formIn, formStates, hostileTexts, options } from '../../support/formStates.ts';
import { options as plainOptions } from './support.ts';
import { head, read, said, validate } from './templates.ts';

const again = (form: SpawnForm, o = options): SpawnForm => ({
  ...formFrom(read(templateText(form, o, { name: 'T' })), o, form.namespace),
  name: form.name,
});

describe('A form as a template', () => {
  for (const state of Object.keys(formStates)) {
    it(`is the same form again, but for its name and the values of variables: ${state}`, () => {
      const form = withoutSecrets(formIn(state, 'nb'));
      assert.ok(sameForm(again(form), form, config), templateText(form, options, { name: 'T' }));
    });
    it(`is valid by the schema: ${state}`, () => {
      assert.ok(
        validate(parse(templateText(formIn(state, 'nb'), options, { name: 'T' }))),
        JSON.stringify(validate.errors),
      );
    });
  }

  for (const text of hostileTexts.filter((one) => !/\p{Surrogate}/u.test(one))) {
    it(`keeps a text as it is: ${JSON.stringify(text.slice(0, 20))}`, () => {
      const form = { ...formIn('as it opens', 'nb'), annotations: [{ key: 'a', value: text }] };
      assert.deepEqual(again(form).annotations, form.annotations);
    });
  }

  it('has no values of variables in it', () => {
    const env: SpawnForm['env'] = [{ kind: 'value', name: 'TOKEN', value: 'hunter2' }];
    const text = templateText({ ...formIn('as it opens', 'nb'), env }, options, { name: 'T' });
    assert.ok(text.includes('TOKEN') && !text.includes('hunter2'), text);
  });

  it('is short: what the cluster has by default is not in it', () => {
    assert.equal(
      templateText(formIn('as it opens', 'nb'), options, { name: 'Small', description: 'To try things' }),
      `apiVersion: kubeflow-notebooks/v1
name: Small
description: To try things
type: jupyter
image: ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-scipy:v1.11.0
cpu: 0.5
memory: 1Gi
workspace:
  new:
    size: 5Gi
  mountPath: /home/jovyan
`,
    );
  });

  it('says what the administrator of this cluster has set and others may not', () => {
    const own = mergeConfigs(parseSpawnerConfig('spawnerFormDefaults:\n  shm: { value: false }').config);
    const o = { ...options, config: own };
    const without = { ...formIn('as it opens', 'nb'), shm: false };
    assert.equal(again(without, o).shm, false);
    assert.equal(formFrom(read(templateText(without, o, { name: 'T' })), options).shm, false);
    assert.equal(again({ ...without, shm: true }, o).shm, true);
  });

  it('is not parsed where the form cannot be read', () => {
    const text = templateText({ ...formIn('as it opens', 'nb'), cpu: 'lots' }, options, { name: 'T' });
    assert.deepEqual(said(text), ['5 expected cpu']);
  });
});

describe('A template as a form', () => {
  it('leaves to the cluster what it does not say', () => {
    const own = mergeConfigs(
      parseSpawnerConfig('spawnerFormDefaults:\n  cpu: { value: 2 }\n  image: { value: b, options: [a, b] }').config,
    );
    const form = formFrom(read(`${head}memory: 3`), plainOptions({ config: own }), 'alice');
    assert.deepEqual([form.cpu, form.memory, form.image, form.namespace], ['2', '3', 'b', 'alice']);
    assert.deepEqual(findings(form, plainOptions({ config: own })), []);
  });
  it('has a name that is free, also for its workspace', () => {
    const o = plainOptions();
    o.servers['alice']!.push({ name: 'notebook-1', gpus: [] });
    o.claims['alice']!.push({ name: 'notebook-2-workspace', accessModes: [], usedBy: [] });
    assert.equal(formFrom(read(head), o, 'alice').name, 'notebook-3');
    assert.equal(formFrom(read(`${head}workspace: none`), o, 'alice').name, 'notebook-2');
  });
  it('is never of another namespace than the one asked for', () => {
    assert.equal(formFrom(read(head), plainOptions(), 'gone').namespace, 'gone');
  });
  it('takes an image from the list where the cluster lists it', () => {
    const o = plainOptions({ config: mergeConfigs({ image: { ...builtInConfig().image, options: ['a', 'b'] } }) });
    const mode = (image: string) => formFrom(read(`${head}image: ${image}`), o).imageMode;
    assert.deepEqual([mode('b'), mode('c')], ['list', 'custom']);
  });
  it('does not get around what an administrator has fixed', () => {
    const own = mergeConfigs({ cpu: { value: '1', limitFactor: 1.2, readOnly: true, hidden: false } });
    const o = plainOptions({ config: own });
    assert.deepEqual(findings(formFrom(read(`${head}cpu: 64`), o, 'alice'), o), [
      { field: 'cpu', severity: 'error', code: 'adminFixed' },
    ]);
  });
  it('asks for the values that nobody has set', () => {
    const own = mergeConfigs(
      parseSpawnerConfig('spawnerFormDefaults:\n  environment: { value: { MODE: fast } }').config,
    );
    const form = formFrom(read(`${head}environment: [{ name: MODE }, { name: TOKEN }]`), { ...options, config: own });
    assert.deepEqual(variablesToFill(form), ['TOKEN']);
    assert.equal(form.env.map((one) => one.kind === 'value' && one.value)[0], 'fast');
  });
});
