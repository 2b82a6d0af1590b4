import assert from 'node:assert/strict';
import { JupyterError, type JupyterProblem } from '../../../src/jupyter/errors.ts';
import { KubeError, type KubeProblem } from '../../../src/k8s/errors.ts';
import type { StatusCause } from '../../../src/kubeflow/status/statusCause.ts';
import { explain, kubeWords, jupyterWords, statusSentence, statusShort, Told } from '../../../src/views/words.ts';
import { inEnglish as t } from '../../../src/views/words/translate.ts';

const now = new Date('2026-11-20T14:02:00Z');

const kube: KubeProblem[] = [
  { code: 'KubeconfigMissing', paths: ['/home/a/.kube/config'] },
  { code: 'KubeconfigInvalid', path: '/home/a/.kube/config', detail: 'line 3: bad indentation' },
  { code: 'ContextMissing', context: 'prod' },
  { code: 'Unauthorized', message: 'Unauthorized' },
  { code: 'Forbidden', verb: 'patch', resource: 'notebooks', namespace: 'alice', message: 'm' },
  { code: 'Forbidden', message: 'm' },
  { code: 'Refused', by: 'quota', message: 'exceeded quota' },
  { code: 'NotFound', message: 'gone', missing: 'object' },
  { code: 'NotFound', message: 'gone', missing: 'resource' },
  { code: 'AlreadyExists', message: 'notebooks "a" already exists' },
  { code: 'Conflict', message: 'm' },
  { code: 'Invalid', message: 'm', fields: [{ field: 'spec', message: 'Required value' }] },
  { code: 'Invalid', message: 'm', fields: [] },
  { code: 'TooManyRequests', message: 'm' },
  { code: 'Unreachable', host: '10.2.3.4:6443', reason: 'timeout', detail: 'ETIMEDOUT' },
  { code: 'Unreachable', host: 'api.example', reason: 'dns', detail: 'ENOTFOUND' },
  { code: 'CertificateUntrusted', host: '10.2.3.4:6443', detail: 'self signed' },
  { code: 'ExecPluginFailed', command: 'aws', reason: 'missing', detail: 'ENOENT' },
  { code: 'ExecPluginFailed', command: 'kubelogin', reason: 'interactive', detail: '' },
  { code: 'SignedOut', detail: 'id-token expired' },
  { code: 'Timeout', seconds: 30 },
  { code: 'Gone', message: 'm' },
  { code: 'ServerError', status: 500, message: 'm' },
];

const jupyter: JupyterProblem[] = [
  { code: 'NotRunning', server: 'mnist', why: 'stopped' },
  { code: 'Unreachable', server: 'mnist', detail: 'ECONNRESET' },
  { code: 'NotAnswering', server: 'mnist', seconds: 60 },
  ...[
    { missing: ['get pods/portforward'], blocked: false, detail: '' },
    { missing: [], blocked: true, detail: 'x' },
    { missing: [], blocked: false, detail: 'x' },
  ].map((way): JupyterProblem => ({
    code: 'NoRoute',
    server: 'mnist',
    namespace: 'alice',
    portForward: way,
    podProxy: way,
  })),
  { code: 'KernelEnded', server: 'mnist', reason: 'noWebSockets' },
  { code: 'KernelSpecMissing', name: 'ir', available: ['python3'] },
  { code: 'NoKernels', server: 'mnist' },
  { code: 'KernelStartFailed', server: 'mnist', detail: 'no' },
  { code: 'KernelEnded', server: 'mnist', reason: 'outOfMemory' },
  { code: 'ConnectionLost', server: 'mnist', since: now },
  { code: 'OutputLost', server: 'mnist', from: now, to: now },
  { code: 'OutputLimited', what: 'bytes', perSecond: 1e6, option: 'ServerApp.iopub_data_rate_limit' },
  { code: 'OutputLimited', what: 'messages', perSecond: 1000, option: 'ServerApp.iopub_msg_rate_limit' },
  { code: 'NotFound', path: 'a.ipynb' },
  { code: 'Exists', path: 'a.ipynb' },
  { code: 'NotEmpty', path: 'data' },
  { code: 'NotPermitted', path: 'a' },
  { code: 'HiddenName', path: 'work/.env' },
  { code: 'NameTooLong', path: 'work/x.ipynb' },
  { code: 'NoSpace', path: 'work/x.ipynb' },
  { code: 'Changing', path: 'train.log', here: false },
  { code: 'Incomplete', path: 'set.bin', bytes: 2_000_000, expected: 4_000_000 },
  { code: 'SaveLater', server: 'mnist', why: 'silent' },
  { code: 'SaveLater', server: 'mnist', why: 'stopped' },
  { code: 'TooLarge', path: 'a', bytes: 6e7, limitBytes: 5e7 },
  { code: 'Conflict', path: 'train.ipynb' },
  { code: 'OtherCluster', context: 'prod' },
  { code: 'Refused', status: 500, message: 'Unhandled error' },
];

