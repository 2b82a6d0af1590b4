import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { Access } from '../../../src/k8s/access.ts';
import { notebooks as notebooksType } from '../../../src/kubeflow/objects.ts';
import { answer, Cleanup, clusterFor, contextFor, serve, until } from './fixtures.ts';

describe('access', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  interface Review {
    kind: string;
    spec: { namespace?: string; resourceAttributes?: { verb: string; resource: string } };
  }
  const start = async (
    reply: (review: Review) => object | undefined,
    { version = 'v1.36.0', timeoutMs }: { version?: string; timeoutMs?: number } = {},
  ) => {
    const asked: string[] = [];
    const clock = { now: 0 };
    const server = await serve(cleanup, (request, response) => {
      if (request.url === '/version') return answer(response, 200, { gitVersion: version });
      if (request.method === 'PATCH') return answer(response, 403, { kind: 'Status', code: 403, message: forbidden });
      void text(request).then((body) => {
        const review = JSON.parse(body) as Review;
        asked.push(review.kind);
        const status = reply(review);
        if (status) answer(response, 201, { ...review, status });
      });
    });
    const cluster = clusterFor(cleanup, contextFor(server.url));
    return { access: new Access(cluster, { timeoutMs, now: () => clock.now }), asked, cluster, clock };
  };
  const forbidden =
    'notebooks.kubeflow.org "a" is forbidden: User "u" cannot patch resource "notebooks" in API group "kubeflow.org" in the namespace "alice"';
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
    const { access } = await start(() => (silent ? undefined : { resourceRules: [rule], incomplete: false }), {
      timeoutMs: 300,
    });
    assert.equal(await access.can({ ...notebooks, verb: 'get' }), 'unknown');
    assert.equal(await access.canPortForward('alice'), 'unknown');
    silent = false;
    let known = await access.can({ ...notebooks, verb: 'get' });
    // On a busy machine an answer can take longer than that: no answer in time either.
    while (known === 'unknown') known = await access.can({ ...notebooks, verb: 'get' });
    assert.equal(known, 'yes');
  });

  for (const [verbs, version, may] of [
    [['get', 'create'], 'v1.36.1', 'yes'],
    [['get'], 'v1.35.0', 'no'],
    [['get'], 'v1.34.2-gke.1', 'yes'],
    [['create'], 'v1.34.2', 'no'],
  ] as const) {
    it(`says ${may} to a port-forward by who may ${verbs.join(' and ')} it on ${version}`, async () => {
      const rule = { apiGroups: [''], resources: ['pods/portforward'], verbs: [...verbs] };
      const { access } = await start(() => ({ resourceRules: [rule], incomplete: false }), { version });
      assert.equal(await access.canPortForward('alice'), may);
    });
  }

  it('forgets a namespace when the server refuses there what was allowed', async () => {
    const all = { ...rule, verbs: ['*'] };
    const { access, asked, cluster } = await start(() => ({ resourceRules: [all], incomplete: false }));
    const dropped: (string | undefined)[] = [];
    access.onDidDrop((namespace) => dropped.push(namespace));
    assert.equal(await access.can({ ...notebooks, verb: 'patch' }), 'yes');
    const where = { namespace: 'alice', name: 'a' };
    await assert.rejects(cluster.patch(notebooksType, where, {}, { kind: 'merge' }), { code: 'Forbidden' });
    await until(() => dropped.length > 0, 'the word');
    assert.deepEqual(dropped, ['alice']);
    await access.can({ ...notebooks, verb: 'patch' });
    assert.equal(asked.length, 2);
  });

  it('keeps what it knows when something is refused that was never allowed', async () => {
    const { access, asked, cluster } = await start(() => ({ resourceRules: [rule], incomplete: false }));
    assert.equal(await access.can({ ...notebooks, verb: 'patch' }), 'no');
    const where = { namespace: 'alice', name: 'a' };
    await assert.rejects(cluster.patch(notebooksType, where, {}, { kind: 'merge' }), { code: 'Forbidden' });
    await access.can({ ...notebooks, verb: 'patch' });
    assert.equal(asked.length, 1);
  });

  it('asks again after a minute whether a missing right is there by now', async () => {
    let given = false;
    const { access, clock } = await start(() => ({
      resourceRules: [{ ...rule, verbs: given ? ['*'] : ['get'] }],
      incomplete: false,
    }));
    assert.equal(await access.can({ ...notebooks, verb: 'patch' }), 'no');
    given = true;
    assert.equal(await access.can({ ...notebooks, verb: 'patch' }), 'no');
    clock.now += 61_000;
    assert.equal(await access.can({ ...notebooks, verb: 'patch' }), 'yes');
  });
});
