import assert from 'node:assert/strict';
import { builtInConfig } from '../../../src/kubeflow/form/spawnerConfig.ts';
import type { SpawnerConfig } from '../../../src/kubeflow/form/spawnerConfig.ts';
import { FormDrafts } from '../../../src/views/formDraft.ts';
import { formWords } from '../../../src/views/words/form.ts';
import { matching } from '../../../webview-ui/searching.ts';
import { isChanged } from '../../../webview-ui/spawn/folds.ts';
import { rebase } from '../../../webview-ui/spawn/rebase.ts';
import { FormState } from '../../../webview-ui/spawn/state.ts';
import { form, options } from './support.ts';

/** alice's cluster under an administrator's configuration. */
function configured(change: Partial<SpawnerConfig>) {
  return options({ config: { ...builtInConfig(), ...change } });
}
const cpu = (value: string, readOnly = false) => ({ cpu: { value, readOnly, hidden: false, limitFactor: 1.2 } });

describe('a form whose options become known while it is open', () => {
  it('follows the new defaults where it is as it began', () => {
    assert.equal(rebase(form(), options(), configured(cpu('4')), new Set()).cpu, '4');
  });

  it('keeps what the person has typed', () => {
    assert.equal(rebase(form({ cpu: '2' }), options(), configured(cpu('4')), new Set(['cpu'])).cpu, '2');
  });

  it('keeps the size used last, though nobody has typed it', () => {
    assert.equal(rebase(form({ cpu: '2' }), options(), configured(cpu('4')), new Set()).cpu, '2');
  });

  it('takes what the administrator has fixed, whatever was typed', () => {
    assert.equal(rebase(form({ cpu: '2' }), options(), configured(cpu('4', true)), new Set(['cpu'])).cpu, '4');
  });

  it('lets go of a custom image where none may be used', () => {
    const typed = form({ imageMode: 'custom', customImage: 'acme/nb:1' });
    const after = rebase(typed, options(), configured({ allowCustomImage: false }), new Set(['customImage']));
    assert.equal(after.imageMode, 'list');
  });

  it('keeps data volumes that were added', () => {
    const added = form({ dataVolumes: [{ kind: 'existing', claim: 'datasets', mountPath: '' }] });
    const after = rebase(added, options(), configured(cpu('4')), new Set(['dataVolumes']));
    assert.deepEqual(after.dataVolumes, added.dataVolumes);
  });
});

describe("a folded part's dot", () => {
  it('is not there at the beginning', () => {
    for (const fold of ['limits', 'environment', 'scheduling', 'advanced'] as const) {
      assert.equal(isChanged(fold, form(), options()), false);
    }
  });

  it('tells of a field that is not as it began', () => {
    assert.equal(isChanged('advanced', form({ labels: [{ key: 'team', value: 'blue' }] }), options()), true);
  });

  it('does not tell of what an administrator has set as the beginning', () => {
    const o = configured({ shm: { value: false, readOnly: false, hidden: false } });
    assert.equal(isChanged('advanced', form({}, o), o), false);
  });
});

