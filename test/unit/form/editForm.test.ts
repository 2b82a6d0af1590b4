import assert from 'node:assert/strict';
import { formChanges } from '../../../src/kubeflow/edit/formChanges.ts';
import { carriedOver, changedMeanwhile } from '../../../src/kubeflow/edit/meanwhile.ts';
import type { ExistingVolume, SpawnForm } from '../../../src/kubeflow/form.ts';
import { newVolume } from '../../../src/kubeflow/form.ts';
import { copyName } from '../../../src/kubeflow/form/copyName.ts';
import { findings } from '../../../src/kubeflow/form/formFindings.ts';
import { builtInConfig } from '../../../src/kubeflow/form/spawnerConfig.ts';
import { annotations } from '../../../src/kubeflow/objects.ts';
import type { Notebook } from '../../../src/kubeflow/objects.ts';
import { changeWords } from '../../../src/views/words/edit.ts';
import { formWords } from '../../../src/views/words/form.ts';
import { inEnglish } from '../../../src/views/words/translate.ts';
import { FormState } from '../../../webview-ui/spawn/state.ts';
import { form, options } from './support.ts';

const config = builtInConfig();
const home: ExistingVolume = { kind: 'existing', claim: 'mnist-workspace', mountPath: '/home/jovyan', from: 0 };
const data: ExistingVolume = { kind: 'existing', claim: 'datasets', mountPath: '/data', from: 1 };
const start = form({ name: 'mnist', cpu: '0.5', workspace: home, dataVolumes: [data] });
const changes = (change: Partial<SpawnForm>, before: SpawnForm = start): string[] =>
  formChanges(before, { ...before, ...change }, config).map((one) => changeWords(inEnglish, one));

describe('what an edit changes, in words', () => {
  it('is nothing where only the spelling is another one', () => {
    assert.deepEqual(changes({ cpu: '500m', memory: `${Number(start.memory.replace('Gi', '')) * 1024}Mi` }), []);
  });
  it('says what a field was and what it will be, and the limit that follows it', () => {
    assert.deepEqual(changes({ cpu: '1' }), ['CPU: 0.5 → 1', 'CPU limit: 0.6 → 1.2']);
  });
  it('names the entries of lists', () => {
    const before = { ...start, labels: [{ key: 'team', value: 'blue' }] };
    assert.deepEqual(changes({ labels: [{ key: 'x', value: 'y' }] }, before), [
      'Label team: blue → none',
      'Label x: none → y',
    ]);
    assert.deepEqual(changes({ configurations: ['gpu'] }), ['Configuration gpu: added']);
    assert.deepEqual(changes({ gpus: [{ key: 'nvidia.com/gpu', count: '2' }] }), ['Device nvidia.com/gpu: none → 2']);
  });
  it('names volumes with their size and place', () => {
    assert.deepEqual(changes({ dataVolumes: [data, newVolume('/scratch', '3')] }), [
      'Data volume mnist-datavol-2: none → mnist-datavol-2 (3Gi) /scratch',
    ]);
    assert.deepEqual(changes({ workspace: { kind: 'none' } }), ['Workspace: mnist-workspace /home/jovyan → none']);
  });
  it('tells of a volume that is mounted in several places, and of one of them less', () => {
    const twice = { ...start, dataVolumes: [data, { ...data, mountPath: '/more', subPath: 'more', from: 2 }] };
    assert.deepEqual(changes({ dataVolumes: [data] }, twice), [
      'Data volume datasets: datasets /data, datasets/more /more → datasets /data',
    ]);
  });
  it('never holds the value of a variable or an annotation', () => {
    const before = { ...start, env: [{ kind: 'value' as const, name: 'TOKEN', value: 'hunter1' }] };
    const env = [
      { kind: 'value' as const, name: 'TOKEN', value: 'hunter2' },
      { kind: 'value' as const, name: 'NEW', value: 'hunter3' },
    ];
    const said = changes({ env, annotations: [{ key: 'a', value: 'hunter4' }] }, before);
    assert.deepEqual(said, ['Variable TOKEN: changed', 'Variable NEW: added', 'Annotation a: added']);
    assert.doesNotMatch(JSON.stringify(formChanges(before, { ...before, env }, config)), /hunter/);
  });
});

