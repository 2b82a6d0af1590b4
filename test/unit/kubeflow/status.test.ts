import assert from 'node:assert/strict';
import { serverStatus } from '../../../src/kubeflow/status.ts';
import type { ServerStatus, StatusInput } from '../../../src/kubeflow/status.ts';
import { ago, claim, event, notebook, now, pod } from './fixtures.ts';

type Row = [
  what: string,
  input: Omit<StatusInput, 'now' | 'events'> & Partial<Pick<StatusInput, 'events'>>,
  expected: object,
];

const creating = { waiting: { reason: 'ContainerCreating' } };
const stopped = (value: string) => ({ 'kubeflow-resource-stopped': value });
const oom = { reason: 'OOMKilled', exitCode: 137, finishedAt: ago(120) };
const gpuSentence =
  '0/3 nodes are available: 1 Insufficient nvidia.com/gpu, 2 node(s) had untolerated taint {dedicated: infra}. preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.';
const quotaSentence =
  'create Pod mnist-0 in StatefulSet mnist failed error: pods "mnist-0" is forbidden: exceeded quota: kf-resource-quota, requested: requests.nvidia.com/gpu=4, used: requests.nvidia.com/gpu=1, limited: requests.nvidia.com/gpu=1';

function table(title: string, rows: Row[]): void {
  describe(title, () => {
    for (const [what, input, expected] of rows) {
      it(what, () => {
        const status = serverStatus({ events: [], now, ...input });
        assert.deepEqual(pick(status, expected), expected);
      });
    }
  });
}

/** Only what a row speaks of, deeply. */
function pick(actual: unknown, like: unknown): unknown {
  if (typeof like !== 'object' || like === null || Array.isArray(like)) return actual;
  return Object.fromEntries(
    Object.entries(like).map(([key, value]) => [
      key,
      pick((actual as Record<string, unknown> | undefined)?.[key], value),
    ]),
  );
}

table('status: running', [
  [
    'a ready pod whose Jupyter answers',
    {
      notebook: notebook(),
      pod: pod({ phase: 'Running', ready: 290, state: { running: { startedAt: ago(295) } } }),
      answers: true,
    },
    { phase: 'running', cause: { code: 'running' }, since: ago(295), remedy: undefined },
  ],
  [
    'is trusted from readiness where nobody may ask Jupyter',
    { notebook: notebook(), pod: pod({ phase: 'Running', ready: 290, state: { running: { startedAt: ago(295) } } }) },
    { phase: 'running' },
  ],
  [
    'is not yet so when Jupyter does not answer shortly after readiness',
    {
      notebook: notebook(),
      pod: pod({ phase: 'Running', ready: 2, state: { running: { startedAt: ago(3) } } }),
      answers: false,
    },
    { phase: 'starting', cause: { code: 'notAnswering', readySince: ago(2) }, since: ago(2) },
  ],
  [
    'is a failure when Jupyter still does not answer minutes later',
    {
      notebook: notebook(),
      pod: pod({ phase: 'Running', ready: 600, state: { running: { startedAt: ago(605) } } }),
      answers: false,
    },
    { phase: 'failing', cause: { code: 'notAnswering' }, remedy: 'logs' },
  ],
  [
    'is known from the Notebook alone',
    {
      notebook: notebook({
        status: {
          readyReplicas: 1,
          conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(50) }],
          containerState: { running: { startedAt: ago(60) } },
        },
      }),
    },
    { phase: 'running', since: ago(60) },
  ],
  [
    'is known even if the container has another name, which leaves containerState empty',
    {
      notebook: notebook({
        container: 'other',
        status: { readyReplicas: 1, conditions: [{ type: 'Ready', status: 'True' }], containerState: {} },
      }),
    },
    { phase: 'running' },
  ],
  [
    'tells that the server was ended for its memory before',
    {
      notebook: notebook(),
      pod: pod({ phase: 'Running', ready: 100, state: { running: { startedAt: ago(110) } }, last: oom, restarts: 1 }),
    },
    { phase: 'running', cause: { code: 'running', lastEnd: { reason: 'outOfMemory', limit: '2Gi', at: ago(120) } } },
  ],
]);

