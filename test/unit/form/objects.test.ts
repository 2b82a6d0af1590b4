import assert from 'node:assert/strict';
import { Asking } from '../../../webview-ui/spawn/asking.ts';
import { keyChoices, pullSecretChoices, secretChoices } from '../../../webview-ui/spawn/objectChoices.ts';
import { FormState } from '../../../webview-ui/spawn/state.ts';
import type { SpawnForm, SpawnOptions } from '../../../src/kubeflow/form.ts';
import { formWords } from '../../../src/views/words/form.ts';
import { form, options, said } from './support.ts';

const listed: Partial<SpawnOptions> = {
  secrets: {
    alice: [
      { name: 'default-token', type: 'kubernetes.io/service-account-token' },
      { name: 'registry', type: 'kubernetes.io/dockerconfigjson' },
      { name: 'sh.helm.release.v1.app.v1', type: 'helm.sh/release.v1' },
      { name: 'wandb', type: 'Opaque' },
    ],
  },
  configMaps: { alice: ['settings'] },
  serviceAccounts: { alice: ['default-editor'] },
  configMapKeys: { alice: { settings: ['region'] } },
};
const warnings = (change: Partial<SpawnForm>, o = options(listed)) => said(change, o, 'warning');
const variable = (from: object) => ({ env: [{ name: 'A', ...from }] as SpawnForm['env'] });

describe('a name that is in no list', () => {
  const cases: [string, Partial<SpawnForm>, string][] = [
    ['a secret', variable({ kind: 'secret', secret: 'gone', key: 'k' }), 'env.0.secret secretGone'],
    ['a config map', variable({ kind: 'configMap', configMap: 'gone', key: 'k' }), 'env.0.configMap configMapGone'],
    ['a key', variable({ kind: 'configMap', configMap: 'settings', key: 'zone' }), 'env.0.key configMapKeyGone'],
    ['a whole secret', { envFrom: [{ kind: 'secret', name: 'gone', prefix: '' }] }, 'envFrom.0.name secretGone'],
    ['a whole map', { envFrom: [{ kind: 'configMap', name: 'gone', prefix: '' }] }, 'envFrom.0.name configMapGone'],
    ['files', { secretFiles: [{ secret: 'gone', mountPath: '/s' }] }, 'secretFiles.0.secret secretGone'],
    ['a pull secret', { imagePullSecrets: ['gone'] }, 'imagePullSecrets.0 secretGone'],
    ['an account', { serviceAccount: 'gone' }, 'serviceAccount serviceAccountGone'],
  ];
  for (const [what, change, warning] of cases) {
    it(`is warned of beside its field: ${what}`, () => assert.deepEqual(warnings(change), [warning]));
    it(`is not warned of where nothing could be listed: ${what}`, () =>
      assert.deepEqual(warnings(change, options()), []));
  }

  it('is no matter where it may be absent', () => {
    assert.deepEqual(warnings(variable({ kind: 'secret', secret: 'gone', key: 'k', optional: true })), []);
    assert.deepEqual(warnings({ envFrom: [{ kind: 'secret', name: 'gone', prefix: '', optional: true }] }), []);
  });

  it('is no matter while nothing is typed', () => {
    assert.deepEqual(warnings({ serviceAccount: '', secretFiles: [{ secret: '', mountPath: '/s' }] }), []);
  });

  it('is another matter than a secret that no image is pulled with', () => {
    assert.deepEqual(warnings({ imagePullSecrets: ['wandb', 'registry'] }), ['imagePullSecrets.0 notPullSecret']);
  });
});

describe('what a list offers', () => {
  const names = (choices: { value: string }[]) => choices.map(({ value }) => value);

  it("has people's own secrets first, and those of other programs last", () => {
    assert.deepEqual(names(secretChoices(options(listed), 'alice')), [
      'wandb',
      'default-token',
      'registry',
      'sh.helm.release.v1.app.v1',
    ]);
  });

  it('has only secrets of the right type to pull images with', () => {
    assert.deepEqual(names(pullSecretChoices(options(listed), 'alice')), ['registry']);
  });

  it('has the keys of the config map that is named', () => {
    assert.deepEqual(names(keyChoices(() => 'settings ')(options(listed), 'alice')), ['region']);
    assert.deepEqual(names(keyChoices(() => 'other')(options(listed), 'alice')), []);
  });
});

describe('asking for names', () => {
  const words = formWords((text: string) => text);
  function page(change: Partial<SpawnForm> = {}, o = options()) {
    const asked: string[] = [];
    const state = new FormState('1', words, { context: 'lab', contexts: [], options: o, loading: false }, form(change));
    const asking = new Asking(({ namespace, configMap = '' }) => asked.push(`${namespace} ${configMap}`.trim()));
    return { asked, state, follow: () => asking.follow(state) };
  }

  it('waits until somebody may want them', () => {
    const { asked, state, follow } = page();
    follow();
    assert.deepEqual(asked, []);
    state.open.add('environment');
    follow();
    follow();
    assert.deepEqual(asked, ['alice']);
  });

  it('begins at once where the form names some already', () => {
    const { asked, follow } = page({ imagePullSecrets: ['registry'] });
    follow();
    assert.deepEqual(asked, ['alice']);
  });

  it('goes on with another namespace', () => {
    const { asked, state, follow } = page({ imagePullSecrets: ['registry'] });
    follow();
    state.form.namespace = 'bob';
    follow();
    assert.deepEqual(asked, ['alice', 'bob']);
  });

  it('asks for the keys of a config map that is there, not of a name that is half typed', () => {
    const { asked, state, follow } = page(variable({ kind: 'configMap', configMap: 'sett', key: '' }), options(listed));
    follow();
    assert.deepEqual(asked, ['alice']);
    state.form = form(variable({ kind: 'configMap', configMap: 'settings', key: '' }));
    follow();
    assert.deepEqual(asked, ['alice', 'alice settings']);
  });
});
