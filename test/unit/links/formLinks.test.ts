import assert from 'node:assert/strict';
import { defaultServiceAccount, type SpawnForm, type VolumeChoice } from '../../../src/kubeflow/form.ts';
import { defaultForm } from '../../../src/kubeflow/form/defaultForm.ts';
import { normalForm } from '../../../src/kubeflow/form/normalForm.ts';
import { formLink, parseLink } from '../../../src/kubeflow/links.ts';
import { leftOut } from '../../../src/kubeflow/links/formFields.ts';
import { config, formIn, formStates, options } from '../../support/formStates.ts';

const place = { context: 'prod', fingerprint: '0123456789abcdef' };
const start = defaultForm(options, { namespace: 'alice' });

/** What of a form a link may hold: the rest as it is where the link is opened. */
function shareable(form: SpawnForm): SpawnForm {
  const { env, envFrom, secretFiles, imagePullSecrets, nodeSelector, labels, annotations, configurations } = start;
  const foreign = ({ kind }: VolumeChoice) => kind === 'existing' || kind === 'custom';
  const own = form.dataVolumes.filter((volume) => !foreign(volume));
  return {
    ...form,
    ...{ env, envFrom, secretFiles, imagePullSecrets, nodeSelector, labels, annotations, configurations },
    serviceAccount: defaultServiceAccount,
    workspace: foreign(form.workspace) ? start.workspace : form.workspace,
    dataVolumes: own.length === 0 && form.dataVolumes.length > 0 ? start.dataVolumes : own,
  };
}

function throughLink(form: SpawnForm): { query: string; form: SpawnForm } {
  const link = formLink('vscode', place, form);
  const { search } = new URL(link);
  const query = decodeURIComponent(search.slice(1));
  const parsed = parseLink({ path: '/new', query });
  assert.ok('link' in parsed && parsed.link.kind === 'new', JSON.stringify(parsed));
  assert.deepEqual(parsed.ignored, []);
  return { query, form: { ...start, ...parsed.link.form } };
}

describe('a form becomes the same form by its link', () => {
  for (const state of Object.keys(formStates))
    it(state, () => {
      const form = formIn(state, 'shared');
      assert.deepEqual(normalForm(throughLink(form).form, config), normalForm(shareable(form), config));
    });

  it('where what was typed is nonsense, without that', () => {
    const form = {
      ...formIn('as it opens', 'Not A Name'),
      cpu: 'lots',
      customImage: 'a b',
      imageMode: 'custom' as const,
    };
    const { form: again } = throughLink(form);
    assert.deepEqual([again.name, again.cpu, again.customImage], [start.name, start.cpu, start.customImage]);
  });
});

describe('the link of a form', () => {
  it('holds no text of variables, secrets, accounts, labels or volumes that exist', () => {
    const { query } = throughLink({
      ...formIn('everything at once', 'shared'),
      env: [{ kind: 'value', name: 'PASSWORD', value: 'hunter2' }],
      labels: [{ key: 'team', value: 'visible' }],
    });
    for (const text of [
      'PASSWORD',
      'hunter2',
      'TOKEN',
      'hub',
      's3',
      'certs',
      'trainer',
      'visible',
      'ticket',
      'datasets',
    ])
      assert.ok(!query.includes(text), text);
  });

  it('is known to leave something out, or not', () => {
    const whole = [
      'as it opens',
      'a GPU',
      'no workspace',
      'two data volumes',
      'a group of tolerations',
      'shared memory of a size',
    ];
    const not = [
      'variables',
      'variables from elsewhere',
      'secrets as files',
      'private images',
      'labels',
      'annotations',
      'a configuration',
      'an existing workspace',
      'other sources',
      'another service account',
      'nodes by label',
    ];
    assert.deepEqual(
      whole.filter((state) => leftOut(formIn(state, 'shared'))),
      [],
    );
    assert.deepEqual(
      not.filter((state) => !leftOut(formIn(state, 'shared'))),
      [],
    );
  });
});
