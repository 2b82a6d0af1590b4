import assert from 'node:assert/strict';
import type { Cluster } from '../../../src/k8s/cluster.ts';
import { deleteProfile, deleteServer, stopServer } from '../../../src/kubeflow/operations.ts';
import { annotations } from '../../../src/kubeflow/objects.ts';
import { answer, Cleanup, clusterFor, contextFor, serve } from '../k8s/fixtures.ts';

describe('operations', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  /** A cluster that answers each request by its method and path with a status, 200 by default; and what it was asked. */
  async function answering(statuses: Record<string, number>, object: unknown = {}) {
    const asked: [string, unknown][] = [];
    const server = await serve(cleanup, (request, response) => {
      const what = `${request.method} ${request.url?.replace(/^\/(api|apis\/kubeflow\.org)\/[^/]+/, '')}`;
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        asked.push([what, body === '' ? undefined : JSON.parse(body)]);
        const status = statuses[what] ?? 200;
        answer(
          response,
          status,
          status === 200 ? object : { kind: 'Status', code: status, reason: 'x', message: 'no' },
        );
      });
    });
    const cluster: Cluster = clusterFor(cleanup, contextFor(server.url));
    return { cluster, asked };
  }
  const options = (propagationPolicy?: string, uid?: string) => ({
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(propagationPolicy ? { propagationPolicy } : {}),
    ...(uid ? { preconditions: { uid } } : {}),
  });
  const ref = { namespace: 'alice', name: 'mnist' };

  it('delete a profile in the foreground, so that it is gone when its namespace is', async () => {
    const { cluster, asked } = await answering({});
    await deleteProfile(cluster, 'alice');
    assert.deepEqual(asked, [['DELETE /profiles/alice', options('Foreground')]]);
    const refusing = await answering({ 'DELETE /profiles/alice': 403 });
    await assert.rejects(deleteProfile(refusing.cluster, 'alice'), { code: 'Forbidden' });
  });

  it('delete the very server that was meant, then each volume by itself', async () => {
    const volumes = '/namespaces/alice/persistentvolumeclaims';
    const { cluster, asked } = await answering({ [`DELETE ${volumes}/a`]: 403, [`DELETE ${volumes}/gone`]: 404 });
    const done = await deleteServer(cluster, { ...ref, uid: 'u1' }, { claims: ['a', 'gone', 'b'] });
    assert.deepEqual(
      done.map(({ claim, problem }) => [claim, problem?.code]),
      [
        ['a', 'Forbidden'],
        ['gone', undefined],
        ['b', undefined],
      ],
    );
    assert.deepEqual(asked[0], ['DELETE /namespaces/alice/notebooks/mnist', options('Foreground', 'u1')]);
    const other = await answering({ 'DELETE /namespaces/alice/notebooks/mnist': 409 });
    await assert.rejects(deleteServer(other.cluster, { ...ref, uid: 'u1' }, { claims: ['a'] }), { code: 'Conflict' });
    assert.equal(other.asked.length, 1, 'no volume of another server is touched');
  });

  it('leave the time of a stop that was there before', async () => {
    const stopped = { metadata: { ...ref, annotations: { [annotations.stopped]: '' } } };
    const { cluster, asked } = await answering({}, stopped);
    await stopServer(cluster, ref);
    assert.deepEqual(
      asked.map(([what]) => what),
      ['GET /namespaces/alice/notebooks/mnist'],
    );
  });
});
