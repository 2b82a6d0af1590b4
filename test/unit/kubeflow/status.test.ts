import assert from 'node:assert/strict';
import { serverStatus } from '../../../src/kubeflow/status.ts';
import type { ServerStatus } from '../../../src/kubeflow/status.ts';
import { ago, claim, event, notebook, now, pod } from './fixtures.ts';
import { creating, gpuSentence, oom, quotaSentence, stopped, table } from './statusTable.ts';

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