describe('a server that is changed under its open form', () => {
  const notebook = (change: Partial<Notebook['metadata']> = {}, image = 'a'): Notebook => ({
    metadata: { name: 'mnist', uid: '1', resourceVersion: '1', labels: { app: 'mnist' }, ...change },
    spec: { template: { spec: { containers: [{ name: 'mnist', image }] } } },
  });

  it('is another one with another spec, label, annotation or identity', () => {
    assert.ok(changedMeanwhile(notebook(), notebook({}, 'b')));
    assert.ok(changedMeanwhile(notebook(), notebook({ labels: {} })));
    assert.ok(changedMeanwhile(notebook(), notebook({ annotations: { a: 'b' } })));
    assert.ok(changedMeanwhile(notebook(), notebook({ uid: '2' })));
  });
  it('is the same one after a stop, and whatever the controllers note', () => {
    const notes = { [annotations.stopped]: 'now', [annotations.lastActivity]: 'then' };
    assert.ok(!changedMeanwhile(notebook(), notebook({ annotations: notes, resourceVersion: '2' })));
  });
  it('is read anew with what the person has changed', () => {
    const fresh = { ...start, memory: '8', image: 'other' };
    const carried = carriedOver(start, { ...start, cpu: '4' }, fresh);
    assert.deepEqual([carried.cpu, carried.memory, carried.image], ['4', '8', 'other']);
  });
  it('has the mounts of the person at the places where they are now', () => {
    const fresh = { ...start, workspace: { ...home, from: 1 }, dataVolumes: [{ ...data, from: 2 }] };
    const mine = { ...start, dataVolumes: [data, newVolume('/scratch')] };
    const carried = carriedOver(start, mine, fresh);
    assert.deepEqual(carried.workspace, { ...home, from: 1 });
    assert.deepEqual(carried.dataVolumes, [{ ...data, from: 2 }, newVolume('/scratch')]);
  });
  it('mounts anew what somebody else has taken away and the person kept', () => {
    const fresh = { ...start, dataVolumes: [] };
    const carried = carriedOver(start, { ...start, dataVolumes: [{ ...data, readOnly: true }] }, fresh);
    assert.deepEqual(carried.dataVolumes, [
      { kind: 'existing', claim: 'datasets', mountPath: '/data', readOnly: true },
    ]);
  });
});

describe('the form of a server that stands', () => {
  const words = formWords((text: string) => text);
  const fixed = { ...config, cpu: { ...config.cpu, value: '9', readOnly: true } };
  const place = { context: 'lab', contexts: ['lab'], options: options({ config: fixed }), loading: false };
  const state = (change: Partial<SpawnForm> = {}): FormState =>
    new FormState('1', words, place, start, {
      filled: { ...start, ...change },
      purpose: { kind: 'edit', start, running: true },
    });

  it('keeps what it has, whatever an administrator has fixed since', () => {
    const one = state();
    one.setPlace(place);
    assert.equal(one.form.cpu, '0.5');
    assert.equal(one.form.name, 'mnist');
    assert.ok(one.launchable);
  });
  it('does not call its own name taken, and a new volume by the name of another one is', () => {
    const taken = findings({ ...start, workspace: newVolume() }, options(), { start, running: true });
    assert.deepEqual(
      taken.filter(({ severity }) => severity === 'error').map(({ field, code }) => `${field} ${code}`),
      ['workspace.name claimExists'],
    );
  });
});

describe('the name of a copy', () => {
  const o = options({
    servers: {
      alice: [
        { name: 'mnist', gpus: [] },
        { name: 'mnist-2', gpus: [] },
      ],
    },
  });

  it('is the next number that is free', () => {
    assert.equal(copyName('mnist', 'alice', o), 'mnist-3');
    assert.equal(copyName('mnist-2', 'alice', o), 'mnist-3');
    assert.equal(copyName('bert', 'alice', o), 'bert-2');
  });
  it('is none whose volumes would clash', () => {
    const claims = { alice: [{ name: 'bert-2-workspace', accessModes: [], usedBy: [] }] };
    assert.equal(copyName('bert', 'alice', options({ claims })), 'bert-3');
  });
  it('is no longer than a name may be', () => {
    assert.equal(copyName('a'.repeat(50), 'alice', o).length, 50);
  });
});
