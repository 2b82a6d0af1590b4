import assert from 'node:assert/strict';
import { diagnose, stepNames, type Needs, type StepResult, type Subject } from '../../../src/k8s/diagnose.ts';
import { withoutSecrets } from '../../../src/k8s/secrets.ts';
import { diagnosisText, verdict } from '../../../src/views/words/diagnose.ts';
import { inEnglish } from '../../../src/views/words/translate.ts';
import { answer, Cleanup, clusterFor, contextFor, serve } from './fixtures.ts';

const needs: Needs = {
  kubernetes: { oldest: 25, tested: 36 },
  types: [{ group: 'kubeflow.org', plural: 'notebooks', version: 'v1beta1' }],
  look: [{ verb: 'list', group: 'kubeflow.org', resource: 'notebooks' }],
  act: [],
};

describe('a diagnosis', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());
  /** Of a server that answers what it is told to, by path. */
  const of = async (answers: Record<string, unknown>, limitMs?: number): Promise<StepResult[]> => {
    const server = await serve(cleanup, (request, response) => {
      const found = Object.entries(answers).find(([path]) => request.url?.startsWith(path));
      if (found) answer(response, 200, found[1]);
      else answer(response, 404, { kind: 'Status', message: 'the server could not find the requested resource' });
    });
    const context = contextFor(server.url, { user: { token: 'a-token' } });
    const cluster = clusterFor(cleanup, context);
    const subject: Subject = {
      needs,
      open: () => Promise.resolve({ files: ['/config'], context, cluster, namespace: 'alice' }),
      target: () => Promise.resolve('noServer'),
    };
    return diagnose(subject, { ...(limitMs ? { limitMs } : {}) });
  };
  const reviews = {
    '/apis/authentication.k8s.io/v1/': { status: { userInfo: { username: 'alice', groups: ['g'] } } },
    '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews': {
      status: { resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] },
    },
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': { status: { allowed: true } },
  };
  const kubeflow = (...versions: string[]) => ({
    ...Object.fromEntries(versions.map((v) => [`/apis/kubeflow.org/${v}`, { resources: [{ name: 'notebooks' }] }])),
    '/apis/kubeflow.org': { versions: versions.map((version) => ({ version })) },
  });
  const step = (results: StepResult[], wanted: string) => results.find((each) => each.step === wanted);

  for (const [gitVersion, is] of [
    ['v1.36.2', 'tested'],
    ['v1.29.4-gke.1043002', 'fits'],
    ['v1.40.0', 'fits'],
    ['v1.24.17+k3s1', 'old'],
  ]) {
    it(`calls ${gitVersion} ${is}`, async () => {
      const results = await of({ ...reviews, ...kubeflow('v1beta1'), '/version': { gitVersion } });
      const found = step(results, 'version');
      assert.ok(found?.step === 'version');
      assert.equal(found.facts?.is, is);
      assert.equal(found.outcome, is === 'old' ? 'warning' : 'ok');
    });
  }

  it('misses the version of a type that is used, when only others are served', async () => {
    const found = step(await of({ ...reviews, ...kubeflow('v1', 'v1alpha1') }), 'types');
    assert.ok(found?.step === 'types');
    assert.equal(found.outcome, 'failed');
    assert.deepEqual(found.facts?.missing, ['notebooks.kubeflow.org/v1beta1']);
    assert.deepEqual(found.facts?.served, [{ name: 'notebooks.kubeflow.org', versions: ['v1', 'v1alpha1'] }]);
  });

  it('warns of who is taken for nobody', async () => {
    const anonymous = { status: { userInfo: { username: 'system:anonymous' } } };
    const results = await of({ ...reviews, '/apis/authentication.k8s.io/v1/': anonymous });
    assert.equal(step(results, 'authentication')?.outcome, 'warning');
  });

  it('says in each state how far it has come', async () => {
    const results = await of({ ...reviews, ...kubeflow('v1beta1'), '/version': { gitVersion: 'v1.36.0' } });
    const base = { context: 'prod', began: new Date() };
    for (let count = 0; count <= results.length; count++) {
      const text = diagnosisText(inEnglish, { ...base, results: results.slice(0, count), done: false }, String);
      assert.equal(text.split('\n').filter((line) => line.startsWith('...')).length, stepNames.length - count);
    }
    assert.equal(
      verdict(inEnglish, { ...base, results: results.slice(0, 3), done: false }),
      `Looking: 3 of ${stepNames.length} steps`,
    );
    // Plain http is the one thing to know of this server.
    assert.equal(verdict(inEnglish, { ...base, results, done: true }), 'It works, with something to know: TLS.');
  });
});

describe('a text without secrets', () => {
  it('has no token, password or key of a context, nor a password in an address', () => {
    const context = contextFor('https://prod', {
      cluster: { proxyUrl: 'http://me:proxy-pass@proxy:1' },
      user: {
        token: 'token-123456',
        password: 'password-1',
        keyData: 'S0VZREFUQQ==',
        authProvider: { name: 'oidc', config: { 'id-token': 'id-token-123', 'client-id': 'public-name' } },
      },
    });
    const text = 'token-123456 password-1 S0VZREFUQQ== proxy-pass id-token-123 http://a:b@c Bearer abcdefgh123';
    const clean = withoutSecrets(`${text} public-name 1 prod`, context);
    assert.equal(
      clean,
      '[hidden] [hidden] [hidden] [hidden] [hidden] http://[hidden]@c Bearer [hidden] public-name 1 prod',
    );
    assert.doesNotMatch(withoutSecrets('http://a:b@c', undefined), /a:b/);
  });
});