table('status: starting', [
  ['an empty status of 5 s', { notebook: notebook({ age: 5 }) }, { phase: 'starting', cause: { code: 'creatingPod' } }],
  [
    'ContainerCreating is no warning',
    { notebook: notebook(), pod: pod({ state: creating }) },
    { phase: 'starting', cause: { code: 'creatingContainer' } },
  ],
  [
    'ContainerCreating from the Notebook alone, whose first condition says ContainersNotReady',
    {
      notebook: notebook({
        status: {
          readyReplicas: 0,
          conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
          containerState: creating,
        },
      }),
    },
    { phase: 'starting', cause: { code: 'creatingContainer' } },
  ],
  [
    'a condition without a message',
    {
      notebook: notebook({
        status: { readyReplicas: 0, conditions: [{ type: 'PodScheduled', status: 'False' }], containerState: {} },
      }),
    },
    { phase: 'starting', cause: { code: 'scheduling' } },
  ],
  [
    'pulling, since the event',
    {
      notebook: notebook(),
      pod: pod({ state: creating }),
      events: [
        event({ kind: 'Pod' }, 'Pulling', 'Pulling image "kubeflow/jupyter-scipy:v1.11.0"', {
          age: 40,
          type: 'Normal',
        }),
      ],
    },
    { phase: 'starting', cause: { code: 'pullingImage', image: 'kubeflow/jupyter-scipy:v1.11.0' }, since: ago(40) },
  ],
  [
    'an event of an earlier pod of the same name is not told again',
    {
      notebook: notebook(),
      pod: pod({ age: 5, state: creating }),
      events: [event({ kind: 'Pod' }, 'Pulling', 'Pulling image "x"', { age: 4000, type: 'Normal' })],
    },
    { phase: 'starting', cause: { code: 'creatingContainer' } },
  ],
  [
    'a pod that is replaced',
    { notebook: notebook(), pod: pod({ deleting: 3 }) },
    { phase: 'starting', cause: { code: 'replacingPod' } },
  ],
  [
    'the autoscaler adds a node',
    {
      notebook: notebook(),
      pod: pod({ unschedulable: gpuSentence }),
      events: [
        event({ kind: 'Pod' }, 'TriggeredScaleUp', 'pod triggered scale-up: [{gpu 1->2 (max: 5)}]', { type: 'Normal' }),
      ],
    },
    { phase: 'starting', cause: { code: 'addingNode' } },
  ],
  [
    'a volume that is bound on first use is normal',
    {
      notebook: notebook({ claims: ['home'] }),
      pod: pod({ state: creating }),
      claims: [claim('home', { storageClass: 'fast' })],
      events: [
        event(
          { kind: 'PersistentVolumeClaim', name: 'home' },
          'WaitForFirstConsumer',
          'waiting for first consumer to be created before binding',
          { type: 'Normal' },
        ),
      ],
    },
    { phase: 'starting', cause: { code: 'creatingContainer' } },
  ],
]);

