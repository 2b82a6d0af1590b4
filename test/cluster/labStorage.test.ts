import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { Lab } from '../../lab/index.ts';
import { lab as theLab } from './support/lab.ts';

describe("the lab's storage", function () {
  this.timeout(60_000);
  let lab: Lab;
  const kubectl = (...args: string[]) => lab.kubectl(['-n', 'bob', ...args], { as: 'bob' });
  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
  });
  after(async () => {
    await kubectl('delete', 'pod,pvc', '-l', 'test=storage', '--ignore-not-found', '--grace-period=0', '--force');
  });

  it('waits for a pod, then makes a folder, grows with its claim, and goes with it', async () => {
    const labels = { test: 'storage' };
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'storage', labels },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'storage', labels },
      spec: {
        containers: [{ name: 'main', image: 'busybox', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'storage' } }],
      },
    };
    const create = (object: unknown) =>
      lab.kubectl(['-n', 'bob', 'create', '-f', '-'], { as: 'bob', input: JSON.stringify(object) });
    const until = (condition: string, what: string) => kubectl('wait', `--for=${condition}`, what, '--timeout=20s');

    await create(claim);
    assert.equal(await kubectl('get', 'pvc', 'storage', '-o', 'jsonpath={.spec.storageClassName}'), 'standard');
    await create(pod);
    await until('jsonpath={.status.phase}=Bound', 'pvc/storage');
    const volume = await kubectl('get', 'pvc', 'storage', '-o', 'jsonpath={.spec.volumeName}');
    const folder = await lab.kubectl(['get', 'pv', volume, '-o', 'jsonpath={.spec.hostPath.path}']);
    assert.ok(folder.startsWith(lab.run) && existsSync(folder), folder);

    await kubectl('patch', 'pvc', 'storage', '-p', '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}');
    await until('jsonpath={.status.capacity.storage}=2Gi', 'pvc/storage');

    await kubectl('delete', 'pod', 'storage', '--wait=true');
    await kubectl('delete', 'pvc', 'storage', '--wait=true');
    await lab.kubectl(['wait', '--for=delete', `pv/${volume}`, '--timeout=20s']);
    assert.ok(!existsSync(folder));
  });
});
