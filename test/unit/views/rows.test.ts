import assert from 'node:assert/strict';
import type { Access } from '../../../src/k8s/access.ts';
import { KubeError } from '../../../src/k8s/errors.ts';
import type { FrameworkCheck } from '../../../src/kubeflow/gpuFrameworks.ts';
import type { ServerView } from '../../../src/kubeflow/inventory.ts';
import type { ServerStatus } from '../../../src/kubeflow/status/statusCause.ts';
import { gpuDocument } from '../../../src/views/gpuDocument.ts';
import { Rights } from '../../../src/views/rights.ts';
import { Children, TreeNode } from '../../../src/views/tree/node.ts';
import { serverDescription, serverIcon } from '../../../src/views/tree/serverLook.ts';
import { wrapped } from '../../../src/views/tree/wrapped.ts';
import { contextState, viewState, type ViewFacts } from '../../../src/views/viewState.ts';
import { age, clock, fileSize, gpus, shortImage } from '../../../src/views/words/amounts.ts';
import { contextLine, contextShort } from '../../../src/views/words/context.ts';
import { inEnglish as t } from '../../../src/views/words/translate.ts';

const now = new Date(2026, 10, 20, 14, 2, 0);
const ago = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString();

function server(status: ServerStatus, more: Partial<ServerView> = {}): ServerView {
  return {
    key: 'alice/mnist',
    namespace: 'alice',
    name: 'mnist',
    notebook: { metadata: { name: 'mnist', namespace: 'alice' } },
    events: [],
    status,
    gpus: [],
    claims: [],
    port: 8888,
    ...more,
  };
}

describe('short amounts', () => {
  it('are as short as kubectl has them', () => {
    assert.deepEqual(
      [0, 40, 119, 120, 7199, 7200, 172_799, 259_200].map((s) => age(t, s * 1000)),
      ['0 s', '40 s', '119 s', '2m', '119m', '2h', '47h', '3d'],
    );
    assert.equal(gpus(t, [{ key: 'nvidia.com/gpu', count: 1 }]), '1 x GPU');
    assert.equal(gpus(t, [{ key: 'nvidia.com/gpu', count: 2 }], 'T4'), '2 x T4');
    assert.equal(gpus(t, [{ key: 'nvidia.com/mig-1g.5gb', count: 1 }]), '1 x mig-1g.5gb');
    assert.equal(shortImage('ghcr.io:443/kubeflow/jupyter-scipy:v1.11.0@sha256:ab'), 'jupyter-scipy:v1.11.0');
    assert.deepEqual([0, 999, 1400, 50e6].map(fileSize), ['0 B', '999 B', '1.4 KB', '50 MB']);
  });

  it('tell the time of today, and the day as well of any other', () => {
    assert.equal(clock(now, now, 'en-GB'), '14:02');
    assert.equal(clock(new Date(2026, 10, 18, 18, 31), now, 'en-GB'), '18 Nov, 18:31');
  });
});

describe("a server's row", () => {
  it('says nothing but GPUs and age while it runs', () => {
    const running = server({ phase: 'running', cause: { code: 'running' }, since: ago(7300) });
    assert.equal(serverDescription(t, running, now), '2h');
    const withGpu = { ...running, gpus: [{ key: 'nvidia.com/gpu', count: 1 }] };
    assert.equal(serverDescription(t, withGpu, now), '1 x GPU · 2h');
  });

  it('counts no seconds while it runs', () => {
    const since = (seconds: number) => server({ phase: 'running', cause: { code: 'running' }, since: ago(seconds) });
    assert.deepEqual(
      [0, 59, 60, 119, 120].map((seconds) => serverDescription(t, since(seconds), now)),
      ['', '', '1m', '1m', '2m'],
    );
  });

  it('says the cause, and how long, while it starts', () => {
    const starting = server({ phase: 'starting', cause: { code: 'pullingImage' }, since: ago(40) });
    assert.equal(serverDescription(t, starting, now), 'Pulling image · 40 s');
  });

  it('says since when it is out of date, with its icon dimmed and still', () => {
    const stale = server(
      { phase: 'failing', cause: { code: 'imageNotFound' } },
      { stale: new Date(now.getTime() - 60_000) },
    );
    assert.equal(serverDescription(t, stale, now), `Image not found · as of ${clock(stale.stale ?? now, now)}`);
    assert.deepEqual(serverIcon('starting', true), { icon: 'loading', color: 'disabledForeground' });
  });

  it('has an icon of its own for every settled state', () => {
    const phases = ['running', 'stopped', 'failing', 'waiting', 'unknown'] as const;
    assert.equal(new Set(phases.map((phase) => serverIcon(phase, false).icon)).size, phases.length);
  });
});

