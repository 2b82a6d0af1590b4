import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import https from 'node:https';
import path from 'node:path';
import type { Lab, Person } from '../../lab/index.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { selfSubjectAccessReviews } from '../../src/k8s/objects.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';

describe('the lab', function () {
  this.timeout(120_000);
  let lab: Lab;
  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
  });

  it('answers on 127.0.0.1 and 127.0.0.2 with a certificate for both', async () => {
    const ca = await readFile(path.join(lab.run, 'ca.crt'), 'utf8');
    for (const server of [lab.server, lab.remoteServer, lab.proxy.url]) {
      const status = await new Promise((resolve, reject) => {
        https.get(`${server}/version`, { ca, agent: false }, (r) => resolve(r.resume().statusCode)).on('error', reject);
      });
      assert.equal(status, 200, server);
    }
  });

  it('keeps its keys and kubeconfigs to its user', async () => {
    assert.equal((await stat(lab.run)).mode & 0o77, 0);
    for (const at of ['local', 'remote', 'proxy'] as const) {
      assert.equal((await stat(lab.kubeconfig('alice', { at }))).mode & 0o77, 0);
    }
  });

  it('has a CPU node and a node with two GPUs', async () => {
    const gpus = await lab.kubectl([
      ...['get', 'nodes', '-o'],
      'jsonpath={range .items[*]}{.metadata.name}={.status.allocatable.nvidia\\.com/gpu};{end}',
    ]);
    assert.deepEqual(
      gpus.split(';').map((node) => node.split('=')[1]),
      ['', '2', undefined],
    );
  });

  it("gives everybody the rights that Kubeflow's roles give in alice's profile", async () => {
    const everybody: Person[] = ['admin', 'alice', 'bob', 'carol', 'dave'];
    const table: [string, Person[]][] = [
      ['list notebooks.kubeflow.org', ['admin', 'alice', 'bob', 'carol']],
      ['create notebooks.kubeflow.org', ['admin', 'alice', 'bob']],
      ['patch notebooks.kubeflow.org', ['admin', 'alice', 'bob']],
      ['watch pods', ['admin', 'alice', 'bob', 'carol']],
      ['get pods/log', ['admin', 'alice', 'bob', 'carol']],
      ['list events', ['admin', 'alice', 'bob', 'carol']],
      ['list resourcequotas', ['admin', 'alice', 'bob', 'carol']],
      ['get pods/portforward', ['admin', 'alice', 'bob']],
      ['create pods/portforward', ['admin', 'alice', 'bob']],
      ['create pods/exec', ['admin', 'alice', 'bob']],
      ['get secrets', ['admin', 'alice', 'bob']],
      ['create persistentvolumeclaims', ['admin', 'alice', 'bob']],
      ['delete statefulsets.apps', ['admin', 'alice', 'bob']],
      ['list poddefaults.kubeflow.org', ['admin', 'alice', 'bob', 'carol']],
      ['create poddefaults.kubeflow.org', ['admin', 'alice', 'bob']],
      ['patch poddefaults.kubeflow.org', ['admin']],
      ['create rolebindings.rbac.authorization.k8s.io', ['admin', 'alice']],
      ['get authorizationpolicies.security.istio.io', ['admin', 'alice']],
      ['create authorizationpolicies.security.istio.io', ['admin']],
      ['get namespaces/alice', ['admin', 'alice', 'bob', 'carol']],
      ['list namespaces', ['admin']],
      ['list profiles.kubeflow.org', ['admin']],
      ['list nodes', ['admin']],
      ['list storageclasses.storage.k8s.io', ['admin']],
    ];
    const wrong: string[] = [];
    for (const person of everybody) {
      const cluster = await clusterOf(lab, person);
      try {
        const answers = await Promise.all(table.map(([right]) => can(cluster, right)));
        table.forEach(([right, who], i) => {
          if (answers[i] !== who.includes(person)) wrong.push(`${person}: ${right}: ${answers[i]}`);
        });
      } finally {
        cluster.dispose();
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('lets bob do in his own profile what alice can not see there', async () => {
    await lab.kubectl(['get', 'notebooks', '-n', 'bob'], { as: 'bob' });
    await assert.rejects(lab.kubectl(['get', 'notebooks', '-n', 'bob'], { as: 'alice' }), /forbidden/);
  });

  it('shares a profile as the access management of Kubeflow does', async () => {
    const name = 'user-bob-example-com-clusterrole-edit';
    const binding = JSON.parse(await lab.kubectl(['get', 'rolebinding', name, '-n', 'alice', '-o', 'json'])) as {
      metadata: { annotations: unknown };
      roleRef: { name: string };
    };
    assert.deepEqual(binding.metadata.annotations, { user: 'bob@example.com', role: 'edit' });
    assert.equal(binding.roleRef.name, 'kubeflow-edit');
  });
});

/** Asks the authorizer, for alice's namespace; cluster-wide types have none. `namespaces/alice` names an object. */
async function can(cluster: Cluster, right: string): Promise<boolean> {
  const [verb = '', rest = ''] = right.split(' ');
  const [type = '', sub] = rest.split('/');
  const [resource = '', ...group] = type.split('.');
  const named = resource === 'namespaces' && sub;
  const clusterWide = !named && ['namespaces', 'profiles', 'nodes', 'storageclasses'].includes(resource);
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: { name: '' },
    spec: {
      resourceAttributes: {
        ...{ verb, resource, group: group.join('.') },
        ...(named ? { name: sub } : { subresource: sub }),
        ...(!clusterWide && { namespace: 'alice' }),
      },
    },
    status: { allowed: false },
  };
  return (await cluster.create(selfSubjectAccessReviews, review)).status.allowed;
}
