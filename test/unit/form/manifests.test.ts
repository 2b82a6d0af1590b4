import assert from 'node:assert/strict';
import { newVolume } from '../../../src/kubeflow/form.ts';
import { manifests } from '../../../src/kubeflow/form/manifests.ts';
import { annotations, podSpec } from '../../../src/kubeflow/objects.ts';
import { form, gpus } from './support.ts';

describe('Manifests of a form', () => {
  it("are what Kubeflow's own form would make", () => {
    const { claims, notebook } = manifests(form({ gpus: gpus('2') }), { launchId: 'L1', creator: 'alice@example.com' });
    assert.deepEqual(notebook, {
      apiVersion: 'kubeflow.org/v1beta1',
      kind: 'Notebook',
      metadata: {
        name: 'bert',
        namespace: 'alice',
        labels: { app: 'bert' },
        annotations: {
          'notebooks.kubeflow.org/server-type': 'jupyter',
          'notebooks.kubeflow.org/creator': 'alice@example.com',
          'kubeflow-notebooks.dev/launch': 'L1',
        },
      },
      spec: {
        template: {
          spec: {
            serviceAccountName: 'default-editor',
            containers: [
              {
                name: 'bert',
                image: 'ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-scipy:v1.11.0',
                imagePullPolicy: 'IfNotPresent',
                resources: {
                  requests: { cpu: '0.5', memory: '1Gi' },
                  limits: { cpu: '0.6', memory: '1.2Gi', 'nvidia.com/gpu': '2' },
                },
                volumeMounts: [
                  { name: 'bert-workspace', mountPath: '/home/jovyan' },
                  { name: 'dshm', mountPath: '/dev/shm' },
                ],
                env: [],
              },
            ],
            volumes: [
              { name: 'bert-workspace', persistentVolumeClaim: { claimName: 'bert-workspace' } },
              { name: 'dshm', emptyDir: { medium: 'Memory' } },
            ],
            tolerations: [],
          },
        },
      },
    });
    assert.deepEqual(claims, [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name: 'bert-workspace',
          namespace: 'alice',
          labels: { app: 'bert' },
          annotations: { [annotations.launch]: 'L1' },
        },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
      },
    ]);
  });

  it('make no claim for existing volumes and none', () => {
    const dataVolumes = [{ kind: 'existing' as const, claim: 'my.claim', mountPath: '', readOnly: true }];
    const { claims, notebook } = manifests(form({ workspace: { kind: 'none' }, dataVolumes }), { launchId: 'L1' });
    assert.deepEqual(claims, []);
    const spec = podSpec(notebook);
    // A claim's name may have a dot, a volume's name may not.
    assert.deepEqual(spec?.volumes?.[0], {
      name: 'volume-1',
      persistentVolumeClaim: { claimName: 'my.claim', readOnly: true },
    });
    assert.deepEqual(spec?.containers[0]?.volumeMounts?.[0], {
      name: 'volume-1',
      mountPath: '/home/jovyan/my.claim',
      readOnly: true,
    });
  });

  it('name a class only where one was chosen', () => {
    const workspace = { ...newVolume('/work', '0.5'), storageClass: ' fast ' };
    const [claim] = manifests(form({ workspace, cpu: '1500m', memory: '1.50 Gi' }), { launchId: 'L1' }).claims;
    assert.equal(claim?.spec?.storageClassName, 'fast');
    assert.equal(claim?.spec?.resources?.requests?.['storage'], '0.5Gi');
  });
});