describe('the view as a whole', () => {
  const facts: ViewFacts = { loaded: true, contexts: 1, shown: ['prod'], now };
  const unreachable = new KubeError({ code: 'Unreachable', host: 'h:6443', reason: 'refused', detail: '' });

  it('shows a welcome text where there is nothing to show', () => {
    assert.equal(viewState(t, { ...facts, loaded: false }).state, 'loading');
    const missing = new KubeError({ code: 'KubeconfigMissing', paths: [] });
    assert.deepEqual(viewState(t, { ...facts, problem: missing }), { state: 'noKubeconfig' });
    assert.deepEqual(viewState(t, { ...facts, contexts: 0 }), { state: 'noContexts' });
    const none = { state: { kind: 'live' }, profiles: 0 } as const;
    assert.deepEqual(viewState(t, { ...facts, inventory: none }), { state: 'noProfiles' });
    assert.equal(viewState(t, { ...facts, inventory: { ...none, kubeflowMissing: true } }).state, 'kubeflowMissing');
    assert.equal(viewState(t, { ...facts, inventory: { ...none, state: { kind: 'loading' } } }).state, 'loading');
  });

  it('says what is wrong with a malformed kubeconfig', () => {
    const problem = new KubeError({ code: 'KubeconfigInvalid', path: '/k', detail: 'line 3: bad indentation' });
    const { state, said } = viewState(t, { ...facts, contexts: 0, problem });
    assert.equal(state, 'problem');
    assert.equal(said?.text, 'The kubeconfig /k cannot be read: line 3: bad indentation.');
  });

  it('keeps the rows of a cluster that stopped answering, with a sentence above them', () => {
    const state = { kind: 'stale', since: now, error: unreachable, retryAt: new Date(now.getTime() + 5000) } as const;
    const shown = viewState(t, { ...facts, inventory: { state, profiles: 2, problem: unreachable } });
    assert.equal(shown.state, 'ready');
    assert.match(shown.said?.text ?? '', /^prod does not answer at h:6443\..*Trying again in 5 s\.$/);
    assert.equal(viewState(t, { ...facts, inventory: { state, profiles: 0, problem: unreachable } }).state, 'problem');
  });

  it('has rows as soon as several contexts are shown: each tells of its own state', () => {
    assert.deepEqual(viewState(t, { ...facts, contexts: 2, shown: ['prod', 'dev'] }), { state: 'ready' });
    const problem = new KubeError({ code: 'KubeconfigInvalid', path: '/k', detail: 'line 3: bad indentation' });
    assert.equal(viewState(t, { ...facts, contexts: 2, shown: ['prod', 'dev'], problem }).state, 'ready');
  });

  it('says that it shows another context when the chosen one is gone from the kubeconfig', () => {
    const inventory = { state: { kind: 'live' }, profiles: 1 } as const;
    const { state, said } = viewState(t, { ...facts, missing: ['dev'], inventory });
    assert.equal(state, 'ready');
    assert.equal(said?.text, 'The kubeconfig no longer has the context dev. This is prod.');
  });

  it('waits for a context that nobody has looked at yet', () => {
    assert.equal(viewState(t, facts).state, 'loading');
  });
});

describe('the row of a context', () => {
  const unreachable = new KubeError({ code: 'Unreachable', host: 'h:6443', reason: 'refused', detail: '' });

  it('names its own problem, without counting seconds', () => {
    const state = { kind: 'failed', error: unreachable, retryAt: new Date(now.getTime() + 5000) } as const;
    const { said, state: face } = contextState(t, 'dev', { state, profiles: 0, problem: unreachable });
    assert.equal(face, 'problem');
    assert.equal(said?.text, 'dev does not answer at h:6443. Are you on the VPN?');
    assert.equal(contextShort(t, face, unreachable), 'Not connected');
  });

  it('says in two or three words how it stands, and nothing where all is well', () => {
    const signedOut = new KubeError({ code: 'Unauthorized', message: '' });
    assert.equal(contextShort(t, 'problem', signedOut), 'Signed out');
    assert.equal(contextShort(t, 'kubeflowMissing'), 'No Kubeflow');
    assert.equal(contextShort(t, 'gone'), 'Not in the kubeconfig');
    assert.equal(contextShort(t, 'ready'), undefined);
    assert.equal(contextShort(t, 'closed'), undefined);
    assert.equal(contextLine(t, 'closed'), 'Not looked at');
    assert.equal(contextLine(t, 'ready'), 'Connected');
  });
});

class Leaf extends TreeNode {
  readonly id: string;
  disposed = false;
  constructor(id: string) {
    super(undefined);
    this.id = id;
  }
  protected build(): never {
    throw new Error('not drawn here');
  }
  override dispose(): void {
    this.disposed = true;
  }
}

