import assert from 'node:assert/strict';
import type { FaultRule, Lab, Person } from '../../lab/index.ts';
import { Cluster } from '../../src/k8s/cluster.ts';
import { diagnose, stepNames, type StepName, type StepResult } from '../../src/k8s/diagnose.ts';
import { KubeError } from '../../src/k8s/errors.ts';
import { Kubeconfig, type KubeContext } from '../../src/k8s/kubeconfig.ts';
import { rememberSecrets } from '../run/secrets.ts';
import { searchedLogger } from './support/log.ts';
import { withoutSecrets } from '../../src/k8s/secrets.ts';
import { kubeflowNeeds, runningServer } from '../../src/kubeflow/diagnosis.ts';
import { notebooks } from '../../src/kubeflow/objects.ts';
import { diagnosisText } from '../../src/views/words/diagnose.ts';
import { inEnglish } from '../../src/views/words/translate.ts';
import { connectionsOf, labContext } from './support/connections.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';
import { smallNotebook } from './support/notebooks.ts';
import { ConnectProxy } from '../support/connectProxy.ts';

const name = 'diagnose';
const way: StepName[] = ['kubeconfig', 'credentials', 'dns', 'proxy', 'tcp', 'tls'];

describe('Diagnose Connection', function () {
  this.timeout(120_000);
  let lab: Lab;
  let admin: Cluster;

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    admin = await clusterOf(lab, 'admin');
    await admin.delete(notebooks, { namespace: 'alice', name }).catch(() => undefined);
    await admin.create(notebooks, smallNotebook(name, 'alice'), { namespace: 'alice' });
    const { connections, things } = await connectionsOf(lab, 'alice');
    const { server } = await connections.open({ context: labContext, namespace: 'alice', name });
    await server.waitUntilAnswers(undefined, 90_000);
    things.dispose();
  });
  afterEach(() => lab.proxy.clear());
  after(async () => {
    await admin?.delete(notebooks, { namespace: 'alice', name });
    admin?.dispose();
  });

  interface Case {
    at?: 'local' | 'remote' | 'proxy';
    change?: (context: KubeContext) => KubeContext;
    fault?: FaultRule;
    limitMs?: number;
    /** The user has had enough when this has ended and the next one runs. */
    enoughAfter?: StepName;
  }
  /** What it finds, and its report as it is copied. */
  const run = async (who: Person, o: Case = {}): Promise<{ results: StepResult[]; text: string }> => {
    const path = lab.kubeconfig(who, o.fault ? { at: 'proxy' } : o);
    const kubeconfig = await Kubeconfig.load({ env: {}, home: lab.run, platform: process.platform, path });
    const original = kubeconfig.context(labContext);
    const context = o.change?.(original) ?? original;
    const cluster = Cluster.connect(context, {
      env: { PATH: process.env['PATH'] },
      logger: searchedLogger('diagnose'),
    });
    const heard: StepName[] = [];
    const enough = new AbortController();
    const onStep = (result: StepResult): void => {
      heard.push(result.step);
      if (result.step === o.enoughAfter) setImmediate(() => enough.abort(new Error('enough')));
    };
    try {
      if (o.fault) await lab.proxy.set(o.fault);
      const { namespace } = context;
      const results = await diagnose(
        {
          needs: kubeflowNeeds,
          open: () =>
            Promise.resolve({ files: kubeconfig.files, context, cluster, ...(namespace ? { namespace } : {}) }),
          target: runningServer,
        },
        { ...o, signal: enough.signal, onStep },
      );
      assert.deepEqual(
        results.map(({ step }) => step),
        [...stepNames],
        'each step once, in order',
      );
      assert.deepEqual(heard, [...stepNames]);
      const diagnosis = { context: context.name, began: new Date(), results, done: true };
      const text = diagnosisText(inEnglish, diagnosis, (at) => at.toISOString());
      for (const { user } of [original, context]) {
        if (user.token) assert.ok(!text.includes(user.token), 'no token in the report');
      }
      assert.equal(withoutSecrets(text, context), text, 'nothing had to be hidden');
      return { results, text };
    } finally {
      cluster.dispose();
    }
  };
  const outcomes = (results: StepResult[]) => Object.fromEntries(results.map(({ step, outcome }) => [step, outcome]));
  const step = <S extends StepName>(results: StepResult[], wanted: S) =>
    results.find((result) => result.step === wanted) as StepResult & { step: S };
  /** It fails there; what came before is fine, what needs it was not tried because of it. */
  const failsAt = (results: StepResult[], at: StepName, o: { fine: StepName[]; code: string }): void => {
    const failed = results.filter(({ outcome }) => outcome === 'failed');
    assert.deepEqual(
      failed.map((result) => [result.step, result.problem?.code]),
      [[at, o.code]],
    );
    for (const result of results) {
      if (o.fine.includes(result.step)) assert.equal(result.outcome, 'ok', result.step);
      else if (result.step !== at) assert.deepEqual(result.skipped, { why: 'after', step: at }, result.step);
    }
  };

  describe('of a good connection', () => {
    for (const who of ['admin', 'alice'] as const) {
      it(`tells ${who} that everything works, and what it has seen`, async () => {
        const { results, text } = await run(who);
        assert.deepEqual([...new Set(results.map(({ outcome }) => outcome))], ['ok'], text);
        assert.equal(step(results, 'authentication').facts?.user, `${who}@example.com`);
        assert.equal(step(results, 'portForward').facts?.listens, true);
        assert.match(text, /^Result: +Everything works\.$/m);
        assert.match(text, /^ok +TLS +\d+ ms +TLSv1\.3, certificate until [-\d]+, signed by \S+ of the kubeconfig\.$/m);
        assert.match(text, /^ok +Kubeflow .*notebooks\.kubeflow\.org \(.*v1beta1.*\)/m);
        assert.match(text, /^ok +Kubernetes .*v1\.36\.\d+, which this extension is tested with\.$/m);
      });
    }

    it('tells carol, who may only look, which rights she lacks', async () => {
      const { results, text } = await run('carol');
      assert.deepEqual(outcomes(results.slice(0, 9)), Object.fromEntries(stepNames.slice(0, 9).map((s) => [s, 'ok'])));
      assert.equal(step(results, 'rights').outcome, 'warning');
      assert.deepEqual(step(results, 'portForward').skipped, { why: 'noRight', rights: ['get pods/portforward'] });
      const rights = ['get pods/proxy', 'create pods/proxy'];
      assert.deepEqual(step(results, 'podProxy').skipped, { why: 'noRight', rights });
      assert.match(
        text,
        /^skipped +Pod proxy +Not tried: you may not do it \(needs: get pods\/proxy, create pods\/proxy\)\.$/m,
      );
      assert.match(
        text,
        /^Warning +Rights .*Not in alice: notebooks \(create, patch, delete\), .*pods\/exec \(create\)\./m,
      );
      assert.match(text, /^Result: +It works, with something to know: Rights\.$/m);
    });

    it('tells dave, who may nothing, that he may not look', async () => {
      const { results, text } = await run('dave');
      failsAt(results, 'rights', { fine: [...way, 'authentication', 'version', 'types'], code: 'Forbidden' });
      assert.match(text, /^Result: +Rights fails\. .*\(needs: list notebooks\)/m);
      assert.match(text, /^What to do: +Ask your admin/m);
    });
  });

  describe('names the step that fails', () => {
    const withServer =
      (server: string, more: Partial<KubeContext['cluster']> = {}) =>
      (context: KubeContext): KubeContext => ({ ...context, server, cluster: { ...context.cluster, server, ...more } });
    const portOf = (context: KubeContext): string => new URL(context.server).port;

    it('a name that is not known', async () => {
      const { results, text } = await run('alice', { change: withServer('https://nowhere.invalid:6443') });
      failsAt(results, 'dns', { fine: ['kubeconfig', 'credentials'], code: 'Unreachable' });
      assert.match(text, /^Result: +Name lookup fails\. .*nowhere\.invalid/m);
    });

    it('a port where nobody listens', async () => {
      const { results } = await run('alice', { change: withServer('https://127.0.0.1:1') });
      failsAt(results, 'tcp', { fine: ['kubeconfig', 'credentials', 'dns', 'proxy'], code: 'Unreachable' });
    });

    it('an authority that is not known', async () => {
      const change = (context: KubeContext) => withServer(context.server, { caData: undefined })(context);
      const { results, text } = await run('alice', { change });
      failsAt(results, 'tls', { fine: way.slice(0, -1), code: 'CertificateUntrusted' });
      assert.match(text, /^What to do: +Put the authority into the kubeconfig/m);
    });

    it('a certificate of another name', async () => {
      const change = (context: KubeContext) => withServer(context.server, { tlsServerName: 'other.example' })(context);
      const { results, text } = await run('alice', { change });
      failsAt(results, 'tls', { fine: way.slice(0, -1), code: 'CertificateUntrusted' });
      assert.match(text, /is for another name/);
    });

    it('an address that begins with http where TLS is spoken', async () => {
      const change = (context: KubeContext) => withServer(`http://127.0.0.1:${portOf(context)}`)(context);
      const { results, text } = await run('alice', { change });
      assert.equal(step(results, 'tls').outcome, 'warning');
      assert.equal(step(results, 'authentication').outcome, 'failed');
      assert.match(text, /must begin with https/);
    });

    it('a token that has ended, or is none', async () => {
      const change = (context: KubeContext) => ({ ...context, user: { ...context.user, token: 'ended-token-123' } });
      const { results, text } = await run('alice', { change });
      failsAt(results, 'authentication', { fine: way, code: 'Unauthorized' });
      assert.match(text, /^What to do: +Sign in as you do for kubectl/m);
    });

    it('a sign-in program that is not there; the way to the server is looked at all the same', async () => {
      const exec = {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: 'kubeflow-no-such-plugin',
        args: [],
        env: [{ name: 'SECRET', value: 'plugin-secret' }],
        provideClusterInfo: false,
        installHint: 'Get it from the intranet.',
      };
      const change = (context: KubeContext) => ({ ...context, user: { name: context.userName, exec } });
      const { results, text } = await run('alice', { change });
      failsAt(results, 'credentials', { fine: way.filter((s) => s !== 'credentials'), code: 'ExecPluginFailed' });
      assert.match(text, /^What to do: +Install kubeflow-no-such-plugin: Get it from the intranet\.$/m);
    });

    it('a server that says 401 to everything', async () => {
      const { results } = await run('alice', { fault: { do: { kind: 'status', status: 401 } } });
      failsAt(results, 'authentication', { fine: way, code: 'Unauthorized' });
    });

    it('a server that says 403 to everything', async () => {
      const { results } = await run('alice', { fault: { do: { kind: 'status', status: 403 } } });
      assert.equal(results.find(({ outcome }) => outcome === 'failed')?.step, 'types');
      assert.equal(step(results, 'authentication').facts?.user, undefined);
      assert.equal(step(results, 'version').outcome, 'warning');
      assert.equal(step(results, 'rights').outcome, 'warning');
      assert.deepEqual(step(results, 'portForward').skipped, { why: 'after', step: 'types' });
    });

    it('a server that says nothing', async () => {
      const { results } = await run('alice', { fault: { do: { kind: 'silence' } }, limitMs: 1000 });
      failsAt(results, 'authentication', { fine: way, code: 'Timeout' });
    });

    it('a connection that is cut', async () => {
      const { results } = await run('alice', { fault: { do: { kind: 'cut' } } });
      failsAt(results, 'authentication', { fine: way, code: 'Unreachable' });
    });

    it('a server without Kubeflow', async () => {
      const fault: FaultRule = { match: { path: '^/apis/kubeflow.org$' }, do: { kind: 'status', status: 404 } };
      const { results, text } = await run('alice', { fault });
      assert.equal(results.find(({ outcome }) => outcome === 'failed')?.step, 'types');
      assert.match(text, /Not served: notebooks\.kubeflow\.org and profiles\.kubeflow\.org\./);
    });

    for (const status of [200, 400, 403] as const) {
      it(`something in between that answers a WebSocket with ${status}`, async () => {
        const match = { path: '/portforward' };
        const { results, text } = await run('alice', { fault: { match, do: { kind: 'status', status, body: 'No' } } });
        assert.equal(step(results, 'portForward').outcome, 'failed');
        assert.equal(step(results, 'portForward').facts?.refusedBetween, status);
        assert.match(text, /lets no WebSocket through/);
        assert.match(text, /^What to do: +Ask whoever runs the proxy or gateway/m);
      });
    }
  });

  it('does without a review that the server is too old for', async () => {
    const fault: FaultRule = { match: { path: '/selfsubjectreviews' }, do: { kind: 'status', status: 404 } };
    const { results, text } = await run('alice', { fault });
    assert.equal(step(results, 'authentication').outcome, 'ok');
    assert.match(text, /The server accepts you, and does not say as whom\./);
  });

  describe('through a proxy', () => {
    const secret = 'proxy-secret-1';
    let proxy: ConnectProxy;
    before(async () => {
      await rememberSecrets(secret);
      proxy = await ConnectProxy.open({ password: `me:${secret}` });
    });
    after(() => proxy.close());
    const through = (who: string) => (context: KubeContext) => ({
      ...context,
      cluster: { ...context.cluster, proxyUrl: proxy.url(who) },
    });

    it('says through which, and who has named it', async () => {
      const { results, text } = await run('alice', { change: through(`me:${secret}`) });
      assert.deepEqual([...new Set(results.map(({ outcome }) => outcome))], ['ok'], text);
      assert.match(text, /^ok +Proxy .*Through 127\.0\.0\.1:\d+, which comes from proxy-url in the kubeconfig\.$/m);
      assert.ok(!text.includes(secret));
    });

    it('says that its password is wrong, without it', async () => {
      const { results, text } = await run('alice', { change: through('me:wrong-secret') });
      failsAt(results, 'proxy', { fine: ['kubeconfig', 'credentials', 'dns'], code: 'Unreachable' });
      assert.match(text, /does not accept the user name and password in proxy-url in the kubeconfig/);
      assert.doesNotMatch(text, /wrong-secret/);
    });
  });

  it('tells what is wrong with the kubeconfig itself', async () => {
    const open = () => Promise.reject(new KubeError({ code: 'ContextMissing', context: 'gone' }));
    const results = await diagnose({ needs: kubeflowNeeds, open, target: runningServer });
    failsAt(results, 'kubeconfig', { fine: [], code: 'ContextMissing' });
  });

  it('ends when the user has had enough', async () => {
    const { results, text } = await run('alice', { fault: { do: { kind: 'silence' } }, enoughAfter: 'tls' });
    const cancelled = results.filter(({ skipped }) => skipped?.why === 'cancelled').map((result) => result.step);
    assert.deepEqual(cancelled, stepNames.slice(6));
    assert.match(text, /^Result: +Cancelled\. What was looked at works\.$/m);
  });
});
