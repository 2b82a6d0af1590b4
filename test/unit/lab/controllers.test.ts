import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { EventCorrelator } from '../../../lab/controllers/eventCorrelator.ts';
import {
  checkIsDue,
  isIdle,
  lastActivity,
  lastActivityAnnotation,
  lastCheckAnnotation,
  withoutActivity,
} from '../../../lab/controllers/idleness.ts';
import type { Profile } from '../../../lab/controllers/objects.ts';
import {
  desiredNamespace,
  desiredQuota,
  desiredRoleBindings,
  identityAnnotations,
  isOwnNamespace,
  missingLabels,
  storedSpec,
  withDefaultGroup,
} from '../../../lab/controllers/profileObjects.ts';
import { WorkQueue } from '../../../lab/controllers/workQueue.ts';
import type { Namespace } from '../../../src/k8s/objects.ts';
import { silentLogger } from '../../../src/k8s/log.ts';

/** Promise.withResolvers, which Node 20 lacks. */
function withResolvers<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}

const alice: Profile = {
  metadata: { name: 'alice', uid: 'u-a' },
  spec: {
    owner: { kind: 'User', name: 'alice@example.com' },
    resourceQuotaSpec: { hard: { 'requests.nvidia.com/gpu': '1' } },
  },
};
const ownerReferences = [
  {
    apiVersion: 'kubeflow.org/v1',
    kind: 'Profile',
    name: 'alice',
    uid: 'u-a',
    controller: true,
    blockOwnerDeletion: true,
  },
];

describe('what Kubeflow makes of a Profile', () => {
  it('is a namespace with the owner as annotation and the labels of the distribution', () => {
    assert.deepEqual(desiredNamespace(alice).metadata, {
      name: 'alice',
      annotations: { owner: 'alice@example.com' },
      labels: {
        'istio-injection': 'enabled',
        'app.kubernetes.io/part-of': 'kubeflow-profile',
        'katib.kubeflow.org/metrics-collector-injection': 'enabled',
        'pipelines.kubeflow.org/enabled': 'true',
        'serving.kubeflow.org/inferenceservice': 'enabled',
      },
      ownerReferences,
    });
  });

  it('is three RoleBindings', () => {
    const roleRef = (name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name });
    const account = (name: string) => [{ kind: 'ServiceAccount', name, namespace: 'alice' }];
    const made = desiredRoleBindings(alice).map(({ metadata, roleRef, subjects }) => ({ metadata, roleRef, subjects }));
    assert.deepEqual(made, [
      {
        metadata: { name: 'default-editor', namespace: 'alice', ownerReferences },
        roleRef: roleRef('kubeflow-edit'),
        subjects: account('default-editor'),
      },
      {
        metadata: { name: 'default-viewer', namespace: 'alice', ownerReferences },
        roleRef: roleRef('kubeflow-view'),
        subjects: account('default-viewer'),
      },
      {
        metadata: {
          name: 'namespaceAdmin',
          namespace: 'alice',
          ownerReferences,
          annotations: { user: 'alice@example.com', role: 'admin' },
        },
        roleRef: roleRef('kubeflow-admin'),
        subjects: [{ kind: 'User', name: 'alice@example.com' }],
      },
    ]);
  });

  it('is a quota only when a hard limit is set', () => {
    assert.deepEqual(desiredQuota(alice)?.metadata, { name: 'kf-resource-quota', namespace: 'alice', ownerReferences });
    assert.equal(desiredQuota({ ...alice, spec: { ...alice.spec, resourceQuotaSpec: { hard: {} } } }), undefined);
    assert.equal(desiredQuota({ metadata: { name: 'x' } }), undefined);
  });

  it('takes over a namespace only from the same owner, and keeps its labels', () => {
    const found = (owner?: string): Namespace => ({
      metadata: {
        name: 'alice',
        annotations: owner ? { owner } : {},
        labels: { 'pipelines.kubeflow.org/enabled': 'no' },
      },
    });
    assert.equal(isOwnNamespace(found('alice@example.com'), alice), true);
    assert.equal(isOwnNamespace(found('bob@example.com'), alice), false);
    assert.equal(isOwnNamespace(found(), alice), false);
    assert.deepEqual(Object.keys(missingLabels(found('alice@example.com'))), [
      'app.kubernetes.io/part-of',
      'katib.kubeflow.org/metrics-collector-injection',
      'serving.kubeflow.org/inferenceservice',
    ]);
  });

  it('compares subjects with the group that the API server fills in', () => {
    const group = 'rbac.authorization.k8s.io';
    assert.deepEqual(withDefaultGroup({ kind: 'User', name: 'a' }), { kind: 'User', name: 'a', apiGroup: group });
    assert.deepEqual(withDefaultGroup({ kind: 'ServiceAccount', name: 'a' }), { kind: 'ServiceAccount', name: 'a' });
  });
});