describe('a text in rows', () => {
  it('begins a row with each sentence, and breaks between words where a row ends', () => {
    assert.deepEqual(wrapped('The cluster does not answer at 10.2.3.4:6443. Are you on the VPN?'), [
      'The cluster does not answer at',
      '10.2.3.4:6443.',
      'Are you on the VPN?',
    ]);
  });

  it('leaves a long word whole, and gives wide letters the room of two', () => {
    assert.deepEqual(wrapped('needs aws-iam-authenticator', 10), ['needs', 'aws-iam-authenticator']);
    assert.deepEqual(wrapped('클러스터 응답', 8), ['클러스터', '응답']);
  });
});

describe('rows between two refreshes', () => {
  it('are the same objects, in the new order; those that are gone are disposed', () => {
    const children = new Children<Leaf>();
    const [a, b] = children.keep(['a', 'b'], (key) => new Leaf(key));
    const next = children.keep(['c', 'b'], (key) => new Leaf(key));
    assert.equal(next[1], b);
    assert.equal(a?.disposed, true);
    assert.equal(b?.disposed, false);
  });
});

describe('rights', () => {
  let drop: (namespace: string) => void;
  const access = (no: string[]): Access =>
    ({
      can: (right: { verb: string }) => Promise.resolve(no.includes(right.verb) ? 'no' : 'yes'),
      canReachPods: () => Promise.reject(new Error('offline')),
      onDidDrop: (listener: (namespace: string) => void) => {
        drop = listener;
        return { dispose: () => undefined };
      },
    }) as unknown as Access;

  it('count as there until the answer is in, which is told', async () => {
    const rights = new Rights(access(['patch']));
    const told: string[] = [];
    rights.onDidChange((namespace) => told.push(namespace));
    assert.equal(rights.peek('alice').edit, 'unknown');
    const answers = await rights.ask('alice');
    assert.equal(answers.edit, 'no');
    assert.equal(answers.connect, 'unknown');
    assert.equal(rights.peek('alice').edit, 'no');
    assert.deepEqual(told, ['alice']);
  });

  it('are asked for again after the server has refused what they allow', async () => {
    const missing: string[] = [];
    const rights = new Rights(access(missing));
    const told: string[] = [];
    rights.onDidChange((namespace) => told.push(namespace));
    assert.equal((await rights.ask('alice')).edit, 'yes');
    missing.push('patch');
    drop('alice');
    assert.deepEqual(told, ['alice']);
    assert.equal((await rights.ask('alice')).edit, 'no');
  });
});

describe('Check GPUs', () => {
  const ref = { namespace: 'alice', name: 'mnist' };
  const asked = [{ key: 'nvidia.com/gpu', count: 1 }];
  const command = 'nvidia-smi -L';

  it('compares what was asked for with what is there', () => {
    const seen = ['GPU 0: NVIDIA T4'];
    const text = gpuDocument(
      t,
      ref,
      { asked, given: asked, seen, raw: 'GPU 0: NVIDIA T4', command, simulated: true },
      now,
    );
    assert.match(text, /All GPUs that were asked for are there\./);
    assert.match(text, /simulated/);
    assert.match(gpuDocument(t, ref, { asked, seen: [], raw: '', command }, now), /0 of 1/);
  });

  it('says what the frameworks see, and what to do where that is less than there is', () => {
    const seen = ['GPU 0: NVIDIA T4'];
    const said = (...frameworks: FrameworkCheck[]) =>
      gpuDocument(t, ref, { asked, given: asked, seen, raw: '', command, frameworks }, now);
    const fine = said({ name: 'PyTorch', version: '2.9.0', devices: ['Tesla T4'], builtForGpu: true });
    assert.match(fine, /PyTorch 2\.9\.0: +1 device \(Tesla T4\)/);
    assert.doesNotMatch(fine, /What to do/);
    assert.match(said({ name: 'PyTorch', devices: [], builtForGpu: false }), /build of PyTorch cannot use GPUs/);
    assert.match(said({ name: 'JAX', devices: [] }), /JAX sees no GPU although there is one/);
    assert.match(said({ name: 'TensorFlow', devices: [], problem: 'timeout' }), /TensorFlow did not answer in time/);
    assert.match(said(), /PyTorch, TensorFlow and JAX are not installed/);
    const none = gpuDocument(t, ref, { asked, given: asked, seen: [], raw: '', command, frameworks: [] }, now);
    assert.match(none, /What to do:\n {2}The driver on the node gives the pod no GPU/);
  });

  it('does not take a missing command for missing GPUs', () => {
    assert.match(gpuDocument(t, ref, { asked, seen: [], raw: 'not found', command, missing: true }, now), /not known/);
  });
});
