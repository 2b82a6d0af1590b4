import assert from 'node:assert/strict';
import type { Pod, StatefulSet } from '../../../src/k8s/objects.ts';
import {
  desiredService,
  desiredStatefulSet,
  updatedService,
  updatedStatefulSet,
} from '../../../lab/controllers/notebookObjects.ts';
import { notebookStatus } from '../../../lab/controllers/notebookStatus.ts';
import type { Notebook, PodSpec } from '../../../lab/controllers/objects.ts';

const owner = {
  apiVersion: 'kubeflow.org/v1beta1',
  kind: 'Notebook',
  name: 'mnist',
  uid: 'u-1',
  controller: true,
  blockOwnerDeletion: true,
};

function notebook(
  o: { spec?: PodSpec; labels?: Record<string, string>; annotations?: Record<string, string> } = {},
): Notebook {
  return {
    metadata: { name: 'mnist', namespace: 'alice', uid: 'u-1', labels: o.labels, annotations: o.annotations },
    spec: { template: { spec: o.spec ?? { containers: [{ name: 'mnist', image: 'jupyter' }] } } },
  };
}

describe('what Kubeflow makes of a Notebook', () => {
  it('is a StatefulSet with all that the Notebook left out', () => {
    assert.deepEqual(desiredStatefulSet(notebook()), {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'mnist', namespace: 'alice', ownerReferences: [owner] },
      spec: {
        replicas: 1,
        selector: { matchLabels: { statefulset: 'mnist' } },
        serviceName: '',
        template: {
          metadata: { labels: { statefulset: 'mnist', 'notebook-name': 'mnist' }, annotations: {} },
          spec: {
            containers: [
              {
                name: 'mnist',
                image: 'jupyter',
                workingDir: '/home/jovyan',
                ports: [{ containerPort: 8888, name: 'notebook-port', protocol: 'TCP' }],
                env: [{ name: 'NB_PREFIX', value: '/notebook/alice/mnist' }],
              },
            ],
            securityContext: { fsGroup: 100 },
          },
        },
      },
    });
  });

  it('keeps what the Notebook says, a wrong NB_PREFIX and an empty security context included', () => {
    const spec: PodSpec = {
      securityContext: {},
      containers: [
        {
          name: 'other',
          image: 'i',
          workingDir: '/work',
          ports: [{ containerPort: 9000 }],
          env: [{ name: 'NB_PREFIX', value: '/notebook/alice/copied-from' }],
        },
        { name: 'mnist', image: 'sidecar' },
      ],
    };
    const original = structuredClone(spec);
    const made = desiredStatefulSet(notebook({ spec }));
    assert.deepEqual(made.spec?.template.spec, original);
    assert.deepEqual(spec, original, 'the Notebook itself is not changed');
    assert.equal(desiredService(notebook({ spec })).spec?.ports?.[0]?.targetPort, 9000);
  });

  it('adds NB_PREFIX behind the variables that are there', () => {
    const spec: PodSpec = { containers: [{ name: 'mnist', image: 'i', env: [{ name: 'A', value: '1' }] }] };
    const names = desiredStatefulSet(notebook({ spec })).spec?.template.spec?.containers[0]?.env?.map(
      ({ name }) => name,
    );
    assert.deepEqual(names, ['A', 'NB_PREFIX']);
  });

  it('has no replica while the stop annotation is there, whatever its value', () => {
    assert.equal(desiredStatefulSet(notebook({ annotations: { 'kubeflow-resource-stopped': '' } })).spec?.replicas, 0);
  });

  it('gives the pod all labels, and the annotations without "kubectl" and "notebook" in their keys', () => {
    const made = desiredStatefulSet(
      notebook({
        labels: { app: 'mnist', gpu: 'true' },
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
          'notebooks.kubeflow.org/server-type': 'jupyter',
          'my-notebook/foo': 'x',
          'example.com/keep': 'yes',
          'kubeflow-resource-stopped': 'now',
        },
      }),
    );
    assert.deepEqual(made.spec?.template.metadata, {
      labels: { app: 'mnist', gpu: 'true', statefulset: 'mnist', 'notebook-name': 'mnist' },
      annotations: { 'example.com/keep': 'yes', 'kubeflow-resource-stopped': 'now' },
    });
  });

  it('is a Service on port 80 whose port is named for Istio', () => {
    assert.deepEqual(desiredService(notebook()), {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'mnist', namespace: 'alice', ownerReferences: [owner] },
      spec: {
        type: 'ClusterIP',
        selector: { statefulset: 'mnist' },
        ports: [{ name: 'http-mnist', port: 80, targetPort: 8888, protocol: 'TCP' }],
      },
    });
  });

  it('is no Service for an empty list of ports', () => {
    const spec = { containers: [{ name: 'mnist', image: 'jupyter', ports: [] }] };
    assert.deepEqual(desiredStatefulSet(notebook({ spec })).spec?.template.spec?.containers[0]?.ports, []);
    assert.throws(() => desiredService(notebook({ spec })), /empty list of ports/);
  });
});