table('status: waiting for something the user can change', [
  [
    'no node has enough free GPUs',
    {
      notebook: notebook({ resources: { limits: { 'nvidia.com/gpu': '4' } } }),
      pod: pod({ unschedulable: gpuSentence }),
    },
    {
      phase: 'waiting',
      cause: {
        code: 'noNodeFits',
        resource: 'nvidia.com/gpu',
        asked: '4',
        nodesTotal: 3,
        nodesFitting: 0,
        nodesShort: 1,
      },
      remedy: 'stopOther',
    },
  ],
  [
    'the same from the mirrored condition alone',
    {
      notebook: notebook({
        status: {
          readyReplicas: 0,
          containerState: {},
          conditions: [
            {
              type: 'PodScheduled',
              status: 'False',
              reason: 'Unschedulable',
              message:
                '0/2 nodes are available: 2 Insufficient memory. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
            },
          ],
        },
      }),
    },
    {
      phase: 'waiting',
      cause: { code: 'noNodeFits', resource: 'memory', asked: '1Gi', nodesTotal: 2, nodesShort: 2 },
      remedy: 'edit',
    },
  ],
  [
    'only a FailedScheduling event',
    {
      notebook: notebook(),
      pod: { ...pod(), status: { phase: 'Pending' }, spec: { containers: [] } },
      events: [event({ kind: 'Pod' }, 'FailedScheduling', gpuSentence)],
    },
    { phase: 'waiting', cause: { code: 'noNodeFits', resource: 'nvidia.com/gpu' } },
  ],
  [
    'a taint',
    {
      notebook: notebook(),
      pod: pod({
        unschedulable:
          '0/2 nodes are available: 2 node(s) had untolerated taint {nvidia.com/gpu: present}. preemption: x',
      }),
    },
    {
      phase: 'waiting',
      cause: { code: 'noNodeMatches', obstacle: 'taint', taint: 'nvidia.com/gpu: present', nodesTotal: 2 },
      remedy: 'edit',
    },
  ],
  [
    'a volume in another zone',
    {
      notebook: notebook(),
      pod: pod({ unschedulable: '0/1 nodes are available: 1 node(s) had volume node affinity conflict.' }),
    },
    { phase: 'waiting', cause: { code: 'noNodeMatches', obstacle: 'volumeZone' } },
  ],
  [
    'the quota is used up and there is no pod, only the StatefulSet event, reissued',
    {
      notebook: notebook({ resources: { limits: { 'nvidia.com/gpu': '4' } } }),
      events: [event({ kind: 'Notebook' }, 'FailedCreate', `Reissued from statefulset/mnist: ${quotaSentence}`)],
    },
    {
      phase: 'waiting',
      cause: {
        code: 'quotaExceeded',
        quota: 'kf-resource-quota',
        resource: 'requests.nvidia.com/gpu',
        requested: '4',
        used: '1',
        limited: '1',
      },
      remedy: 'stopOther',
    },
  ],
  [
    'a claim in a cluster without a default class',
    {
      notebook: notebook({ claims: ['home'] }),
      pod: pod({ unschedulable: '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.' }),
      claims: [claim('home')],
      events: [
        event(
          { kind: 'PersistentVolumeClaim', name: 'home' },
          'FailedBinding',
          'no persistent volumes available for this claim and no storage class is set',
          { type: 'Normal' },
        ),
      ],
    },
    { phase: 'waiting', cause: { code: 'noDefaultStorageClass', claim: 'home' } },
  ],
  [
    'a claim that stays unbound for long',
    {
      notebook: notebook({ claims: ['home'] }),
      pod: pod({
        age: 300,
        unschedulable: '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
      }),
      claims: [claim('home', { storageClass: 'x' })],
    },
    { phase: 'waiting', cause: { code: 'creatingVolume', claim: 'home' } },
  ],
  [
    'a volume that another pod holds, although the mount timed out after it',
    {
      notebook: notebook({ claims: ['home'] }),
      pod: pod({ state: creating }),
      claims: [{ ...claim('home', { phase: 'Bound' }), spec: { volumeName: 'pvc-1' } }],
      events: [
        event(
          { kind: 'Pod' },
          'FailedAttachVolume',
          'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) bert-0',
          { age: 100 },
        ),
        event(
          { kind: 'Pod' },
          'FailedMount',
          'Unable to attach or mount volumes: unmounted volumes=[home]: timed out waiting for the condition',
          { age: 20 },
        ),
      ],
    },
    {
      phase: 'waiting',
      cause: { code: 'volumeInUse', claim: 'home', volume: 'pvc-1', usedBy: ['bert-0'] },
      remedy: 'stopOther',
    },
  ],
]);

