import { claim, event, notebook, pod, ago } from './fixtures.ts';
import { creating, gpuSentence, oom, quotaSentence, table } from './statusTable.ts';

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
    'its node is lost, and the cluster has begun to delete the pod',
    { notebook: notebook(), pod: pod({ phase: 'Running', reason: 'NodeLost', deleting: 60 }) },
    { phase: 'failing', cause: { code: 'nodeLost' } },
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