const causes: StatusCause[] = [
  { code: 'pullingImage', image: 'kubeflow/jupyter-scipy' },
  {
    code: 'noNodeFits',
    resource: 'nvidia.com/gpu',
    asked: '4',
    nodesTotal: 3,
    nodesFitting: 0,
    nodesShort: 3,
    message: '',
  },
  { code: 'imageNotFound', image: 'ghcr.io/acme/nb:1' },
  { code: 'outOfMemory', limit: '2Gi', at: now.toISOString() },
  { code: 'volumeInUse', claim: 'data', usedBy: ['bert'] },
  { code: 'quotaExceeded', quota: 'kf', resource: 'requests.nvidia.com/gpu', used: '1', limited: '1', message: '' },
  { code: 'noInformation' },
];

/** House style: sentences, no apology, no shouting, no placeholder left, no code as the message. */
function plain(said: string): void {
  assert.match(said, /^\S.*[.?]$/s, said);
  assert.doesNotMatch(said, /please|oops|failed to|!|\{\d|undefined|ECONN|ENOTFOUND|\b[45]\d\d\b/i);
}

describe('words', () => {
  it('say every problem of a cluster in plain sentences, with one remedy at most', () => {
    for (const problem of kube) plain(kubeWords(t, problem, { context: 'prod' }).text);
  });

  it('say every problem of a Jupyter server in plain sentences', () => {
    for (const problem of jupyter) plain(jupyterWords(t, problem, now).text);
  });

  it('name the times between which output was lost, with seconds where they are close', () => {
    const said = (from: string, to: string) => {
      const [since, until] = [new Date(`2026-11-20T${from}`), new Date(`2026-11-20T${to}`)];
      const at = new Date('2026-11-20T23:00:00');
      return jupyterWords(t, { code: 'OutputLost', server: 'mnist', from: since, to: until }, at).text;
    };
    assert.equal(said('12:03:10', '12:03:52'), 'Output from 12:03:10 to 12:03:52 was not kept by the server.');
    assert.equal(said('12:03:10', '12:05:12'), 'Output from 12:03 to 12:05 was not kept by the server.');
  });

  it('say why a server is as it is, in two or three words on the row and as a sentence in the tooltip', () => {
    for (const cause of causes) {
      plain(statusSentence(t, { phase: 'waiting', cause }, { now }));
      assert.ok(statusShort(t, cause).length <= 24, cause.code);
    }
  });

  it('name the cluster, its address and when it is tried again', () => {
    const problem: KubeProblem = { code: 'Unreachable', host: '10.2.3.4:6443', reason: 'timeout', detail: 'ETIMEDOUT' };
    const said = kubeWords(t, problem, { context: 'prod', now, retryAt: new Date(now.getTime() + 4_200) });
    assert.equal(said.text, 'prod does not answer at 10.2.3.4:6443. Are you on the VPN? Trying again in 5 s.');
    assert.deepEqual(said.action, { title: 'Retry', command: 'kubeflow.refresh' });
  });

  const plugin = { code: 'ExecPluginFailed', command: 'kubelogin', detail: 'x' } as const;
  for (const problem of [
    { code: 'SignedOut', detail: 'x' },
    { code: 'Unauthorized', message: 'x', canSignIn: true },
    { ...plugin, reason: 'interactive' },
    { ...plugin, reason: 'timeout' },
    { ...plugin, reason: 'failed' },
  ] satisfies KubeProblem[]) {
    it(`offer to sign in to the context where that helps: ${problem.code} ${'reason' in problem ? problem.reason : ''}`, () => {
      const { action } = kubeWords(t, problem, { context: 'prod' });
      assert.deepEqual(action, { title: 'Sign In in Terminal', command: 'kubeflow.signIn', args: ['prod'] });
    });
  }

  it('offer no sign-in where there is none to be had', () => {
    assert.equal(kubeWords(t, { code: 'Unauthorized', message: 'x' }, { context: 'prod' }).action?.title, 'Retry');
    const missing = kubeWords(
      t,
      { ...plugin, reason: 'missing', installHint: 'Get it with brew.\nMore.' },
      { context: 'prod' },
    );
    assert.equal(missing.text, "prod needs the program kubelogin, which is not on VS Code's PATH. Get it with brew.");
    assert.deepEqual(missing.action?.args, ['kubeflow.additionalPath']);
  });

  it('name the missing right', () => {
    const problem: KubeProblem = {
      code: 'Forbidden',
      verb: 'patch',
      resource: 'notebooks',
      namespace: 'a',
      message: '',
    };
    assert.equal(kubeWords(t, problem).text, 'You may not do this in a (needs: patch notebooks).');
  });

  it('count free GPUs as people do', () => {
    const cause = causes[1];
    assert.ok(cause);
    assert.equal(statusShort(t, cause), 'Waiting for a GPU');
    assert.match(statusSentence(t, { phase: 'waiting', cause }, { now }), /^0 of 3 nodes have 4 GPU free\./);
  });

  it('explain any error: of the cluster, of Jupyter, told, unknown', () => {
    assert.match(explain(t, new KubeError({ code: 'Timeout', seconds: 5 })).text, /5 s/);
    assert.match(explain(t, new JupyterError({ code: 'NotFound', path: 'x.ipynb' })).text, /x\.ipynb/);
    assert.equal(explain(t, new Told('There is none.')).text, 'There is none.');
    const unknown = explain(t, new TypeError("cannot read 'x' of undefined"));
    assert.doesNotMatch(unknown.text, /undefined/);
    assert.equal(unknown.action?.command, 'kubeflow.showLog');
  });
});