table('status: failing', [
  [
    'the image does not exist',
    {
      notebook: notebook({ image: 'ghcr.io/acme/nb:1' }),
      pod: pod({
        state: {
          waiting: {
            reason: 'ImagePullBackOff',
            message:
              'Back-off pulling image "ghcr.io/acme/nb:1": ErrImagePull: failed to resolve reference "ghcr.io/acme/nb:1": ghcr.io/acme/nb:1: not found',
          },
        },
      }),
    },
    { phase: 'failing', cause: { code: 'imageNotFound', image: 'ghcr.io/acme/nb:1' }, remedy: 'edit' },
  ],
  [
    'the image does not exist, by an older kubelet whose waiting state does not say why',
    {
      notebook: notebook({ image: 'a/b:1' }),
      pod: pod({ state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "a/b:1"' } } }),
      events: [event({ kind: 'Pod' }, 'Failed', 'Failed to pull image "a/b:1": rpc error: manifest unknown')],
    },
    { phase: 'failing', cause: { code: 'imageNotFound', image: 'a/b:1' } },
  ],
  [
    'the registry is out of reach',
    {
      notebook: notebook(),
      pod: pod({
        state: {
          waiting: {
            reason: 'ErrImagePull',
            message:
              'failed to do request: Head "https://ghcr.io/v2/x/manifests/1": dial tcp: lookup ghcr.io: no such host',
          },
        },
      }),
    },
    { phase: 'failing', cause: { code: 'registryUnreachable', image: 'kubeflow/jupyter-scipy:v1.11.0' } },
  ],
  [
    'the pull is denied',
    {
      notebook: notebook(),
      pod: pod({ state: { waiting: { reason: 'ErrImagePull', message: 'failed to authorize: 401 Unauthorized' } } }),
    },
    { phase: 'failing', cause: { code: 'pullDenied' } },
  ],
  [
    'an unreadable image name',
    { notebook: notebook(), pod: pod({ state: { waiting: { reason: 'InvalidImageName' } } }) },
    { phase: 'failing', cause: { code: 'imageNameInvalid' } },
  ],
  [
    'it ran out of memory',
    {
      notebook: notebook(),
      pod: pod({ phase: 'Running', state: { waiting: { reason: 'CrashLoopBackOff' } }, last: oom, restarts: 4 }),
    },
    { phase: 'failing', cause: { code: 'outOfMemory', limit: '2Gi', at: ago(120), restarts: 4 }, remedy: 'edit' },
  ],
  [
    'it crashes again and again',
    {
      notebook: notebook(),
      pod: pod({
        phase: 'Running',
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } },
        last: { exitCode: 3, reason: 'Error', finishedAt: ago(20) },
        restarts: 4,
      }),
    },
    { phase: 'failing', cause: { code: 'crashLoop', exitCode: 3, restarts: 4 }, remedy: 'logs' },
  ],
  [
    'between two crashes',
    {
      notebook: notebook(),
      pod: pod({
        phase: 'Running',
        state: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago(2) } },
        restarts: 1,
      }),
    },
    { phase: 'failing', cause: { code: 'crashLoop', exitCode: 1 } },
  ],
  [
    'a crash from the Notebook alone',
    {
      notebook: notebook({
        status: {
          readyReplicas: 0,
          conditions: [{ type: 'Ready', status: 'False' }],
          containerState: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
        },
      }),
    },
    { phase: 'failing', cause: { code: 'crashLoop' } },
  ],
  [
    'a secret is missing',
    {
      notebook: notebook(),
      pod: pod({ state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "token" not found' } } }),
    },
    { phase: 'failing', cause: { code: 'containerNotStarted', missing: { kind: 'secret', name: 'token' } } },
  ],
  [
    'PodDefaults conflict',
    {
      notebook: notebook(),
      events: [
        event(
          { kind: 'StatefulSet' },
          'FailedCreate',
          'create Pod mnist-0 in StatefulSet mnist failed error: admission webhook "x" denied the request: conflict occurred while applying poddefaults: a b on pod: x',
        ),
      ],
    },
    { phase: 'failing', cause: { code: 'podDefaultConflict' } },
  ],
  [
    'the service account is missing',
    {
      notebook: notebook(),
      events: [
        event(
          { kind: 'StatefulSet' },
          'FailedCreate',
          'create Pod mnist-0 in StatefulSet mnist failed error: pods "mnist-0" is forbidden: error looking up service account alice/default-editor: serviceaccount "default-editor" not found',
        ),
      ],
    },
    { phase: 'failing', cause: { code: 'serviceAccountMissing', account: 'default-editor' } },
  ],
  [
    'the node evicted it',
    {
      notebook: notebook(),
      pod: pod({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' }),
    },
    { phase: 'failing', cause: { code: 'evicted' } },
  ],
  [
    'a quota demands limits',
    {
      notebook: notebook(),
      events: [
        event(
          { kind: 'StatefulSet' },
          'FailedCreate',
          'pods "mnist-0" is forbidden: failed quota: kf-resource-quota: must specify limits.cpu for: mnist; limits.memory for: mnist',
        ),
      ],
    },
    { phase: 'failing', cause: { code: 'quotaNeedsValues', missing: ['limits.cpu', 'limits.memory'] } },
  ],
  [
    'no containers at all',
    { notebook: { metadata: { name: 'x', namespace: 'alice', creationTimestamp: ago(60) } } },
    { phase: 'failing', cause: { code: 'noContainer' } },
  ],
]);

const culled = [
  { manager: 'manager', fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:kubeflow-resource-stopped': {} } } } },
];
const byCuller = notebook({ annotations: stopped(ago(1000)) });
(byCuller.metadata as { managedFields?: unknown }).managedFields = culled;

table('status: stopped, stopping, deleting', [
  [
    'stopped',
    { notebook: notebook({ annotations: stopped(ago(7200)), status: { readyReplicas: 0 } }) },
    { phase: 'stopped', cause: { code: 'stopped', by: 'unknown', at: ago(7200) }, since: ago(7200), remedy: 'start' },
  ],
  [
    'stopped with an empty value',
    { notebook: notebook({ annotations: stopped('') }) },
    { phase: 'stopped', cause: { at: undefined }, since: undefined },
  ],
  ['stopped by the culler', { notebook: byCuller }, { phase: 'stopped', cause: { by: 'culler' } }],
  [
    'stopping while a replica is ready',
    { notebook: notebook({ annotations: stopped(ago(3)), status: { readyReplicas: 1 } }) },
    { phase: 'stopping' },
  ],
  [
    'stopping while the pod is there',
    { notebook: notebook({ annotations: stopped(ago(3)), status: { readyReplicas: 0 } }), pod: pod({ deleting: 3 }) },
    { phase: 'stopping' },
  ],
  [
    'stopped whatever old events say',
    {
      notebook: notebook({ annotations: stopped(ago(30)) }),
      events: [event({ kind: 'StatefulSet' }, 'FailedCreate', quotaSentence)],
    },
    { phase: 'stopped' },
  ],
  [
    'deleting',
    { notebook: notebook({ deleting: 4, status: { readyReplicas: 1 } }) },
    { phase: 'deleting', since: ago(4) },
  ],
  [
    'deleting beats stopped',
    { notebook: notebook({ deleting: 4, annotations: stopped(ago(99)) }) },
    { phase: 'deleting' },
  ],
]);

table('status: unknown is said as unknown', [
  [
    'an empty status of 60 s without events',
    { notebook: notebook({ age: 60 }) },
    { phase: 'unknown', cause: { code: 'noInformation' }, remedy: 'describe' },
  ],
  [
    'a container of another name and nothing else',
    { notebook: notebook({ container: 'main' }) },
    { phase: 'unknown', cause: { code: 'containerNameMismatch', container: 'main', notebook: 'mnist' } },
  ],
  [
    'only a warning that nobody knows',
    { notebook: notebook(), events: [event({ kind: 'StatefulSet' }, 'Odd', 'something odd')] },
    { phase: 'unknown', cause: { code: 'warning', message: 'something odd' } },
  ],
  [
    'a FailedCreate of before the Notebook was made anew',
    {
      notebook: notebook({ age: 5 }),
      events: [event({ kind: 'StatefulSet' }, 'FailedCreate', quotaSentence, { age: 900 })],
    },
    { phase: 'starting' },
  ],
]);

it('status: a v1alpha1 Notebook without requests, mounts or annotations is read like any other', () => {
  const bare = { ...notebook({ resources: {} }), apiVersion: 'kubeflow.org/v1alpha1' };
  const status: ServerStatus = serverStatus({ notebook: bare, pod: pod({ state: creating }), events: [], now });
  assert.equal(status.phase, 'starting');
});
