import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { Access } from '../../../src/k8s/access.ts';
import { answer, Cleanup, clusterFor, contextFor, serve } from './fixtures.ts';

describe('access', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  interface Review {
    kind: string;
    spec: { namespace?: string; resourceAttributes?: { verb: string; resource: string } };
  }
  const start = async (reply: (review: Review) => object | undefined) => {
    const asked: string[] = [];
    const server = await serve(cleanup, (request, response) => {
      void text(request).then((body) => {
        const review = JSON.parse(body) as Review;
        asked.push(review.kind);
        const status = reply(review);
        if (status) answer(response, 201, { ...review, status });
      });
    });
    return { access: new Access(clusterFor(cleanup, contextFor(server.url)), { timeoutMs: 300 }), asked };
  };
  const notebooks = { group: 'kubeflow.org', resource: 'notebooks', namespace: 'alice' };
  const rule = { verbs: ['get', 'list'], apiGroups: ['kubeflow.org'], resources: ['notebooks', 'notebooks/status'] };

  it('asks for the rules of a namespace once', async () => {
    const { access, asked } = await start(() => ({ resourceRules: [rule], incomplete: false }));
    const verbs = ['get', 'list', 'patch', 'get'];
    const answers = await Promise.all(verbs.map((verb) => access.can({ ...notebooks, verb })));
    assert.deepEqual(answers, ['yes', 'yes', 'no', 'yes']);
    assert.equal(await access.can({ ...notebooks, verb: 'get', subresource: 'status' }), 'yes');
    assert.equal(await access.can({ ...notebooks, verb: 'get', group: '' }), 'no');
    assert.deepEqual(asked, ['SelfSubjectRulesReview']);
    access.drop();
    await access.can({ ...notebooks, verb: 'get' });
    assert.equal(asked.length, 2);
  });

  it('understands stars and names', async () => {
    const { access } = await start(() => ({
      resourceRules: [
        { verbs: ['*'], apiGroups: ['*'], resources: ['*/portforward'] },
        { verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['mine'] },
      ],
      incomplete: false,
    }));
    const secret = { verb: 'get', group: '', resource: 'secrets', namespace: 'alice' };
    assert.equal(await access.canPortForward('alice'), 'yes');
    assert.equal(await access.can(secret), 'no');
    assert.equal(await access.can({ ...secret, name: 'mine' }), 'yes');
    assert.equal(await access.can({ ...secret, name: 'yours' }), 'no');
  });

  it('asks for each right where rules are incomplete or there is no namespace', async () => {
    const { access, asked } = await start(({ kind, spec }) =>
      kind === 'SelfSubjectRulesReview'
        ? { resourceRules: [rule], incomplete: true }
        : { allowed: spec.resourceAttributes?.verb === 'patch' },
    );
    assert.equal(await access.can({ ...notebooks, verb: 'get' }), 'yes');
    assert.equal(await access.can({ ...notebooks, verb: 'patch' }), 'yes');
    assert.equal(await access.can({ ...notebooks, verb: 'delete' }), 'no');
    assert.equal(await access.can({ verb: 'list', group: '', resource: 'nodes' }), 'no');
    assert.equal(asked.filter((kind) => kind === 'SelfSubjectRulesReview').length, 1);
  });

  it('does not know when there is no answer in time, and asks again then', async () => {
    let silent = true;
    const { access } = await start(() => (silent ? undefined : { resourceRules: [rule], incomplete: false }));
    assert.equal(await access.can({ ...notebooks, verb: 'get' }), 'unknown');
    assert.equal(await access.canPortForward('alice'), 'unknown');
    silent = false;
    assert.equal(await access.can({ ...notebooks, verb: 'get' }), 'yes');
  });

  it('needs both get and create to forward a port', async () => {
    const portForward = { apiGroups: [''], resources: ['pods/portforward'] };
    const { access } = await start(() => ({ resourceRules: [{ ...portForward, verbs: ['get'] }], incomplete: false }));
    assert.equal(await access.canPortForward('alice'), 'no');
  });
});