describe('what Kubeflow writes into a Profile', () => {
  const owner = { kind: 'User', name: 'alice@example.com' };

  it('is an empty quota where there is none, and no empty lists', () => {
    assert.deepEqual(storedSpec({ owner }), { owner, resourceQuotaSpec: {} });
    assert.deepEqual(storedSpec({ owner, plugins: [], resourceQuotaSpec: { hard: {}, scopes: [] } }), {
      owner,
      resourceQuotaSpec: {},
    });
  });

  it("is the quota in the API server's form, with its scopes", () => {
    const spec = { owner, resourceQuotaSpec: { hard: { cpu: '2000m' }, scopes: ['NotTerminating'] } };
    assert.deepEqual(storedSpec(spec, { cpu: '2' })?.resourceQuotaSpec, {
      hard: { cpu: '2' },
      scopes: ['NotTerminating'],
    });
  });

  it('is what was there for a plugin, whose identity goes to default-editor', () => {
    const plugins = [
      { kind: 'AwsIamForServiceAccount', spec: { awsIamRole: 'arn:aws:iam::1:role/a', annotateOnly: true } },
      { kind: 'WorkloadIdentity', spec: { gcpServiceAccount: '' } },
      { kind: 'Other', spec: { awsIamRole: 'x' } },
    ];
    const profile = { ...alice, spec: { owner, plugins } };
    assert.deepEqual(storedSpec(profile.spec)?.plugins, plugins);
    assert.deepEqual(identityAnnotations(profile), { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/a' });
  });
});

describe('the culler', () => {
  const now = new Date('2026-01-02T12:00:00Z');
  const kernel = (execution_state: string, last_activity: string) => ({ execution_state, last_activity });

  it('takes any kernel that is not idle for activity, a dead one too', () => {
    for (const state of ['busy', 'starting', 'dead']) {
      const kernels = [kernel('idle', '2026-01-02T10:00:00Z'), kernel(state, '2026-01-01T00:00:00Z')];
      assert.equal(lastActivity(kernels, now), '2026-01-02T12:00:00Z');
    }
  });

  it('else takes the newest activity of a kernel, in whole seconds', () => {
    const kernels = [kernel('idle', '2026-01-02T10:00:00.900000Z'), kernel('idle', '2026-01-02T09:00:00Z')];
    assert.equal(lastActivity(kernels, now), '2026-01-02T10:00:00Z');
  });

  it('leaves the time as it is without kernels or an answer', () => {
    assert.equal(lastActivity([], now), undefined);
    assert.equal(lastActivity(undefined, now), undefined);
    assert.equal(lastActivity([kernel('idle', 'soon')], now), undefined);
  });

  it('stops a server after the idle time, not before, and not one that is stopped', () => {
    const active = (at: string) => ({ [lastActivityAnnotation]: at });
    assert.equal(isIdle(active('2026-01-02T11:00:00Z'), 60, now), false);
    assert.equal(isIdle(active('2026-01-02T10:59:59Z'), 60, now), true);
    assert.equal(isIdle({ ...active('2026-01-01T00:00:00Z'), 'kubeflow-resource-stopped': '' }, 60, now), false);
    assert.equal(isIdle({}, 60, now), false);
  });

  it('looks once per period', () => {
    assert.equal(checkIsDue({ [lastCheckAnnotation]: '2026-01-02T11:59:30Z' }, 1, now), false);
    assert.equal(checkIsDue({ [lastCheckAnnotation]: '2026-01-02T11:58:59Z' }, 1, now), true);
    assert.equal(checkIsDue({}, 1, now), false);
  });

  it('removes only its own annotations', () => {
    assert.deepEqual(withoutActivity({ [lastActivityAnnotation]: 'x', other: 'y' }), {
      [lastActivityAnnotation]: null,
    });
  });
});

describe('event correlation', () => {
  const involved = { kind: 'Notebook', namespace: 'alice', name: 'mnist', uid: 'u' };
  const at = new Date('2026-01-02T12:00:00Z');
  const failed = (message: string) => ({ involved, type: 'Warning' as const, reason: 'Failed', message });

  it('counts the same message on the event that was written', () => {
    const correlator = new EventCorrelator();
    const first = correlator.correlate(failed('a'), at)!;
    assert.deepEqual([first.count, first.written], [1, undefined]);
    const event = { name: 'mnist.1', firstTimestamp: '2026-01-02T12:00:00Z' };
    first.remember(event);
    const second = correlator.correlate(failed('a'), at)!;
    assert.deepEqual([second.count, second.written], [2, event]);
    assert.equal(correlator.correlate(failed('b'), at)?.written, undefined);
  });

  it('combines messages of one reason from the tenth different one on', () => {
    const correlator = new EventCorrelator();
    for (let i = 1; i < 10; i++) assert.equal(correlator.correlate(failed(`m${i}`), at)?.message, `m${i}`);
    assert.equal(correlator.correlate(failed('m10'), at)?.message, '(combined from similar events): m10');
  });

  it('drops events of one object that come too fast', () => {
    const correlator = new EventCorrelator();
    const written = Array.from({ length: 30 }, () => correlator.correlate(failed('a'), at)).filter(Boolean);
    assert.equal(written.length, 25);
    assert.ok(correlator.correlate(failed('a'), new Date(at.getTime() + 300_000)));
  });
});

describe('the work queue', () => {
  it('never works on one key twice at a time, and once more after a change in between', async () => {
    let running = 0;
    const runs: string[] = [];
    const gate = withResolvers<void>();
    const idle = withResolvers<void>();
    const queue = new WorkQueue(
      async (key) => {
        assert.equal(++running, 1);
        runs.push(key);
        if (runs.length === 1) await gate.promise;
        running--;
        if (runs.length === 2) idle.resolve();
      },
      { logger: silentLogger },
    );
    queue.add('a');
    queue.add('a');
    queue.add('a');
    gate.resolve();
    await idle.promise;
    await delay(5);
    assert.deepEqual(runs, ['a', 'a']);
    queue.dispose();
  });

  it('tries again after an error', async () => {
    const done = withResolvers<number>();
    let tries = 0;
    const queue = new WorkQueue(
      async () => {
        await Promise.resolve();
        if (++tries < 3) throw new Error('conflict');
        done.resolve(tries);
      },
      { logger: silentLogger, backOff: { firstMs: 1, maxMs: 4 } },
    );
    queue.add('a');
    assert.equal(await done.promise, 3);
    queue.dispose();
  });
});