describe('the state of a form', () => {
  const words = formWords((text: string) => text);
  const place = { context: 'lab', contexts: ['lab'], options: options(), loading: false };

  it('that came filled in in part begins as usual in the rest, and follows the defaults there', () => {
    const state = new FormState('1', words, place, form(), { filled: { memory: '3' } });
    state.setPlace({ ...place, options: configured({ ...cpu('4'), memory: { ...cpu('8').cpu } }) });
    assert.deepEqual([state.form.memory, state.form.cpu], ['3', '4']);
  });

  it('that came with a type alone has an image of that type', () => {
    const state = new FormState('1', words, place, form(), { filled: { serverType: 'group-two' } });
    assert.match(state.form.image, /rstudio/);
  });

  it('is shared without the name that nobody has chosen', () => {
    const state = new FormState('1', words, place, form());
    assert.equal(state.shared.name, '');
    state.form.name = 'mine';
    state.touch('name');
    assert.equal(state.shared.name, 'mine');
  });

  it('has nothing to keep before anything is filled in', () => {
    assert.equal(new FormState('1', words, place, form()).keep(), undefined);
  });

  it('goes on with the draft of an earlier opening, and says so', () => {
    const restored = { form: form({ name: 'kept' }), touched: ['name'] };
    const state = new FormState('1', words, place, form(), { restored });
    assert.deepEqual([state.form.name, state.restored], ['kept', true]);
  });

  it('prefers what the page itself has kept while it was hidden', () => {
    const restored = { form: form({ name: 'older' }), touched: ['name'] };
    const draft = { formId: '1', form: form({ name: 'newer' }), touched: ['name'], open: [], restored: false };
    assert.equal(new FormState('1', words, place, form(), { restored, draft }).form.name, 'newer');
  });

  it('takes what an administrator has fixed since a draft was begun', () => {
    const fixed = { ...place, options: configured(cpu('4', true)) };
    const restored = { form: form({ cpu: '2' }), touched: ['cpu'] };
    assert.equal(new FormState('1', words, fixed, form(), { restored }).form.cpu, '4');
  });

  it('filled in elsewhere stays as it is, and has a name that is free where it has none', () => {
    const filled = form({ name: '', cpu: '7' });
    const state = new FormState('1', words, place, filled, { filled });
    state.setPlace(place);
    assert.equal(state.form.cpu, '7');
    assert.equal(state.form.name, 'notebook-1');
    assert.equal(state.restored, false);
  });

  it('filled in elsewhere says at once what is wrong, but not of what is added to it', () => {
    const filled = form({ gpus: [{ key: 'nvidia.com/gpu', count: 'two' }] });
    const state = new FormState('1', words, place, form(), { filled });
    const shown = () =>
      state
        .remarks()
        .filter((one) => state.shows(one))
        .map(({ field }) => field);
    assert.deepEqual(shown(), ['gpus.0.count']);
    state.form.env.push({ kind: 'value', name: '', value: '' });
    assert.deepEqual(shown(), ['gpus.0.count']);
  });

  it('says nothing under a variable that was only just added', () => {
    const state = new FormState('1', words, place, form({ env: [{ kind: 'value', name: '', value: '' }] }));
    state.touch('name');
    state.touch('env');
    const remark = state.remarks().find((one) => one.field === 'env.0.name');
    assert.ok(remark);
    assert.equal(state.shows(remark), false);
  });

  it('is drawn again where configurations become known', () => {
    const state = new FormState('1', words, place, form());
    const before = state.shape;
    const podDefaults = { alice: [{ name: 'gcs', label: 'gcs' }] };
    state.setPlace({ ...place, options: options({ podDefaults }) });
    assert.notEqual(state.shape, before);
  });
});

describe('a draft that outlives its tab', () => {
  const env = [{ kind: 'value' as const, name: 'TOKEN', value: 'hunter2' }];

  it('has no value of a variable', async () => {
    const { memory, kept } = remembering();
    await new FormDrafts(memory, 'new').keep('lab', { form: form({ env }), touched: ['env'] });
    assert.ok(kept.has('new'));
    assert.doesNotMatch(JSON.stringify([...kept.values()]), /hunter2/);
  });

  it('belongs to its context', async () => {
    const drafts = new FormDrafts(remembering().memory, 'new');
    await drafts.keep('lab', { form: form(), touched: ['name'] });
    assert.equal(drafts.restore('prod'), undefined);
    assert.equal(drafts.restore('lab')?.form.name, 'bert');
  });

  it('goes when the server that it was for stands by another way, and not for another server', async () => {
    const drafts = new FormDrafts(remembering().memory, 'new');
    await drafts.keep('lab', { form: form({ name: 'bert', namespace: 'alice' }), touched: ['name'] });
    await drafts.discardOf({ context: 'lab', namespace: 'alice', name: 'other' });
    assert.equal(drafts.restore('lab')?.form.name, 'bert');
    await drafts.discardOf({ context: 'lab', namespace: 'alice', name: 'bert' });
    assert.equal(drafts.restore('lab'), undefined);
  });

  it('moves to the namespace that the form is opened for', async () => {
    const drafts = new FormDrafts(remembering().memory, 'new');
    await drafts.keep('lab', { form: form(), touched: ['name'] });
    assert.equal(drafts.restore('lab', 'bob')?.form.namespace, 'bob');
  });

  it('does not mix with that of another purpose', async () => {
    const { memory } = remembering();
    await new FormDrafts(memory, 'new').keep('lab', { form: form(), touched: ['name'] });
    assert.equal(new FormDrafts(memory, 'edit').restore('lab'), undefined);
  });
});

describe('a long list', () => {
  const choices = Array.from({ length: 300 }, (_, index) => ({
    value: `claim-${index}`,
    label: `claim-${index} · 5Gi`,
  }));

  it('is found by words in any order', () => {
    assert.deepEqual(
      matching(choices, '5gi 299').map(({ value }) => value),
      ['claim-299'],
    );
  });

  it('is whole where nothing is typed', () => {
    assert.equal(matching(choices, ' ').length, 300);
  });
});

function remembering() {
  const kept = new Map<string, unknown>();
  return {
    kept,
    memory: {
      get: <T>(key: string) => kept.get(key) as T | undefined,
      update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
    },
  };
}