describe('what an edited Notebook changes', () => {
  it('is replicas and the pod spec, never the labels and annotations of the pod template', () => {
    const found = desiredStatefulSet(notebook({ labels: { old: '1' } }));
    found.metadata = { ...found.metadata, labels: { mine: 'x' }, annotations: { mine: 'x' }, resourceVersion: '7' };
    const desired = desiredStatefulSet(
      notebook({
        labels: { fresh: '1' },
        annotations: { 'kubeflow-resource-stopped': 'x' },
        spec: { containers: [{ name: 'mnist', image: 'newer' }] },
      }),
    );
    const updated = updatedStatefulSet(found, desired);
    assert.equal(updated.spec?.replicas, 0);
    assert.equal(updated.spec?.template.spec?.containers[0]?.image, 'newer');
    assert.deepEqual(updated.spec?.template.metadata, found.spec?.template.metadata);
    assert.deepEqual(updated.metadata, {
      name: 'mnist',
      namespace: 'alice',
      ownerReferences: [owner],
      resourceVersion: '7',
    });
  });

  it('is selector and ports of the Service, whose address stays', () => {
    const found = { ...desiredService(notebook()), spec: { clusterIP: '10.0.0.1', selector: { a: 'b' }, ports: [] } };
    const updated = updatedService(found, desiredService(notebook()));
    assert.equal(updated.spec?.clusterIP, '10.0.0.1');
    assert.deepEqual(updated.spec?.selector, { statefulset: 'mnist' });
    assert.equal(updated.spec?.ports?.[0]?.name, 'http-mnist');
  });
});

describe("a Notebook's status", () => {
  const now = new Date('2026-01-02T03:04:05.678Z');
  const ready: StatefulSet = { metadata: { name: 'mnist' }, status: { replicas: 1, readyReplicas: 1 } };

  it('is empty without a pod', () => {
    assert.deepEqual(notebookStatus(notebook(), undefined, undefined, now), {
      conditions: [],
      readyReplicas: 0,
      containerState: {},
    });
  });

  it("mirrors the pod's conditions and the state of the container of its name", () => {
    const pod: Pod = {
      metadata: { name: 'mnist-0' },
      status: {
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/2 nodes are available',
            lastTransitionTime: '2026-01-01T00:00:00Z',
            observedGeneration: 1,
          },
          { type: 'Ready', status: 'True' },
        ],
        containerStatuses: [
          { name: 'sidecar', image: '', imageID: '', ready: true, restartCount: 0, state: {} },
          {
            name: 'mnist',
            image: '',
            imageID: '',
            ready: true,
            restartCount: 0,
            state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
          },
        ],
      },
    };
    assert.deepEqual(notebookStatus(notebook(), ready, pod, now), {
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/2 nodes are available',
          lastProbeTime: '2026-01-02T03:04:05Z',
          lastTransitionTime: '2026-01-01T00:00:00Z',
        },
        {
          type: 'Ready',
          status: 'True',
          lastProbeTime: '2026-01-02T03:04:05Z',
          lastTransitionTime: '2026-01-02T03:04:05Z',
        },
      ],
      readyReplicas: 1,
      containerState: { running: { startedAt: '2026-01-01T00:00:00Z' } },
    });
  });

  it('has no container state when no container bears the name of the Notebook', () => {
    const status = { name: 'other', image: '', imageID: '', ready: true, restartCount: 0, state: { running: {} } };
    const pod: Pod = { metadata: { name: 'mnist-0' }, status: { containerStatuses: [status] } };
    assert.deepEqual(notebookStatus(notebook(), ready, pod, now).containerState, {});
  });
});
