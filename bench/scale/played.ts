import type { KubeObject } from '../../src/k8s/objects.ts';

/** Marks what belongs to notebook servers whose pods kwok plays: no Jupyter stands behind them. */
export const playedLabel = 'bench.kubeflow-lab/played';

const selector = (...rest: object[]) => ({
  matchExpressions: [{ key: `.metadata.labels["${playedLabel}"]`, operator: 'In', values: ['true'] }, ...rest],
});
const stage = (name: string, spec: object): KubeObject =>
  ({
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: { resourceRef: { apiGroup: 'v1', kind: 'Pod' }, ...spec },
  }) as KubeObject;

/**
 * kwok's rules for these pods: running at once, gone at once. The lab's own are for pods of no notebook server. The probe
 * times keep the notebook controller calm: it stamps those that are missing anew each second, which 500 pods make a storm.
 */
export const playedStages: readonly KubeObject[] = [
  stage('bench-pod-run', {
    selector: selector(
      { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
      { key: '.status.phase', operator: 'In', values: ['Pending'] },
    ),
    next: {
      statusTemplate: `
{{ $now := Now | Quote }}
phase: Running
startTime: {{ $now }}
hostIP: 127.0.0.1
conditions:
{{ range ( list "PodReadyToStartContainers" "Initialized" "Ready" "ContainersReady" "PodScheduled" ) }}
- { type: {{ . }}, status: "True", lastProbeTime: {{ $now }}, lastTransitionTime: {{ $now }} }
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: true
  started: true
  restartCount: 0
  state: { running: { startedAt: {{ $now }} } }
{{ end }}
`,
    },
  }),
  stage('bench-pod-delete', {
    selector: selector({ key: '.metadata.deletionTimestamp', operator: 'Exists' }),
    next: { delete: true },
  }),
];
