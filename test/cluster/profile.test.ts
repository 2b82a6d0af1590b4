import assert from 'node:assert/strict';
import type { Lab } from '../../lab/index.ts';
import type { Namespace, ResourceQuota, RoleBinding, ServiceAccount } from '../../src/k8s/objects.ts';
import { lab as theLab } from './support/lab.ts';

describe('Profiles in the lab', function () {
  this.timeout(120_000);
  let lab: Lab;
  const name = `profile-${process.pid}`;
  const other = `${name}-taken`;

  const get = async <T>(...args: string[]) => JSON.parse(await lab.kubectl(['get', ...args, '-o', 'json'])) as T;
  const waitFor = (condition: string, ...what: string[]) =>
    lab.kubectl(['wait', `--for=${condition}`, '--timeout=40s', ...what]);
  const apply = (profile: string, hard: Record<string, string>) =>
    lab.kubectl(['apply', '-f', '-'], {
      input: JSON.stringify({
        apiVersion: 'kubeflow.org/v1beta1',
        kind: 'Profile',
        metadata: { name: profile },
        spec: { owner: { kind: 'User', name: 'eve@example.com' }, resourceQuotaSpec: { hard } },
      }),
    });

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    await apply(name, { 'requests.nvidia.com/gpu': '1', cpu: '4' });
    await waitFor('jsonpath={.metadata.finalizers[0]}=profile-finalizer', `profile/${name}`);
  });

  after(() => lab.kubectl(['delete', 'profile', name, other, '--ignore-not-found', '--wait=false']));

  it('get a namespace that is owned by the Profile', async () => {
    const profile = await get<{ metadata: { uid: string }; status?: unknown }>('profile', name);
    const { metadata } = await get<Namespace>('namespace', name);
    assert.deepEqual(metadata.annotations, { owner: 'eve@example.com' });
    assert.deepEqual(metadata.labels, {
      'app.kubernetes.io/part-of': 'kubeflow-profile',
      'istio-injection': 'enabled',
      'katib.kubeflow.org/metrics-collector-injection': 'enabled',
      'kubernetes.io/metadata.name': name,
      'pipelines.kubeflow.org/enabled': 'true',
      'serving.kubeflow.org/inferenceservice': 'enabled',
    });
    const { uid } = profile.metadata;
    assert.deepEqual(metadata.ownerReferences, [
      { apiVersion: 'kubeflow.org/v1', kind: 'Profile', name, uid, controller: true, blockOwnerDeletion: true },
    ]);
    assert.equal(profile.status, undefined, 'the original says nothing there either');
  });

  it('get service accounts, RoleBindings and the quota', async () => {
    await get<ServiceAccount>('-n', name, 'serviceaccount', 'default-editor', 'default-viewer');
    const bindings = await get<{ items: RoleBinding[] }>('-n', name, 'rolebinding');
    assert.deepEqual(
      bindings.items.map(({ metadata, roleRef, subjects }) => [metadata.name, roleRef.name, subjects?.[0]?.name]),
      [
        ['default-editor', 'kubeflow-edit', 'default-editor'],
        ['default-viewer', 'kubeflow-view', 'default-viewer'],
        ['namespaceAdmin', 'kubeflow-admin', 'eve@example.com'],
      ],
    );
    const quota = await get<ResourceQuota>('-n', name, 'resourcequota', 'kf-resource-quota');
    assert.deepEqual(quota.spec, { hard: { cpu: '4', 'requests.nvidia.com/gpu': '1' } });
  });

  it('get back what somebody deletes', async () => {
    await lab.kubectl(['-n', name, 'delete', 'rolebinding', 'default-viewer', 'namespaceAdmin']);
    await waitFor('create', '-n', name, 'rolebinding/default-viewer');
    await waitFor('create', '-n', name, 'rolebinding/namespaceAdmin');
  });

  it('lose the quota when it is emptied', async () => {
    await apply(name, {});
    await lab.kubectl(['patch', 'profile', name, '--type=merge', '-p', '{"spec":{"resourceQuotaSpec":{"hard":null}}}']);
    await waitFor('delete', '-n', name, 'resourcequota/kf-resource-quota');
  });

  it('get no namespace that is somebody else’s', async () => {
    await lab.kubectl(['create', 'namespace', other]);
    await apply(other, {});
    // It is looked at after the Profile: when a later change of it has been acted on, so has this one.
    await lab.kubectl(['annotate', 'namespace', other, 'owner=eve@example.com']);
    await lab.kubectl(['label', 'profile', other, 'touched=yes']);
    await waitFor('create', '-n', other, 'serviceaccount/default-editor');
    const { metadata } = await get<Namespace>('namespace', other);
    assert.equal(metadata.ownerReferences, undefined, 'an adopted namespace outlives its Profile');
    assert.equal(metadata.labels?.['istio-injection'], undefined);
    assert.equal(metadata.labels?.['app.kubernetes.io/part-of'], 'kubeflow-profile');
    await lab.kubectl(['delete', 'profile', other, '--timeout=40s']);
    await lab.kubectl(['delete', 'namespace', other, '--wait=false']);
  });

  it('take their namespace with them', async () => {
    await lab.kubectl(['delete', 'profile', name, '--timeout=40s']);
    await waitFor('delete', `namespace/${name}`);
  });
});
