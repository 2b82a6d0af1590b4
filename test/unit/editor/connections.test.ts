import assert from 'node:assert/strict';
import { Connections } from '../../../src/editor/connections.ts';
import { Emitter } from '../../../src/k8s/events.ts';
import { silentLogger as logger } from '../../../src/k8s/log.ts';
import type { Session, Sessions } from '../../../src/kubeflow/sessions.ts';

describe('connections to notebook servers', () => {
  const ref = { context: 'prod', namespace: 'alice', name: 'mnist' };
  const changed = new Emitter<void>();
  const inventory = {
    onDidChange: () => ({ dispose: () => undefined }),
    view: { profiles: [] },
    server: () => undefined,
    profile: () => undefined,
  };
  let session: Session;
  let connections: Connections;

  beforeEach(() => {
    const context = { name: 'prod', fingerprint: '0123456789abcdef' };
    session = { cluster: {}, access: {}, inventory, context } as unknown as Session;
    const sessions = {
      onDidChange: changed.event,
      onDidMake: () => ({ dispose: () => undefined }),
      session: () => session,
      get made() {
        return [session];
      },
      ensureLoaded: () => Promise.resolve(),
    };
    connections = new Connections(sessions as unknown as Sessions, { logger });
  });
  afterEach(() => connections.dispose());

  it('go on when only the default namespace of their context is another one: cells run over them', () => {
    const before = connections.get(ref);
    session = { ...session, context: { ...session.context, namespace: 'bob' } };
    changed.fire();
    assert.equal(connections.get(ref), before);
  });

  it('end with the cluster or user that they were made for', async () => {
    const before = connections.get(ref);
    session = { ...session, cluster: {} as Session['cluster'] };
    changed.fire();
    assert.notEqual(connections.get(ref), before);
    await assert.rejects(before.tunnel.connect());
  });

  it('refuse another cluster behind the same name', async () => {
    await assert.rejects(connections.open(ref, 'ffffffff'), { code: 'OtherCluster' });
    assert.equal(await connections.open(ref, '01234567'), connections.get(ref));
  });
});
